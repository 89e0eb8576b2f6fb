"""The torso that clothes are draped on, and the cloth draped on it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic import kernels
from synthetic.bust import FIRST_HELPER, Bust
from synthetic.clothes_cut import Cloth
from synthetic.noise import fractal_noise
from synthetic.subdivision import subdivide

U, V, NECK = 0, 1, 2
"""Columns of a draped cloth's values: the fabric's coordinates in m, height over the neckline."""
HEAD_PIVOT = np.array([0.0, -0.055, -0.105])
_TURNS = ((0.0, 0.0), (0.0, 24.0), (0.0, 46.0), (0.0, -24.0), (0.0, -46.0), (16.0, 0.0))
"""Pitch and yaw, degrees, at which cloth must still be outside the neck."""
_NOTCH_Y, _NAPE_Y = -0.152, -0.120
"""Heights on the average bust that a round neckline passes through."""


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """One person's neck and shoulders."""

    rest: NDArray[np.float32]
    """(c, 3) coarse vertices, arms down."""
    normals: NDArray[np.float32]
    """(c, 3)."""
    quads: NDArray[np.int32]
    """(q, 4) of the neck, torso and arms."""
    notch: NDArray[np.float64]
    """(3,) where a round neckline crosses the front of the neck."""
    nape: NDArray[np.float64]
    """(3,) where it crosses the back."""
    turned: tuple[tuple[Any, NDArray[np.float64], NDArray[np.float64]], ...]
    """Of each head turn: KD tree, points (n, 3) and normals (n, 3) of the neck's skin."""
    levels: int
    """Subdivision levels of cloth."""
    seed: int

    def over_neckline(self, points: NDArray[np.floating], lift: float = 0.0) -> NDArray[np.float64]:
        """(n,) metres over a plane through notch and nape, raised and bent up at its sides."""
        along = self.nape - self.notch
        up = np.array([0.0, -along[2], along[1]]) / np.hypot(along[1], along[2])
        return (points - self.notch) @ up - lift - 1.4 * np.minimum(np.abs(points[:, 0]), 0.1) ** 2

    def clear(
        self, points: NDArray[np.float64], outward: NDArray[np.float64], gap: float
    ) -> NDArray[np.float64]:
        """Points (n, 3) moved along `outward` to be `gap` m over the neck, turned or not."""
        points = points.copy()
        for _ in range(2):
            push = np.zeros(len(points))
            for tree, skin, normals in self.turned:
                distance, nearest = tree.query(points, distance_upper_bound=0.03)
                near = np.flatnonzero(np.isfinite(distance))
                foot = nearest[near]
                height = np.einsum("nc,nc->n", points[near] - skin[foot], normals[foot])
                push[near] = np.maximum(push[near], gap - height)
            points += push[:, None] * outward
        return points


def body_of(
    bust: Bust, rest: NDArray[np.float32], normals: NDArray[np.float32], *, levels: int, seed: int
) -> Body:
    """Prepare a person's torso.

    Args:
        bust: Topology.
        rest: (c, 3) the person's coarse shape, arms down.
        normals: (c, 3).
        levels: Subdivision levels of cloth.
        seed: Of folds.
    """
    quads = bust.part("skin")
    quads = quads[(bust.base_index[quads] < FIRST_HELPER).all(axis=1)]
    ears = bust.masks["ears"][quads].max(axis=1) > 0.1
    quads = quads[(bust.vertices[quads, 1] < -0.055).all(axis=1) & ~ears]
    skin = np.unique(quads)
    middle = skin[np.abs(bust.vertices[skin, 0]) < 0.004]
    front = middle[bust.vertices[middle, 2] > -0.09]
    back = middle[bust.vertices[middle, 2] < -0.09]
    return Body(
        rest=rest,
        normals=normals,
        quads=quads,
        notch=_at_height(bust.vertices[front], rest[front], _NOTCH_Y),
        nape=_at_height(bust.vertices[back], rest[back], _NAPE_Y),
        turned=tuple(_turned(bust, rest, quads)),
        levels=levels,
        seed=seed,
    )


def _at_height(
    average: NDArray[np.float32], points: NDArray[np.float32], height: float
) -> NDArray[np.float64]:
    """The point of a person that lies at some height on the average bust."""
    order = np.argsort(average[:, 1])
    y, z = (np.interp(height, average[order, 1], points[order, axis]) for axis in (1, 2))
    return np.array([0.0, y, z])


