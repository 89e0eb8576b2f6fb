"""Spectacle lenses: a clear sheet over the finished image that reflects lamps and surroundings."""

from dataclasses import dataclass, replace
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from avatar.raster import rasterize
from synthetic.vectors import blend, dot, harmonic_light, mirror, unit


@dataclass(frozen=True, slots=True, eq=False)
class Lenses:
    """Two lenses at rest; they ride on the head."""

    vertices: NDArray[np.float32]
    """(v, 3) metres."""
    normals: NDArray[np.float32]
    """(v, 3)."""
    faces: NDArray[np.int32]
    """(f, 3)."""
    tint: tuple[float, float, float] = (0.93, 0.935, 0.93)
    """Share of light that passes."""
    coating: tuple[float, float, float] = (0.20, 0.32, 0.26)
    """What an anti-reflective coating leaves of reflections; green is what most of them leave."""

    def moved(
        self,
        rotation: NDArray[np.float64],
        pivot: NDArray[np.float64],
        shift: NDArray[np.float64],
    ) -> "Lenses":
        """Turned by a matrix (3, 3) about a point (3,), then shifted by (3,) m."""
        points = (self.vertices - pivot) @ rotation.T + pivot + shift
        normals = self.normals @ rotation.T
        return replace(self, vertices=points.astype(np.float32), normals=normals.astype(np.float32))


def draw_lenses(
    lenses: Lenses,
    flat: NDArray[np.float32],
    depth: NDArray[np.float32],
    lights: NDArray[np.float32],
    sh: NDArray[np.float32],
    image: NDArray[np.float32],
) -> None:
    """Lay lenses over a linear image.

    Args:
        lenses: Posed, in camera axes.
        flat: (v, 3) px and depth.
        depth: (h, w) of what is drawn already.
        lights: (l, 6) direction and colour.
        sh: (9, 3) surroundings.
        image: (h, w, 3), changed in place.
    """
    height, width = depth.shape
    low = np.clip(np.floor(flat[:, :2].min(axis=0)) - 1, 0, [width, height]).astype(int)
    high = np.clip(np.ceil(flat[:, :2].max(axis=0)) + 2, 0, [width, height]).astype(int)
    if (high <= low).any():
        return
    window = (slice(low[1], high[1]), slice(low[0], high[0]))
    moved = (flat - np.array([*low, 0])).astype(np.float32)
    fragments = rasterize(moved, lenses.faces, int(high[0] - low[0]), int(high[1] - low[1]))
    _reflect(
        fragments.face_index, fragments.barycentric, fragments.depth, lenses.faces,
        lenses.vertices, lenses.normals, depth[window], lights, sh,
        np.array(lenses.tint, np.float32), np.array(lenses.coating, np.float32), image[window],
    )  # fmt: skip


@numba.njit(cache=True, fastmath=True, nogil=True)
def _reflect(
    face_index: NDArray[np.int32],
    barycentric: NDArray[np.float32],
    near: NDArray[np.float32],
    faces: NDArray[np.int32],
    points: NDArray[np.float32],
    normals: NDArray[np.float32],
    depth: NDArray[np.float32],
    lights: NDArray[np.float32],
    sh: NDArray[np.float32],
    tint: NDArray[np.float32],
    coating: NDArray[np.float32],
    image: Any,
) -> None:
    for y in range(face_index.shape[0]):
        for x in range(face_index.shape[1]):
            f = face_index[y, x]
            if f < 0 or near[y, x] > depth[y, x]:
                continue
            corners = (faces[f, 0], faces[f, 1], faces[f, 2])
            weights = (barycentric[y, x, 0], barycentric[y, x, 1], barycentric[y, x, 2])
            n = blend(normals, corners, weights)
            normal = unit(n[0], n[1], n[2])
            p = blend(points, corners, weights)
            view = unit(-p[0], -p[1], -p[2])
            cosine = abs(dot(normal, view))
            way = mirror(view, normal, cosine)
            # Two faces of glass of index 1.5.
            fresnel = 0.075 + 0.925 * (1 - cosine) ** 5
            for c in range(3):
                here = 0.9 * harmonic_light(sh, c, way) * (0.25 + 0.75 * max(0.0, way[1] + 0.35))
                for light in range(lights.shape[0]):
                    lamp = (lights[light, 0], lights[light, 1], lights[light, 2])
                    apart = dot(way, lamp)
                    glare = min(1.0, max(0.0, (apart - 0.966) / 0.016))
                    here += 3.2 * glare * lights[light, 3 + c]
                passed = tint[c] * (1 - fresnel)
                image[y, x, c] = image[y, x, c] * passed + here * fresnel * coating[c]
