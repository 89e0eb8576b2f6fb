"""What looks at pictures for the figures: landmarks of single pictures, and face descriptors."""

from types import TracebackType
from typing import Self

import dlib
import mediapipe
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from numpy.typing import NDArray

import weights


class Judge:
    """MediaPipe Face Landmarker without memory, and dlib's face descriptor. A context manager.

    The landmarker sees every picture as if it were the only one (image mode), so that neither a
    method nor the truth profits from temporal filtering. It is of the family that drives the
    engine: distances between landmarks favour methods that follow this tracker.
    """

    def __init__(self) -> None:
        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=weights.read_bytes("face-landmarker")),
            running_mode=vision.RunningMode.IMAGE,
        )
        self._landmarker = vision.FaceLandmarker.create_from_options(options)
        self._points = dlib.shape_predictor(str(weights.path("dlib-landmarks-5")))
        self._describer = dlib.face_recognition_model_v1(str(weights.path("dlib-face-descriptor")))

    def landmarks(self, image: NDArray[np.uint8]) -> NDArray[np.float32] | None:
        """(478, 2) px of the face in an (h, w, 3) RGB picture; None where none is found."""
        wrapped = mediapipe.Image(
            image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(image)
        )
        found = self._landmarker.detect(wrapped).face_landmarks
        if not found:
            return None
        size = np.array(image.shape[1::-1], np.float32)
        return np.array([(point.x, point.y) for point in found[0]], np.float32) * size

    def descriptor(
        self, image: NDArray[np.uint8], landmarks: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """(128,) dlib's description of the face that the landmarks mark."""
        centre = (landmarks.min(axis=0) + landmarks.max(axis=0)) / 2
        half = float((landmarks.max(axis=0) - landmarks.min(axis=0)).max()) / 2
        box = dlib.rectangle(
            *(round(float(value)) for value in (*(centre - half), *(centre + half)))
        )
        shape = self._points(image, box)
        return np.array(self._describer.compute_face_descriptor(image, shape))

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
