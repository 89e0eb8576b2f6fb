"""Eyes that look where no reference does: the white without its iris, and the iris moved over it.

The mesh has a few points of the iris only, so that moving them far shears it. As in gaze
redirection with a model of the eye (Wood et al., "GazeDirector: Fully Articulated Eye Gaze
Redirection in Video", 2018) the eyeball is drawn in two layers, both from the person's own eye.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import LinearNDInterpolator

from capture.landmarks import LEFT_EYE, LEFT_IRIS, RIGHT_EYE, RIGHT_IRIS

NEAR, FAR = 0.15, 0.35
"""In iris radii: how far the references' irises may be from the driven one to need nothing, and
from where on only the drawn eye is seen."""
IRIS_EDGE = (0.9, 1.04)
"""In iris radii: the iris fades out between these."""
REMOVED = 1.15
"""In iris radii: what is taken out of the white."""
SMALLEST_OPENING = 0.35
"""Of the open eye's area: below it the lids hide what is drawn."""
GAIN = (0.75, 1.3)
"""Bounds of how much lighter the eye may be than in its own picture."""
WHITE_POWER = 3
"""How much more light pixels count where the white is spread."""
SMALLEST_RADIUS_PX = 2.5
"""Smaller irises are left to the mesh."""

Points = NDArray[np.float32]
Picture = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Eye:
    ring: NDArray[np.int32]
    iris: NDArray[np.int32]
    picture: Picture
    """(s, s, 3) the crop it is taken from."""
    white: Picture
    """(s, s, 3) the same with the iris taken out."""
    contour: Points
    """(16, 2) px of the lids in it."""
    inside: NDArray[np.uint8]
    """(s, s) 255 between the lids."""
    centre: Points
    """(2,) px of the iris."""
    radius: float
    """Px of the iris."""


class Eyeballs:
    """Both eyes of one person."""

    def __init__(self, sources: Points, images: NDArray[np.uint8]) -> None:
        """Take each eye from the reference that shows it best.

        Args:
            sources: (r, 478, 2) landmarks in px of the crops.
            images: (r, s, s, 3) RGB crops.
        """
        self._sources = sources
        self._eyes = tuple(
            _take(sources, images, ring, iris)
            for ring, iris in ((RIGHT_EYE, RIGHT_IRIS), (LEFT_EYE, LEFT_IRIS))
        )

    def draw(self, over: Picture, driving: Points, weights: NDArray[np.float32]) -> None:
        """Draw the eyes whose gaze the references do not show into a face, in place.

        Args:
            over: (s, s, 3) the face.
            driving: (478, 2) px, the driven landmarks.
            weights: (r, 478) of the references.
        """
        for eye in self._eyes:
            radius = _radius(driving, eye.iris)
            if min(radius, eye.radius) < SMALLEST_RADIUS_PX:
                continue
            opening = _area(driving[eye.ring]) / max(_area(eye.contour), 1.0)
            zoom = radius / eye.radius
            share = _ramp(self._missed(eye, driving, weights) / radius, NEAR, FAR)
            share *= _ramp(opening / zoom**2, SMALLEST_OPENING, 2 * SMALLEST_OPENING)
            if share > 0.01:
                _draw(over, eye, driving, radius, share)

    def _missed(self, eye: _Eye, driving: Points, weights: NDArray[np.float32]) -> float:
        """Px between the driven iris and where the references have it, by their weights."""
        wanted = _place(driving[None], eye.ring, eye.iris)[0]
        shown = _place(self._sources, eye.ring, eye.iris)
        weight = weights[:, eye.iris[0]]
        mean = weight @ shown / max(float(weight.sum()), 1e-9)
        width = float(np.linalg.norm(driving[eye.ring[0]] - driving[eye.ring[8]]))
        return float(np.linalg.norm(wanted - mean)) * width


def _take(
    sources: Points, images: NDArray[np.uint8], ring: NDArray[np.int32], iris: NDArray[np.int32]
) -> _Eye:
    opened = np.array([_area(points[ring]) for points in sources])
    aside = np.abs(_place(sources, ring, iris)[:, 0])
    usable = opened >= 0.8 * np.median(opened[opened >= 0.5 * opened.max()])
    best = 0 if usable[0] else int(np.where(usable, aside, np.inf).argmin())
    points = sources[best]
    contour, centre = points[ring], points[iris[0]]
    radius = _radius(points, iris)
    shape = images[best].shape[:2]
    inside, disc = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    cv2.fillPoly(inside, [np.round(contour).astype(np.int32)], 255)
    middle = (round(float(centre[0])), round(float(centre[1])))
    cv2.circle(disc, middle, round(REMOVED * radius), 255, -1)
    between = cv2.erode(inside, np.ones((3, 3), np.uint8))
    return _Eye(
        ring=ring,
        iris=iris,
        picture=images[best].astype(np.float32),
        white=_whitened(images[best].astype(np.float32), between, disc, radius),
        contour=contour.astype(np.float32),
        inside=between,
        centre=centre.astype(np.float32),
        radius=radius,
    )


