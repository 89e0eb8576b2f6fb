"""Catmull-Clark subdivision as one sparse matrix, so that it applies to any pose of a mesh.

E. Catmull, J. Clark, "Recursively generated B-spline surfaces on arbitrary topological meshes",
Computer-Aided Design 10 (1978).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Subdivision:
    """Maps coarse vertices to fine ones."""

    matrix: Any
    """(fine, coarse) scipy.sparse CSR, float32, rows sum to 1."""
    quads: NDArray[np.int32]
    """(q, 4) fine quads."""
    parent: NDArray[np.int32]
    """(q,) coarse quad of each fine one."""
    corners: NDArray[np.int32]
    """(n,) coarse vertices that the first n fine ones stand for; smoothing moves them inwards."""

    def triangles(self) -> NDArray[np.int32]:
        """(2 q, 3) the fine quads split; triangles i and q + i belong to quad i."""
        return np.concatenate([self.quads[:, [0, 1, 2]], self.quads[:, [0, 2, 3]]])


def subdivide(quads: NDArray[np.int32], vertex_count: int, levels: int) -> Subdivision:
    """Refine a quad mesh `levels` times (0 only compacts the vertices to those used)."""
    from scipy import sparse

    used, compact = np.unique(quads, return_inverse=True)
    quads = compact.reshape(-1, 4).astype(np.int32)
    rows = np.arange(len(used))
    matrix = sparse.csr_matrix(
        (np.ones(len(used), np.float32), (rows, used)), (len(used), vertex_count)
    )
    parent = np.arange(len(quads), dtype=np.int32)
    for _ in range(levels):
        step, quads = _once(quads, matrix.shape[0])
        matrix = (step @ matrix).tocsr()
        parent = np.repeat(parent, 4)
    return Subdivision(matrix.astype(np.float32), quads, parent, used.astype(np.int32))


def _once(quads: NDArray[np.int32], count: int) -> tuple[Any, NDArray[np.int32]]:
    from scipy import sparse

    faces = len(quads)
    ends = np.stack([quads, np.roll(quads, -1, axis=1)], axis=2).reshape(-1, 2)
    edges, edge_of = np.unique(np.sort(ends, axis=1), axis=0, return_inverse=True)
    edge_of = edge_of.reshape(-1)
    face_of = np.repeat(np.arange(faces), 4)

    def build(
        values: NDArray[np.float64], row: NDArray[np.int64], column: NDArray[np.int64], shape: Any
    ) -> Any:
        return sparse.csr_matrix((values, (row, column)), shape)

    corner = quads.reshape(-1)
    face_points = build(np.full(4 * faces, 0.25), face_of, corner, (faces, count))
    each = np.repeat(np.arange(len(edges)), 2)
    middles = build(np.full(2 * len(edges), 0.5), each, edges.reshape(-1), (len(edges), count))
    edge_faces = build(np.ones(4 * faces), edge_of, face_of, (len(edges), faces))
    sides = np.asarray(edge_faces.sum(axis=1)).reshape(-1)
    inner = (sides == 2).astype(np.float64)
    edge_points = (
        sparse.diags(1 - 0.5 * inner) @ middles
        + sparse.diags(0.25 * inner) @ edge_faces @ face_points
    )

    touch_faces = build(np.ones(4 * faces), corner, face_of, (count, faces))
    touch_edges = build(np.ones(2 * len(edges)), edges.reshape(-1), each, (count, len(edges)))
    valence = np.maximum(np.asarray(touch_faces.sum(axis=1)).reshape(-1), 1)
    edge_valence = np.maximum(np.asarray(touch_edges.sum(axis=1)).reshape(-1), 1)
    border = touch_edges @ sparse.diags(1 - inner)
    on_border = np.asarray(border.sum(axis=1)).reshape(-1) > 0
    smooth = (
        sparse.diags(1 / valence**2) @ touch_faces @ face_points
        + sparse.diags(2 / (edge_valence * valence)) @ touch_edges @ middles
        + sparse.diags((valence - 3) / valence)
    )
    border_count = np.maximum(np.asarray(border.sum(axis=1)).reshape(-1), 1)
    rim = sparse.diags(0.5 / border_count) @ border @ middles + sparse.identity(count) * 0.5
    keep = sparse.diags(on_border.astype(np.float64))
    vertex_points = keep @ rim + (sparse.identity(count) - keep) @ smooth

    step = sparse.vstack([vertex_points, edge_points, face_points]).tocsr()
    edge_ids = count + edge_of.reshape(-1, 4)
    face_ids = count + len(edges) + np.arange(faces)
    fine = np.stack(
        [
            np.stack([quads[:, i], edge_ids[:, i], face_ids, edge_ids[:, i - 1]], axis=1)
            for i in range(4)
        ],
        axis=1,
    ).reshape(-1, 4)
    return step, fine.astype(np.int32)
