"""Many thin hairs where a figure has fewer wide strands."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.strands import Strands


@dataclass(frozen=True, slots=True, eq=False)
class Wisps:
    """How each strand is split into finer ones of k points, the same in every pose."""

    keys: NDArray[np.int64]
    """(k,) which points of the strands."""
    parent: NDArray[np.int64]
    """(n,) strand that each follows."""
    offset: NDArray[np.float32]
    """(n, k, 3) metres from it, in head axes."""
    width: NDArray[np.float32]
    """(n, k) metres."""

    def points(
        self, strands: NDArray[np.float32], head: NDArray[np.floating]
    ) -> NDArray[np.float32]:
        """(n, k, 3) hairs about posed strands (s, k, 3) of a head turned by (3, 3)."""
        return strands[:, self.keys][self.parent] + self.offset @ head.T.astype(np.float32)


def split(
    strands: Strands,
    children: int,
    rng: np.random.Generator,
    *,
    spread_m: float = 0.0006,
    most_points: int = 16,
) -> Wisps:
    """Split strands.

    Hairs start about the parent's root, draw together towards its tip, and wander a little on the
    way, each by its own.

    Args:
        strands: At rest.
        children: Hairs per strand; 1 keeps the strands as they are.
        rng: For places and wandering.
        spread_m: Standard deviation of the distance at the root.
        most_points: Per hair; Cycles draws smooth curves through them.
    """
    count, length = strands.width.shape
    steps = min(length, most_points)
    keys = np.rint(np.linspace(0, length - 1, steps)).astype(np.int64)
    parent = np.repeat(np.arange(count), children)
    t = np.linspace(0, 1, steps)[None, :, None]
    if children == 1:
        return Wisps(keys, parent, np.zeros((count, steps, 3), np.float32), strands.width[:, keys])
    n = len(parent)
    tangent = strands.points[:, -1] - strands.points[:, 0]
    tangent = tangent / np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    place = rng.normal(0, spread_m, (n, 1, 3))
    place -= (place @ tangent[parent][:, :, None]) * tangent[parent][:, None, :]
    phase = rng.uniform(0, 2 * np.pi, (n, 2, 3))
    cycles = rng.uniform(0.6, 2.2, (n, 1, 3))
    wander = np.sin(2 * np.pi * cycles * t + phase[:, :1]) - np.sin(phase[:, :1])
    frizz = np.where(rng.random((n, 1, 1)) < 0.06, 2.6, 0.45) * spread_m
    offset = place * (1 - 0.45 * t) + frizz * wander * t
    # As much hair in sight as before, in thinner pieces.
    width = strands.width[:, keys][parent] / np.sqrt(children) * rng.uniform(0.75, 1.1, (n, 1))
    return Wisps(keys, parent, offset.astype(np.float32), width.astype(np.float32))
