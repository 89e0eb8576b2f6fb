"""What the generator is told about a driven face: contours drawn as pictures, and numbers."""

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.head_pose import HeadPoses
from capture.landmarks import (
    CHIN,
    EYE_INNER_LEFT,
    EYE_INNER_RIGHT,
    EYE_OUTER_LEFT,
    EYE_OUTER_RIGHT,
    FACE_OVAL,
    INNER_LIPS,
    LEFT_BROW,
    LEFT_EYE,
    LEFT_IRIS,
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    LOWER_LIP_INNER,
    MOUTH_CORNER_LEFT,
    MOUTH_CORNER_RIGHT,
    NOSE_TIP,
    OUTER_LIPS,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_IRIS,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
    UPPER_LIP_INNER,
)
from reenact.generator.view import SIDE

FRACTION_BITS = 4
"""Of contour coordinates: lines move by sixteenths of a pixel."""
_ROWS = len(LEFT_BROW) // 2
_CLOSED = (
    (0, OUTER_LIPS), (0, INNER_LIPS), (1, RIGHT_EYE), (1, LEFT_EYE), (1, RIGHT_IRIS[1:]),
    (1, LEFT_IRIS[1:]), (2, FACE_OVAL),
)  # fmt: skip
"""(channel, ring of landmarks)."""
_OPEN = (
    (1, RIGHT_BROW[:_ROWS]), (1, LEFT_BROW[:_ROWS]),
    (2, np.array([168, 6, 197, 195, 5, 4, 1], np.int32)),
    (2, np.array([98, 97, 2, 326, 327], np.int32)),
)  # fmt: skip
CONTOURS = 3
"""Channels: lips; eyes, irises and brows; oval and nose."""

_MILLIMETRES = 1000.0
_SYMMETRIC = (
    (UPPER_LIP_INNER, LOWER_LIP_INNER, 10.0),
    (MOUTH_CORNER_RIGHT, MOUTH_CORNER_LEFT, 10.0),
    (NOSE_TIP, CHIN, 10.0),
    (NOSE_TIP, 0, 5.0),
)
"""(landmark, landmark, mm that count 1): distances that a mirror leaves alone."""
_SIDED = (
    (RIGHT_LID_UPPER, RIGHT_LID_LOWER, LEFT_LID_UPPER, LEFT_LID_LOWER, 5.0),
    (RIGHT_BROW[2], EYE_OUTER_RIGHT, LEFT_BROW[2], EYE_OUTER_LEFT, 8.0),
    (RIGHT_BROW[4], EYE_INNER_RIGHT, LEFT_BROW[4], EYE_INNER_LEFT, 8.0),
    (MOUTH_CORNER_RIGHT, EYE_OUTER_RIGHT, MOUTH_CORNER_LEFT, EYE_OUTER_LEFT, 8.0),
    (MOUTH_CORNER_RIGHT, NOSE_TIP, MOUTH_CORNER_LEFT, NOSE_TIP, 8.0),
)
"""The same for pairs of right and left."""
POSE_NUMBERS = 9
CONDITION = POSE_NUMBERS + len(_SYMMETRIC) + 2 * len(_SIDED)
"""How many numbers there are."""
MIRROR_SIGN = np.array(
    [-1, 1, -1, 1, -1, -1, -1, 1, 1] + [1] * (CONDITION - POSE_NUMBERS), np.float32
)
"""(CONDITION,) what a mirrored face's numbers are multiplied by, after `MIRROR_ORDER`."""
_FIRST_PAIR = POSE_NUMBERS + len(_SYMMETRIC)
MIRROR_ORDER = np.array(
    [*range(_FIRST_PAIR)]
    + [_FIRST_PAIR + 2 * pair + 1 - side for pair in range(len(_SIDED)) for side in range(2)]
)
"""(CONDITION,) which number takes each place when a face is mirrored."""


def draw_contours(points: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(SIDE, SIDE, CONTOURS) smooth lines along the features of (478, 2) px of the square."""
    fixed = np.round(points * (1 << FRACTION_BITS)).astype(np.int32)
    layers = [np.zeros((SIDE, SIDE), np.uint8) for _ in range(CONTOURS)]
    for rings, closed in ((_CLOSED, True), (_OPEN, False)):
        for channel, ring in rings:
            cv2.polylines(layers[channel], [fixed[ring]], closed, 255, 1, cv2.LINE_AA,
                          FRACTION_BITS)  # fmt: skip
    return np.stack(layers, axis=-1)


class Condition:
    """A driven face in a few numbers, all relative to the person's source frame."""

    def __init__(self, pose: HeadPoses, shape: NDArray[np.float32]) -> None:
        """Remember the source frame.

        Args:
            pose: Its one pose, canonical space to px of the source frame.
            shape: (478, 3) metres, its face in canonical head space.
        """
        self._pose, self._rest = pose, _measures(shape)

    def describe(self, pose: HeadPoses, shape: NDArray[np.float32]) -> NDArray[np.float32]:
        """(CONDITION,) numbers of the order of 1.

        Args:
            pose: One driven pose, canonical space to px of the source frame.
            shape: (478, 3) metres, the driven face in canonical head space.
        """
        turn, rest = pose.rotation[0], self._pose.rotation[0]
        unit = float(self._pose.scale[0]) * 0.05  # px in 5 cm
        moved = (pose.offset[0, :2] - self._pose.offset[0, :2]) / unit
        grown = np.log(max(float(pose.scale[0] / self._pose.scale[0]), 1e-3)) * 5
        forward, forward_rest = turn[:, 2], rest[:, 2]
        tilt = np.arctan2(-turn[0, 1], turn[1, 1])
        tilt_rest = np.arctan2(-rest[0, 1], rest[1, 1])
        numbers = [
            2 * forward[0], 2 * forward[1], 2 * tilt, 2 * (forward[1] - forward_rest[1]),
            2 * (forward[0] - forward_rest[0]), 2 * (tilt - tilt_rest),
            moved[0], moved[1], grown,
        ]  # fmt: skip
        out = np.concatenate([numbers, _measures(shape) - self._rest])
        return np.clip(out, -4, 4).astype(np.float32)


def _measures(shape: NDArray[np.float32]) -> NDArray[np.float32]:
    values = [_apart(shape, a, b) / unit for a, b, unit in _SYMMETRIC]
    for a, b, c, d, unit in _SIDED:
        values += [_apart(shape, a, b) / unit, _apart(shape, c, d) / unit]
    return np.array(values, np.float32) * np.float32(_MILLIMETRES)


def _apart(shape: NDArray[np.float32], first: int, second: int) -> float:
    return float(np.linalg.norm(shape[first] - shape[second]))
