"""The triangles between the tracked landmarks: skin, mouth opening and eyes."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

import weights
from capture.canonical import read_canonical_face
from capture.landmark_rig import LandmarkRig
from capture.landmarks import INNER_LIPS, LEFT_EYE, LEFT_IRIS, RIGHT_EYE, RIGHT_IRIS


@dataclass(frozen=True, slots=True, eq=False)
class LandmarkMesh:
    """A closed disk over the 478 landmarks: no hole at the mouth or the eyes."""

    faces: NDArray[np.int32]
    """(f, 3), clockwise in the image (x right, y down) when seen from the front."""
    at_lips: NDArray[np.bool_]
    """(f,) the faces that touch the inner lips."""


@cache
def landmark_mesh() -> LandmarkMesh:
    """MediaPipe's canonical triangles, with the eyes' openings re-triangulated around the irises.

    The canonical face has no irises (vertices 468 to 477); without them the gaze would not move.
    """
    face = read_canonical_face(weights.read_bytes("face-landmarker"))
    flat = LandmarkRig.load().neutral[:, :2] * np.array([1, -1], np.float32)
    ring = np.zeros(478, bool)
    ring[np.concatenate([LEFT_EYE, RIGHT_EYE])] = True
    skin = face.faces[~ring[face.faces].all(axis=1)]
    eyes = [
        _fill_eye(flat, LEFT_EYE, LEFT_IRIS),
        _fill_eye(flat, RIGHT_EYE, RIGHT_IRIS),
    ]
    faces = np.concatenate([skin, *eyes]).astype(np.int32)
    a, b, c = (flat[faces[:, corner]] for corner in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    faces[area < 0] = faces[area < 0][:, [0, 2, 1]]
    lips = np.zeros(478, bool)
    lips[INNER_LIPS] = True
    return LandmarkMesh(faces=faces, at_lips=lips[faces].any(axis=1))


def _fill_eye(
    flat: NDArray[np.float32], ring: NDArray[np.int32], iris: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Triangles (f, 3) between an eye's ring and its iris, all inside the ring."""
    index = np.concatenate([ring, iris])
    triangles = Delaunay(flat[index]).simplices
    centroids = flat[index][triangles].mean(axis=1)
    return index[triangles[[_inside(point, flat[ring]) for point in centroids]]]


def _inside(point: NDArray[np.float32], polygon: NDArray[np.float32]) -> bool:
    """Whether the point lies in the polygon (even-odd rule)."""
    following = np.roll(polygon, -1, axis=0)
    crosses = (polygon[:, 1] > point[1]) != (following[:, 1] > point[1])
    rise = np.where(crosses, following[:, 1] - polygon[:, 1], 1)
    at = polygon[:, 0] + (point[1] - polygon[:, 1]) / rise * (following[:, 0] - polygon[:, 0])
    return bool((crosses & (point[0] < at)).sum() % 2)
