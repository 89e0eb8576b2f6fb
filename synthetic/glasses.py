"""Spectacles fitted to a face: rims before the eyes, a bridge on the nose, temples to the ears."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic import paint
from synthetic.layers import METAL, SURFACE, Layer
from synthetic.lenses import Lenses
from synthetic.person import Glasses
from synthetic.sweep import Mesh, blob, join, rounded, smooth_line, sweep

_AROUND = 56
_TILT = np.tan(np.deg2rad(7.0))
"""Rims lean in towards the cheeks."""
_WRAP_M = 0.30
"""Radius of the bow of the front seen from above."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The outline of a lens before the left eye, sizes for pupils 63 mm apart."""

    width_m: float
    height_m: float
    corner: float
    """2 is an ellipse, larger is squarer."""
    sweep: float = 0.0
    """How far the outer upper corner is pulled up, in half heights."""
    drop: float = 0.0
    """How much longer the outer lower half is, in half heights."""
    bridge: float = 0.35
    """Where the bridge sits, in half heights over the middle."""
    rimless: bool = False
    bars: int = 1
    """Of the bridge."""

    def outline(self) -> NDArray[np.float64]:
        """(n, 2) x outwards and y up from the middle, counter-clockwise seen from the front."""
        angle = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)
        power = 2 / self.corner
        x = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power
        y = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power
        high = np.clip(y, 0, None)
        y = y + self.sweep * high * np.clip(x + 0.35, 0, None) ** 1.5
        low = np.clip(-y, 0, None)
        y = y - self.drop * low * (0.7 + 0.3 * x)
        x = x * (1 - 0.16 * self.drop * low * (1 - x)) + 0.10 * self.drop * low
        return np.stack([x * self.width_m / 2, y * self.height_m / 2], axis=1)


