import numpy as np
import pytest

from audio2motion.training import augmentation
from audio2motion.training.augmentation import CODECS, NOISES, Chances

RATE = 16000


@pytest.fixture(scope="module")
def speech():
    """A second of buzz between half seconds of nothing."""
    times = np.arange(RATE) / RATE
    buzz = sum(np.sin(2 * np.pi * 120 * h * times) / h for h in range(1, 20))
    return np.concatenate([np.zeros(RATE // 2), 0.2 * buzz, np.zeros(RATE // 2)]).astype(np.float32)


def onset_s(samples):
    loud = np.convolve(np.abs(samples), np.ones(80) / 80, mode="same")
    return np.flatnonzero(loud > 0.3 * loud.max())[0] / RATE


ALWAYS = Chances(filtered=1, reverberant=1, noisy=1, coded=1, clipped=1, whispered=0)


def test_the_same_seed_disturbs_in_the_same_way(speech):
    first, again, other = (
        augmentation.distorted(speech, np.random.default_rng(seed), [speech], ALWAYS)
        for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.01


@pytest.mark.parametrize("seed", range(8))
def test_disturbed_sound_is_as_long_finite_and_within_range(speech, seed):
    chances = Chances(filtered=1, reverberant=1, noisy=1, coded=1, clipped=1, whispered=0.5)
    found = augmentation.distorted(speech, np.random.default_rng(seed), [speech], chances)
    assert found.shape == speech.shape
    assert found.dtype == np.float32
    assert np.isfinite(found).all()
    assert np.abs(found).max() <= 1


@pytest.mark.parametrize("change", ["filtered", "reverberant", "whispered", *CODECS])
def test_no_change_moves_speech_in_time(speech, change):
    rng = np.random.default_rng(0)
    if change in CODECS:
        found = augmentation.coded(speech, change, rng)
    else:
        found = getattr(augmentation, change)(speech, rng)
    assert abs(onset_s(found) - onset_s(speech)) < 0.012


@pytest.mark.parametrize("ratio_db", [0.0, 10.0, 30.0])
def test_noise_is_as_loud_as_asked_for(speech, ratio_db):
    noise = augmentation.noise("white", len(speech), np.random.default_rng(0), [])
    added = augmentation.with_noise(speech, noise, ratio_db) - speech
    power = np.square(speech, dtype=np.float64)
    spoken = power[power > 1e-3 * power.max()].mean()
    measured = 10 * np.log10(spoken / np.square(added, dtype=np.float64).mean())
    assert abs(measured - ratio_db) < 0.2


@pytest.mark.parametrize("kind", NOISES)
def test_every_noise_sounds_for_as_long_as_asked_for(speech, kind):
    found = augmentation.noise(kind, 12345, np.random.default_rng(0), [speech])
    assert found.shape == (12345,)
    assert found.std() > 0


def test_faster_is_shorter_and_higher(speech):
    found = augmentation.faster(speech, 1.1)
    assert len(found) == pytest.approx(len(speech) / 1.1, abs=2)
    middle = found[len(found) // 2 - 2048 : len(found) // 2 + 2048]
    peak = np.argmax(np.abs(np.fft.rfft(middle * np.hanning(4096)))) * RATE / 4096
    assert peak == pytest.approx(132, abs=5)


def test_a_whisper_has_no_pitch(speech):
    def periodicity(samples):
        part = samples[RATE : RATE + 4000].astype(np.float64)
        lag = round(RATE / 120)
        return float(np.corrcoef(part[:-lag], part[lag:])[0, 1])

    found = augmentation.whispered(speech, np.random.default_rng(0))
    assert periodicity(speech) > 0.9
    assert abs(periodicity(found)) < 0.4


def test_nothing_stays_nothing():
    silence = np.zeros(RATE, np.float32)
    found = augmentation.distorted(silence, np.random.default_rng(0), [], ALWAYS)
    assert np.isfinite(found).all()
