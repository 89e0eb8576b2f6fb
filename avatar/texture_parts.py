"""Eyes, teeth, tongue, mouth, eye sockets and lashes: painted, never read from pictures.

Only the irises' colour and the general brightness come from the person's pictures.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.fit import FittedHead
from avatar.head_model import PARTS, HeadModel
from avatar.texture_views import TexelGrid, texel_grid

IRIS_RADIUS_M = 0.0059
PUPIL_RADIUS_M = 0.0021
TOOTH_WIDTHS_M = (0.0076, 0.0060, 0.0068, 0.0064, 0.0064, 0.0090, 0.0090)
"""From the midline outwards; upper row (typical crown widths)."""
_IRIS_RINGS = {468: (469, 470, 471, 472), 473: (474, 475, 476, 477)}
_BROWN = np.array([0.30, 0.19, 0.12])
_LEAST_IRIS_PX = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class EyeLook:
    """Colours of a person's eyes in their pictures, sRGB in [0, 1]."""

    iris: NDArray[np.float64]
    """(3,)."""
    white: NDArray[np.float64]
    """(3,)."""


def estimate_eyes(head: FittedHead, images: Sequence[NDArray[np.uint8]]) -> EyeLook:
    """Iris and white of the eyes over all pictures in which they are open and large enough.

    The iris is the median of a ring between pupil and limbus without the darkest (pupil, lashes)
    and brightest (reflections) quarter. The white is seldom clean in a picture: only its
    brightness is used, on a neutral hue.
    """
    irises, whites = [], []
    for view, image in enumerate(images):
        landmarks = _projected_landmarks(head, view)
        for centre, ring in _IRIS_RINGS.items():
            radius = float(np.linalg.norm(landmarks[list(ring)] - landmarks[centre], axis=1).mean())
            blink = head.coefficients[view, [0, 7]].max()
            if radius < _LEAST_IRIS_PX or blink > 0.35:
                continue
            irises.append(_middle(_disc(image, landmarks[centre], 0.45 * radius, 0.85 * radius)))
            side = _disc(image, landmarks[centre], 1.15 * radius, 1.6 * radius, flat=0.35)
            if len(side):
                whites.append(np.percentile(side.mean(axis=1), 75))
    iris = np.median(irises, axis=0) if irises else _BROWN
    brightness = float(np.clip(np.median(whites), 0.62, 0.92)) if whites else 0.8
    return EyeLook(iris=iris, white=brightness * np.array([1.02, 0.99, 0.975]))


def _projected_landmarks(head: FittedHead, view: int) -> NDArray[np.float64]:
    points = head.poses[view].apply(head.model.at_landmarks(head.shape(view)))
    return head.cameras[view].project(points)[:, :2]


def _disc(
    image: NDArray[np.uint8],
    centre: NDArray[np.float64],
    inner: float,
    outer: float,
    *,
    flat: float = 1.0,
) -> NDArray[np.float64]:
    """(p, 3) colours between two radii, in the middle rows only where `flat` is below 1."""
    reach = int(np.ceil(outer)) + 1
    x0, y0 = (round(float(value)) - reach for value in centre)
    rows = np.arange(max(0, y0), min(image.shape[0], y0 + 2 * reach + 1))
    columns = np.arange(max(0, x0), min(image.shape[1], x0 + 2 * reach + 1))
    y, x = np.meshgrid(rows, columns, indexing="ij")
    distance = np.hypot(x - centre[0], y - centre[1])
    chosen = (distance >= inner) & (distance <= outer) & (np.abs(y - centre[1]) <= flat * outer)
    return image[y[chosen], x[chosen]].astype(np.float64) / 255.0


