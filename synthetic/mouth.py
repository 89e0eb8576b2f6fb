"""Procedural teeth and gums on the arches of MakeHuman's crude tooth shells.

Every vertex is an affine combination of the shells' vertices, so the teeth follow each facial
action and identity row rigidly, as the shells do. Crown sizes are the averages of
S. J. Nelson, "Wheeler's Dental Anatomy, Physiology and Occlusion" (crown width and height).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UPPER_SHELL = range(15060, 15128)
LOWER_SHELL = range(14992, 15060)
"""Vertices of MakeHuman's base mesh."""

_UPPER_WIDTHS = (8.6, 6.7, 7.6, 7.0, 6.8, 9.6, 9.0)
_UPPER_HEIGHTS = (10.6, 9.2, 10.2, 8.4, 7.8, 7.2, 7.0)
_LOWER_WIDTHS = (5.3, 5.8, 6.9, 7.0, 7.1, 10.6, 10.0)
_LOWER_HEIGHTS = (8.6, 8.8, 10.0, 8.4, 7.8, 7.4, 7.0)
_DEPTHS = (3.4, 3.3, 5.0, 7.2, 7.6, 9.0, 9.0)
_AROUND, _ALONG = 16, 9


@dataclass(frozen=True, slots=True, eq=False)
class Denture:
    """One jaw's teeth and gums at rest."""

    vertices: NDArray[np.float32]
    """(v, 3) metres, in the bust's frame."""
    faces: NDArray[np.int32]
    """(f, 3)."""
    gum: NDArray[np.float32]
    """(v,) 0 on enamel, 1 on the gums."""
    crown: NDArray[np.float32]
    """(v,) 0 at the neck of a tooth, 1 at its edge."""


