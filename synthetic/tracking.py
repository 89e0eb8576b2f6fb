"""MediaPipe on single rendered pictures, and its landmarks in canonical head space."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_INDEX
from capture.canonical import CanonicalFace


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """What the landmarker reports for one picture."""

    landmarks: NDArray[np.float64]
    """(478, 3) px: x right, y down, z towards the scene on x's scale."""
    coefficients: NDArray[np.float64]
    """(52,) in [0, 1], order `ARKIT_52`; tongueOut is always 0."""


class Landmarker:
    """Face Landmarker in image mode, one face."""

    def __init__(self, mediapipe: ModuleType, task: bytes) -> None:
        vision = mediapipe.tasks.vision
        options = vision.FaceLandmarkerOptions(
            base_options=mediapipe.tasks.BaseOptions(model_asset_buffer=task),
            output_face_blendshapes=True,
        )
        self._mediapipe = mediapipe
        self._landmarker = vision.FaceLandmarker.create_from_options(options)

    def detect(self, image: NDArray[np.uint8]) -> Detection | None:
        """Landmarks of the largest face in an (h, w, 3) RGB picture, None where there is none."""
        mediapipe = self._mediapipe
        picture = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=image)
        result = self._landmarker.detect(picture)
        if not result.face_landmarks:
            return None
        height, width = image.shape[:2]
        points = np.array([[p.x, p.y, p.z] for p in result.face_landmarks[0]])
        coefficients = np.zeros(len(ARKIT_INDEX))
        for category in result.face_blendshapes[0]:
            if category.category_name in ARKIT_INDEX:
                coefficients[ARKIT_INDEX[category.category_name]] = category.score
        return Detection(points * np.array([width, height, width]), coefficients)

    def close(self) -> None:
        """Release the graph; its destructor complains at interpreter exit otherwise."""
        self._landmarker.close()


@contextmanager
def open_landmarker(task: bytes) -> Iterator[Landmarker]:
    """A landmarker from the bytes of `face_landmarker.task`."""
    import mediapipe
    import mediapipe.tasks.python.vision  # fills mediapipe.tasks.vision

    landmarker = Landmarker(mediapipe, task)
    try:
        yield landmarker
    finally:
        landmarker.close()


def similarity(
    source: NDArray[np.float64], target: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Scale, rotation and translation that move `source` onto `target` (Umeyama 1991), weighted.

    Args:
        source: (n, 3).
        target: (n, 3).
        weights: (n,) not negative.

    Returns:
        s, (3, 3) R, (3,) t with target = s * source @ R.T + t.
    """
    weights = weights / weights.sum()
    source_mean, target_mean = weights @ source, weights @ target
    a, b = source - source_mean, target - target_mean
    u, d, vt = np.linalg.svd((b * weights[:, None]).T @ a)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = (u * sign) @ vt
    scale = float((d * sign).sum() / (weights @ (a**2).sum(axis=1)))
    return scale, rotation, target_mean - scale * source_mean @ rotation.T


STABLE_POINTS: dict[int, float] = {
    **dict.fromkeys((6, 168, 197, 195, 33, 263, 133, 362), 1.0),  # bridge of the nose, eye corners
    **dict.fromkeys((4, 198, 420, 143, 372, 117, 346, 116, 345), 0.5),  # nose tip, cheekbones
    **dict.fromkeys((10, 151, 67, 297, 54, 284, 109, 338), 0.3),  # forehead
    **dict.fromkeys((127, 356, 34, 264, 129, 358), 0.2),  # temples, wings of the nose
}
"""Landmarks that move with the skull and not with expression, and how much each is trusted.

MediaPipe's own rigid points include the jaw (136, 365), which moves the head when the mouth opens.
"""


def to_canonical(
    landmarks: NDArray[np.float64],
    face: CanonicalFace,
    *,
    index: NDArray[np.int64] | None = None,
) -> NDArray[np.float64]:
    """Move tracked landmarks into canonical head space by those of `STABLE_POINTS` among them.

    Args:
        landmarks: (n, 3) px as in `Detection`.
        face: MediaPipe's canonical face.
        index: (n,) which landmarks these are; all 478 in order by default.

    Returns:
        (n, 3) metres.
    """
    points = landmarks * np.array([1.0, -1.0, -1.0])
    known = list(range(len(points))) if index is None else index.tolist()
    shared = [number for number in STABLE_POINTS if number in known]
    rows = [known.index(number) for number in shared]
    weights = np.array([STABLE_POINTS[number] for number in shared])
    scale, rotation, translation = similarity(
        points[rows], face.vertices[shared].astype(np.float64), weights
    )
    return scale * points @ rotation.T + translation
