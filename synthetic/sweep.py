"""Tubes: a cross-section carried along a line."""

import numpy as np
from numpy.typing import NDArray

Mesh = tuple[NDArray[np.float64], NDArray[np.int64]]
"""Vertices (v, 3) and triangles (f, 3)."""


def sweep(
    line: NDArray[np.float64],
    across: NDArray[np.float64],
    sections: NDArray[np.float64],
    *,
    closed: bool = False,
) -> Mesh:
    """Carry closed cross-sections along a line.

    Args:
        line: (n, 3) metres.
        across: (n, 3) or (3,) directions of the sections' first axis; made orthogonal to the line.
        sections: (k, 2) or (n, k, 2) counter-clockwise, along `across` and the third direction,
            line x across.
        closed: The line's end joins its start; otherwise both ends are capped.
    """
    if closed:
        tangent = np.roll(line, -1, axis=0) - np.roll(line, 1, axis=0)
    else:
        tangent = np.gradient(line, axis=0)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-12)
    first = np.broadcast_to(across, line.shape)
    first = first - np.einsum("nc,nc->n", first, tangent)[:, None] * tangent
    first = first / np.maximum(np.linalg.norm(first, axis=1, keepdims=True), 1e-12)
    second = np.cross(tangent, first)
    sections = np.broadcast_to(sections, (len(line), *np.shape(sections)[-2:]))
    rings = line[:, None] + sections[..., :1] * first[:, None] + sections[..., 1:] * second[:, None]
    n, k = rings.shape[:2]
    row, column = np.meshgrid(np.arange(n if closed else n - 1), np.arange(k), indexing="ij")
    a, b = row * k + column, row * k + (column + 1) % k
    c, d = (row + 1) % n * k + (column + 1) % k, (row + 1) % n * k + column
    faces = [np.stack([a, b, c], axis=-1), np.stack([a, c, d], axis=-1)]
    vertices = rings.reshape(-1, 3)
    if not closed:
        # Caps have vertices of their own, so that their edges stay sharp.
        ring = np.arange(k)
        ahead = np.roll(ring, -1)
        for start, order in ((0, (ahead, ring)), ((n - 1) * k, (ring, ahead))):
            base = len(vertices)
            cap = vertices[start : start + k]
            vertices = np.concatenate([vertices, cap, cap.mean(axis=0, keepdims=True)])
            tip = np.full(k, base + k)
            faces.append(np.stack([order[0] + base, order[1] + base, tip], axis=-1))
    return vertices, np.concatenate([f.reshape(-1, 3) for f in faces])


def rounded(
    width: float, depth: float, *, points: int = 8, power: float = 0.6
) -> NDArray[np.float64]:
    """(points, 2) a cross-section between an ellipse (power 1) and a rectangle (power 0)."""
    angle = (np.arange(points) + 0.5) / points * 2 * np.pi
    across = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** power
    along = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** power
    return np.stack([across * width / 2, along * depth / 2], axis=1)


def smooth_line(knots: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """(count, 3) a Catmull-Rom spline through knots (k, 3)."""
    padded = np.concatenate([2 * knots[:1] - knots[1:2], knots, 2 * knots[-1:] - knots[-2:-1]])
    at = np.linspace(0, len(knots) - 1, count)
    piece = np.minimum(at.astype(int), len(knots) - 2)
    t = (at - piece)[:, None]
    a, b, c, d = (padded[piece + i] for i in range(4))
    return 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )


def blob(centre: NDArray[np.float64], axes: NDArray[np.float64], *, rings: int = 8) -> Mesh:
    """An ellipsoid with half axes (3, 3), rows, right-handed."""
    around = 2 * rings
    polar = np.linspace(0, np.pi, rings + 1)[1:-1]
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    unit = np.stack(
        [
            np.sin(polar)[:, None] * np.cos(angle),
            np.sin(polar)[:, None] * np.sin(angle),
            np.repeat(np.cos(polar)[:, None], around, axis=1),
        ],
        axis=-1,
    ).reshape(-1, 3)
    unit = np.concatenate([unit, [[0, 0, 1.0], [0, 0, -1.0]]])
    row, column = np.meshgrid(np.arange(len(polar) - 1), np.arange(around), indexing="ij")
    a, b = row * around + column, row * around + (column + 1) % around
    c, d = b + around, a + around
    ring = np.arange(around)
    ahead, last, top = np.roll(ring, -1), (len(polar) - 1) * around, len(polar) * around
    faces = [
        np.stack([a, d, c], axis=-1).reshape(-1, 3),
        np.stack([a, c, b], axis=-1).reshape(-1, 3),
        np.stack([ring, ahead, np.full(around, top)], axis=-1),
        np.stack([last + ahead, last + ring, np.full(around, top + 1)], axis=-1),
    ]
    return centre + unit @ axes, np.concatenate(faces)


def join(meshes: list[Mesh]) -> Mesh:
    """Several meshes as one."""
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in meshes[:-1])])
    faces = [faces + start for (_, faces), start in zip(meshes, starts, strict=True)]
    return np.concatenate([vertices for vertices, _ in meshes]), np.concatenate(faces)
