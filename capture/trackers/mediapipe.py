"""The default tracker: MediaPipe Face Landmarker (478 landmarks, 52 blendshape coefficients)."""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import cv2
import mediapipe
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from numpy.typing import NDArray

import weights
from capture.arkit import ARKIT_INDEX

CLOSE_PX = 256
"""Side of the square in which a face is looked at closely."""
CLOSE_SIDE = 1.6
"""Side of that square over the larger extent of the landmarks."""
LOOKS = 3
"""At most, until the face is in the middle of the square."""
OFF_CENTRE = 0.08
"""Of the square's side: a face further from its middle is looked at again."""
WHOLE_CONFIDENCE = 0.5
"""Of the detector, from which on something is a face."""
CLOSE_CONFIDENCE = 0.3
"""The same where a face was a moment ago: turned ones are no surprise there."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceObservation:
    """One face in one frame."""

    landmarks: NDArray[np.float32]
    """(478, 3) px: x right, y down, z on x's scale, nearer is negative."""
    blendshapes: NDArray[np.float32]
    """(52,) ARKit coefficients in [0, 1]; `tongueOut` is always 0, the tracker has none."""

    @property
    def box(self) -> NDArray[np.float32]:
        """(4,) x0, y0, x1, y1 in px around all landmarks."""
        flat = self.landmarks[:, :2]
        return np.concatenate([flat.min(axis=0), flat.max(axis=0)])


class MediaPipeTracker:
    """Finds faces in pictures, each on its own. A context manager: it owns native threads.

    The model's mode for videos smooths over time, and lags behind a moving face by more than all
    its other errors; looking closely at where the face was a moment ago costs the same and does
    not (docs/decisions/0006-every-frame-is-tracked-on-its-own.md).
    """

    def __init__(self, *, faces: int = 1) -> None:
        """Open the model.

        Args:
            faces: How many faces to look for in a whole picture.

        Raises:
            weights.WeightsError: The model file is missing or altered.
        """
        model = weights.read_bytes("face-landmarker")
        self._whole = _landmarker(model, faces=faces, confidence=WHOLE_CONFIDENCE)
        self._close = _landmarker(model, faces=1, confidence=CLOSE_CONFIDENCE)

    def find(self, frame: NDArray[np.uint8]) -> list[FaceObservation]:
        """Find the faces in a whole picture; `look` then sees each more exactly.

        Args:
            frame: (h, w, 3) RGB.

        Returns:
            The faces, in no particular order; empty when there is none.
        """
        height, width = frame.shape[:2]
        return [
            FaceObservation(points * np.array([width, height, width], np.float32), coefficients)
            for points, coefficients in _detect(self._whole, frame)
        ]

    def look(self, frame: NDArray[np.uint8], near: NDArray[np.float32]) -> FaceObservation | None:
        """Look closely at where a face should be.

        Args:
            frame: (h, w, 3) RGB.
            near: (478, 3) px, its landmarks a moment ago.

        Returns:
            The face, or None if there is none.
        """
        for _ in range(LOOKS):
            crop, corner, side = _square_around(frame, near)
            found = _detect(self._close, crop)
            if not found:
                return None
            points, coefficients = found[0]
            near = points * np.float32(side)
            near[:, :2] += corner
            middle = (points[:, :2].min(axis=0) + points[:, :2].max(axis=0)) / 2
            if np.abs(middle - 0.5).max() < OFF_CENTRE:
                break
        return FaceObservation(near, coefficients)

    def close(self) -> None:
        """Stop the native threads; further calls fail."""
        self._whole.close()
        self._close.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _landmarker(model: bytes, *, faces: int, confidence: float) -> Any:
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=model),
        running_mode=vision.RunningMode.IMAGE,
        num_faces=faces,
        min_face_detection_confidence=confidence,
        output_face_blendshapes=True,
    )
    return vision.FaceLandmarker.create_from_options(options)


def _detect(
    landmarker: Any, picture: NDArray[np.uint8]
) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Landmarks (478, 3) over the picture's sides and coefficients (52,) of each face."""
    image = mediapipe.Image(
        image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(picture)
    )
    found = landmarker.detect(image)
    return [
        (_points(landmarks), _coefficients(categories))
        for landmarks, categories in zip(found.face_landmarks, found.face_blendshapes, strict=True)
    ]


def _square_around(
    frame: NDArray[np.uint8], landmarks: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32], float]:
    """The square (CLOSE_PX, CLOSE_PX, 3) around a face, its corner and its side in the frame."""
    flat = landmarks[:, :2]
    low, high = flat.min(axis=0), flat.max(axis=0)
    side = max(CLOSE_SIDE * float((high - low).max()), 8.0)
    corner = (low + high) / 2 - np.float32(side / 2)
    # cut by whole pixels and averaged down, so that large frames are not sampled sparsely
    start = np.floor(corner).astype(int)
    count = int(np.ceil(side)) + 1
    height, width = frame.shape[:2]
    left, top = np.clip(start, 0, [width - 1, height - 1])
    right, bottom = np.clip(start + count, [left + 1, top + 1], [width, height])
    piece = frame[top:bottom, left:right]
    above, before = int(top - start[1]), int(left - start[0])
    below, after = int(start[1] + count - bottom), int(start[0] + count - right)
    if max(above, below, before, after) > 0:
        border = cv2.BORDER_REPLICATE
        piece = np.asarray(cv2.copyMakeBorder(piece, above, below, before, after, border))
    method = cv2.INTER_AREA if count > CLOSE_PX else cv2.INTER_LINEAR
    crop = np.asarray(cv2.resize(piece, (CLOSE_PX, CLOSE_PX), interpolation=method), np.uint8)
    return crop, start.astype(np.float32), float(count)


def _points(landmarks: Any) -> NDArray[np.float32]:
    return np.array([(point.x, point.y, point.z) for point in landmarks], np.float32)


def _coefficients(categories: Any) -> NDArray[np.float32]:
    values = np.zeros(len(ARKIT_INDEX), np.float32)
    for category in categories:
        index = ARKIT_INDEX.get(category.category_name)  # `_neutral` is not an action
        if index is not None:
            values[index] = min(max(category.score, 0.0), 1.0)
    return values
