"""A driven face in a few numbers."""

import numpy as np
from numpy.typing import NDArray

from capture.head_pose import HeadPoses
from capture.landmark_rig import LandmarkRig
from capture.landmarks import (
    CHIN,
    EYE_INNER_LEFT,
    EYE_INNER_RIGHT,
    EYE_OUTER_LEFT,
    EYE_OUTER_RIGHT,
    LEFT_BROW,
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    LOWER_LIP_INNER,
    MOUTH_CORNER_LEFT,
    MOUTH_CORNER_RIGHT,
    NOSE_TIP,
    RIGHT_BROW,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
    UPPER_LIP_INNER,
)

_UPPER_LIP = 0
_MIDDLE, _INNER = 2, 4
_DISTANCES = (
    (UPPER_LIP_INNER, LOWER_LIP_INNER, 10.0),
    (MOUTH_CORNER_RIGHT, MOUTH_CORNER_LEFT, 10.0),
    (NOSE_TIP, CHIN, 10.0),
    (NOSE_TIP, _UPPER_LIP, 5.0),
    (RIGHT_LID_UPPER, RIGHT_LID_LOWER, 5.0),
    (LEFT_LID_UPPER, LEFT_LID_LOWER, 5.0),
    (RIGHT_BROW[_MIDDLE], EYE_OUTER_RIGHT, 8.0),
    (LEFT_BROW[_MIDDLE], EYE_OUTER_LEFT, 8.0),
    (RIGHT_BROW[_INNER], EYE_INNER_RIGHT, 8.0),
    (LEFT_BROW[_INNER], EYE_INNER_LEFT, 8.0),
    (MOUTH_CORNER_RIGHT, EYE_OUTER_RIGHT, 8.0),
    (MOUTH_CORNER_LEFT, EYE_OUTER_LEFT, 8.0),
    (MOUTH_CORNER_RIGHT, NOSE_TIP, 8.0),
    (MOUTH_CORNER_LEFT, NOSE_TIP, 8.0),
)
"""(landmark, landmark, mm that count 1): how open, wide and high mouth, lids and brows are."""
POSE_NUMBERS = 6
COUNT = POSE_NUMBERS + len(_DISTANCES)
"""How many numbers there are."""
TURNS = (0, 1, 2, 5)
"""Of the pose numbers: where the head looks, its tilt, its size."""
STEERING = (0, 1, 3, 4)
"""Of the pose numbers: where the head looks, and where it is."""
LARGEST = 4.0
_MILLIMETRES = 1000.0
_UNIT_M = 0.05


class FaceNumbers:
    """Describes faces relative to one of them: by pose, place, size and expression."""

    def __init__(self, landmarks: NDArray[np.float32]) -> None:
        """Remember the face that all zeros stand for.

        Args:
            landmarks: (478, 3) px.
        """
        self._rig = LandmarkRig.load()
        pose = self._rig.align(landmarks[None])
        self._offset, self._scale = pose.offset[0, :2], float(pose.scale[0])
        self._rest = self._measure(pose, pose.to_canonical(landmarks[None])[0])

    def describe(self, landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
        """(COUNT,) numbers of the order of 1 for (478, 3) px of the same picture's axes."""
        pose = self._rig.align(landmarks[None])
        return self.of_pose(pose, pose.to_canonical(landmarks[None])[0])

    def of_pose(self, pose: HeadPoses, shape: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same for one pose and a face (478, 3) in canonical space, metres."""
        return np.clip(self._measure(pose, shape) - self._rest, -LARGEST, LARGEST)

    def _measure(self, pose: HeadPoses, shape: NDArray[np.float32]) -> NDArray[np.float32]:
        turn = pose.rotation[0]
        tilt = np.arctan2(-turn[0, 1], turn[1, 1])
        place = (pose.offset[0, :2] - self._offset) / (_UNIT_M * self._scale)
        growth = 5 * np.log(max(float(pose.scale[0]) / self._scale, 1e-3))
        facing = [2 * turn[0, 2], 2 * turn[1, 2], 2 * tilt]
        gaps = [np.linalg.norm(shape[a] - shape[b]) / unit for a, b, unit in _DISTANCES]
        return np.array([*facing, *place, growth, *(_MILLIMETRES * gap for gap in gaps)], "f4")
