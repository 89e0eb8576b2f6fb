"""Methods to compare with that need no engine."""

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.landmarks import FACE_OVAL

FEATHER = 0.04
"""Of the face's width: standard deviation of the pasted face's soft edge."""


class StillFrame:
    """Shows the source frame, whatever happens."""

    def __init__(self, frame: NDArray[np.uint8]) -> None:
        self._frame = frame

    def render(self, landmarks: NDArray[np.float32]) -> NDArray[np.uint8]:
        """The source frame."""
        return self._frame


class SimilarityFace:
    """Moves the source frame's face as a whole: shift, turn and scale, pasted softly."""

    def __init__(self, frame: NDArray[np.uint8], landmarks: NDArray[np.float32]) -> None:
        """Cut the face out.

        Args:
            frame: (h, w, 3) RGB source frame.
            landmarks: (478, 2) px of its face.
        """
        self._frame, self._landmarks = frame, landmarks
        oval = landmarks[FACE_OVAL]
        sigma = FEATHER * float(np.ptp(oval[:, 0]))
        mask = np.zeros(frame.shape[:2], np.uint8)
        cv2.fillConvexPoly(mask, cv2.convexHull(np.round(oval).astype(np.int32)), 1)
        inner = cv2.erode(mask, np.ones((2 * round(sigma) + 1,) * 2, np.uint8))
        self._alpha = cv2.GaussianBlur(inner.astype(np.float32), (0, 0), max(sigma, 0.5))

    def render(self, landmarks: NDArray[np.float32]) -> NDArray[np.uint8]:
        """The source frame with its face moved onto (478, 2) driving landmarks."""
        motion = similarity(self._landmarks, landmarks)
        size = self._frame.shape[1::-1]
        moved = cv2.warpAffine(
            self._frame, motion, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        alpha = cv2.warpAffine(self._alpha, motion, size)
        return cv2.blendLinear(moved, self._frame, alpha, 1 - alpha)


def similarity(source: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float64]:
    """The (2, 3) similarity that brings (n, 2) points nearest to others, in least squares.

    Umeyama, "Least-squares estimation of transformation parameters between two point patterns",
    IEEE TPAMI 13(4), 1991; in the plane it is one complex number.
    """
    first = (source - source.mean(axis=0)).astype(np.float64) @ (1, 1j)
    second = (target - target.mean(axis=0)).astype(np.float64) @ (1, 1j)
    factor = (first.conj() @ second) / (first.conj() @ first)
    linear = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    shift = target.mean(axis=0) - linear @ source.mean(axis=0)
    return np.concatenate([linear, shift[:, None]], axis=1)
