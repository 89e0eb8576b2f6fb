"""A z-buffered triangle rasteriser on the CPU, compiled by numba."""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Fragments:
    """What covers each pixel centre of an (h, w) image."""

    face_index: NDArray[np.int32]
    """(h, w) index into the faces, -1 where no face covers the pixel."""
    barycentric: NDArray[np.float32]
    """(h, w, 3) weights of the face's corners, 0 where there is none; linear in the image."""
    depth: NDArray[np.float32]
    """(h, w) interpolated depth, +inf where there is none."""


@numba.njit(cache=True, fastmath=True, nogil=True)
def _rasterize(
    vertices: NDArray[np.float32],
    faces: NDArray[np.int32],
    face_index: NDArray[np.int32],
    barycentric: NDArray[np.float32],
    depth: NDArray[np.float32],
) -> None:
    height, width = face_index.shape
    for face in range(faces.shape[0]):
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        ax, ay, az = vertices[a, 0], vertices[a, 1], vertices[a, 2]
        bx, by, bz = vertices[b, 0], vertices[b, 1], vertices[b, 2]
        cx, cy, cz = vertices[c, 0], vertices[c, 1], vertices[c, 2]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if abs(area) < 1e-9:
            continue
        inverse = 1.0 / area
        x_start = max(0, int(np.ceil(min(ax, bx, cx))))
        x_stop = min(width - 1, int(np.floor(max(ax, bx, cx))))
        y_start = max(0, int(np.ceil(min(ay, by, cy))))
        y_stop = min(height - 1, int(np.floor(max(ay, by, cy))))
        for y in range(y_start, y_stop + 1):
            for x in range(x_start, x_stop + 1):
                second = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) * inverse
                third = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) * inverse
                first = 1.0 - second - third
                if first < 0.0 or second < 0.0 or third < 0.0:
                    continue
                here = first * az + second * bz + third * cz
                if here < depth[y, x]:
                    depth[y, x] = here
                    face_index[y, x] = face
                    barycentric[y, x, 0] = first
                    barycentric[y, x, 1] = second
                    barycentric[y, x, 2] = third


def rasterize(
    vertices_px: NDArray[np.float32], faces: NDArray[np.int32], width: int, height: int
) -> Fragments:
    """Find the nearest face at each pixel centre.

    Both windings are drawn; a caller that culls tests the sign of the area itself. Pixel centres
    lie at integer coordinates.

    Args:
        vertices_px: (v, 3) x right, y down in px, and depth (smaller is nearer).
        faces: (f, 3) int32 vertex indices.
        width: Image width in px.
        height: Image height in px.

    Returns:
        The fragments; faces outside the image leave no trace.
    """
    face_index = np.full((height, width), -1, np.int32)
    barycentric = np.zeros((height, width, 3), np.float32)
    depth = np.full((height, width), np.inf, np.float32)
    _rasterize(
        np.ascontiguousarray(vertices_px, np.float32),
        np.ascontiguousarray(faces, np.int32),
        face_index,
        barycentric,
        depth,
    )
    return Fragments(face_index=face_index, barycentric=barycentric, depth=depth)


def interpolate(
    fragments: Fragments, faces: NDArray[np.int32], attributes: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Vertex attributes at each pixel.

    Args:
        fragments: From `rasterize` with the same faces.
        faces: (f, 3) int32.
        attributes: (v, c) float32.

    Returns:
        (h, w, c) float32, 0 where no face covers the pixel.
    """
    covered = fragments.face_index >= 0
    corners = faces[fragments.face_index[covered]]  # (p, 3)
    out = np.zeros((*fragments.face_index.shape, attributes.shape[1]), np.float32)
    out[covered] = np.einsum("pk,pkc->pc", fragments.barycentric[covered], attributes[corners])
    return out
