"""A tongue in the floor of the mouth, which moves as MakeHuman's crude one does."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic.mouth import Arch, affine_weights

_ALONG, _AROUND = 22, 22
_LENGTH_M = 0.052
_NEIGHBOURS = 6


@dataclass(frozen=True, slots=True, eq=False)
class Tongue:
    """At rest."""

    vertices: NDArray[np.float32]
    """(v, 3) metres."""
    faces: NDArray[np.int32]
    """(f, 3)."""
    back: NDArray[np.float32]
    """(v,) 0 at the tip, 1 at the root."""
    groove: NDArray[np.float32]
    """(v,) 1 along the middle of its back."""


def build_tongue(lower: Arch, scale: float) -> Tongue:
    """A tongue that lies within the lower teeth.

    Args:
        lower: The arch of the lower teeth's outer faces.
        scale: 1 for an average adult.
    """
    t = np.linspace(0, 1, _ALONG) ** 1.25
    z = lower.front - 0.0078 * scale - t * _LENGTH_M * scale
    # Broad soon after the tip, and nowhere wider than the arch of the teeth leaves room.
    blunt = np.sqrt(np.clip(1 - np.clip(1 - t / 0.34, 0, 1) ** 2, 0.002, 1))
    room = np.sqrt(np.clip(lower.front - 0.0045 * scale - z, 0, None) / lower.bend) - 0.0050 * scale
    half = np.minimum(0.0215 * scale * blunt, np.clip(room, 0.0006, None))
    top = np.interp(t, [0, 0.10, 0.35, 0.62, 1.0], [-4.6, -2.2, 0.6, -3.5, -17.0]) * 1e-3 * scale
    low = np.interp(t, [0, 0.10, 0.35, 0.62, 1.0], [-5.8, -8.4, -12.0, -15.0, -22.0]) * 1e-3 * scale
    angle = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)
    across = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** 0.8
    up = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** 0.9
    middle, thick = (top + low) / 2, (top - low) / 2
    x = across * half[:, None]
    y = middle[:, None] + up * thick[:, None]
    dorsum = np.clip(up, 0, None)
    groove = np.exp(-((x / (0.0024 * scale)) ** 2)) * dorsum
    y = y - 0.0011 * scale * groove * np.sin(np.pi * np.clip(t * 1.15, 0, 1))[:, None]
    vertices = np.stack([x, lower.edge + y, np.repeat(z[:, None], _AROUND, axis=1)], axis=-1)
    tip = vertices[0].mean(axis=0) + np.array([0, 0.0, 0.0007 * scale])
    row, column = np.meshgrid(np.arange(_ALONG - 1), np.arange(_AROUND), indexing="ij")
    a, b = row * _AROUND + column, row * _AROUND + (column + 1) % _AROUND
    c, d = b + _AROUND, a + _AROUND
    ring = np.arange(_AROUND)
    faces = [
        np.stack([a, c, b], axis=-1).reshape(-1, 3),
        np.stack([a, d, c], axis=-1).reshape(-1, 3),
        np.stack([ring, np.roll(ring, -1), np.full(_AROUND, _ALONG * _AROUND)], axis=1),
    ]
    return Tongue(
        vertices=np.concatenate([vertices.reshape(-1, 3), tip[None]]).astype(np.float32),
        faces=np.concatenate(faces).astype(np.int32),
        back=np.append(np.repeat(t, _AROUND), 0.0).astype(np.float32),
        groove=np.append(groove.reshape(-1), 0.0).astype(np.float32),
    )


def tongue_matrix(tongue: Tongue, rest: NDArray[np.float32], coarse: NDArray[np.int64]) -> Any:
    """Sparse (v, c): the tongue's vertices from the bust's coarse ones.

    Each follows the crude tongue's nearest vertices; what it lies off them follows that tongue's
    affine motion.

    Args:
        tongue: At rest.
        rest: (c, 3) coarse vertices.
        coarse: Those of MakeHuman's tongue.
    """
    from scipy import sparse
    from scipy.spatial import cKDTree

    anchors = rest[coarse]
    distance, nearest = cKDTree(anchors).query(tongue.vertices, _NEIGHBOURS)
    share = 1 / (distance + 1e-3) ** 2
    share /= share.sum(axis=1, keepdims=True)
    local = np.zeros((len(tongue.vertices), len(coarse)))
    np.put_along_axis(local, nearest, share, axis=1)
    carried = (local @ anchors).astype(np.float32)
    weights = local + affine_weights(tongue.vertices, anchors) - affine_weights(carried, anchors)
    rows = np.repeat(np.arange(len(weights)), len(coarse))
    return sparse.csr_matrix(
        (weights.reshape(-1), (rows, np.tile(coarse, len(weights)))), (len(weights), len(rest))
    )
