"""Pictures of pictures: a print in front of the camera, a screen, faces pasted over faces."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from synthetic.masks import LABELS, Coverage
from synthetic.performance import slow_noise

Frame = NDArray[np.uint8]
Corners = NDArray[np.float32]
"""(4, 2) px: top left, top right, bottom right, bottom left."""

_UNIT = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64)
_FACE = ("face", "lips", "eyes", "mouth", "face hair")


def held_corners(
    times: NDArray[np.float64], rng: np.random.Generator, size: int, *, share: float, tilt: float
) -> list[Corners]:
    """Where a flat thing that a hand holds appears in each frame.

    Args:
        times: (t,) seconds.
        rng: Of the hand.
        size: Of the frame, px.
        share: Of the frame that it fills.
        tilt: Largest turn out of the picture, radians; it also sways in the plane.
    """
    sways = [slow_noise(times, rng, 0.5) for _ in range(6)]
    out = []
    for x, y, yaw, pitch, roll, near in zip(*sways, strict=True):
        turned = _UNIT * share * (1 + 0.02 * near)
        angle = 0.15 * tilt * roll
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        turned = turned @ turn.T
        # Perspective of a sheet about 4 half widths away.
        yaw, pitch = np.tanh([yaw / 2, pitch / 2]) * tilt
        depth = 1 + 0.25 * (turned[:, 0] * np.sin(yaw) + turned[:, 1] * np.sin(pitch))
        flat = turned * np.array([np.cos(yaw), np.cos(pitch)]) / depth[:, None]
        flat += 0.02 * np.array([x, y])
        out.append(((flat + 1) * size / 2).astype(np.float32))
    return out


def pasted(backdrop: Frame, picture: Frame, corners: Corners) -> Frame:
    """A picture (h, w, 3) laid over a backdrop of the frame's size, its edges at `corners`."""
    import cv2

    height, width = picture.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(source, corners)
    size = (backdrop.shape[1], backdrop.shape[0])
    laid = cv2.warpPerspective(picture, matrix, size, flags=cv2.INTER_AREA)
    opaque = np.full((height, width), 255, np.uint8)
    alpha = cv2.warpPerspective(opaque, matrix, size, flags=cv2.INTER_LINEAR)[..., None] / 255
    return (laid * alpha + backdrop * (1 - alpha) + 0.5).astype(np.uint8)


def printed(photo: Frame, *, border: float = 0.05) -> Frame:
    """A paper print of a photo: white border, less contrast, warmer."""
    import cv2

    edge = round(border * photo.shape[0])
    inked = photo * np.array([0.90, 0.86, 0.80]) + np.array([20, 18, 16])
    paper = (238, 235, 228)
    return cv2.copyMakeBorder(
        inked.astype(np.uint8), edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=paper
    )


def print_in_hand(
    photo: Frame, backdrop: Frame, times: NDArray[np.float64], rng: np.random.Generator
) -> Iterator[Frame]:
    """A print of a photo that is moved and tilted in front of the camera; light glides over it."""
    paper = printed(photo)
    size = backdrop.shape[0]
    sheen = slow_noise(times, rng, 0.4)
    for corners, light in zip(
        held_corners(times, rng, size, share=0.82, tilt=0.6), sheen, strict=True
    ):
        lit = np.clip(paper * (1 + 0.06 * light), 0, 255).astype(np.uint8)
        yield pasted(backdrop, lit, corners)


