import numpy as np
import pytest

from benchmarks.openings import blink_frames, follow, lid_gap
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

OPEN, SHUT = 0.3, 0.06
FRAMES = list(range(60))


def faces(lids, lips):
    """(t, 478, 2) landmarks with these gaps between lids (of both eyes) and lips."""
    points = np.zeros((len(lids), 478, 2), np.float32)
    pairs = (
        (RIGHT_LID_UPPER, RIGHT_LID_LOWER, EYE_OUTER_RIGHT, EYE_INNER_RIGHT, lids),
        (LEFT_LID_UPPER, LEFT_LID_LOWER, EYE_OUTER_LEFT, EYE_INNER_LEFT, lids),
        (UPPER_LIP_INNER, LOWER_LIP_INNER, MOUTH_CORNER_RIGHT, MOUTH_CORNER_LEFT, lips),
    )
    for upper, lower, first, second, gaps in pairs:
        points[:, lower, 1] = points[:, upper, 1] + 20 * np.asarray(gaps)
        points[:, second, 0] = points[:, first, 0] + 20
    return points


def blinking(at=30, lowest=SHUT):
    lids = np.full(60, OPEN)
    lids[at - 2 : at + 3] = [0.2, 0.12, lowest, 0.12, 0.2]
    return lids


LIPS = 0.2 + 0.2 * np.sin(np.arange(60) / 5)


def test_the_gap_does_not_depend_on_the_size_of_the_picture():
    points = faces(blinking(), LIPS)
    assert lid_gap(points) == pytest.approx(lid_gap(points * 3))
    assert lid_gap(points)[30] == pytest.approx(SHUT, abs=1e-6)


def test_eyes_that_follow_are_told_from_eyes_that_stay_half_open():
    truth = faces(blinking(), LIPS)
    same = follow(truth, truth, FRAMES)
    assert same["eye_corr"] == same["eye_close"] == same["lip_corr"] == pytest.approx(1)
    assert same["lip_excess"] == 0
    half = follow(truth, faces(blinking(lowest=0.18).clip(0.18), LIPS), FRAMES)
    assert half["eye_close"] == pytest.approx(0.5)
    late = follow(truth, faces(blinking(at=40), LIPS), FRAMES)
    assert late["eye_corr"] < 0.1
    assert late["eye_close"] == pytest.approx(0, abs=1e-6)


def test_a_truth_that_never_blinks_says_nothing_about_lids():
    figures = follow(faces(np.full(60, OPEN), LIPS), faces(blinking(), LIPS), FRAMES)
    assert np.isnan(figures["eye_corr"])
    assert np.isnan(figures["eye_close"])


def test_lips_that_stay_apart_show():
    lids = blinking()
    figures = follow(faces(lids, LIPS), faces(lids, np.maximum(LIPS, 0.1)), FRAMES)
    assert figures["lip_excess"] == pytest.approx(0.09, abs=0.02)


def test_lips_that_open_half_as_far_show():
    lids = blinking()
    figures = follow(faces(lids, LIPS), faces(lids, LIPS / 2), FRAMES)
    assert figures["lip_gain"] == pytest.approx(0.5)
    assert figures["lip_corr"] == pytest.approx(1)


def test_frames_without_a_face_are_passed_over():
    truth = faces(blinking(), LIPS)
    output = truth.copy()
    output[10:12] = np.nan
    assert follow(truth, output, FRAMES)["eye_corr"] == pytest.approx(1)
    truth[:] = np.nan
    assert np.isnan(follow(truth, output, FRAMES)["lip_corr"])


def test_the_frames_around_the_firmest_blinks_are_found():
    lids = np.full(300, OPEN)
    for at in (20, 100, 250):
        lids[at] = SHUT
    lids[200] = 0.25  # a squint
    assert {20, 100, 250, 14, 106} <= blink_frames(lids, 25.0)
    assert 200 not in blink_frames(lids, 25.0)
    assert not blink_frames(np.full(50, OPEN), 25.0)
    assert not blink_frames(np.full(50, np.nan), 25.0)