def _whitened(
    picture: Picture, inside: NDArray[np.uint8], disc: NDArray[np.uint8], radius: float
) -> Picture:
    """(s, s, 3) the picture with the white of the eye where the iris was.

    The white is spread from both sides, further along the eye than across it, so that it keeps
    the lids' shadow.
    """
    known = ((inside > 0) & (disc == 0)).astype(np.float32)
    light = picture.mean(axis=2)
    brightest = float((light * known).max())
    # lashes, corners and the rim of the iris are darker than the white: they count little
    known *= (light / max(brightest, 1.0)) ** WHITE_POWER
    reach = {"sigmaX": 1.2 * radius, "sigmaY": 0.3 * radius}
    amount = cv2.GaussianBlur(known, (0, 0), **reach)[..., None]
    spread = cv2.GaussianBlur(picture * known[..., None], (0, 0), **reach)
    white = spread / np.maximum(amount, 1e-6)
    edge = cv2.GaussianBlur(disc.astype(np.float32) / 255, (0, 0), 1.0)[..., None]
    filled: Picture = picture + np.where(amount > 1e-4, edge, 0) * (white - picture)
    return filled.astype(np.float32)


def _draw(over: Picture, eye: _Eye, driving: Points, radius: float, share: float) -> None:
    contour, centre = driving[eye.ring], driving[eye.iris[0]]
    low = np.maximum(np.floor(contour.min(axis=0)).astype(int) - 2, 0)
    high = np.minimum(np.ceil(contour.max(axis=0)).astype(int) + 3, over.shape[1::-1])
    if (high - low < 3).any():
        return
    columns, rows = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
    pixels = np.stack([columns, rows], axis=-1).astype(np.float32)  # (h, w, 2)
    from_white = LinearNDInterpolator(contour, eye.contour)(pixels).astype(np.float32)
    known = np.isfinite(from_white).all(axis=-1)
    drawn = _sample(eye.white, np.where(known[..., None], from_white, 0))
    offset = (pixels - centre) * np.float32(eye.radius / radius)
    straight, mirrored = eye.centre + offset, eye.centre + offset * np.array([1, -1], np.float32)
    covered = _sample(eye.inside, straight) > 127
    # what a lid hides of the iris is made up from its other half
    iris = np.where(
        covered[..., None], _sample(eye.picture, straight), _sample(eye.picture, mirrored)
    )
    distance = np.linalg.norm(pixels - centre, axis=-1) / radius
    inner, outer = IRIS_EDGE
    alpha = np.clip((outer - distance) / (outer - inner), 0, 1)[..., None]
    alpha *= (covered | (_sample(eye.inside, mirrored) > 127))[..., None]
    drawn += alpha * (iris - drawn)
    mask = np.zeros(known.shape, np.uint8)
    cv2.fillPoly(mask, [np.round((contour - low) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), 0.8) * known
    window = over[low[1] : high[1], low[0] : high[0]]
    inside = soft > 0.5
    if inside.any():
        drawn *= np.clip(window[inside].mean() / max(float(drawn[inside].mean()), 1.0), *GAIN)
    window += (share * soft)[..., None] * (drawn - window)


def _sample(picture: NDArray[np.generic], points: Points) -> Picture:
    sampled = cv2.remap(
        picture,
        np.ascontiguousarray(points[..., 0], np.float32),
        np.ascontiguousarray(points[..., 1], np.float32),
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(sampled, np.float32)


def _place(points: Points, ring: NDArray[np.int32], iris: NDArray[np.int32]) -> Points:
    """(r, 2) of (r, 478, 2): the iris from the middle of the eye's corners, over their distance."""
    first, second = points[:, ring[0]], points[:, ring[8]]
    width = np.linalg.norm(second - first, axis=1, keepdims=True)
    place: Points = (points[:, iris[0]] - (first + second) / 2) / np.maximum(width, 1e-6)
    return place


def _radius(points: Points, iris: NDArray[np.int32]) -> float:
    return float(np.linalg.norm(points[iris[1:], :2] - points[iris[0], :2], axis=1).mean())


def _area(polygon: Points) -> float:
    return float(cv2.contourArea(np.ascontiguousarray(polygon, np.float32)))


def _ramp(value: float, start: float, end: float) -> float:
    share = min(max((value - start) / (end - start), 0.0), 1.0)
    return share * share * (3 - 2 * share)
