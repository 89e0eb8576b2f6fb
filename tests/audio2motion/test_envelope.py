import numpy as np
import pytest

from audio2motion.envelope import Peaks, Spread, smooth_step


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


@pytest.mark.parametrize("height", [0.15, 0.9])
def test_a_contact_is_as_short_as_its_peak_however_unsure(height):
    probability = height * np.exp(-0.5 * ((np.arange(60, dtype=np.float32) - 30) / 4) ** 2)
    peaks = Peaks(behind=6, ahead=2)
    found = np.concatenate([peaks.push(probability), peaks.finish()])
    assert len(found) == 60
    assert found[30] == pytest.approx(1)
    assert (found[27:34] > 0.5).sum() >= 3
    assert (found[:24] < 0.1).all()
    assert (found[37:] < 0.1).all()


def test_what_hardly_stands_out_is_no_contact():
    low = np.full(30, 0.02, np.float32)
    assert Peaks(behind=6, ahead=2).push(low).max() == 0


@pytest.mark.parametrize("step", [1, 4])
def test_peaks_do_not_depend_on_how_they_are_cut(step):
    probability = np.random.default_rng(0).random(90).astype(np.float32)
    peaks, whole = Peaks(behind=6, ahead=2), Peaks(behind=6, ahead=2)
    pieces = [peaks.push(probability[i : i + step]) for i in range(0, 90, step)]
    np.testing.assert_array_equal(np.concatenate(pieces), whole.push(probability))


def test_a_smooth_step_is_level_at_both_ends():
    values = np.array([-1, 0.2, 0.4, 0.6, 2], np.float32)
    np.testing.assert_allclose(smooth_step(values, 0.2, 0.6), [0, 0, 0.5, 1, 1], atol=1e-6)