GLASSES: dict[str, Shape] = {
    "oval": Shape(0.048, 0.033, 2.3),
    "round": Shape(0.0455, 0.0435, 2.0, bridge=0.30),
    "rectangular": Shape(0.051, 0.031, 4.2, bridge=0.40),
    "square": Shape(0.0515, 0.0405, 3.4, bridge=0.35),
    "cat-eye": Shape(0.0505, 0.036, 2.7, sweep=0.34, bridge=0.35),
    "aviator": Shape(0.0535, 0.042, 2.7, drop=0.26, bridge=0.42, bars=2),
    "rimless": Shape(0.050, 0.032, 3.2, bridge=0.30, rimless=True),
}
"""What a `Glasses.style` may be."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A head at rest that things are fitted to."""

    tree: Any
    """KD tree of `points`."""
    points: NDArray[np.float64]
    """(n, 3) skin."""
    normals: NDArray[np.float64]
    """(n, 3)."""
    ears: NDArray[np.float64]
    """(n,) mask."""
    eyes: NDArray[np.float64]
    """(2, 3) centres, left first."""
    eye_radius: float

    def height(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """(m,) metres of points over the skin, negative inside."""
        _, nearest = self.tree.query(points)
        return np.einsum("mc,mc->m", points - self.points[nearest], self.normals[nearest])


def head_of(
    points: NDArray[np.float32],
    normals: NDArray[np.float32],
    ears: NDArray[np.float32],
    eyes: NDArray[np.float32],
    eye_radius: float,
) -> Head:
    """Prepare a head: skin vertices (n, 3) at rest, normals, ear mask (n,), eye centres (2, 3)."""
    from scipy.spatial import cKDTree

    skin = points.astype(np.float64)
    return Head(
        cKDTree(skin), skin, normals.astype(np.float64), ears.astype(np.float64),
        eyes.astype(np.float64), eye_radius,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Front:
    """The bowed, tilted sheet that rims and lenses lie in."""

    middle: tuple[float, float]
    """x of the left lens's middle, y of both."""
    depth: float

    def at(self, flat: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 3) from figure x and y (n, 2)."""
        x, y = flat.T
        z = self.depth - x**2 / (2 * _WRAP_M) + _TILT * (y - self.middle[1])
        return np.stack([x, y, z], axis=1)


def fit_glasses(head: Head, glasses: Glasses) -> tuple[list[Layer], Lenses]:
    """Frame and lenses for a head.

    Raises:
        KeyError: `glasses.style` is not in `GLASSES`.
    """
    shape = GLASSES[glasses.style]
    scale = float(np.clip(np.ptp(head.eyes[:, 0]) / 0.0615, 0.88, 1.12))
    outline = shape.outline() * scale
    front = _place(head, outline, scale)
    inner = outline + np.array(front.middle)
    thick = 0.0013 if glasses.metal else max(glasses.thickness_m, 0.0018)
    wide, deep = (thick, thick) if glasses.metal else (thick * 1.25, thick * 1.45)
    meshes: list[Mesh] = []
    for side in (1, -1):
        rim = front.at(inner * [side, 1])
        if not shape.rimless:
            meshes.append(_rim(rim, side, wide, deep, glasses))
        meshes.append(_temple(head, front, inner, side, thick, glasses))
        if glasses.metal or shape.rimless:
            meshes.append(_pad(head, front, inner, side, thick))
    lift = shape.bridge * shape.height_m / 2 * scale
    for bar in range(shape.bars):
        meshes.append(_bridge(head, front, inner, lift + 0.0085 * bar, thick, glasses))
    vertices, faces = join(meshes)
    material = paint.blank(len(vertices), roughness=0.22, specular=1.4)
    material[:, :3] = glasses.colour
    frame = Layer(
        name="glasses",
        faces=faces.astype(np.int32),
        material=material,
        head_weight=1.0,
        vertices=vertices.astype(np.float32),
        kind=METAL if glasses.metal else SURFACE,
    )
    return [frame], _lenses(front, inner)


def _place(head: Head, outline: NDArray[np.float64], scale: float) -> _Front:
    """The nearest sheet before the eyes that touches neither brow nor cheek nor nose."""
    middle = (float(np.ptp(head.eyes[:, 0]) / 2 + 0.0022 * scale), float(head.eyes[:, 1].mean()))
    middle = (middle[0], middle[1] - 0.0035)
    inner = outline + np.array(middle)
    depth = float(head.eyes[:, 2].mean()) + head.eye_radius + 0.010
    for _ in range(12):
        front = _Front(middle, depth)
        rim = np.concatenate([front.at(inner), front.at(inner * [-1, 1])])
        short = 0.0022 - head.height(rim).min()
        if short <= 0 or depth > head.eyes[:, 2].mean() + head.eye_radius + 0.021:
            break
        depth += max(0.6 * short, 2e-4)
    return _Front(middle, depth)


def _rim(rim: NDArray[np.float64], side: int, wide: float, deep: float, glasses: Glasses) -> Mesh:
    line = rim if side > 0 else rim[::-1]
    outward = line - line.mean(axis=0)
    height = outward[:, 1] / np.abs(outward[:, 1]).max()
    section = rounded(
        1.0, 1.0, points=6 if glasses.metal else 8, power=0.9 if glasses.metal else 0.5
    )
    # Plastic rims are heavier at the brow than below.
    swell = 1.0 if glasses.metal else 1 + 0.28 * np.clip(height + 0.2, 0, 1)
    sections = (
        section[None] * np.array([wide, deep]) * np.broadcast_to(swell, len(line))[:, None, None]
    )
    return sweep(line, outward, sections, closed=True)


def _bridge(
    head: Head, front: _Front, inner: NDArray[np.float64], lift: float, thick: float,
    glasses: Glasses,
) -> Mesh:  # fmt: skip
    """A bar that arches over the nose."""
    nasal = inner[np.argsort(np.abs(inner[:, 1] - front.middle[1] - lift))]
    x = float(nasal[nasal[:, 0] < front.middle[0]][0, 0])
    arch = 0.0028 if lift < 0.012 else 0.0004
    across = np.linspace(-1, 1, 17)
    flat = np.stack([across * x, front.middle[1] + lift + arch * (1 - across**2)], axis=1)
    line = front.at(flat)
    line[:, 2] += 0.0020 * (1 - across**2)
    for _ in range(4):
        line[:, 2] += max(float((0.0016 - head.height(line)).max()), 0.0)
    size = (thick, thick) if glasses.metal else (thick * 1.5, thick * 1.7)
    return sweep(line, np.array([0.0, 1.0, 0.0]), rounded(*size, power=0.7))


def _pad(head: Head, front: _Front, inner: NDArray[np.float64], side: int, thick: float) -> Mesh:
    """A nose pad on its wire."""
    nasal = front.at(inner[[int(np.argmin(inner[:, 0] + 0.3 * np.abs(inner[:, 1])))]] * [side, 1])[
        0
    ]
    start = nasal + np.array([0, -0.003, 0])
    pad = np.array([side * 0.0085, start[1] - 0.004, start[2] - 0.004])
    for _ in range(6):
        pad[0] += side * max(0.0012 - float(head.height(pad[None])[0]), 0.0)
    wire = smooth_line(np.stack([start, 0.5 * (start + pad) - [0, 0, 0.003], pad]), 7)
    tube = sweep(
        wire, np.array([0.0, 1.0, 0.0]), rounded(thick * 0.6, thick * 0.6, points=5, power=1)
    )
    axes = np.array([[0.0009 * side, 0, 0.0004], [0, 0.0036 * side, 0], [-0.0008, 0.0006, 0.0022]])
    return join([tube, blob(pad, axes, rings=5)])


def _temple(
    head: Head,
    front: _Front,
    inner: NDArray[np.float64],
    side: int,
    thick: float,
    glasses: Glasses,
) -> Mesh:
    """From the rim's outer corner back over the ear, and down behind it."""
    corner = inner[int(np.argmax(inner[:, 0] + 0.9 * inner[:, 1]))]
    start = front.at(corner[None] * [side, 1])[0]
    over = _over_ear(head, side)
    hinge = start + np.array([side * 0.0035, -0.0005, -0.0035])
    hinge[0] = side * max(abs(hinge[0]), abs(over[0]) - 0.006)
    down = over + np.array([-side * 0.003, -0.016, -0.016])
    tip = over + np.array([-side * 0.006, -0.032, -0.021])
    straight = hinge + (over - hinge) * np.linspace(0, 1, 6)[:, None]
    bow = np.sin(np.linspace(0, np.pi, 6)) * 0.002
    straight[:, 0] += side * bow
    line = smooth_line(np.concatenate([start[None], straight, [down, tip]]), 36)
    for _ in range(3):
        short = np.clip(0.5 * thick + 0.0008 - head.height(line), 0, 0.006)
        short[:3] = 0
        line[:, 0] += side * np.minimum(short, 0.004)
    smooth = line.copy()
    smooth[1:-1] = (line[:-2] + 2 * line[1:-1] + line[2:]) / 4
    tall = thick * (1.0 if glasses.metal else 1.9)
    size = rounded(tall, thick, power=0.9 if glasses.metal else 0.5)
    return sweep(smooth, np.array([0.0, 1.0, 0.0]), size)


def _over_ear(head: Head, side: int) -> NDArray[np.float64]:
    """Where a temple rests: on top of the ear's root."""
    ear = (head.ears > 0.5) & (side * head.points[:, 0] > 0)
    points = head.points[ear]
    top = points[np.argmax(points[:, 1])]
    height = top[1] - 0.0065
    scalp = head.points[(head.ears < 0.05) & (side * head.points[:, 0] > 0.04)]
    near = np.hypot(scalp[:, 1] - height, scalp[:, 2] - top[2]) < 0.009
    beside = float(np.abs(scalp[near, 0]).max()) if near.any() else abs(top[0]) - 0.012
    return np.array([side * (beside + 0.0022), height, top[2] - 0.002])


def _lenses(front: _Front, inner: NDArray[np.float64]) -> Lenses:
    """Two fans of rings within the rims."""
    rings = np.array([0.0, 0.35, 0.7, 0.965, 1.0])
    vertices, faces, middles = [], [], []
    for index, side in enumerate((1, -1)):
        centre = np.array([front.middle[0] * side, front.middle[1]])
        flat = (inner * [side, 1] - centre)[None] * rings[1:, None, None]
        flat = np.concatenate([centre[None], (flat + centre).reshape(-1, 2)])
        start = index * len(flat)
        vertices.append(front.at(flat))
        middles.append(np.tile(front.at(centre[None]), (len(flat), 1)))
        ring = np.arange(_AROUND)
        ahead = np.roll(ring, -1)
        faces.append(np.stack([np.zeros(_AROUND, int), 1 + ring, 1 + ahead], axis=1) + start)
        for row in range(len(rings) - 2):
            a, b = 1 + row * _AROUND + ring, 1 + row * _AROUND + ahead
            faces.append(np.stack([a, a + _AROUND, b + _AROUND], axis=1) + start)
            faces.append(np.stack([a, b + _AROUND, b], axis=1) + start)
    points = np.concatenate(vertices)
    away = points - np.concatenate(middles)
    # The glass bulges more than the front's bow: a base curve of four dioptres.
    normals = np.stack([away[:, 0] / 0.13, away[:, 1] / 0.13 - _TILT, np.ones(len(points))], axis=1)
    normals[:, 0] += points[:, 0] / _WRAP_M
    # The ground edge faces outwards and catches light.
    edge = np.arange(len(points)) % (len(points) // 2) > len(points) // 2 - _AROUND - 1
    normals[edge] += 2.2 * away[edge] / np.linalg.norm(away[edge], axis=1, keepdims=True)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return Lenses(
        points.astype(np.float32), normals.astype(np.float32),
        np.concatenate(faces).astype(np.int32),
    )  # fmt: skip
