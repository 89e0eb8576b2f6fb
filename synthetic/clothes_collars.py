"""Collars, lapels, plackets, buttons and ties: what is sewn to a draped cloth."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic import kernels
from synthetic.clothes_cut import Cloth
from synthetic.sweep import Mesh, blob, join

UP = np.array([0.0, 0.96, 0.28])
"""Along the neck, which leans forward."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The cloth that something lies on."""

    tree: Any
    points: NDArray[np.float64]
    normals: NDArray[np.float64]

    def lift(
        self, points: NDArray[np.float64], gap: NDArray[np.float64] | float
    ) -> NDArray[np.float64]:
        """Points (n, 3) raised to lie at least `gap` m over the cloth."""
        points = points.copy()
        for _ in range(3):
            distance, nearest = self.tree.query(points, distance_upper_bound=0.04)
            near = np.isfinite(distance)
            foot = np.where(near, nearest, 0)
            height = np.einsum("nc,nc->n", points - self.points[foot], self.normals[foot])
            push = np.where(near, np.clip(gap - height, 0, None), 0.0)
            points += push[:, None] * self.normals[foot]
        return points

    def lay(
        self, points: NDArray[np.float64], gap: NDArray[np.float64] | float
    ) -> NDArray[np.float64]:
        """Points (n, 3) moved to lie `gap` m over the cloth."""
        points = points.copy()
        for _ in range(3):
            _, nearest = self.tree.query(points, k=4)
            normal = self.normals[nearest].mean(axis=1)
            normal /= np.linalg.norm(normal, axis=1, keepdims=True)
            height = np.einsum("nc,nc->n", points - self.points[nearest].mean(axis=1), normal)
            points += (gap - height)[:, None] * normal
        return points


def ground_of(cloth: Cloth) -> Ground:
    """Prepare a cloth to lie on."""
    from scipy.spatial import cKDTree

    normals = kernels.vertex_normals(cloth.points.astype(np.float32), cloth.faces.astype(np.int32))
    return Ground(cKDTree(cloth.points), cloth.points, normals.astype(np.float64))


