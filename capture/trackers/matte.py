"""How much of each pixel is the person: MediaPipe's selfie segmenter."""

from types import TracebackType
from typing import Self

import cv2
import mediapipe
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from numpy.typing import NDArray

import weights


class PersonMatte:
    """Separates a person from the background, one frame at a time. A context manager."""

    def __init__(self) -> None:
        """Open the model.

        Raises:
            weights.WeightsError: The model file is missing or altered.
        """
        options = vision.ImageSegmenterOptions(
            base_options=BaseOptions(model_asset_buffer=weights.read_bytes("selfie-segmenter")),
            running_mode=vision.RunningMode.IMAGE,
            output_confidence_masks=True,
        )
        self._segmenter = vision.ImageSegmenter.create_from_options(options)

    def matte(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The matte of an (h, w, 3) RGB image, (h, w) with 255 for the person.

        The model sees 256 px; the edge is moved onto the picture's own edges by a guided filter
        (He et al., "Guided Image Filtering", ECCV 2010).
        """
        wrapped = mediapipe.Image(
            image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(image)
        )
        confidence = self._segmenter.segment(wrapped).confidence_masks[-1].numpy_view()
        coarse = np.ascontiguousarray(confidence, np.float32).reshape(image.shape[:2])
        radius = max(2, len(image) // 64)
        guide = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32) / np.float32(255)
        fine = _guided_filter(guide, coarse, radius=radius, regularisation=1e-4)
        # a confidence of 0.1 to 0.9 is an edge; outside it the answer is plain
        return np.asarray(np.clip((fine - 0.1) / 0.8, 0, 1) * 255, np.uint8)

    def close(self) -> None:
        """Stop the native threads; further calls fail."""
        self._segmenter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _guided_filter(
    guide: NDArray[np.float32], image: NDArray[np.float32], *, radius: int, regularisation: float
) -> NDArray[np.float32]:
    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return cv2.boxFilter(values, -1, (2 * radius + 1, 2 * radius + 1)).astype(np.float32)

    guide_mean, image_mean = mean(guide), mean(image)
    slope = mean(guide * image) - guide_mean * image_mean
    slope = slope / (mean(guide * guide) - guide_mean**2 + regularisation)
    return mean(slope) * guide + mean(image_mean - slope * guide_mean)