def _middle(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of the half of the colours that are neither darkest nor brightest."""
    if not len(colours):
        return _BROWN
    brightness = colours.mean(axis=1)
    low, high = np.percentile(brightness, [25, 75])
    return colours[(brightness >= low) & (brightness <= high)].mean(axis=0)


def paint_parts(
    head: FittedHead,
    images: Sequence[NDArray[np.uint8]],
    skin: NDArray[np.float32],
    grid: TexelGrid,
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Paint every part that is not skin into the texture.

    Args:
        head: The fitted head.
        images: Its pictures.
        skin: (size, size, 3) finished skin.
        grid: The skin's texels.

    Returns:
        (size, size, 3) the whole texture and (size, size) where any island lies.
    """
    model, size = head.model, grid.size
    eyes = estimate_eyes(head, images)
    tone = np.median(skin[grid.covered], axis=0).astype(np.float64)
    texture = np.where(grid.covered[..., None], skin, tone).astype(np.float32)
    covered = grid.covered.copy()
    painted = {
        "eye_left": lambda rest: paint_eye(rest, model, "eye_left", eyes),
        "eye_right": lambda rest: paint_eye(rest, model, "eye_right", eyes),
        "teeth_upper": lambda rest: paint_teeth(rest, eyes.white, upper=True),
        "teeth_lower": lambda rest: paint_teeth(rest, eyes.white, upper=False),
        "tongue": lambda rest: paint_tongue(rest, tone),
        "cavity": lambda rest: paint_cavity(rest, tone),
        "lashes": lambda rest: np.full_like(rest, 0.05),
    }
    for part, paint in painted.items():
        texels = texel_grid(model, size, part)
        rest = texels.interpolate(model.vertices)[texels.covered].astype(np.float64)  # (p, 3)
        texture[texels.covered] = paint(rest)
        covered |= texels.covered
    return texture, covered


def paint_eye(
    rest: NDArray[np.float64], model: HeadModel, part: str, look: EyeLook
) -> NDArray[np.float64]:
    """Colours (p, 3) at points of an eyeball at rest: pupil, fibres, limbus, veined white."""
    ball = model.vertices[model.vertex_parts == PARTS.index(part)].astype(np.float64)
    centre = (ball.min(axis=0) + ball.max(axis=0)) / 2.0
    offset = rest - centre
    radius = np.hypot(offset[:, 0], offset[:, 1])
    radius = np.where(offset[:, 2] > 0.0, radius, 1.0)
    angle = np.arctan2(offset[:, 1], offset[:, 0])
    fibres = 0.5 + 0.5 * np.sin(41.0 * angle + 3.0 * np.sin(7.0 * angle))
    across = np.clip((radius - PUPIL_RADIUS_M) / (IRIS_RADIUS_M - PUPIL_RADIUS_M), 0.0, 1.0)
    ring = 1.15 - 0.35 * across**3 + 0.14 * (fibres - 0.5) * (1.0 - across)
    iris = look.iris * ring[:, None]
    rim = _rise(radius, IRIS_RADIUS_M - 0.0009, IRIS_RADIUS_M)[:, None]
    iris = iris * (1.0 - 0.55 * rim)
    pupil = 1.0 - _rise(radius, PUPIL_RADIUS_M - 0.0003, PUPIL_RADIUS_M + 0.0002)[:, None]
    iris = iris * (1.0 - pupil) + 0.02 * pupil
    # The white reddens towards the corners of the eye.
    reddening = np.clip((radius - 0.007) / 0.006, 0.0, 1.0)[:, None]
    white = look.white * (1.0 - reddening * np.array([0.06, 0.16, 0.15]))
    outside = _rise(radius, IRIS_RADIUS_M - 0.0002, IRIS_RADIUS_M + 0.0004)[:, None]
    return iris * (1.0 - outside) + white * outside


def paint_teeth(
    rest: NDArray[np.float64], white: NDArray[np.float64], *, upper: bool
) -> NDArray[np.float64]:
    """Colours (p, 3) at points of a row of teeth: gaps between them, gums above or below."""
    enamel = np.clip(white * np.array([1.0, 0.97, 0.89]), 0.0, 0.93)
    gum = white * np.array([0.78, 0.47, 0.46])
    along = _arc_length(rest)
    widths = np.array(TOOTH_WIDTHS_M) * (1.0 if upper else 0.8)
    borders = np.concatenate([[0.0], np.cumsum(widths)])
    gap = np.abs(along[:, None] - borders[None]).min(axis=1)
    height = rest[:, 1] - rest[:, 1].min()
    height = height / max(float(height.max()), 1e-9)  # 0 bottom, 1 top
    to_gum = height if upper else 1.0 - height
    groove = 0.30 * np.exp(-((gap / 0.00045) ** 2)) * np.clip(to_gum * 1.5 + 0.3, 0.0, 1.0)
    bulge = 0.06 * np.exp(-((gap / 0.0018) ** 2))
    colour = enamel * (1.0 - groove - bulge)[:, None]
    # Gum line in arches: highest over the middle of each tooth.
    arch = 0.72 - 0.10 * np.exp(-((gap / 0.0016) ** 2))
    amount = _rise(to_gum, arch - 0.03, arch + 0.05)[:, None]
    back = (rest[:, 2].max() - rest[:, 2]) / max(float(np.ptp(rest[:, 2])), 1e-9)
    darker = 1.0 - 0.85 * (np.clip(back - 0.12, 0.0, 1.0) ** 0.8)[:, None]
    return (colour * (1.0 - amount) + gum * amount) * darker


def _arc_length(rest: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance from the midline along the dental arch, taken as a parabola in x and z."""
    side = np.abs(rest[:, 0])
    front, half = float(rest[:, 2].max()), max(float(side.max()), 1e-9)
    bend = (front - float(rest[:, 2].min())) / half**2
    steps = np.linspace(0.0, half, 200)
    lengths = np.concatenate(
        [[0.0], np.cumsum(np.sqrt(1.0 + (2.0 * bend * steps[1:]) ** 2) * np.diff(steps))]
    )
    return np.interp(side, steps, lengths)


def paint_tongue(rest: NDArray[np.float64], tone: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colours (p, 3): pink, a groove down the middle, darker to the throat."""
    base = np.clip(tone.mean() * np.array([1.25, 0.72, 0.72]), 0.0, 0.85)
    groove = 0.15 * np.exp(-((rest[:, 0] / 0.0018) ** 2))
    grain = 0.03 * np.sin(rest[:, 0] * 4100.0) * np.sin(rest[:, 2] * 3700.0)
    depth = np.clip((rest[:, 2].max() - rest[:, 2]) / 0.05, 0.0, 1.0)
    return base * ((1.0 - groove + grain) * (1.0 - 0.55 * depth))[:, None]


def paint_cavity(rest: NDArray[np.float64], tone: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colours (p, 3): the mouth fades into the dark; eye sockets are flesh behind the lids."""
    flesh = np.clip(tone.mean() * np.array([1.10, 0.62, 0.60]), 0.0, 0.8)
    mouth = rest[:, 1] < -0.015
    front = rest[mouth, 2].max() if mouth.any() else 0.0
    depth = np.where(mouth, np.clip((front - rest[:, 2] - 0.004) / 0.03, 0.0, 1.0), 0.0)
    socket = np.clip(tone * np.array([0.95, 0.75, 0.72]), 0.0, 1.0)
    colour = np.where(mouth[:, None], flesh, socket)
    return colour * (1.0 - 0.85 * depth)[:, None]


def _rise(
    values: NDArray[np.float64],
    low: NDArray[np.float64] | float,
    high: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    """Smooth step from 0 at `low` to 1 at `high`."""
    share = np.clip((values - low) / (np.asarray(high) - low), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)
