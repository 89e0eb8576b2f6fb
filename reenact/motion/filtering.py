"""Smooths keypoints that a network finds in every frame anew."""

import numpy as np

from reenact.motion.interface import Keypoints
from reenact.smoothing import OneEuroFilter

CUTOFF_HZ = 12.0
POINT_GAIN = 120.0
"""How much the cutoff of the points rises, Hz for a picture's side a second."""
JACOBIAN_GAIN = 60.0
"""How much the cutoff of the Jacobians rises, Hz for a unit a second."""


class KeypointFilter:
    """One-Euro filters of points and Jacobians.

    At 25 frames a second they lag by a third of a frame at rest, and less in motion.
    """

    def __init__(self, *, rate: float, side: int) -> None:
        """Set it up.

        Args:
            rate: Frames a second.
            side: Of the pictures in px.
        """
        self._points = OneEuroFilter(rate=rate, cutoff=CUTOFF_HZ, speed_gain=POINT_GAIN / side)
        self._jacobians = OneEuroFilter(rate=rate, cutoff=CUTOFF_HZ, speed_gain=JACOBIAN_GAIN)

    def __call__(self, keypoints: Keypoints) -> Keypoints:
        """Smooth the next frame's."""
        return Keypoints(
            points=self._points(keypoints.points).astype(np.float32),
            jacobians=self._jacobians(keypoints.jacobians).astype(np.float32),
        )
