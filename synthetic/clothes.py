"""A jumper: the torso's surface pushed out and smoothed, with a ribbed collar."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic import kernels
from synthetic.anatomy import triangles
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
    slope = kernels.vertex_normals(cloth.astype(np.float32), triangles(quads))[loop]
    curve = _collar_curve(rest[loop] + 0.0045 * normals[loop], slope)
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
    """A smooth closed curve about the neck, as cosine series of the azimuth."""

    middle: float
    """z of the axis."""
    series: NDArray[np.float64]
    """(k, 4) radius, height, and the cloth's normal below the curve: outward and up."""

    def polar(self, angle: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 4) the series' values."""
        harmonics = np.stack([np.cos(k * angle) for k in range(len(self.series))], axis=1)
        return harmonics @ self.series

    def at(self, angle: NDArray[np.float64]) -> NDArray[np.float32]:
        """(n, 3) points a little under the collar."""
        radius, height = self.polar(angle).T[:2]
        points = [np.sin(angle) * radius, height - 0.004, self.middle + np.cos(angle) * radius]
        return np.stack(points, axis=1).astype(np.float32)


def _collar_curve(loop: NDArray[np.float32], normals: NDArray[np.float32]) -> _Curve:
    middle = float(loop[:, 2].mean())
    angle = np.arctan2(loop[:, 0], loop[:, 2] - middle)
    radius = np.hypot(loop[:, 0], loop[:, 2] - middle)
    outward = normals[:, 0] * np.sin(angle) + normals[:, 2] * np.cos(angle)
    harmonics = np.stack([np.cos(k * angle) for k in range(5)], axis=1)
    series = np.zeros((5, 4))
    series[:, 0] = np.linalg.lstsq(harmonics, radius, rcond=None)[0]
    # Heights follow the cut between quads; two harmonics keep the collar level.
    rest = np.stack([loop[:, 1], outward, normals[:, 1]], axis=1)
    series[:3, 1:] = np.linalg.lstsq(harmonics[:, :3], rest, rcond=None)[0]
    return _Curve(middle, series)


def _collar(curve: _Curve) -> tuple[NDArray[np.float32], NDArray[np.int32], NDArray[np.float32]]:
    """A ribbed band along the curve: flat on the cloth below it, rising up the neck above it."""
    fit = np.linspace(-np.pi, np.pi, 481)[:-1]
    radius, height, out, up = curve.polar(fit).T[:, :, None]
    length = np.hypot(out, up)
    out, up = out / length, up / length
    along = np.array([0.014, 0.0135, 0.009, 0.003, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    over = np.array([-0.001, 0.0035, 0.0048, 0.0046, 0.0035, 0.0018, 0.0, -0.002, -0.003, -0.003])
    rise = np.array([0.0, 0.0, 0.0, 0.0, 0.004, 0.009, 0.012, 0.0115, 0.007, -0.004])
    shape = np.array([0.0, 0.3, 1, 1, 1, 1, 0.6, 0.2, 0, 0])
    over = over + 0.0007 * np.cos(fit * 96)[:, None] * shape
    wide = radius + along * up + over * out - 0.42 * rise
    high = height - along * out + over * up + 0.9 * rise
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
