import numpy as np
import pytest

pytest.importorskip("hibari")

from synthetic.speech import speak


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
