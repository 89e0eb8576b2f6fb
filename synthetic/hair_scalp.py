"""Where hair grows on a head, and the surfaces that it lies on."""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic import anatomy, kernels
from synthetic.bust import FIRST_HELPER, Bust
from synthetic.noise import fractal_noise

SKULL_CENTRE = np.array([0.0, 0.02, -0.068])
CLOTH_M = 0.013
"""How far clothes stand off the shoulders, for hair that lies on them."""

_AZIMUTH = np.array([0.0, 0.32, 0.6, 0.82, 1.0, 1.18, 1.36, 1.55, 1.75, 2.1, 2.6, np.pi])
_HEIGHT = np.array(
    [0.066, 0.067, 0.060, 0.046, 0.026, 0.006, -0.014, 0.016, -0.010, -0.035, -0.060, -0.070]
)


@dataclass(frozen=True, slots=True)
class Hairline:
    """What makes one hairline differ from another. Amounts are 0 to 1."""

    recession: float = 0.0
    """How far the temples have moved back."""
    peak: float = 0.15
    """A widow's peak."""
    crown: float = 0.0
    """How bald the top is: 1 leaves a horseshoe."""


def hairline_distance(
    points: NDArray[np.floating], line: Hairline, seed: int = 1
) -> NDArray[np.float64]:
    """How far hair is from its edge, in metres; negative on bare skin.

    Args:
        points: (..., 3) on the average head's surface; see `Bust.vertices`.
        line: The person's hairline.
        seed: Of its irregularity.
    """
    x, y, z = np.moveaxis(points - SKULL_CENTRE, -1, 0)
    y = y + SKULL_CENTRE[1]
    azimuth = np.abs(np.arctan2(x, z))
    edge = np.interp(azimuth, _AZIMUTH, _HEIGHT)
    edge = edge - 0.009 * line.peak * np.exp(-((azimuth / 0.13) ** 2))
    temple = np.exp(-(((azimuth - 0.52) / 0.24) ** 2))
    edge = edge + line.recession * (0.031 * temple + 0.014 * np.exp(-((azimuth / 0.6) ** 2)))
    wobble = 0.0022 * fractal_noise(points * 130, seed, 2)
    above = y - edge + wobble
    if line.crown > 0:
        drop = np.interp(azimuth, [0.7, 1.0, 1.3, 2.2, np.pi], [0.095, 0.080, 0.068, 0.066, 0.072])
        ring = 0.112 - line.crown * drop
        above = np.minimum(above, 0.45 * (ring - y) + 3 * wobble)
    outside = (points[..., 1] < -0.095) | (np.abs(points[..., 0]) > 0.083)
    # The lining of the mouth reaches back to below the crown.
    outside |= (np.hypot(x, z) < 0.048) & (y < 0.05)
    return np.where(outside, -1.0, above)


@dataclass(frozen=True, slots=True, eq=False)
class Roots:
    """Where n strands leave the skin."""

    points: NDArray[np.float64]
    """(n, 3)"""
    normals: NDArray[np.float64]
    """(n, 3)"""
    average: NDArray[np.float64]
    """(n, 3) the same places on the average head, where styles are described."""
    above: NDArray[np.float64]
    """(n,) hairline distance."""
    corners: NDArray[np.int32]
    """(n, 3) skin vertices of the triangle below."""
    weights: NDArray[np.float64]
    """(n, 3) barycentric."""

    def __len__(self) -> int:
        return len(self.points)

    @property
    def edge(self) -> NDArray[np.float64]:
        """(n,) 0.25 at the hairline to 1 within the hair."""
        return np.clip(self.above / 0.018, 0.25, 1)

    def where(self, keep: NDArray[np.int64]) -> "Roots":
        """These roots only."""
        return Roots(*(getattr(self, field.name)[keep] for field in fields(self)))


