import numpy as np
import pytest

from audio2motion.envelope import Envelope, Spread


def curve(switch, step, **shape):
    envelope = Envelope(**shape)
    pieces = [envelope.push(switch[i : i + step]) for i in range(0, len(switch), step)]
    return np.concatenate([*pieces, envelope.finish()])


def test_it_rises_before_holds_and_falls_after():
    switch = np.zeros(20, np.bool_)
    switch[8:10] = True
    found = curve(switch, 20, rise=3, hold=2, fall=3)
    assert len(found) == 20
    assert (found[8:12] == 1).all()
    assert found[4] == 0
    assert found[15] == 0
    assert (np.diff(found[4:9]) > 0).all()
    assert (np.diff(found[11:16]) < 0).all()


@pytest.mark.parametrize("step", [1, 2, 7])
def test_it_does_not_depend_on_how_the_switch_is_cut(step):
    switch = np.random.default_rng(0).random(200) > 0.9
    shape = {"rise": 4, "hold": 3, "fall": 5}
    np.testing.assert_array_equal(curve(switch, step, **shape), curve(switch, 200, **shape))


def test_it_lags_no_further_than_its_rise():
    envelope = Envelope(rise=4, hold=0, fall=2)
    assert len(envelope.push(np.zeros(4, np.bool_))) == 0
    assert len(envelope.push(np.zeros(1, np.bool_))) == 1


def test_without_a_rise_it_is_at_once_on():
    switch = np.array([False, True, False, False])
    np.testing.assert_allclose(curve(switch, 4, rise=0, hold=0, fall=1), [0, 1, 0.5, 0], atol=1e-6)


@pytest.mark.parametrize("step", [1, 3, 50])
def test_a_strength_is_widened_softly_however_it_is_cut(step):
    strength = np.zeros(50, np.float32)
    strength[20], strength[40] = 1, 0.6
    spread = Spread(3)
    pieces = [spread.push(strength[i : i + step]) for i in range(0, 50, step)]
    found = np.concatenate([*pieces, spread.finish()])
    np.testing.assert_allclose(found[15:21], [0, 0, 0.146, 0.5, 0.854, 1], atol=1e-3)
    np.testing.assert_allclose(found[21:26], found[19:14:-1])
    assert found[40] == pytest.approx(0.6)
    np.testing.assert_array_equal(Spread(0).push(strength), strength)
