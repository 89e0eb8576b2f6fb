import numpy as np
import pytest

from audio2motion.acoustic_model import load_acoustic_model
from audio2motion.features import frame_count, mel_power
from audio2motion.front_end import (
    COLUMNS,
    LEVEL,
    LOOK_AHEAD,
    MEL,
    PERIODICITY,
    PHONES,
    PITCH,
    FrontEnd,
    SoundFrames,
)
from audio2motion.opening import DEFAULT_OPENING, Opening
from audio2motion.visemes import VISEMES, viseme_probabilities

RATE = 16_000


def listen(samples, opening=DEFAULT_OPENING, step=None):
    front = FrontEnd(opening)
    step = step or len(samples)
    pieces = [front.push(samples[i : i + step]) for i in range(0, len(samples), step)]
    return SoundFrames.joined([*pieces, front.finish()])


@pytest.fixture(scope="module")
def speech(spoken):
    return spoken.samples[: 3 * RATE]


@pytest.fixture(scope="module")
def heard(speech):
    return listen(speech, Opening.of(speech))


@pytest.mark.parametrize("step", [160, 320, 997, 20_000])
def test_however_sound_is_cut_the_frames_have_the_same_bits(speech, heard, step):
    pieces = listen(speech, Opening.of(speech), step)
    for name in ("inputs", "power", "level", "pitch"):
        np.testing.assert_array_equal(getattr(pieces, name), getattr(heard, name))


@pytest.mark.parametrize("step", [320, 997])
def test_a_stream_that_learns_a_voice_gives_the_same_bits_however_it_is_cut(speech, step):
    long = np.tile(speech, 3)
    np.testing.assert_array_equal(listen(long, step=step).inputs, listen(long).inputs)


@pytest.mark.parametrize("samples", [1, 159, 160, 685, 686, 5000])
def test_a_recording_has_a_frame_for_every_hundredth_second(samples):
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, samples).astype(np.float32)
    found = listen(noise)
    assert found.inputs.shape == (frame_count(samples), COLUMNS)
    assert np.isfinite(found.inputs).all()


def test_a_frame_waits_for_43_milliseconds_of_sound_and_no_more(speech):
    front = FrontEnd(DEFAULT_OPENING)
    assert len(front.push(speech[: LOOK_AHEAD - 1])) == 0
    assert len(front.push(speech[LOOK_AHEAD - 1 : LOOK_AHEAD])) == 1
    assert pytest.approx(0.043, abs=0.001) == LOOK_AHEAD / RATE


def test_no_sound_has_no_frames():
    assert len(FrontEnd(DEFAULT_OPENING).finish()) == 0
    assert len(FrontEnd(DEFAULT_OPENING).push(np.zeros(0, np.float32))) == 0


def test_the_future_beyond_the_look_ahead_changes_nothing(speech):
    other = speech.copy()
    other[2 * RATE :] = 0
    before = (2 * RATE - LOOK_AHEAD) // 160
    np.testing.assert_array_equal(listen(other).inputs[:before], listen(speech).inputs[:before])


def test_phones_that_are_spoken_are_the_likeliest(heard):
    logs = heard.inputs[:, PHONES] * 4 - 4
    names = load_acoustic_model().phones
    visemes = viseme_probabilities(np.exp(logs), names)
    assert np.exp(logs).sum(axis=1) == pytest.approx(1, abs=0.02)
    assert VISEMES[visemes[137:141].sum(axis=0).argmax()] == "PP"  # "bamboo"
    assert (visemes[5:45].argmax(axis=1) == VISEMES.index("sil")).mean() > 0.4


def test_columns_stay_within_their_range(heard):
    assert heard.inputs[:, PHONES].min() >= -1
    assert heard.inputs[:, PHONES].max() <= 1
    assert np.abs(heard.inputs[:, MEL]).max() <= 2
    assert heard.inputs[:, LEVEL].min() == 0
    assert 1 <= heard.inputs[:, LEVEL].max() <= 1.3
    assert 0.8 < heard.inputs[:, PERIODICITY].max() <= 1
    assert np.abs(heard.inputs[:, PITCH]).max() <= 1.5


def test_pitch_is_heard_in_a_voice_and_not_in_noise(vowel):
    voiced = listen(vowel, Opening.of(vowel))
    assert np.median(voiced.pitch[20:80]) == pytest.approx(120, rel=0.02)
    assert voiced.inputs[50, PITCH] == pytest.approx(0, abs=0.1)
    noise = np.random.default_rng(0).normal(0, 0.1, RATE).astype(np.float32)
    assert np.isnan(listen(noise).pitch).mean() > 0.9


def test_how_loud_the_recording_is_hardly_matters(speech, heard):
    quiet = np.float32(0.1) * speech
    found = listen(quiet, Opening.of(quiet))
    loud = heard.level > 0.6
    off = np.abs(found.inputs - heard.inputs)[loud]
    assert off[:, PHONES].mean() < 0.1
    assert off[:, MEL].mean() < 0.1
    assert off[:, LEVEL].mean() < 0.1


def test_a_stream_learns_the_voice_within_seconds(speech, heard):
    live = listen(np.tile(speech, 4))
    first, last = live.inputs[:300], live.inputs[900:]
    off = [np.abs(part - heard.inputs[: len(part)])[:, PHONES].mean() for part in (first, last)]
    assert off[1] < 0.6 * off[0]


def test_loudness_counts_from_the_noise(speech):
    noise = np.random.default_rng(1).normal(0, 0.004, len(speech)).astype(np.float32)
    noisy = listen(speech + noise, Opening.of(speech + noise))
    clean = listen(speech, Opening.of(speech))
    pause = clean.level < 0.05
    assert noisy.level[pause].mean() < 0.15
    assert noisy.level[clean.level > 0.8].mean() > 0.6


def test_mel_powers_are_those_of_the_whole_recording(speech, heard):
    np.testing.assert_allclose(
        heard.power, mel_power(speech, warp=Opening.of(speech).warp), rtol=1e-3, atol=1e-3
    )
