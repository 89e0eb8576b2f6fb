import numpy as np
import pytest

from synthetic import anatomy
from synthetic.bust import load_bust
from synthetic.mouth_width import NARROWEST, WIDEST, with_real_mouth


@pytest.fixture(scope="module")
def bust():
    return load_bust()


def relative_width(bust, identity):
    lips = anatomy.shared(bust, "skin", "mouth")
    return np.ptp(bust.shape(identity)[lips, 0]) / np.ptp(bust.vertices[lips, 0])


@pytest.mark.parametrize(
    "identity",
    [
        {"mouth-scale-horiz-incr": 1.0, "head-fat-incr": 1.0},
        {"mouth-scale-horiz-decr": 1.0, "head-scale-horiz-decr": 0.5},
    ],
)
def test_a_mouth_beyond_real_ones_is_brought_back_to_their_border(bust, identity):
    assert not NARROWEST <= relative_width(bust, identity) <= WIDEST
    fitted = with_real_mouth(bust, identity)
    assert NARROWEST - 0.01 < relative_width(bust, fitted) < WIDEST + 0.01
    assert fitted.keys() >= {name for name in identity if not name.startswith("mouth")}


def test_an_ordinary_mouth_is_left_alone(bust):
    identity = {"mouth-scale-horiz-incr": 0.2, "nose-hump-incr": 0.5}
    assert with_real_mouth(bust, identity) == identity
