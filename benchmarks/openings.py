"""How far eyes and lips are open, and whether they close when the true ones do."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from capture.landmarks import (
    EYE_INNER_LEFT,
    EYE_INNER_RIGHT,
    EYE_OUTER_LEFT,
    EYE_OUTER_RIGHT,
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    LOWER_LIP_INNER,
    MOUTH_CORNER_LEFT,
    MOUTH_CORNER_RIGHT,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
    UPPER_LIP_INNER,
)

SHUT_SHARE = 0.55
"""Of the usual gap between the lids: a face whose lids never come nearer does not blink."""
USUAL_PERCENTILE = 75
BLINKS = 4
"""The firmest ones of a clip are looked at frame by frame."""
AROUND_BLINK_S = 0.24
"""Before and after it."""
SLACK_FRAMES = 2
"""The lids may shut this much sooner or later than the true ones."""

Points = NDArray[np.float32]
Values = NDArray[np.float64]


def lid_gap(points: Points) -> Values:
    """(...,) gap between the lids over the eye's width, mean of both eyes, of (..., 478, 2)."""
    right = _ratio(points, RIGHT_LID_UPPER, RIGHT_LID_LOWER, EYE_OUTER_RIGHT, EYE_INNER_RIGHT)
    left = _ratio(points, LEFT_LID_UPPER, LEFT_LID_LOWER, EYE_OUTER_LEFT, EYE_INNER_LEFT)
    return (right + left) / 2


def lip_gap(points: Points) -> Values:
    """(...,) gap between the lips over the mouth's width, of (..., 478, 2) landmarks."""
    return _ratio(points, UPPER_LIP_INNER, LOWER_LIP_INNER, MOUTH_CORNER_RIGHT, MOUTH_CORNER_LEFT)


def _ratio(points: Points, upper: int, lower: int, first: int, second: int) -> Values:
    gap = np.linalg.norm(points[..., upper, :] - points[..., lower, :], axis=-1)
    width = np.linalg.norm(points[..., first, :] - points[..., second, :], axis=-1)
    return np.asarray(gap / np.maximum(width, 1e-6), np.float64)


def blink_frames(gaps: Values, fps: float) -> frozenset[int]:
    """The frames around the firmest blinks.

    Args:
        gaps: (t,) lid gaps of the true frames, NaN where there is no face.
        fps: Frames a second.
    """
    known = np.isfinite(gaps)
    if not known.any():
        return frozenset()
    around = max(round(AROUND_BLINK_S * fps), 1)
    left = np.where(known, gaps, np.inf)
    shut = SHUT_SHARE * np.percentile(gaps[known], USUAL_PERCENTILE)
    found: set[int] = set()
    for _ in range(BLINKS):
        frame = int(left.argmin())
        if left[frame] > shut:
            break
        near = range(max(frame - around, 0), min(frame + around + 1, len(gaps)))
        found.update(near)
        left[near.start : near.stop] = np.inf
    return frozenset(found)


def follow(truth: Points, output: Points, frames: Sequence[int]) -> dict[str, float]:
    """How the openings of a face follow those of the true one.

    Args:
        truth: (t, 478, 2) landmarks, NaN where no face was found.
        output: (t, 478, 2) landmarks of the same frames.
        frames: (t,) their numbers; neighbours need not follow each other.

    Returns:
        `eye_corr`: correlation of the lid gaps. `eye_close`: how far the lids go down at the true
        eyes' firmest closure, 1 as far as those; both NaN if the true eyes never close. `lip_corr`:
        correlation of the lip gaps; `lip_gain`: slope of the gap over the true one. `lip_excess`:
        mean gap between the lips, in mouth widths, that the true lips have not where they are
        closed.
    """
    true_lids, lids = lid_gap(truth), lid_gap(output)
    true_lips, lips = lip_gap(truth), lip_gap(output)
    figures = {
        "eye_corr": float("nan"),
        "eye_close": float("nan"),
        "lip_corr": _correlation(true_lips, lips),
        "lip_gain": _slope(true_lips, lips),
        "lip_excess": _excess(true_lips, lips),
    }
    known = np.isfinite(true_lids)
    if not known.any():
        return figures
    usual = float(np.percentile(true_lids[known], USUAL_PERCENTILE))
    firmest = int(np.where(known, true_lids, np.inf).argmin())
    if true_lids[firmest] <= SHUT_SHARE * usual:
        near = np.abs(np.asarray(frames) - frames[firmest]) <= SLACK_FRAMES
        there = lids[near & np.isfinite(lids)]
        lowest = float(there.min()) if there.size else float("nan")
        figures["eye_corr"] = _correlation(true_lids, lids)
        figures["eye_close"] = (usual - lowest) / (usual - float(true_lids[firmest]))
    return figures


def _correlation(first: Values, second: Values) -> float:
    known = np.isfinite(first) & np.isfinite(second)
    one, two = first[known], second[known]
    if len(one) < 3 or one.std() < 1e-9 or two.std() < 1e-9:
        return float("nan")
    return float(np.corrcoef(one, two)[0, 1])


def _slope(truth: Values, output: Values) -> float:
    known = np.isfinite(truth) & np.isfinite(output)
    one, two = truth[known], output[known]
    if len(one) < 3 or one.std() < 1e-9:
        return float("nan")
    return float(np.polyfit(one, two, 1)[0])


def _excess(truth: Values, output: Values) -> float:
    """Over the frames in the lowest tenth of the true range."""
    known = np.isfinite(truth) & np.isfinite(output)
    if not known.any():
        return float("nan")
    one, two = truth[known], output[known]
    closed = one <= one.min() + 0.1 * np.ptp(one)
    return float((two - one)[closed].mean())
