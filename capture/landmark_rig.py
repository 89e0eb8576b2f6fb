"""The generic rig in landmark space: where each tracked point goes under each coefficient."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

import weights
from capture.arkit import ARKIT_52
from capture.arrays import check_arrays
from capture.canonical import read_canonical_face
from capture.head_pose import HeadPoses, align_heads
from capture.landmarks import LANDMARK_COUNT


@dataclass(frozen=True, slots=True, eq=False)
class LandmarkRig:
    """A linear rig of the 478 landmarks in canonical head space (metres, glTF axes)."""

    neutral: NDArray[np.float32]
    """(478, 3) the average face at rest."""
    deltas: NDArray[np.float32]
    """(52, 478, 3) displacement for a coefficient of 1."""
    rigid_index: NDArray[np.int32]
    """(m,) the points that move least with expression."""
    rigid_weight: NDArray[np.float32]
    """(m,) their weights when a head is aligned."""

    def __post_init__(self) -> None:
        points = len(self.rigid_index)
        check_arrays(
            self,
            {
                "neutral": ((LANDMARK_COUNT, 3), np.float32),
                "deltas": ((len(ARKIT_52), LANDMARK_COUNT, 3), np.float32),
                "rigid_index": ((points,), np.int32),
                "rigid_weight": ((points,), np.float32),
            },
        )

    @staticmethod
    @cache
    def load() -> "LandmarkRig":
        """The rig that ships with the package.

        Raises:
            weights.WeightsError: A file is missing or altered.
        """
        arrays = weights.open_arrays("landmark-rig")
        face = read_canonical_face(weights.read_bytes("face-landmarker"))
        return LandmarkRig(
            neutral=arrays["neutral"].astype(np.float32),
            deltas=arrays["deltas"].astype(np.float32),
            rigid_index=face.rigid_index,
            rigid_weight=face.rigid_weight,
        )

    def shape(self, blendshapes: NDArray[np.float32]) -> NDArray[np.float32]:
        """(t, 52) coefficients to (t, 478, 3) landmarks in canonical head space."""
        moved = np.tensordot(blendshapes, self.deltas, axes=(1, 0))
        return (self.neutral + moved).astype(np.float32)

    def align(self, landmarks: NDArray[np.float32]) -> HeadPoses:
        """Head poses of (t, 478, 3) landmarks in px."""
        return align_heads(landmarks, self.neutral, self.rigid_index, self.rigid_weight)
