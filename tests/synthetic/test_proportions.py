import numpy as np
import pytest

from synthetic.bust import load_bust
from synthetic.identity import sliders
from synthetic.proportions import RANGES, Range, distances, with_real_proportions


@pytest.fixture(scope="module")
def bust():
    return load_bust()


def test_distances_well_inside_a_range_stay_and_none_leaves_it():
    limits = Range(usual=40.0, reach=10.0)
    assert limits.softened(44.0) == 44.0
    assert 46.0 < limits.softened(47.0) < 47.0
    assert 49.9 < limits.softened(90.0) <= 50.0
    assert limits.softened(20.0) == pytest.approx(80.0 - limits.softened(60.0))


def test_a_nose_that_nobody_has_is_brought_back(bust):
    identity = {"nose-scale-vert-incr": 1.1, "nose-trans-down": 1.1, "nose-base-down": 1.3}
    place = list(RANGES).index("eyes to nose")
    limits = RANGES["eyes to nose"]
    assert distances(bust, bust.shape(identity))[place] > limits.usual + limits.reach
    fitted = with_real_proportions(bust, identity, sliders())
    moved = distances(bust, bust.shape(fitted))
    for value, allowed in zip(moved, RANGES.values(), strict=True):
        assert abs(value - allowed.usual) < allowed.reach + 1.0


def test_an_ordinary_face_is_hardly_changed(bust):
    identity = {"nose-scale-horiz-incr": 0.2, "chin-width-decr": 0.3}
    moved = bust.shape(with_real_proportions(bust, identity, sliders())) - bust.shape(identity)
    assert np.linalg.norm(moved, axis=1).max() < 0.002


def test_amounts_on_both_sides_of_a_face_keep_their_difference(bust):
    identity = {"l-eye-trans-out": 1.9, "r-eye-trans-out": 1.7}
    fitted = with_real_proportions(bust, identity, sliders())
    left, right = (
        fitted.get(f"{side}-eye-trans-out", 0.0) - fitted.get(f"{side}-eye-trans-in", 0.0)
        for side in "lr"
    )
    assert left - right == pytest.approx(0.2, abs=0.002)
    assert left < 1.5