def open_line(
    points: NDArray[np.float64], on_neck: NDArray[np.bool_], count: int
) -> NDArray[np.float64]:
    """The part of a closed rim that goes round the neck: left front, nape, right front.

    Args:
        points: (n, 3) the rim in order.
        on_neck: (n,) false along the edges of an opening at the front.
        count: Points of the result, evenly spread.
    """
    if on_neck.all():
        front = points[:, 2] > points[:, 2].mean()
        line = np.roll(points, -int(np.argmin(np.where(front, np.abs(points[:, 0]), 1))), axis=0)
    else:
        starts = np.flatnonzero(on_neck & ~np.roll(on_neck, 1))
        ends = np.flatnonzero(on_neck & ~np.roll(on_neck, -1))
        runs = [(int(min((ends - start) % len(points))), int(start)) for start in starts]
        steps, start = max(runs)
        line = np.roll(points, -start, axis=0)[: steps + 1]
    if line[len(line) // 4, 0] < line[3 * len(line) // 4, 0]:
        line = line[::-1]
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    at = np.linspace(0, length[-1], count)
    even = np.stack([np.interp(at, length, line[:, axis]) for axis in range(3)], axis=1)
    for _ in range(6):
        even[1:-1] = (even[:-2] + 2 * even[1:-1] + even[2:]) / 4
    return even


@dataclass(frozen=True, slots=True)
class CollarCut:
    """A collar's pattern, m."""

    stand: float = 0.034
    """Height at the nape."""
    front_stand: float = 0.026
    fall: float = 0.043
    """How far it folds back down at the nape."""
    point: float = 0.066
    """Length of the fall at the front ends."""
    spread: float = 0.026
    """How far the points lie to the sides of the ends."""
    flare: float = 0.0065
    """How far the fall stands off the stand."""


def collar(line: NDArray[np.float64], cut: CollarCut, ground: Ground) -> Cloth:
    """A stand round the neck with a fall folded over it.

    Args:
        line: (n, 3) the seam, from the left front round the nape to the right front.
        cut: The pattern.
        ground: The shirt's body, on which the fall lies.
    """
    s = np.linspace(-1, 1, len(line))
    front = np.clip((np.abs(s) - 0.25) / 0.75, 0, 1)
    tangent = np.gradient(line, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    outward = np.cross(tangent, UP)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    if np.einsum("nc,nc->n", outward, line - line.mean(axis=0)).sum() < 0:
        outward = -outward
    high = cut.stand + (cut.front_stand - cut.stand) * front**1.5
    fall = cut.fall + (cut.point - cut.fall) * front**3
    rows = []
    for out, up in ((0.4, -0.08), (0.0, 0.35), (-0.5, 0.75), (-0.7, 0.97), (0.2, 1.03)):
        rows.append(line + 1e-3 * out * outward + (up * high)[:, None] * UP)
    top = line + high[:, None] * UP
    for share in (0.03, 0.12, 0.3, 0.5, 0.7, 0.87, 0.985, 1.0):
        away = 0.0016 + (cut.flare * (0.45 + 0.55 * front) * share**0.8)[:, None]
        aside = (cut.spread * front**4 * share * -np.sign(s))[:, None] * tangent
        rows.append(top + away * outward - (fall * share)[:, None] * UP + aside)
    under = rows[-1] - 0.0016 * outward + 0.0008 * UP
    # Under the fall, the stand has an outer face, seen where the points spread.
    rows += [under, line + 0.0012 * outward + (0.93 * high)[:, None] * UP]
    rows.append(line + 0.0014 * outward - (0.1 * high)[:, None] * UP)
    grid = np.stack(rows, axis=1)
    lowered = grid[:, 5:14]
    gap = np.array([0.004, 0.004, 0.004, 0.004, 0.0038, 0.0036, 0.0032, 0.0030, 0.0014])
    flat = ground.lift(lowered.reshape(-1, 3), np.tile(gap, len(line)))
    grid[:, 5:14] = flat.reshape(lowered.shape)
    length = np.cumsum(np.linalg.norm(np.gradient(line, axis=0), axis=1))
    across = np.cumsum(np.linalg.norm(np.diff(grid, axis=1, prepend=grid[:, :1]), axis=2), axis=1)
    return grid_cloth(
        grid, np.repeat(length[:, None], grid.shape[1], 1), across, outward, slice(6, 12)
    )


def grid_cloth(
    grid: NDArray[np.float64],
    u: NDArray[np.float64],
    v: NDArray[np.float64],
    outward: NDArray[np.float64],
    seen: slice = slice(None),
) -> Cloth:
    """A (n, k) grid of points as a cloth.

    Args:
        grid: (n, k, 3).
        u: (n, k) fabric coordinate.
        v: (n, k) likewise.
        outward: (n, 3) direction that columns `seen` face.
        seen: See above.
    """
    n, k = grid.shape[:2]
    row, column = np.meshgrid(np.arange(n - 1), np.arange(k - 1), indexing="ij")
    a, b = row * k + column, row * k + column + 1
    c, d = (row + 1) * k + column + 1, (row + 1) * k + column
    faces = np.stack([a, b, c, a, c, d], axis=-1).reshape(n - 1, k - 1, 2, 3)
    points = grid.reshape(-1, 3)
    front = faces[:, seen]
    normals = np.cross(
        points[front[..., 1]] - points[front[..., 0]],
        points[front[..., 2]] - points[front[..., 0]],
    )
    if np.einsum("rkfc,rc->", normals, outward[:-1]) < 0:
        faces = faces[..., ::-1]
    values = np.stack([u.reshape(-1), v.reshape(-1), np.zeros(n * k)], axis=1)
    return Cloth(points, faces.reshape(-1, 3), values)


def lapels(line: NDArray[np.float64], width: float, ground: Ground, side: int) -> Cloth:
    """One lapel, folded back along the edge of a jacket's opening.

    Args:
        line: (n, 3) the edge, from the lowest point up to the gorge.
        width: Of its widest place, m.
        ground: The jacket.
        side: 1 for the left one.
    """
    rise = np.linspace(0, 1, len(line))
    wide = width * np.clip(rise * 1.05, 0.02, 1) ** 0.85
    share = np.array([0.0, 0.02, 0.06, 0.2, 0.45, 0.7, 0.93, 0.99, 1.0])
    over = np.array([0.0018, 0.0048, 0.0062, 0.0060, 0.0052, 0.0046, 0.0042, 0.0036, 0.0006])
    aside = np.array([side * 0.97, 0.12, -0.2])
    grid = line[:, None] + (wide[:, None] * share)[..., None] * aside
    lift = np.repeat(0.10 * wide[:, None] * share * np.clip(rise * 6 - 5, 0, 1)[:, None], 1, axis=1)
    grid[..., 1] += lift
    flat = ground.lay(grid.reshape(-1, 3), np.tile(over, len(line)))
    # The fold stays on the edge of the opening.
    grid = flat.reshape(grid.shape)
    grid[:, 0] = line - np.array([side * 0.0012, 0, 0])
    u = wide[:, None] * share
    v = np.repeat(line[:, 1:2], len(share), axis=1)
    return grid_cloth(grid, u, v, np.tile([0.0, 0.0, 1.0], (len(line), 1)))


def placket(
    middle: NDArray[np.float64], width: float, ground: Ground, *, buttons: int
) -> tuple[Cloth, Mesh]:
    """A strip down the front with its buttons; `middle` (n, 3) from the top."""
    offsets = np.array([-0.5, -0.49, -0.44, 0.0, 0.44, 0.49, 0.5]) * width
    over = np.array([0.0002, 0.0013, 0.0016, 0.0016, 0.0016, 0.0013, 0.0002])
    grid = np.repeat(middle[:, None], len(offsets), axis=1)
    grid[..., 0] += offsets
    flat = ground.lay(grid.reshape(-1, 3), np.tile(over, len(middle)))
    grid = flat.reshape(grid.shape)
    grid[..., 0] = middle[:, :1] + offsets
    cloth = grid_cloth(
        grid, np.broadcast_to(offsets, grid.shape[:2]), grid[..., 1],
        np.tile([0.0, 0.0, 1.0], (len(middle), 1)),
    )  # fmt: skip
    places = np.linspace(0, 1, buttons + 2)[1:-1] * (len(middle) - 1)
    discs = []
    for place in places.astype(int):
        centre = grid[place, 3]
        slope = np.gradient(grid[:, 3], axis=0)[place]
        slope /= np.linalg.norm(slope)
        front = np.cross(slope, [1.0, 0, 0])
        axes = np.stack([[0.0055, 0, 0], 0.0055 * np.cross(front, [1.0, 0, 0]), 0.0011 * front])
        discs.append(blob(centre + 0.0012 * front, axes, rings=6))
    return cloth, join(discs)


def tie(top: NDArray[np.float64], middle: NDArray[np.float64], ground: Ground) -> Cloth:
    """A knot between the collar's points, its top at `top` (3,), and the blade below it.

    Args:
        top: On the neck's skin.
        middle: (n, 3) line down the front, from `top`'s height.
        ground: The shirt.
    """
    share = np.linspace(0, 1, len(middle))
    knots = [0, 0.02, 0.12, 0.145, 0.18, 1]
    half = np.interp(share, knots, [0.0125, 0.0165, 0.0115, 0.0105, 0.012, 0.036])
    over = np.interp(share, knots, [0.003, 0.0105, 0.0105, 0.006, 0.0075, 0.006])
    across = np.array([-1.0, -0.97, -0.75, -0.3, 0.0, 0.3, 0.75, 0.97, 1.0])
    dome = np.array([0.1, 0.55, 0.9, 1.0, 1.0, 1.0, 0.9, 0.55, 0.1])
    grid = np.repeat(middle[:, None], len(across), axis=1)
    grid[..., 0] += half[:, None] * across
    rise = over[:, None] * dome
    laid = ground.lay(grid.reshape(-1, 3), rise.reshape(-1)).reshape(grid.shape)
    # The knot hangs over the edge of the shirt, from the skin to the blade.
    seat = int(np.argmax(share > 0.16))
    slope = np.linspace(0, 1, seat + 1)[:, None]
    hung = (top + slope * (laid[seat, 4] - rise[seat, 4] * np.array([0, 0, 1.0]) - top))[:, None]
    hung = hung + rise[: seat + 1, :, None] * np.array([0, 0.15, 1.0])
    laid[: seat + 1] = hung
    laid[..., 0] = grid[..., 0]
    return grid_cloth(
        laid, half[:, None] * across, 0.7 * laid[..., 1],
        np.tile([0.0, 0.0, 1.0], (len(middle), 1)),
    )  # fmt: skip
