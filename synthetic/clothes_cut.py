"""Cutting a cloth mesh along level lines of a field, and finding the edges that a cut leaves."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Cloth:
    """A triangle mesh with values at its vertices."""

    points: NDArray[np.float64]
    """(v, 3) metres."""
    faces: NDArray[np.int64]
    """(f, 3)."""
    values: NDArray[np.float64]
    """(v, k) whatever is to be carried along by cuts."""

    def keep(self, faces: NDArray[np.bool_]) -> "Cloth":
        """Only these faces, and the vertices that they use."""
        used, compact = np.unique(self.faces[faces], return_inverse=True)
        return Cloth(self.points[used], compact.reshape(-1, 3), self.values[used])

    def with_points(self, points: NDArray[np.float64]) -> "Cloth":
        """The same mesh elsewhere."""
        return replace(self, points=points)


def split(cloth: Cloth, column: int, level: float, *, snap: float = 4e-4) -> Cloth:
    """Insert vertices where `values[:, column]` is `level`, so that no face crosses it.

    Values nearer than `snap` to the level are set to it, which avoids slivers.
    """
    values = cloth.values.copy()
    values[np.abs(values[:, column] - level) < snap, column] = level
    above = values[:, column] - level
    sign = np.sign(above).astype(int)
    crossing = (sign[cloth.faces].max(axis=1) > 0) & (sign[cloth.faces].min(axis=1) < 0)
    ends = np.stack([cloth.faces, np.roll(cloth.faces, -1, axis=1)], axis=2)[crossing]
    crossed = sign[ends[..., 0]] * sign[ends[..., 1]] < 0
    edges, which = np.unique(np.sort(ends[crossed], axis=1), axis=0, return_inverse=True)
    a, b = edges.T
    share = (above[a] / (above[a] - above[b]))[:, None]
    points = cloth.points[a] * (1 - share) + cloth.points[b] * share
    between = values[a] * (1 - share) + values[b] * share
    between[:, column] = level
    middle = np.full(crossed.shape, -1)
    middle[crossed] = len(cloth.points) + which.reshape(-1)
    pieces = [cloth.faces[~crossing], *_pieces(cloth.faces[crossing], middle)]
    return Cloth(
        np.concatenate([cloth.points, points]),
        np.concatenate(pieces),
        np.concatenate([values, between]),
    )


def _pieces(faces: NDArray[np.int64], middle: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Triangles of faces whose edges i (from corner i to i + 1) are cut at vertices `middle`."""
    out = []
    for first in range(3):
        second, third = (first + 1) % 3, (first + 2) % 3
        a, b, c = faces[:, first], faces[:, second], faces[:, third]
        cut, after, before = middle[:, first], middle[:, second], middle[:, third]
        # The corner b stands alone on its side.
        lone = (cut >= 0) & (after >= 0)
        out.append(np.stack([cut, b, after], axis=1)[lone])
        out.append(np.stack([a, cut, after], axis=1)[lone])
        out.append(np.stack([a, after, c], axis=1)[lone])
        # The line runs from corner c through the edge opposite.
        single = (cut >= 0) & (after < 0) & (before < 0)
        out.append(np.stack([a, cut, c], axis=1)[single])
        out.append(np.stack([cut, b, c], axis=1)[single])
    return out


def below(cloth: Cloth, column: int, level: float) -> Cloth:
    """What lies where the values are at most `level`."""
    cut = split(cloth, column, level)
    return cut.keep((cut.values[cut.faces, column] <= level + 1e-9).all(axis=1))


def above(cloth: Cloth, column: int, level: float) -> Cloth:
    """What lies where the values are at least `level`."""
    cut = split(cloth, column, level)
    return cut.keep((cut.values[cut.faces, column] >= level - 1e-9).all(axis=1))


def rims(cloth: Cloth) -> list[NDArray[np.int64]]:
    """Vertices along every edge of the mesh that closes on itself, longest first.

    The cloth lies to the left of the direction of travel, seen from outside.
    """
    ends = np.concatenate([cloth.faces[:, [i, (i + 1) % 3]] for i in range(3)])
    key = np.sort(ends, axis=1)
    _, which, sides = np.unique(key, axis=0, return_inverse=True, return_counts=True)
    border = ends[sides[which.reshape(-1)] == 1]
    following = dict(border.tolist())
    out = []
    while following:
        start, at = following.popitem()
        loop = [start]
        while at != start and at in following:
            loop.append(at)
            at = following.pop(at)
        if at == start and len(loop) > 2:
            out.append(np.array(loop))
    return sorted(out, key=len, reverse=True)


def evenly(points: NDArray[np.float64], count: int, *, smooth: float = 0.0) -> NDArray[np.float64]:
    """A closed polyline (n, 3) resampled to `count` equal steps.

    Args:
        points: In order; the last joins the first.
        count: How many points.
        smooth: Width of a Gaussian along the line, in m.
    """
    closed = np.concatenate([points, points[:1]])
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(closed, axis=0), axis=1))])
    at = np.linspace(0, length[-1], count, endpoint=False)
    out = np.stack([np.interp(at, length, closed[:, axis]) for axis in range(3)], axis=1)
    if smooth > 0:
        frequency = np.fft.rfftfreq(count, length[-1] / count)
        gain = np.exp(-0.5 * (2 * np.pi * frequency * smooth) ** 2)
        out = np.fft.irfft(np.fft.rfft(out, axis=0) * gain[:, None], count, axis=0)
    return out
