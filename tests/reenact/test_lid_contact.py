"""Eyes close where no reference shows how."""

import numpy as np

from capture.arkit import ARKIT_INDEX
from capture.landmark_rig import LandmarkRig
from capture.landmarks import LEFT_IRIS, LEFT_LID_LOWER, LEFT_LID_UPPER, NOSE_TIP
from reenact.lid_contact import LOWER, UPPER, close_lids, shows_closed


def shapes(*blinks: float) -> np.ndarray:
    coefficients = np.zeros((len(blinks), 52), np.float32)
    for side in ("Left", "Right"):
        coefficients[:, ARKIT_INDEX[f"eyeBlink{side}"]] = blinks
    return LandmarkRig.load().shape(coefficients)


def heights(face: np.ndarray, side: str) -> np.ndarray:
    return face[UPPER[side], 1] - face[LOWER[side], 1]


def test_nearly_closed_lids_meet_along_their_whole_length() -> None:
    neutral = LandmarkRig.load().neutral
    slit = shapes(0.6)
    slit[0, LEFT_LID_UPPER, 1] = slit[0, LEFT_LID_LOWER, 1] + 0.002
    (closed,) = close_lids(slit, neutral, neutral)
    assert np.abs(heights(closed, "Left")).max() < 1e-4
    np.testing.assert_array_equal(closed[[NOSE_TIP, *LEFT_IRIS]], slit[0, [NOSE_TIP, *LEFT_IRIS]])


def test_open_lids_are_left_alone_and_closing_has_no_jump() -> None:
    neutral = LandmarkRig.load().neutral
    blink = shapes(*np.linspace(0, 0.7, 200))
    closed = close_lids(blink, neutral, neutral)
    np.testing.assert_array_equal(closed[:40], blink[:40])
    gaps = np.array([heights(face, "Left")[3] for face in closed])
    assert (np.diff(gaps) < 1e-6).all()
    assert np.abs(np.diff(gaps)).max() < 3e-4


def test_lids_past_each_other_are_brought_back() -> None:
    neutral = LandmarkRig.load().neutral
    crossed = shapes(1.0)
    crossed[0, UPPER["Left"], 1] = crossed[0, LOWER["Left"], 1] - 0.008
    (closed,) = close_lids(crossed, neutral, neutral)
    assert np.abs(heights(closed, "Left")).max() < 1e-5


def test_a_reference_of_closed_eyes_is_known_as_such() -> None:
    assert not shows_closed(shapes(0.0, 0.1))
    assert shows_closed(shapes(0.0, 0.6))
