"""Where MediaPipe's 478 landmarks lie on the head mesh, found by looking at rendered pictures.

The neutral head is drawn from several sides with painted features and given to the landmarker;
each landmark's pixel tells which triangle it hit, hence a point of the mesh at rest. Points are
averaged over pictures (near-frontal hits count most), made symmetric and moved onto the surface.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from avatar.raster import Fragments
from capture.arkit import ARKIT_INDEX
from capture.canonical import CanonicalFace
from synthetic.flat_render import Look, paint, render, vertex_normals
from synthetic.head_mesh import PARTS, HeadMesh
from synthetic.tracking import Landmarker

IRIS_RIGHT = range(468, 473)
IRIS_LEFT = range(473, 478)
POSES_DEG = tuple((yaw, pitch) for yaw in (-28, -14, 0, 14, 28) for pitch in (-10, 0, 10))
PICTURE_SIDE_PX = 768
OPEN_JAW = 0.12
LIPS = (
    0, 13, 14, 17, 37, 39, 40, 61, 78, 80, 81, 82, 84, 87, 88, 91, 95, 146, 178, 181, 185, 191,
    267, 269, 270, 291, 308, 310, 311, 312, 314, 317, 318, 321, 324, 375, 402, 405, 409, 415,
)  # fmt: skip
INNER_LIPS = (
    (13, 14),
    (82, 87),
    (312, 317),
    (81, 178),
    (311, 402),
    (80, 88),
    (310, 318),
    (191, 95),
    (415, 324),
)
"""Points of upper and lower lip that coincide when the mouth is closed."""


@dataclass(frozen=True, slots=True, eq=False)
class LandmarkEmbedding:
    """A point of the mesh for each landmark."""

    faces: NDArray[np.int32]
    """(478, 3) vertex indices of the triangle."""
    barycentric: NDArray[np.float32]
    """(478, 3) weights of its corners."""
    spread_m: NDArray[np.float32]
    """(478,) how far single pictures stray: small where the landmark is well defined."""


def mirror_landmarks(face: CanonicalFace) -> NDArray[np.int64]:
    """(478,) the landmark on the other side of the face for each one."""
    flipped = face.vertices * np.array([-1.0, 1.0, 1.0], np.float32)
    _, nearest = cKDTree(face.vertices).query(flipped)
    irises = [473, 476, 475, 474, 477, 468, 471, 470, 469, 472]
    return np.concatenate([nearest, irises])


def embed_landmarks(
    mesh: HeadMesh,
    identities: Sequence[NDArray[np.float64]],
    lips: NDArray[np.float64],
    landmarker: Landmarker,
    face: CanonicalFace,
) -> LandmarkEmbedding:
    """Find the landmarks on the mesh.

    Args:
        mesh: The average head.
        identities: (v, 3) neutral shapes to draw; several, so that no one face decides.
        lips: (v,) lip mask.
        landmarker: MediaPipe.
        face: Its canonical face, for the left/right pairs.

    Raises:
        RuntimeError: No picture showed a detectable face.
    """
    # With closed lips the inner points of both would fall on the same spot: the lips' points are
    # found on an open mouth, and averages are taken and put on the surface with the mouth open.
    opening = OPEN_JAW * mesh.actions[ARKIT_INDEX["jawOpen"]]
    reference = mesh.vertices + opening
    total = np.zeros((478, 3))
    squares = np.zeros(478)
    weight = np.zeros(478)
    lip_points = np.isin(np.arange(478), LIPS)
    look = Look()
    colours = paint(mesh, lips, look)
    for neutral, expression in itertools.product(identities, (0.0 * opening, opening)):
        vertices = neutral + expression
        chosen = lip_points if expression.any() else ~lip_points
        normals = vertex_normals(vertices, mesh.faces)
        for yaw, pitch in POSES_DEG:
            rotation = Rotation.from_euler("yx", [yaw, pitch], degrees=True).as_matrix()
            image, fragments = render(
                mesh, vertices, colours, rotation, look=look, size=PICTURE_SIDE_PX, distance_m=0.62
            )
            found = landmarker.detect(image)
            if found is None:
                continue
            points, facing = _hits(
                mesh, reference, fragments, found.landmarks, normals @ rotation[2]
            )
            importance = np.clip(facing, 0.02, 1.0) ** 4 * chosen
            total += importance[:, None] * points
            squares += importance * (points**2).sum(axis=1)
            weight += importance
    if not weight.all():
        raise RuntimeError("the landmarker found no face in the rendered pictures")
    mean = total / weight[:, None]
    spread = np.sqrt(np.maximum(squares / weight - (mean**2).sum(axis=1), 0.0))
    pairs = mirror_landmarks(face)
    mean = (mean + mean[pairs] * np.array([-1.0, 1.0, 1.0])) / 2.0
    faces, barycentric = _snap(mesh, reference, mean)
    # The inner points lie up to two millimetres inside the lips' red; where real lips meet the
    # landmarker puts both on one spot. Bring them to where the model's lips meet.
    at_rest = np.einsum("nk,nkc->nc", barycentric, mesh.vertices[faces])
    for upper, lower in INNER_LIPS:
        gap = at_rest[lower] - at_rest[upper]
        mean[upper] += 0.45 * gap
        mean[lower] -= 0.45 * gap
    faces, barycentric = _snap(mesh, reference, mean)
    return LandmarkEmbedding(faces, barycentric.astype(np.float32), spread.astype(np.float32))


def _hits(
    mesh: HeadMesh,
    reference: NDArray[np.float64],
    fragments: Fragments,
    landmarks: NDArray[np.float64],
    facing: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where on the `reference` shape the landmarks' pixels lie (478, 3), and how frontal (478,)."""
    covered = fragments.face_index >= 0
    parts = np.where(covered, mesh.parts[fragments.face_index], 255)
    eyes = (parts == PARTS.index("eye_left")) | (parts == PARTS.index("eye_right"))
    skin = parts == PARTS.index("skin")
    irises = np.zeros(478, bool)
    irises[468:] = True
    points = np.zeros((478, 3))
    frontal = np.zeros(478)
    for mask, chosen in ((skin, ~irises), (eyes, irises)):
        pixels = np.argwhere(mask)  # (p, 2) row, column
        _, nearest = cKDTree(pixels).query(landmarks[chosen][:, [1, 0]])
        rows, columns = pixels[nearest].T
        corners = mesh.faces[fragments.face_index[rows, columns]]
        barycentric = fragments.barycentric[rows, columns].astype(np.float64)
        points[chosen] = np.einsum("nk,nkc->nc", barycentric, reference[corners])
        frontal[chosen] = np.einsum("nk,nk->n", barycentric, facing[corners])
    return points, frontal


