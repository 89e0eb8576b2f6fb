"""A jumper: the torso's surface pushed out and smoothed, with a ribbed collar."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.bust import FIRST_HELPER, Bust
from synthetic.subdivision import subdivide


@dataclass(frozen=True, slots=True, eq=False)
class Garment:
    """Triangles at rest; they do not move with the face."""

    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]
    rib: NDArray[np.float32]
    """(v,) 1 on the collar's ribs."""


def neckline(points: NDArray[np.floating]) -> NDArray[np.floating]:
    """(...) height above (m) the jumper's neck opening; it slopes from nape to collarbones."""
    return points[..., 1] - (-0.142 - 0.34 * (points[..., 2] + 0.075))


def build_jumper(
    bust: Bust, rest: NDArray[np.float32], normals: NDArray[np.float32], *, levels: int
) -> Garment:
    """Drape a jumper over the torso.

    Args:
        bust: Topology.
        rest: (v, 3) the person's coarse shape, arms down.
        normals: (v, 3).
        levels: Subdivision levels.
    """
    quads = bust.part("skin")
    quads = quads[(bust.base_index[quads] < FIRST_HELPER).all(axis=1)]
    quads = quads[(neckline(rest[quads]) < 0).all(axis=1) & (bust.head_weight[quads] < 0.5).all(1)]
    cloth = rest + 0.0075 * normals
    neighbours = _adjacency(quads, len(rest))
    degree = np.maximum(np.asarray(neighbours.sum(axis=1)), 1)
    for _ in range(14):
        cloth = 0.5 * cloth + 0.5 * (neighbours @ cloth) / degree
    inside = np.einsum("vc,vc->v", cloth - rest, normals)
    cloth = cloth + np.clip(0.0045 - inside, 0, None)[:, None] * normals
    loop = _opening(quads, cloth)
    curve = _collar_curve(cloth[loop])
    cloth[loop] = curve.at(np.arctan2(cloth[loop, 0], cloth[loop, 2] - curve.middle))
    fine = subdivide(quads, len(rest), levels)
    body = (fine.matrix @ cloth.astype(np.float32)).astype(np.float32)
    collar, collar_faces, rib = _collar(curve)
    return Garment(
        vertices=np.concatenate([body, collar]).astype(np.float32),
        faces=np.concatenate([fine.triangles(), collar_faces + len(body)]).astype(np.int32),
        rib=np.concatenate([np.zeros(len(body)), rib]).astype(np.float32),
    )


def _adjacency(quads: NDArray[np.int32], count: int) -> object:
    from scipy import sparse

    a = quads.reshape(-1)
    b = np.roll(quads, -1, axis=1).reshape(-1)
    both = sparse.coo_matrix(
        (np.ones(2 * len(a)), (np.concatenate([a, b]), np.concatenate([b, a]))), (count, count)
    ).tocsr()
    both.data[:] = 1
    return both


def _opening(quads: NDArray[np.int32], cloth: NDArray[np.float32]) -> NDArray[np.int64]:
    """Vertices on the edge of the neck opening."""
    ends = np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2)
    edges, sides = np.unique(np.sort(ends, axis=1), axis=0, return_counts=True)
    border = np.unique(edges[sides == 1])
    near = (np.abs(cloth[border, 0]) < 0.12) & (cloth[border, 1] > -0.24)
    return border[near]


@dataclass(frozen=True, slots=True, eq=False)
class _Curve:
    """A smooth closed curve about the neck: radius and height as cosine series of the azimuth."""

    middle: float
    """z of the axis."""
    series: NDArray[np.float64]
    """(k, 2)."""

    def polar(self, angle: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 2) radius and height."""
        harmonics = np.stack([np.cos(k * angle) for k in range(len(self.series))], axis=1)
        return harmonics @ self.series

    def at(self, angle: NDArray[np.float64]) -> NDArray[np.float32]:
        """(n, 3) points a little under the collar."""
        radius, height = self.polar(angle).T
        points = [np.sin(angle) * radius, height - 0.004, self.middle + np.cos(angle) * radius]
        return np.stack(points, axis=1).astype(np.float32)


def _collar_curve(loop: NDArray[np.float32]) -> _Curve:
    middle = float(loop[:, 2].mean())
    angle = np.arctan2(loop[:, 0], loop[:, 2] - middle)
    radius = np.hypot(loop[:, 0], loop[:, 2] - middle)
    harmonics = np.stack([np.cos(k * angle) for k in range(5)], axis=1)
    series = np.zeros((5, 2))
    series[:, 0] = np.linalg.lstsq(harmonics, radius, rcond=None)[0]
    # Heights follow the cut between quads; two harmonics keep the collar level.
    series[:3, 1] = np.linalg.lstsq(harmonics[:, :3], loop[:, 1], rcond=None)[0]
    return _Curve(middle, series)


def _collar(curve: _Curve) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.float32]]:
    """A ribbed band along the curve."""
    fit = np.linspace(-np.pi, np.pi, 481)[:-1]
    smooth = curve.polar(fit)
    out = np.array([0.010, 0.0085, 0.0065, 0.0045, 0.0025, 0.0, -0.003, -0.0045, -0.0045]) - 0.0005
    up = np.array([-0.013, -0.007, 0.0, 0.008, 0.014, 0.0165, 0.015, 0.010, -0.002])
    shape = np.array([0.0, 1, 1, 1, 1, 0.6, 0.2, 0, 0])
    ribs = 0.0007 * np.cos(fit * 100)
    wide = smooth[:, :1] + out + ribs[:, None] * shape
    wide = wide - 0.28 * np.clip(up, 0, None)
    high = smooth[:, 1:] + up
    vertices = np.stack(
        [np.sin(fit)[:, None] * wide, high, curve.middle + np.cos(fit)[:, None] * wide], axis=-1
    )
    rings, around = vertices.shape[:2]
    row, column = np.meshgrid(np.arange(rings), np.arange(around - 1), indexing="ij")
    a, b = row * around + column, row * around + column + 1
    c, d = (row + 1) % rings * around + column + 1, (row + 1) % rings * around + column
    faces = np.concatenate(
        [np.stack([a, d, c], axis=-1).reshape(-1, 3), np.stack([a, c, b], axis=-1).reshape(-1, 3)]
    )
    return (
        vertices.reshape(-1, 3).astype(np.float32),
        faces.astype(np.int32),
        np.tile(shape, rings).astype(np.float32),
    )