def on_screen(
    frames: Iterator[Frame],
    backdrop: Frame,
    times: NDArray[np.float64],
    rng: np.random.Generator,
    *,
    share: float = 0.86,
) -> Iterator[Frame]:
    """A recording shown on a screen and filmed from it, which fills this share of the picture.

    The screen has a dark rim, a raster that beats with the camera's (moire), bands of its refresh
    that wander, its own white, lifted blacks and a reflection of a lamp.
    """
    size = backdrop.shape[0]
    held = held_corners(times, rng, size, share=share, tilt=0.10)
    beat = rng.uniform(0.35, 0.6, 2) * np.array([1, rng.choice([-1, 1])])
    depth = float(rng.uniform(0.015, 0.04))  # More hides the face from detectors.
    band, drift = rng.uniform(0.6, 1.4), rng.uniform(0.8, 3.0)
    white = np.array([0.92, 0.98, 1.07]) + rng.uniform(-0.03, 0.03, 3)
    lamp = rng.uniform(0.15, 0.85, 2)
    y, x = np.mgrid[0:size, 0:size] / size
    glare = 45 * np.exp(-(((x - lamp[0]) / 0.10) ** 2) - ((y - lamp[1]) / 0.14) ** 2)
    for frame, time, corners in zip(frames, times, held, strict=False):
        shown = np.clip(frame * white * 0.92 + 14, 0, 255).astype(np.uint8)
        rim = round(0.045 * size)
        scene = pasted(backdrop, _rimmed(shown, rim), corners).astype(np.float32)
        moire = 1 + depth * _moire(corners, size, beat)
        flicker = 1 + 0.07 * np.sin(2 * np.pi * (y * band + time * drift))
        inside = pasted(np.zeros_like(backdrop), _rimmed(np.full_like(frame, 255), rim), corners)
        glass = inside.astype(np.float32) / 255
        gain = 1 + glass * (moire * flicker[..., None] - 1)
        lit = scene * gain + glass * glare[..., None]
        yield np.clip(lit, 0, 255).astype(np.uint8)


def _rimmed(picture: Frame, rim: int) -> Frame:
    import cv2

    return cv2.copyMakeBorder(picture, rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=(12, 12, 13))


def _moire(corners: Corners, size: int, beat: NDArray[np.float64]) -> NDArray[np.float64]:
    """(size, size, 3) beat between two rasters, -1 to 1; it follows the screen.

    The colours' stripes lie a third of a raster apart, so each has its own phase.
    """
    y, x = np.mgrid[0:size, 0:size]
    across = corners[1] - corners[0]
    u = ((x - corners[0, 0]) * across[0] + (y - corners[0, 1]) * across[1]) / size
    v = (-(x - corners[0, 0]) * across[1] + (y - corners[0, 1]) * across[0]) / size
    phase = 2 * np.pi * (beat[0] * u + beat[1] * v) * 0.35
    curve = 0.004 * (u * u + v * v) / size
    return np.stack(
        [np.sin(phase + 2 * np.pi * (curve + third / 3)) for third in range(3)], axis=-1
    )


def over(below: Frame, above: Frame, alpha: NDArray[np.floating]) -> Frame:
    """One picture over another, (h, w, 3) each, by an alpha (h, w) in [0, 1]."""
    share = alpha[..., None]
    return (above * share + below * (1 - share) + 0.5).astype(np.uint8)


def swapped(target: Frame, source: Frame, parts: Coverage) -> Frame:
    """The face of `source` laid into `target`, with its colours, as a face swap does it.

    Args:
        target: (h, w, 3) whose head is kept.
        source: (h, w, 3) of another person in the same pose.
        parts: Of the source.
    """
    import cv2

    face = np.isin(parts.labels, [LABELS.index(name) for name in _FACE])
    reach = max(face.shape[0] // 48, 1)
    kernel = np.ones((2 * reach + 1, 2 * reach + 1), np.uint8)
    inner = cv2.erode(face.astype(np.uint8), kernel)
    if not inner.any():
        return target
    alpha = cv2.GaussianBlur(inner.astype(np.float32), (0, 0), reach)
    seen, wanted = source[inner > 0].astype(np.float64), target[inner > 0].astype(np.float64)
    gain = np.clip(wanted.std(axis=0) / np.maximum(seen.std(axis=0), 1.0), 0.6, 1.6)
    toned = (source - seen.mean(axis=0)) * gain + wanted.mean(axis=0)
    return over(target, np.clip(toned, 0, 255).astype(np.uint8), alpha)