@dataclass(frozen=True, slots=True)
class Arch:
    """A parabola through the tooth crowns: z = front - bend x^2 at height `edge`."""

    front: float
    bend: float
    edge: float
    """Height of the biting edge."""

    def at(self, distance: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Points (n, 2) as (x, z) and outward directions (n, 2) at arc lengths from the middle."""
        x = np.linspace(-0.06, 0.06, 2401)
        length = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x), np.diff(self.bend * x**2)))])
        length -= length[len(x) // 2]
        at = np.interp(distance, length, x)
        slope = 2 * self.bend * at
        normal = np.stack([slope, np.ones_like(at)], axis=-1) / np.sqrt(1 + slope**2)[..., None]
        return np.stack([at, self.front - self.bend * at**2], axis=-1), normal


def build_denture(arch: Arch, *, upper: bool, scale: float) -> Denture:
    """Teeth and gums along an arch.

    Args:
        arch: The curve of the crowns' outer faces.
        upper: The upper jaw (crowns hang down) or the lower one.
        scale: 1 for an average adult.
    """
    widths = np.array(_UPPER_WIDTHS if upper else _LOWER_WIDTHS) * 1e-3 * scale
    heights = np.array(_UPPER_HEIGHTS if upper else _LOWER_HEIGHTS) * 1e-3 * scale
    middles = np.cumsum(widths) - widths / 2
    vertices, faces, gum, crown, total = [], [], [], [], 0
    for side in (-1, 1):
        for tooth, middle in enumerate(middles):
            points, triangles, along = _tooth(
                arch, side * middle, widths[tooth], heights[tooth],
                _DEPTHS[tooth] * 1e-3 * scale, tooth, upper=upper,
            )  # fmt: skip
            vertices.append(points)
            faces.append(triangles + total)
            gum.append(np.zeros(len(points)))
            crown.append(along)
            total += len(points)
    points, triangles = _gums(arch, middles, heights, scale, upper=upper)
    vertices.append(points)
    faces.append(triangles + total)
    gum.append(np.ones(len(points)))
    crown.append(np.zeros(len(points)))
    return Denture(
        vertices=np.concatenate(vertices).astype(np.float32),
        faces=np.concatenate(faces).astype(np.int32),
        gum=np.concatenate(gum).astype(np.float32),
        crown=np.concatenate(crown).astype(np.float32),
    )


def _tooth(
    arch: Arch, middle: float, width: float, height: float, depth: float, kind: int, *, upper: bool
) -> tuple[NDArray[np.float64], NDArray[np.int32], NDArray[np.float64]]:
    """One crown: rounded cross-sections from the neck to the edge, closed there."""
    down = -1.0 if upper else 1.0
    along = np.array([0.0, 0.12, 0.28, 0.46, 0.64, 0.8, 0.91, 0.975, 1.0])
    closing = np.array([1, 1, 1, 1, 1, 0.99, 0.93, 0.78, 0.3])
    angle = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)
    power = 0.62 if kind < 3 else 0.7
    across = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power
    out = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power
    # Incisors are narrow at the neck and wedge to a thin edge; canines end in a point.
    wide = 0.76 + 0.24 * np.sin(np.clip(along * 1.25, 0, 1) * np.pi / 2)
    if kind == 2:
        wide = wide * (1 - 0.35 * np.clip((along - 0.7) / 0.3, 0, 1))
    thick = 1 - (0.62 if kind < 3 else 0.1) * along**1.3
    width_here = (width * 0.985 / 2) * wide * closing
    depth_here = (depth / 2) * thick * closing
    x = across[None, :] * width_here[:, None]
    # The outer face bulges a little; its plane stays where the arch is.
    front = -depth / 2 + depth * 0.08 * np.sin(np.pi * along)
    lean = np.where(kind < 3, (1 - along) * -0.0008, 0.0)
    z = (
        out[None, :] * depth_here[:, None]
        + (front + (depth / 2 - depth_here) * 0.85 + lean)[:, None]
    )
    length = height * (0.97 if kind == 1 and upper else 1.0)
    y = np.repeat((along - 1)[:, None] * length, _AROUND, axis=1)
    edge = (
        arch.edge
        + (0.0004 if kind == 1 else -0.0004 if kind == 2 else 0.0008 * max(kind - 3, 0)) * -down
    )
    centre, normal = arch.at(np.array([middle]))
    tangent = np.array([normal[0, 1], -normal[0, 0]])
    plane = x[..., None] * tangent + z[..., None] * normal[0]
    points = np.stack(
        [centre[0, 0] + plane[..., 0], edge + down * y, centre[0, 1] + plane[..., 1]], axis=-1
    ).reshape(-1, 3)
    cap = points[-_AROUND:].mean(axis=0, keepdims=True)
    points = np.concatenate([points, cap])
    triangles = _tube(_ALONG, _AROUND, closed=True)
    ring = np.arange((_ALONG - 1) * _AROUND, _ALONG * _AROUND)
    tip = np.full(_AROUND, _ALONG * _AROUND)
    triangles = np.concatenate([triangles, np.stack([ring, np.roll(ring, -1), tip], axis=1)])
    if not upper:
        triangles = triangles[:, ::-1]
    return points, triangles, np.append(np.repeat(along, _AROUND), 1.0)


def _gums(
    arch: Arch,
    middles: NDArray[np.float64],
    heights: NDArray[np.float64],
    scale: float,
    *,
    upper: bool,
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """A swollen band over the tooth necks, its edge scalloped between the teeth."""
    down = -1.0 if upper else 1.0
    half = middles[-1] + 0.004 * scale
    distance = np.linspace(-half, half, 161)
    nearest = np.argmin(np.abs(np.abs(distance)[:, None] - middles[None, :]), axis=1)
    gap = np.abs(np.abs(distance) - middles[nearest])
    papilla = np.clip(gap / 0.0042, 0, 1) ** 2
    height = np.interp(np.abs(distance), middles, heights)
    margin = height * 0.97 - papilla * 0.0024 * scale
    around = np.linspace(0, 1, 13)
    # From the inside of the arch over the crown's neck to the fold of the lip.
    profile_out = np.interp(around, [0, 0.12, 0.3, 0.5, 0.75, 1], [-9, -8.2, 0.05, 0.75, 0.9, 0.0])
    profile_up = np.interp(around, [0, 0.12, 0.3, 0.5, 0.75, 1], [8, 0.6, 0.0, 1.2, 4.5, 9.0])
    point, normal = arch.at(distance)
    outward = profile_out[None, :] * 1e-3 * scale
    flat = point[:, None, :] + outward[..., None] * normal[:, None, :]
    y = arch.edge - down * (margin[:, None] + profile_up[None, :] * 1e-3 * scale)
    vertices = np.stack([flat[..., 0], y, flat[..., 1]], axis=-1).reshape(-1, 3)
    triangles = _tube(len(distance), len(around), closed=False)
    return vertices, triangles if upper else triangles[:, ::-1]


def _tube(rings: int, around: int, *, closed: bool) -> NDArray[np.int32]:
    """Triangles between successive rings of `around` vertices."""
    columns = around if closed else around - 1
    ring, column = np.meshgrid(np.arange(rings - 1), np.arange(columns), indexing="ij")
    a = ring * around + column
    b = ring * around + (column + 1) % around
    c, d = b + around, a + around
    return np.concatenate(
        [np.stack([a, b, c], axis=-1).reshape(-1, 3), np.stack([a, c, d], axis=-1).reshape(-1, 3)]
    ).astype(np.int32)


def affine_weights(
    points: NDArray[np.float32], anchors: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Weights (p, a), rows summing to 1, that give `points` (p, 3) from `anchors` (a, 3).

    They keep doing so when the anchors move affinely; the least-norm solution.
    """
    centre = anchors.mean(axis=0)
    homogeneous = np.concatenate([(anchors - centre) * 50, np.ones((len(anchors), 1))], axis=1)
    target = np.concatenate([(points - centre) * 50, np.ones((len(points), 1))], axis=1)
    return (target @ np.linalg.pinv(homogeneous)).astype(np.float32)