def _turned(
    bust: Bust, rest: NDArray[np.float32], quads: NDArray[np.int32]
) -> list[tuple[Any, NDArray[np.float64], NDArray[np.float64]]]:
    from scipy.spatial import cKDTree

    neck = quads[(bust.vertices[quads, 1] > -0.24).any(axis=1)]
    neck = neck[(np.abs(bust.vertices[neck, 0]) < 0.13).all(axis=1)]
    neck = neck[(bust.head_weight[neck] < 0.75).all(axis=1)]
    fine = subdivide(neck, len(rest), 1)
    points = (fine.matrix @ rest).astype(np.float32)
    weight = np.clip(fine.matrix @ bust.head_weight, 0, 1).astype(np.float32)
    out = []
    for turn in _TURNS:
        vector = np.deg2rad([*turn, 0.0])
        angle = float(np.linalg.norm(vector))
        axis = vector / angle if angle else np.array([0.0, 1.0, 0.0])
        moved = kernels.turn(points, weight, axis, angle, HEAD_PIVOT, np.zeros(3))
        normals = kernels.vertex_normals(moved, fine.triangles())
        out.append((cKDTree(moved), moved.astype(np.float64), normals.astype(np.float64)))
    return out


def drape(body: Body, *, offset: float, slack: int, folds: float) -> Cloth:
    """Cloth over neck, shoulders and arms, not yet cut.

    Args:
        body: Whom it covers.
        offset: Metres off the skin.
        slack: Rounds of smoothing; more of them bridge hollows.
        folds: Depth of the folds in m.
    """
    neighbours = _adjacency(body.quads, len(body.rest))
    degree = np.maximum(np.asarray(neighbours.sum(axis=1)), 1)
    coarse = body.rest + offset * body.normals
    for _ in range(slack):
        coarse = 0.5 * coarse + 0.5 * (neighbours @ coarse) / degree
    inside = np.einsum("vc,vc->v", coarse - body.rest, body.normals)
    coarse = coarse + np.clip(0.6 * offset - inside, 0, None)[:, None] * body.normals
    fine = subdivide(body.quads, len(body.rest), body.levels)
    points = (fine.matrix @ coarse.astype(np.float32)).astype(np.float64)
    faces = fine.triangles()
    normals = kernels.vertex_normals(points.astype(np.float32), faces)
    points = points + (folds * _folds(points, body.seed))[:, None] * normals
    values = np.stack(
        [points[:, 0], points[:, 1] - points[:, 2], body.over_neckline(points)], axis=1
    )
    return Cloth(points, faces.astype(np.int64), values)


def _folds(points: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """(n,) heights of folds, about 0 to 1: pulled from the armpits, hanging below the chest."""
    rng = np.random.default_rng(seed + 77)
    x, v = points[:, 0], points[:, 1] - 0.5 * points[:, 2]
    out = 0.35 * fractal_noise(points * np.array([16, 9, 16]), seed + 5, 2)
    for side in (-1, 1):
        away, rise = side * (side * 0.150 - x), v + 0.235
        reach = np.hypot(away, rise)
        swirl = fractal_noise(points * 9 + side * 7.0, seed + 6, 1)
        wave = np.sin(np.arctan2(rise, away) * 6.5 + 2.2 * swirl + rng.uniform(0, 6.28))
        fade = np.exp(-((reach / 0.085) ** 2)) * (1 - np.exp(-((reach / 0.022) ** 2)))
        out += 1.3 * (0.5 + 0.5 * wave) ** 1.7 * fade
    hang = np.clip((-0.24 - points[:, 1]) / 0.10, 0, 1)
    drape = fractal_noise(points * np.array([24, 4, 24]), seed + 8, 2)
    return out + 0.9 * hang * (1 - np.abs(drape) * 2)


def _adjacency(quads: NDArray[np.int32], count: int) -> Any:
    from scipy import sparse

    a = quads.reshape(-1)
    b = np.roll(quads, -1, axis=1).reshape(-1)
    both = sparse.coo_matrix(
        (np.ones(2 * len(a)), (np.concatenate([a, b]), np.concatenate([b, a]))), (count, count)
    ).tocsr()
    both.data[:] = 1
    return both
