import numpy as np
import pytest

from audio2motion.envelope import Spread


def curve(strength, step, **shape):
    spread = Spread(**shape)
    pieces = [spread.push(strength[i : i + step]) for i in range(0, len(strength), step)]
    return np.concatenate([*pieces, spread.finish()])


def test_a_strength_rises_before_holds_and_falls_after():
    strength = np.zeros(20, np.float32)
    strength[8:10] = 1
    found = curve(strength, 20, rise=3, hold=2, fall=3)
    assert len(found) == 20
    assert (found[8:12] == 1).all()
    assert found[4] == 0
    assert found[15] == 0
    assert (np.diff(found[4:9]) > 0).all()
    assert (np.diff(found[11:16]) < 0).all()


def test_the_strongest_neighbour_counts():
    strength = np.zeros(20, np.float32)
    strength[5], strength[12] = 1, 0.6
    found = curve(strength, 20, rise=3, hold=0, fall=3)
    np.testing.assert_allclose(found[2:6], [0.146, 0.5, 0.854, 1], atol=1e-3)
    np.testing.assert_allclose(found[10:13], 0.6 * np.array([0.5, 0.854, 1]), atol=1e-3)


@pytest.mark.parametrize("step", [1, 2, 7])
def test_it_does_not_depend_on_how_the_strength_is_cut(step):
    strength = np.random.default_rng(0).random(200).astype(np.float32)
    shape = {"rise": 4, "hold": 3, "fall": 5}
    np.testing.assert_array_equal(curve(strength, step, **shape), curve(strength, 200, **shape))


def test_it_lags_no_further_than_its_rise():
    spread = Spread(rise=4, hold=0, fall=2)
    assert len(spread.push(np.zeros(4, np.float32))) == 0
    assert len(spread.push(np.zeros(1, np.float32))) == 1


def test_without_rise_hold_and_fall_it_is_the_strength():
    strength = np.random.default_rng(0).random(9).astype(np.float32)
    np.testing.assert_array_equal(curve(strength, 4, rise=0, hold=0, fall=0), strength)
