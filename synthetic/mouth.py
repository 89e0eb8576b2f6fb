"""Procedural teeth and gums on the arches of MakeHuman's crude tooth shells.

Every vertex is an affine combination of the shells' vertices, so the teeth follow each facial
action and identity row rigidly, as the shells do. Crown sizes are the averages of
S. J. Nelson, "Wheeler's Dental Anatomy, Physiology and Occlusion" (crown width and height).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.person import Teeth

UPPER_SHELL = range(15060, 15128)
LOWER_SHELL = range(14992, 15060)
"""Vertices of MakeHuman's base mesh."""

_UPPER_WIDTHS = (8.6, 6.7, 7.6, 7.0, 6.8, 9.6, 9.0)
_UPPER_HEIGHTS = (10.6, 9.2, 10.2, 8.4, 7.8, 7.2, 7.0)
_LOWER_WIDTHS = (5.3, 5.8, 6.9, 7.0, 7.1, 10.6, 10.0)
_LOWER_HEIGHTS = (8.6, 8.8, 10.0, 8.4, 7.8, 7.4, 7.0)
_DEPTHS = (3.4, 3.3, 5.0, 7.2, 7.6, 9.0, 9.0)
_UPPER_STEPS = (0.0, 0.0005, -0.0003, 0.0003, 0.0006, 0.0014, 0.0022)
_LOWER_STEPS = (0.0, 0.0, -0.0002, 0.0004, 0.0008, 0.0016, 0.0024)
"""How far edges stay behind those of the middle incisors, m."""
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
    contact: NDArray[np.float32]
    """(v,) 1 where a tooth or its gum faces the next one."""
    tooth: NDArray[np.int32]
    """(v,) 0 for the middle incisors to 6 for the second molars, 7 for gums; right ones + 8."""


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


def build_denture(
    arch: Arch, *, upper: bool, scale: float, teeth: Teeth | None = None, seed: int = 0
) -> Denture:
    """Teeth and gums along an arch.

    Args:
        arch: The curve of the crowns' outer faces.
        upper: The upper jaw (crowns hang down) or the lower one.
        scale: 1 for an average adult.
        teeth: How regular they stand; the average without it.
        seed: Of irregularities.
    """
    teeth = teeth or Teeth()
    rng = np.random.default_rng(seed + 2 * upper)
    widths = np.array(_UPPER_WIDTHS if upper else _LOWER_WIDTHS) * 1e-3 * scale
    heights = np.array(_UPPER_HEIGHTS if upper else _LOWER_HEIGHTS) * 1e-3 * scale
    middles = np.cumsum(widths) - widths / 2 + (0.5 * teeth.gap_m if upper else 0.0)
    crowns = [
        _crown(
            arch, side, middles[kind],
            (widths[kind], heights[kind], _DEPTHS[kind] * 1e-3 * scale),
            kind, _Stance.drawn(rng, kind, teeth.crowding), upper=upper,
        )
        for side in (-1, 1)
        for kind in range(len(widths))
    ]  # fmt: skip
    crowns.append(_gums(arch, middles, widths, heights, scale, upper=upper))
    starts = np.cumsum([0, *(len(crown.vertices) for crown in crowns)])[:-1]
    return Denture(
        vertices=np.concatenate([crown.vertices for crown in crowns]),
        faces=np.concatenate(
            [crown.faces + start for crown, start in zip(crowns, starts, strict=True)]
        ).astype(np.int32),
        gum=np.concatenate([crown.gum for crown in crowns]),
        crown=np.concatenate([crown.crown for crown in crowns]),
        contact=np.concatenate([crown.contact for crown in crowns]),
        tooth=np.concatenate([crown.tooth for crown in crowns]),
    )


@dataclass(frozen=True, slots=True)
class _Stance:
    """How a tooth stands off its regular place."""

    turn: float
    """About its long axis, radians."""
    tip: float
    """In the plane of the arch, radians."""
    out: float
    """Towards the lips, m."""
    longer: float
    """m."""
    size: float
    """Factor of its width."""

    @classmethod
    def drawn(cls, rng: np.random.Generator, kind: int, crowding: float) -> "_Stance":
        """Irregular in proportion to `crowding`, front teeth most."""
        turn, tip, out, longer, size = rng.normal(size=5)
        amount = crowding * (1.0 if kind < 3 else 0.5)
        return cls(
            turn=float(np.clip(turn, -2, 2) * (0.02 + 0.20 * amount)),
            tip=float(np.clip(tip, -2, 2) * (0.008 + 0.06 * amount)),
            out=float(np.clip(out, -2, 2) * (0.00006 + 0.0008 * amount)),
            longer=float(np.clip(longer, -2, 2) * (0.00012 + 0.0006 * amount)),
            size=float(1 + np.clip(size, -2, 2) * 0.012),
        )


