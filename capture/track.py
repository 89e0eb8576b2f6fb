"""`FaceTrack`: what a tracker saw of one face over time."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from capture.arrays import check_arrays


class LandmarkScheme(Enum):
    """Which points the landmarks are; the value is their number."""

    IBUG_68 = 68
    MEDIAPIPE_478 = 478


@dataclass(frozen=True, slots=True, eq=False)
class FaceTrack:
    """One face over t frames with n landmarks and k = 52 ARKit blendshapes.

    Left and right are the subject's. Frames without a face hold bridged values (interpolated
    between the neighbours that have one) and `valid` False. Arrays become read-only.
    """

    timestamps: NDArray[np.float64]
    """(t,) seconds."""
    boxes: NDArray[np.float32]
    """(t, 4) x0, y0, x1, y1 in px."""
    landmarks: NDArray[np.float32]
    """(t, n, 3) px: x right, y down, z towards the scene on x's scale (nearer is negative)."""
    blendshapes: NDArray[np.float32]
    """(t, 52) in [0, 1], order `capture.arkit.ARKIT_52`; zeros if the tracker has none."""
    scores: NDArray[np.float32]
    """(t,) in [0, 1]."""
    valid: NDArray[np.bool_]
    """(t,) False where no face was found."""
    scheme: LandmarkScheme
    width: int
    """Frame width in px."""
    height: int
    """Frame height in px."""

    def __post_init__(self) -> None:
        frames = len(self.timestamps)
        check_arrays(
            self,
            {
                "timestamps": ((frames,), np.float64),
                "boxes": ((frames, 4), np.float32),
                "landmarks": ((frames, self.scheme.value, 3), np.float32),
                "blendshapes": ((frames, 52), np.float32),
                "scores": ((frames,), np.float32),
                "valid": ((frames,), np.bool_),
            },
        )

    def __len__(self) -> int:
        return len(self.timestamps)
