"""Layers of a figure's surface, and how they are joined into one mesh."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

SURFACE, EYE_LEFT, EYE_RIGHT, METAL, CLOTH = 0, 1, 2, 3, 4
"""Kinds of faces; CLOTH + i is made of the figure's fabric i."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One piece of surface: skin, a denture, a garment, the rim of a pair of glasses.

    It has either a `matrix`, and moves with the face, or `vertices`, and is rigid.
    """

    name: str
    faces: NDArray[np.int32]
    """(f, 3) indices into the layer's own vertices."""
    material: NDArray[np.float32]
    """(v, a) see `paint.ATTRIBUTES`."""
    head_weight: NDArray[np.float32] | float
    """(v,) or one for all: 0 stays with the torso, 1 turns with the head."""
    matrix: Any | None = None
    """(v, c) scipy.sparse, to be multiplied by the bust's coarse vertices."""
    vertices: NDArray[np.float32] | None = None
    """(v, 3) metres at rest."""
    lookup: NDArray[np.float32] | None = None
    """(v, 3) where surface detail is looked up; without it, the vertices at rest."""
    kind: int = SURFACE

    def at_rest(self, rest: NDArray[np.float32]) -> NDArray[np.float32]:
        """(v, 3) its vertices on a face at rest, (c, 3).

        Raises:
            ValueError: The layer has neither a matrix nor vertices, or both.
        """
        if (self.matrix is None) == (self.vertices is None):
            raise ValueError(f"layer {self.name!r}: want a matrix or vertices")
        points = self.vertices if self.matrix is None else self.matrix @ rest
        return np.asarray(points, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """All layers as one mesh: v vertices, f faces."""

    slices: dict[str, slice]
    """Rows of each layer among the vertices."""
    points: NDArray[np.float32]
    """(v, 3) at rest."""
    faces: NDArray[np.int32]
    """(f, 3)."""
    kinds: NDArray[np.uint8]
    """(f,)."""
    head_weight: NDArray[np.float32]
    """(v,)."""
    lookup: NDArray[np.float32]
    """(v, 3)."""
    material: NDArray[np.float32]
    """(v, a)."""
    moving: Any
    """(m, c) scipy.sparse CSR: the layers that have a matrix, which come first."""


def stack(layers: Sequence[Layer], rest: NDArray[np.float32]) -> Stack:
    """Join layers in their order.

    Args:
        layers: Those with a matrix before those with vertices.
        rest: (c, 3) coarse vertices at rest.

    Raises:
        ValueError: A layer with a matrix follows one without, or a name is used twice.
    """
    from scipy import sparse

    matrices = [layer.matrix for layer in layers if layer.matrix is not None]
    if any(layer.matrix is None for layer in layers[: len(matrices)]):
        raise ValueError("layers that move with the face come before rigid ones")
    if len({layer.name for layer in layers}) < len(layers):
        raise ValueError("layers need names of their own")
    points = [layer.at_rest(rest) for layer in layers]
    ends = np.cumsum([len(each) for each in points])
    starts = ends - [len(each) for each in points]
    lookups = [
        at if layer.lookup is None else layer.lookup
        for layer, at in zip(layers, points, strict=True)
    ]
    weights = [
        np.broadcast_to(np.asarray(layer.head_weight, np.float32), (len(at),))
        for layer, at in zip(layers, points, strict=True)
    ]
    return Stack(
        slices={
            layer.name: slice(int(start), int(end))
            for layer, start, end in zip(layers, starts, ends, strict=True)
        },
        points=np.concatenate(points),
        faces=np.concatenate(
            [layer.faces + start for layer, start in zip(layers, starts, strict=True)]
        ).astype(np.int32),
        kinds=np.concatenate([np.full(len(layer.faces), layer.kind, np.uint8) for layer in layers]),
        head_weight=np.concatenate(weights).astype(np.float32),
        lookup=np.concatenate(lookups).astype(np.float32),
        material=np.concatenate([layer.material for layer in layers]).astype(np.float32),
        moving=sparse.vstack(matrices).tocsr().astype(np.float32),
    )