def _snap(
    mesh: HeadMesh, reference: NDArray[np.float64], points: NDArray[np.float64]
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """The nearest point of the skin (irises: of the eyeballs) for each landmark."""
    faces = np.zeros((478, 3), np.int32)
    barycentric = np.zeros((478, 3))
    skin = mesh.faces[mesh.parts == PARTS.index("skin")]
    eyes = mesh.faces[
        (mesh.parts == PARTS.index("eye_left")) | (mesh.parts == PARTS.index("eye_right"))
    ]
    for index, point in enumerate(points):
        candidates = eyes if index >= 468 else skin
        corners = reference[candidates]
        near = np.argsort(((corners.mean(axis=1) - point) ** 2).sum(axis=1))[:40]
        weights = np.stack([closest_barycentric(point, corners[k]) for k in near])
        on_surface = np.einsum("nk,nkc->nc", weights, corners[near])
        best = int(np.argmin(((on_surface - point) ** 2).sum(axis=1)))
        faces[index], barycentric[index] = candidates[near[best]], weights[best]
    return faces, barycentric


def closest_barycentric(
    point: NDArray[np.float64], triangle: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Barycentric weights (3,) of the triangle's point nearest to `point`."""
    a, b, c = triangle
    edges = np.stack([b - a, c - a], axis=1)
    inner = np.linalg.lstsq(edges, point - a, rcond=None)[0]
    if inner.min() >= 0.0 and inner.sum() <= 1.0:
        return np.array([1.0 - inner.sum(), *inner])
    best, best_distance = np.zeros(3), np.inf
    for i, j in ((0, 1), (1, 2), (2, 0)):
        edge = triangle[j] - triangle[i]
        along = np.clip(edge @ (point - triangle[i]) / max(edge @ edge, 1e-18), 0.0, 1.0)
        distance = ((triangle[i] + along * edge - point) ** 2).sum()
        if distance < best_distance:
            best_distance = distance
            best = np.zeros(3)
            best[i], best[j] = 1.0 - along, along
    return best
