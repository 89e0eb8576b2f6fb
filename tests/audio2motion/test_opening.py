import numpy as np
import pytest

from audio2motion import opening
from audio2motion.features import mel_power
from audio2motion.opening import (
    DEFAULT_OPENING,
    Opening,
    estimate_warp,
    liveliest_part,
    subtract_noise,
)

RATE = 16_000


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(RATE), np.full(3, 0.5)])
def test_of_nothing_the_average_voice_is_assumed(samples):
    found = Opening.of(samples.astype(np.float32))
    np.testing.assert_allclose(found.cepstral_mean[1:], DEFAULT_OPENING.cepstral_mean[1:], atol=4)
    assert found.warp == 1


def test_digital_silence_around_speech_changes_nothing(spoken):
    padded = np.pad(spoken.samples, (3 * RATE, 3 * RATE))
    alone, around = Opening.of(spoken.samples), Opening.of(padded)
    np.testing.assert_allclose(around.cepstral_mean, alone.cepstral_mean, atol=1.5)
    assert around.level == pytest.approx(alone.level, abs=0.3)
    assert around.pitch == pytest.approx(alone.pitch, abs=0.1)


def test_the_liveliest_part_of_a_long_recording_is_measured():
    samples = np.zeros(90 * RATE, np.float32)
    samples[50 * RATE : 60 * RATE] = 0.1
    assert np.abs(liveliest_part(samples)).sum() == pytest.approx(0.1 * 10 * RATE, rel=1e-3)
    assert len(liveliest_part(samples)) == 20 * RATE


def test_a_voice_with_a_short_vocal_tract_is_warped_up(spoken):
    # Played 20 % slower, all resonances lie 17 % lower.
    at = np.arange(0, len(spoken.samples) - 1, 1 / 1.2)
    slower = np.interp(at, np.arange(len(spoken.samples)), spoken.samples).astype(np.float32)
    assert estimate_warp(slower) < estimate_warp(spoken.samples) - 0.05


def test_steady_noise_is_subtracted_and_speech_is_not(vowel):
    noise = np.random.default_rng(2).standard_normal(3 * RATE).astype(np.float32) * 0.003
    noise[RATE : 2 * RATE] += vowel
    power = mel_power(noise)
    known = Opening.of(noise)
    power = mel_power(noise, warp=known.warp)
    gain = np.log(subtract_noise(power, known.noise, known.loud) / power)
    assert gain[20:80].mean() < -1
    assert gain[120:180, 4:8].mean() > -0.1


def test_a_mean_over_the_past_repeats_the_first_frame():
    ramp = np.arange(5, dtype=np.float32)[:, None]
    np.testing.assert_allclose(opening.trailing_mean(ramp, 3)[:, 0], [0, 1 / 3, 1, 2, 3], atol=1e-6)
