import numpy as np
import pytest

from capture.arkit import ARKIT_INDEX
from synthetic import anatomy
from synthetic.bust import load_bust
from synthetic.rig import personal_actions

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


def test_the_other_actions_stay_as_they_are(bust):
    rest = bust.vertices * np.array([1.2, 1, 1], np.float32)
    own = personal_actions(bust, rest)
    others = np.arange(len(own)) != PUCKER
    assert np.array_equal(own[others], bust.actions[others])
    assert not np.array_equal(own[PUCKER], bust.actions[PUCKER])
