import numpy as np
import pytest

from capture.arkit import ARKIT_INDEX
from synthetic import anatomy
from synthetic.bust import load_bust
from synthetic.rig import _openings, personal_actions

PUCKER = ARKIT_INDEX["mouthPucker"]


@pytest.fixture(scope="module")
def bust():
    return load_bust()


def width(bust, vertices):
    return np.ptp(vertices[anatomy.shared(bust, "skin", "mouth"), 0])


@pytest.mark.parametrize("stretch", [0.85, 1.0, 1.15])
def test_a_mouth_of_any_width_is_as_narrow_when_half_puckered(bust, stretch):
    rest = bust.vertices * np.array([stretch, 1, 1], np.float32)
    half = width(bust, rest + 0.5 * personal_actions(bust, rest)[PUCKER])
    assert 0.034 < half < 0.0405


def test_a_narrow_mouth_does_not_vanish_and_a_wide_one_does_pucker(bust):
    for stretch in (0.8, 1.3):
        rest = bust.vertices * np.array([stretch, 1, 1], np.float32)
        share = width(bust, rest + personal_actions(bust, rest)[PUCKER]) / width(bust, rest)
        assert 0.5 < share < 0.82


@pytest.mark.parametrize("height", [1.0, 1.3])
def test_the_lids_of_eyes_of_any_height_meet(bust, height):
    rest = bust.vertices.copy()
    for line in anatomy.lid_lines(bust, bust.vertices):
        middle = rest[line, 1].mean()
        rest[line, 1] = middle + height * (rest[line, 1] - middle)
    own = personal_actions(bust, rest)
    for side, line in zip(("Left", "Right"), anatomy.lid_lines(bust, rest), strict=True):
        closed = (rest + own[ARKIT_INDEX[f"eyeBlink{side}"]])[line]
        assert np.median(_openings(rest[line], closed)) < 0.0008


def test_the_other_actions_stay_as_they_are(bust):
    rest = bust.vertices * np.array([1.2, 1, 1], np.float32)
    own = personal_actions(bust, rest)
    scaled = [PUCKER, ARKIT_INDEX["eyeBlinkLeft"], ARKIT_INDEX["eyeBlinkRight"]]
    others = np.setdiff1d(np.arange(len(own)), scaled)
    assert np.array_equal(own[others], bust.actions[others])
    assert not np.array_equal(own[PUCKER], bust.actions[PUCKER])
