"""The default tracker: MediaPipe Face Landmarker (478 landmarks, 52 blendshape coefficients)."""

from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import mediapipe
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from numpy.typing import NDArray

import weights
from capture.arkit import ARKIT_INDEX

MILLISECONDS = 1000
SETTLING_ROUNDS = 2
"""Further looks at the frame in which a face appears."""


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
    """Tracks faces from frame to frame. A context manager: it owns native threads.

    Frames must come in time order. With one face the model's own temporal filter is on; with
    more the detector runs on every frame that shows fewer faces than asked for.
    """

    def __init__(self, *, faces: int = 1) -> None:
        """Open the model.

        Args:
            faces: How many faces to look for.

        Raises:
            weights.WeightsError: The model file is missing or altered.
        """
        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=weights.read_bytes("face-landmarker")),
            running_mode=vision.RunningMode.VIDEO,
            num_faces=faces,
            output_face_blendshapes=True,
        )
        self._landmarker = vision.FaceLandmarker.create_from_options(options)
        self._last_ms = -1
        self._settled = False

    def observe(self, frame: NDArray[np.uint8], timestamp_s: float) -> list[FaceObservation]:
        """Find the faces in the next frame.

        Args:
            frame: (h, w, 3) RGB.
            timestamp_s: Its time; equal or earlier times are moved on by a millisecond.

        Returns:
            The faces, in no particular order; empty when there is none.
        """
        height, width = frame.shape[:2]
        image = mediapipe.Image(
            image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(frame)
        )
        found = self._detect(image, round(timestamp_s * MILLISECONDS))
        if found.face_landmarks and not self._settled:
            # where a face appears, the first answer is from a rough box: ask again from its own
            for _ in range(SETTLING_ROUNDS):
                found = self._detect(image, self._last_ms)
        self._settled = bool(found.face_landmarks)
        scale = np.array([width, height, width], np.float32)
        return [
            FaceObservation(
                landmarks=_points(landmarks) * scale, blendshapes=_coefficients(categories)
            )
            for landmarks, categories in zip(
                found.face_landmarks, found.face_blendshapes, strict=True
            )
        ]

    def _detect(self, image: Any, time_ms: int) -> Any:
        self._last_ms = max(self._last_ms + 1, time_ms)
        return self._landmarker.detect_for_video(image, self._last_ms)

    def close(self) -> None:
        """Stop the native threads; further calls fail."""
        self._landmarker.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _points(landmarks: Any) -> NDArray[np.float32]:
    return np.array([(point.x, point.y, point.z) for point in landmarks], np.float32)


def _coefficients(categories: Any) -> NDArray[np.float32]:
    values = np.zeros(len(ARKIT_INDEX), np.float32)
    for category in categories:
        index = ARKIT_INDEX.get(category.category_name)  # `_neutral` is not an action
        if index is not None:
            values[index] = min(max(category.score, 0.0), 1.0)
    return values
