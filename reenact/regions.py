"""Which landmarks follow what: parts of the face with soft borders, and their proportions."""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from capture.landmarks import (
    LEFT_BROW,
    LEFT_EYE,
    LEFT_IRIS,
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    LIPS,
    MOUTH_CORNER_LEFT,
    MOUTH_CORNER_RIGHT,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_IRIS,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
)

SMALLEST_RATIO, LARGEST_RATIO = 0.6, 1.6
"""Bounds of what an adaptive scale may be."""
REACH_M = {"lips": 0.030, "eyes": 0.020}
"""How far around a part its motion fades out."""
SCALE_REACH_M = 0.012
"""The same for the adaptive scale of lips and lids."""
EYES = np.concatenate([RIGHT_EYE, LEFT_EYE, RIGHT_IRIS, LEFT_IRIS])
_EYES_AND_BROWS = np.concatenate([EYES, RIGHT_BROW, LEFT_BROW])


class Region(StrEnum):
    """What follows the driving motion; the rest stays as in the source frame."""

    ALL = "all"
    EXPRESSION = "expression"
    POSE = "pose"
    LIPS = "lips"
    EYES = "eyes"


def region_share(neutral: NDArray[np.float32], region: Region) -> NDArray[np.float32]:
    """(478, 1) how much each landmark's shape follows the driving face.

    Args:
        neutral: (478, 3) metres, the face at rest; distances in it soften the borders.
        region: What follows.
    """
    if region in (Region.ALL, Region.EXPRESSION):
        return np.ones((len(neutral), 1), np.float32)
    if region is Region.POSE:
        return np.zeros((len(neutral), 1), np.float32)
    part = LIPS if region is Region.LIPS else _EYES_AND_BROWS
    return falloff(neutral, part, REACH_M[region.value])


def falloff(
    neutral: NDArray[np.float32], part: NDArray[np.int32], reach: float
) -> NDArray[np.float32]:
    """(478, 1) that is 1 on a part and falls smoothly to 0 at `reach` metres from it."""
    gaps = np.linalg.norm(neutral[:, None] - neutral[None, part], axis=2).min(axis=1)
    ramp = np.clip(1 - gaps / reach, 0, 1)
    return (ramp * ramp * (3 - 2 * ramp)).astype(np.float32)[:, None]


def adaptive_scale(
    source: NDArray[np.float32], driving: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(478, 1) factors that fit the driving face's motion to the source's proportions.

    Lips move in proportion to the width of the mouth. Lids move in proportion to how far they
    are apart at rest, so that eyes that close in the driving face close in the source.
    """
    scale = np.ones((len(source), 1), np.float32)
    for part, factor in (
        (LIPS, mouth_ratio(source, driving)),
        (RIGHT_EYE, _ratio(source, driving, RIGHT_LID_UPPER, RIGHT_LID_LOWER)),
        (LEFT_EYE, _ratio(source, driving, LEFT_LID_UPPER, LEFT_LID_LOWER)),
    ):
        scale += falloff(source, part, SCALE_REACH_M) * (factor - 1)
    return scale


def mouth_ratio(source: NDArray[np.float32], driving: NDArray[np.float32]) -> float:
    """Width of the source's mouth over the driving one's."""
    return _ratio(source, driving, MOUTH_CORNER_RIGHT, MOUTH_CORNER_LEFT)


def _ratio(
    source: NDArray[np.float32], driving: NDArray[np.float32], first: int, second: int
) -> float:
    """How far apart two landmarks are in the source, over the same in the driving face."""
    own = np.linalg.norm(source[first] - source[second])
    other = np.linalg.norm(driving[first] - driving[second])
    return float(np.clip(own / max(other, 1e-6), SMALLEST_RATIO, LARGEST_RATIO))
