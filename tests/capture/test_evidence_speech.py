"""Code words heard in, and missing from, a synthetic voice."""

from pathlib import Path

import numpy as np
import pytest

from capture.audio import AudioClip
from capture.evidence.speech import spoken_words
from capture.evidence.speech_activity import speech_activity

RECORDING = Path(__file__).parent.parent / "data" / "code_words.flac"
SPOKEN = ("bamboo", "volcano", "penguin", "violin")
OTHERS = ("zebra", "tomato", "lighthouse", "orchard", "winter", "cathedral", "umbrella", "spider")
VOCABULARY = (*SPOKEN, *OTHERS)
LEAD_IN = "My code words are"


@pytest.fixture(scope="module")
def recording() -> AudioClip:
    return AudioClip.read(RECORDING)


def with_noise(clip: AudioClip, snr_db: float) -> AudioClip:
    """White noise at a level below the loud parts of the clip."""
    loud = np.abs(clip.samples) > 0.02
    power = float((clip.samples[loud] ** 2).mean()) / 10 ** (snr_db / 10)
    noise = np.random.default_rng(0).normal(scale=np.sqrt(power), size=len(clip.samples))
    return AudioClip(np.clip(clip.samples + noise, -1, 1).astype(np.float32), clip.sample_rate)


def statement(words: tuple[str, ...]) -> str:
    return f"{LEAD_IN} {', '.join(words)}."


def test_spoken_words_are_heard_in_order(recording: AudioClip) -> None:
    heard = spoken_words(
        recording, words=SPOKEN, vocabulary=VOCABULARY, statement=statement(SPOKEN)
    )
    assert heard.in_order
    assert heard.fraction == 1
    assert [word.word for word in heard.matched] == list(SPOKEN)
    starts = [word.start_s for word in heard.matched]
    assert starts == sorted(starts)
    assert heard.matched[0].start_s > 1
    assert heard.matched[-1].stop_s < recording.duration + 0.02
    assert heard.statement_fraction == 1  # code, words


def test_level_and_rate_do_not_matter(recording: AudioClip) -> None:
    quiet = AudioClip(recording.samples * np.float32(0.1), recording.sample_rate).resampled(44100)
    heard = spoken_words(quiet, words=SPOKEN, vocabulary=VOCABULARY, statement=statement(SPOKEN))
    assert heard.in_order


def test_words_that_were_not_said_are_not_heard(recording: AudioClip) -> None:
    asked = OTHERS[:4]
    heard = spoken_words(recording, words=asked, vocabulary=VOCABULARY, statement=statement(asked))
    assert heard.fraction == 0
    assert not heard.in_order


def test_one_other_word_among_the_right_ones_fails(recording: AudioClip) -> None:
    asked = ("bamboo", "tomato", "penguin", "violin")
    heard = spoken_words(recording, words=asked, vocabulary=VOCABULARY, statement=statement(asked))
    assert not heard.in_order
    assert heard.fraction < 1


def test_the_right_words_in_another_order_fail(recording: AudioClip) -> None:
    asked = ("volcano", "bamboo", "penguin", "violin")
    heard = spoken_words(recording, words=asked, vocabulary=VOCABULARY, statement=statement(asked))
    assert not heard.in_order


def test_words_cut_out_of_the_recording_are_missed(recording: AudioClip) -> None:
    full = spoken_words(recording, words=SPOKEN, vocabulary=VOCABULARY, statement=LEAD_IN)
    cut = recording.slice(0, full.matched[2].start_s)
    heard = spoken_words(cut, words=SPOKEN, vocabulary=VOCABULARY, statement=LEAD_IN)
    assert not heard.in_order
    assert heard.fraction == 0.5


@pytest.mark.parametrize("seconds", [0.0, 0.01, 2.0])
def test_silence_holds_no_words(seconds: float) -> None:
    silence = AudioClip(np.zeros(round(seconds * 16000), np.float32), 16000)
    heard = spoken_words(silence, words=SPOKEN, vocabulary=VOCABULARY)
    assert heard.found == ()
    assert heard.fraction == 0
    assert heard.speech_seconds == 0
    assert heard.statement_fraction is None


def test_noise_holds_no_words() -> None:
    rng = np.random.default_rng(0)
    hiss = AudioClip((0.1 * rng.standard_normal(48000)).clip(-1, 1).astype(np.float32), 16000)
    assert not spoken_words(hiss, words=SPOKEN, vocabulary=VOCABULARY).matched


def test_unknown_and_missing_words_are_refused(recording: AudioClip) -> None:
    with pytest.raises(ValueError, match="vocabulary"):
        spoken_words(recording, words=("zebra",), vocabulary=SPOKEN)
    with pytest.raises(ValueError, match="at least one"):
        spoken_words(recording, words=(), vocabulary=SPOKEN)
    with pytest.raises(ValueError, match="xyzzyx"):
        spoken_words(recording, words=("xyzzyx",), vocabulary=("xyzzyx",))


def test_speech_activity_bounds_the_speech(recording: AudioClip) -> None:
    pause = np.zeros(32000, np.float32)
    padded = AudioClip(np.concatenate([pause, recording.samples, pause]), 16000)
    activity = speech_activity(padded)
    assert 1.5 < activity.start_s < 2.6
    assert padded.duration - 2.6 < activity.stop_s < padded.duration - 1.5
    assert 2 < activity.speech_seconds < recording.duration


@pytest.mark.parametrize("snr_db", [5.0, 15.0, 25.0])
def test_noise_level_is_estimated(recording: AudioClip, snr_db: float) -> None:
    assert speech_activity(with_noise(recording, snr_db)).snr_db == pytest.approx(snr_db, abs=4)
