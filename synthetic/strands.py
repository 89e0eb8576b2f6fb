"""Strands of hair: polylines with a width and a colour, and the surfaces they grow from."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.raster import rasterize
from synthetic.noise import fractal_noise
from synthetic.person import Hair


@dataclass(frozen=True, slots=True, eq=False)
class Strands:
    """s strands of k points each."""

    points: NDArray[np.float32]
    """(s, k, 3) metres at rest."""
    width: NDArray[np.float32]
    """(s, k) full width in metres."""
    colour: NDArray[np.float32]
    """(s, k, 3) linear reflectance."""
    random: NDArray[np.float32]
    """(s,) in [0, 1], one draw per strand."""

    @classmethod
    def none(cls) -> "Strands":
        """No strands."""
        return cls(*(np.zeros(shape, np.float32) for shape in ((0, 2, 3), (0, 2), (0, 2, 3), 0)))

    def with_points(self, points: NDArray[np.float32]) -> "Strands":
        """The same strands elsewhere."""
        return replace(self, points=points)


@dataclass(frozen=True, slots=True, eq=False)
class BoundStrands:
    """Strands whose points are combinations of vertices, plus an offset in head axes."""

    strands: Strands
    matrix: Any
    """(s k, vertices) scipy.sparse."""
    offset: NDArray[np.float32]
    """(s k, 3)."""


def head_share(points: NDArray[np.floating]) -> NDArray[np.float32]:
    """(...) how far hair at rest at points (..., 3) turns with the head, not with the shoulders."""
    t = np.clip((points[..., 1] + 0.25) / 0.17, 0, 1)
    return (t * t * (3 - 2 * t)).astype(np.float32)


GREY = np.array([0.46, 0.45, 0.43])
"""Reflectance of a hair without pigment, as a mass of hair shows it."""


def tint(
    rng: np.random.Generator, points: NDArray[np.floating], hair: Hair
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Colours of strands, darker at the root, streaked, and grey first at the temples.

    Args:
        rng: For the strands' own colours.
        points: (s, k, 3) metres at rest.
        hair: Colour, highlight and share of grey.

    Returns:
        Colours (s, k, 3) and the random number (s,) that picked each strand's.
    """
    count = len(points)
    random = rng.random(count).astype(np.float32)
    streak = 0.22 * fractal_noise(points[:, 0] * 95, 21, 2)
    share = np.clip(random * 1.2 - 0.2 + streak, 0, 1)[:, None, None] ** 1.5
    step = np.linalg.norm(np.diff(points, axis=1, prepend=points[:, :1]), axis=2)
    along = np.clip(np.cumsum(step, axis=1) / 0.15, 0, 1)[..., None]
    base = np.array(hair.colour) * (1 - share) + np.array(hair.highlight) * share
    side = np.clip((0.075 - points[:, 0, 1]) / 0.06, 0, 1)
    odds = hair.grey * (1 + (1 - hair.grey) * (1.6 * side - 0.8))
    grey = np.where(rng.random(count) < odds, rng.uniform(0.75, 1.0, count), 0.0)[:, None, None]
    base = base * (1 - grey) + GREY * grey
    vary = np.exp(rng.normal(0, 0.16, (count, 1, 1)))
    return (base * vary * (0.72 + 0.40 * along)).astype(np.float32), random


class FrontProjection:
    """Finds the surface point in front of any (x, y), seen along -Z."""

    def __init__(
        self, vertices: NDArray[np.float32], triangles: NDArray[np.int32], *, pixel_m: float = 3e-4
    ) -> None:
        near = vertices[triangles].min(axis=1)[:, 2] > -0.06
        box = np.abs(vertices[triangles]).max(axis=1)
        keep = near & (box[:, 0] < 0.09) & (box[:, 1] < 0.14)
        self._triangles = np.ascontiguousarray(triangles[keep])
        self._pixel = pixel_m
        self._half = 0.09, 0.14
        size = int(2 * self._half[0] / pixel_m), int(2 * self._half[1] / pixel_m)
        flat = np.stack(
            [
                (vertices[:, 0] + self._half[0]) / pixel_m,
                (vertices[:, 1] + self._half[1]) / pixel_m,
                -vertices[:, 2],
            ],
            axis=1,
        ).astype(np.float32)
        self._fragments = rasterize(flat, self._triangles, *size)

    def __call__(
        self, xy: NDArray[np.float64]
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.bool_]]:
        """Corner vertices (n, 3), their weights (n, 3), and where the surface was hit (n,)."""
        column = np.rint((xy[:, 0] + self._half[0]) / self._pixel).astype(int)
        row = np.rint((xy[:, 1] + self._half[1]) / self._pixel).astype(int)
        index = self._fragments.face_index
        column = np.clip(column, 0, index.shape[1] - 1)
        row = np.clip(row, 0, index.shape[0] - 1)
        face = index[row, column]
        hit = face >= 0
        return self._triangles[np.maximum(face, 0)], self._fragments.barycentric[row, column], hit


def quad_grid(quads: NDArray[np.int32]) -> NDArray[np.int32]:
    """The (rows, columns) vertex grid of a strip made of quads."""
    place: dict[int, tuple[int, int]] = dict(
        zip(quads[0].tolist(), [(0, 0), (1, 0), (1, 1), (0, 1)], strict=True)
    )
    waiting = [quad.tolist() for quad in quads[1:]]
    while waiting:
        later = []
        for quad in waiting:
            if not _place_quad(quad, place):
                later.append(quad)
        if len(later) == len(waiting):
            raise ValueError("quads: the strip is not one connected grid")
        waiting = later
    cells = np.array(list(place.values()))
    low = cells.min(axis=0)
    grid = np.full(cells.max(axis=0) - low + 1, -1, np.int32)
    for vertex, cell in place.items():
        grid[cell[0] - low[0], cell[1] - low[1]] = vertex
    return grid


def _place_quad(quad: list[int], place: dict[int, tuple[int, int]]) -> bool:
    """Give a quad's corners their cells if one of its edges has them already."""
    for corner in range(4):
        a, b, c, d = (quad[(corner + step) % 4] for step in range(4))
        if a in place and b in place:
            if c in place and d in place:
                return True
            (ar, ac), (br, bc) = place[a], place[b]
            taken = set(place.values())
            for turn in ((-(bc - ac), br - ar), (bc - ac, -(br - ar))):
                new_c, new_d = (br + turn[0], bc + turn[1]), (ar + turn[0], ac + turn[1])
                if place.get(c, new_c) == new_c and place.get(d, new_d) == new_d:
                    if c not in place and new_c in taken:
                        continue
                    if d not in place and new_d in taken:
                        continue
                    place[c], place[d] = new_c, new_d
                    return True
    return False