@dataclass(frozen=True, eq=False)
class Scalp:
    """A person's head and shoulders at rest, as hair sees them."""

    vertices: NDArray[np.float32]
    """(v, 3) skin of head and neck."""
    normals: NDArray[np.float32]
    average: NDArray[np.float32]
    """(v, 3) the average person's."""
    triangles: NDArray[np.int32]
    ears: NDArray[np.float32]
    """(v,) 1 on the ears, which hair passes closely."""
    lips: NDArray[np.float32]
    """(v,) 1 on the lips, where no hair grows."""
    shoulders: NDArray[np.float32]
    """(3, w, 3) points, normals and average points of clothed shoulders."""

    @cached_property
    def _solid(self) -> tuple[Any, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Search tree, points, normals and offsets from the average of everything solid."""
        from scipy.spatial import cKDTree

        points, normals, average = (
            np.concatenate([head, body]).astype(np.float64)
            for head, body in zip(
                (self.vertices, self.normals, self.average), self.shoulders, strict=True
            )
        )
        return cKDTree(points), points, normals, points - average

    @cached_property
    def _near_ear(self) -> NDArray[np.float64]:
        return np.concatenate([self.ears, np.zeros(self.shoulders.shape[1])])

    def nearest(self, points: NDArray[np.float64]) -> "Nearest":
        """The solid surface nearest to points (n, 3)."""
        tree, solid, normals, offset = self._solid
        distance, near = tree.query(points)
        normal = normals[near]
        clearance = np.einsum("nc,nc->n", points - solid[near], normal)
        return Nearest(distance, clearance, normal, offset[near], self._near_ear[near])

    def sample_roots(self, count: int, line: Hairline, rng: np.random.Generator) -> Roots:
        """Roots even over the scalp, thinning out at the hairline."""
        middle = self.average[self.triangles].mean(axis=1)
        inside = hairline_distance(middle, line) > -0.006
        inside &= self.ears[self.triangles].max(axis=1) < 0.3
        roots = self.scatter(int(count * 1.15), inside, line, rng)
        odds = np.clip((roots.above + 0.002) / 0.010, 0, 1) ** 0.8
        return roots.where(np.flatnonzero(rng.random(len(roots)) < odds)[:count])

    def scatter(
        self, count: int, among: NDArray[np.bool_], line: Hairline, rng: np.random.Generator
    ) -> Roots:
        """Roots even over the triangles `among` (t,) of the skin."""
        triangles = self.triangles[among]
        corners = self.vertices[triangles].astype(np.float64)
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        area = np.linalg.norm(across, axis=1)
        chosen = triangles[rng.choice(len(triangles), count, p=area / area.sum())]
        weights = rng.dirichlet([1, 1, 1], count)
        points, normals, average = (
            np.einsum("nk,nkc->nc", weights, values[chosen])
            for values in (self.vertices, self.normals, self.average)
        )
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        above = hairline_distance(average, line)
        return Roots(points, normals, average, above, chosen, weights)


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """The surface nearest to n points."""

    distance: NDArray[np.float64]
    clearance: NDArray[np.float64]
    """(n,) height over the surface's plane; negative inside."""
    normal: NDArray[np.float64]
    offset: NDArray[np.float64]
    """(n, 3) how far this surface is from the average person's."""
    ear: NDArray[np.float64]


def build_scalp(
    bust: Bust,
    rest: NDArray[np.float32],
    skin: Any,
    points: NDArray[np.float32],
    normals: NDArray[np.float32],
) -> Scalp:
    """The scalp of a person.

    Args:
        bust: Topology and the average person.
        rest: (c, 3) the person's coarse vertices, arms down.
        skin: `Subdivision` of head and neck.
        points: (v, 3) the skin's fine vertices.
        normals: (v, 3)
    """
    average = anatomy.drop_arms(bust, bust.vertices)
    quads = bust.part("skin")
    body = np.unique(quads[(bust.base_index[quads] < FIRST_HELPER).all(axis=1)])
    body = body[bust.head_weight[body] < 0.5]
    outward = kernels.vertex_normals(rest, anatomy.triangles(quads))[body]
    shoulders = np.stack([rest[body] + CLOTH_M * outward, outward, average[body]])
    ears, lips = (
        np.clip(skin.matrix @ bust.masks[name], 0, 1).astype(np.float32)
        for name in ("ears", "lips")
    )
    return Scalp(
        vertices=points,
        normals=normals,
        average=(skin.matrix @ average).astype(np.float32),
        triangles=skin.triangles(),
        ears=ears,
        lips=lips,
        shoulders=shoulders,
    )
