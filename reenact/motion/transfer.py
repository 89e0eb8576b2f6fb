"""Where the source's keypoints go when the driving face moves, and the moment to start from."""

import numpy as np
from numpy.typing import NDArray

from reenact.motion.interface import Keypoints, inverted

SMALLEST_RATIO, LARGEST_RATIO = 0.25, 4.0
"""Bounds of the adaptive scale."""


def relative(
    source: Keypoints, driving: Keypoints, reference: Keypoints, *, scale: float = 1.0
) -> Keypoints:
    """Move the source's keypoints as the driving ones moved since the reference frame.

    Args:
        source: Of the source picture.
        driving: Of the driving frame.
        reference: Of the driving video's reference frame.
        scale: Of the movement, such as `adaptive_scale`.
    """
    turned = driving.jacobians @ inverted(reference.jacobians)
    return Keypoints(
        points=source.points + np.float32(scale) * (driving.points - reference.points),
        jacobians=turned @ source.jacobians,
    )


def adaptive_scale(source: Keypoints, reference: Keypoints) -> float:
    """How much larger the source's face is: the ratio of what the keypoints enclose."""
    ratio = span(source.points) / max(span(reference.points), 1e-6)
    return float(np.clip(ratio, SMALLEST_RATIO, LARGEST_RATIO))


def span(points: NDArray[np.float32]) -> float:
    """Square root of the area that (n, 2) points enclose (their convex hull); 0 on a line."""
    import cv2

    hull = cv2.convexHull(np.ascontiguousarray(points, np.float32))
    return float(np.sqrt(cv2.contourArea(hull)))


def unlikeness(landmarks: NDArray[np.float32], source: NDArray[np.float32]) -> float:
    """How little a driving face looks like the source's, wherever and however large it is.

    The driving frame with the least is the best to start relative motion from (Siarohin et al.,
    supplementary material): summed squares between outlines that are centred and of unit area.

    Args:
        landmarks: (n, 2+) px.
        source: (n, 2+) px, the same landmarks of the source picture.
    """
    return float(((_normalised(landmarks) - _normalised(source)) ** 2).sum())


def _normalised(landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
    flat = landmarks[:, :2]
    return (flat - flat.mean(axis=0)) / max(span(flat), 1e-6)