def _crown(
    arch: Arch,
    side: int,
    middle: float,
    size: tuple[float, float, float],
    kind: int,
    stance: _Stance,
    *,
    upper: bool,
) -> Denture:
    """One crown: rounded cross-sections from the neck to the edge, closed there."""
    width, height, depth = size
    down = -1.0 if upper else 1.0
    along = np.array([0.0, 0.12, 0.28, 0.46, 0.64, 0.8, 0.91, 0.975, 1.0])
    closing = np.array([1, 1, 1, 1, 1, 0.99, 0.95, 0.82, 0.3])
    angle = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)
    power = 0.55 if kind < 2 else 0.66
    across = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power
    out = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power
    # Incisors are narrow at the neck and wedge to a thin edge; canines end in a point.
    neck = 0.80 if upper else 0.74
    wide = neck + (1 - neck) * np.sin(np.clip(along * 1.4, 0, 1) * np.pi / 2)
    if kind == 2:
        wide = wide * (1 - 0.22 * np.clip((along - 0.75) / 0.25, 0, 1))
    thick = 1 - (0.62 if kind < 3 else 0.1) * along**1.3
    width_here = width * stance.size * 0.992 / 2 * wide * closing
    depth_here = depth / 2 * thick * closing
    x = across[None, :] * width_here[:, None]
    # The outer face bulges a little, in three faint lobes; its plane stays where the arch is.
    front = -depth / 2 + depth * 0.10 * np.sin(np.pi * along)
    lean = np.where(kind < 3, (1 - along) * -0.0008, 0.0)
    z = out * depth_here[:, None] + (front + (depth / 2 - depth_here) * 0.85 + lean)[:, None]
    lobes = np.cos(3 * np.pi * across) * np.clip(out, 0, 1) * (kind < 3)
    z = z + 0.00010 * lobes * np.sin(np.pi * along)[:, None] + stance.out
    y = (along - 1)[:, None] * (height + stance.longer)
    y = y - _edge(kind, across * side * (1 if upper else -1), upper=upper) * along[:, None] ** 4
    x, y = x + stance.tip * y, y - stance.tip * x
    x, z = x + stance.turn * (z + depth / 2), z - stance.turn * x
    steps = _UPPER_STEPS if upper else _LOWER_STEPS
    edge = arch.edge - down * (steps[kind] - stance.longer)
    centre, normal = arch.at(np.array([side * middle]))
    tangent = np.array([normal[0, 1], -normal[0, 0]])
    plane = x[..., None] * tangent + z[..., None] * normal[0]
    points = np.stack(
        [centre[0, 0] + plane[..., 0], edge + down * y, centre[0, 1] + plane[..., 1]], axis=-1
    ).reshape(-1, 3)
    points = np.concatenate([points, points[-_AROUND:].mean(axis=0, keepdims=True)])
    ring = np.arange((_ALONG - 1) * _AROUND, _ALONG * _AROUND)
    tip = np.full(_AROUND, _ALONG * _AROUND)
    triangles = _tube(_ALONG, _AROUND, closed=True)
    triangles = np.concatenate([triangles, np.stack([ring, np.roll(ring, -1), tip], axis=1)])
    contact = np.clip((np.abs(across) - 0.70) / 0.3, 0, 1) + 0.35 * np.clip(-out, 0, 1)
    contact = np.append(np.tile(np.clip(contact, 0, 1), _ALONG), 0.0)
    return Denture(
        vertices=points.astype(np.float32),
        faces=triangles if upper else triangles[:, ::-1],
        gum=np.zeros(len(points), np.float32),
        crown=np.append(np.repeat(along, _AROUND), 1.0).astype(np.float32),
        contact=contact.astype(np.float32),
        tooth=np.full(len(points), kind + (0 if side > 0 else 8), np.int32),
    )


def _edge(kind: int, u: NDArray[np.float64], *, upper: bool) -> NDArray[np.float64]:
    """(n,) metres by which the biting edge falls short at u, -1 mesial to 1 distal."""
    distal, mesial = np.clip(u, 0, 1), np.clip(-u, 0, 1)
    if kind < 2:
        rounder = (0.0005, 0.0010)[kind] if upper else 0.0002
        return rounder * distal**2.5 + 0.00022 * mesial**3
    if kind == 2:
        return 0.0013 * np.abs(u + 0.1) ** 1.4
    return 0.0009 * np.abs(u) ** 1.6


def _gums(
    arch: Arch,
    middles: NDArray[np.float64],
    widths: NDArray[np.float64],
    heights: NDArray[np.float64],
    scale: float,
    *,
    upper: bool,
) -> Denture:
    """A swollen band over the tooth necks, its edge scalloped between the teeth."""
    down = -1.0 if upper else 1.0
    half = middles[-1] + 0.004 * scale
    distance = np.linspace(-half, half, 161)
    nearest = np.argmin(np.abs(np.abs(distance)[:, None] - middles[None, :]), axis=1)
    gap = np.abs(np.abs(distance) - middles[nearest])
    half_width = widths[nearest] / 2
    papilla = np.clip(gap / half_width, 0, 1) ** 3
    height = np.interp(np.abs(distance), middles, heights)
    margin = height * 0.97 - papilla * 0.0028 * scale
    around = np.linspace(0, 1, 13)
    # From the inside of the arch over the crown's neck to the fold of the lip.
    profile_out = np.interp(around, [0, 0.12, 0.3, 0.5, 0.75, 1], [-9, -8.2, 0.30, 0.80, 0.95, 0.0])
    profile_up = np.interp(around, [0, 0.12, 0.3, 0.5, 0.75, 1], [8, 0.6, 0.0, 1.2, 4.5, 9.0])
    point, normal = arch.at(distance)
    outward = (profile_out[None, :] - 0.15 * papilla[:, None]) * 1e-3 * scale
    flat = point[:, None, :] + outward[..., None] * normal[:, None, :]
    y = arch.edge - down * (margin[:, None] + profile_up[None, :] * 1e-3 * scale)
    vertices = np.stack([flat[..., 0], y, flat[..., 1]], axis=-1).reshape(-1, 3)
    triangles = _tube(len(distance), len(around), closed=False)
    count = len(vertices)
    margin_shade = np.interp(around, [0, 0.12, 0.3, 0.45, 1], [1, 0.8, 0.15, 0.0, 0.0])
    return Denture(
        vertices=vertices.astype(np.float32),
        faces=triangles[:, ::-1] if upper else triangles,
        gum=np.ones(count, np.float32),
        crown=np.zeros(count, np.float32),
        contact=np.tile(margin_shade, len(distance)).astype(np.float32),
        tooth=np.full(count, 7, np.int32),
    )


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
