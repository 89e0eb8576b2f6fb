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


@pytest.mark.parametrize("stretch", [1.0, 1.15, 1.3])
def test_a_mouth_of_any_width_becomes_narrow_when_it_puckers(bust, stretch):
    rest = bust.vertices * np.array([stretch, 1, 1], np.float32)
    puckered = rest + personal_actions(bust, rest)[PUCKER]
    assert 0.030 < width(bust, puckered) < 0.036


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
