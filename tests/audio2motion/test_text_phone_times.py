import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from audio2motion.text.phone_times import edge_between, kind_of, settle
from capture.audio import AudioClip

RATE = 24000
CHANGES = np.array([0.2, 0.5, 0.7, 0.95])


@pytest.fixture(scope="module")
def sound():
    """Silence, a voice, a hiss, a voice, silence; and a breath of nothing at the end."""
    rng = np.random.default_rng(0)
    times = np.arange(int(1.2 * RATE)) / RATE
    voice = sum(np.sin(2 * np.pi * 120 * k * times) / k for k in range(1, 25))
    sections = butter(4, 4500, "highpass", fs=RATE, output="sos")
    hiss = sosfilt(sections, rng.normal(0, 0.25, len(times)))
    part = np.searchsorted(CHANGES, times, side="right")
    samples = np.choose(part, [0 * times, voice, hiss, voice, 0 * times])
    samples = samples + rng.normal(0, 1e-4, len(times))
    return AudioClip((0.2 * samples).astype(np.float32), RATE)


def bounds_of(changes):
    return np.array([0.0, *changes, 1.2])


def test_changes_that_show_in_the_sound_are_found_to_8_ms(sound):
    late = bounds_of(CHANGES + np.array([0.02, -0.02, 0.025, 0.02]))
    there, bounds = settle(["", "a", "s", "i", ""], late, sound)
    assert there.tolist() == [0, 1, 2, 3, 4]
    assert np.abs(bounds[1:-1] - CHANGES).max() < 0.008


def test_a_pause_given_to_the_phone_before_it_is_taken_back(sound):
    labelled = bounds_of([0.2, 0.5, 0.7, 1.1])
    _, bounds = settle(["", "a", "s", "i", ""], labelled, sound)
    assert abs(bounds[4] - CHANGES[3]) < 0.01


def test_a_pause_in_which_something_is_heard_is_left_out(sound):
    labelled = np.array([0.0, 0.2, 0.33, 0.37, 0.5, 0.7, 0.95, 1.2])
    there, bounds = settle(["", "a", "", "e", "s", "i", ""], labelled, sound)
    assert there.tolist() == [0, 1, 3, 4, 5, 6]
    assert abs(bounds[2] - 0.35) < 0.02


def test_bounds_stay_in_order_when_labels_are_absurd(sound):
    labelled = bounds_of([0.2, 0.5, 0.51, 0.52, 0.53, 0.95])
    _, bounds = settle(["", "a", "s", "p", "t", "i", ""], labelled, sound)
    assert (np.diff(bounds) > 0).all()


def nasal(times):
    """A hum: a voice whose upper formants are shut in."""
    return sum(np.sin(2 * np.pi * 120 * k * times) / k for k in range(1, 4))


@pytest.mark.parametrize(("first", "second"), [("m", "a"), ("a", "m")])
def test_a_change_between_nose_and_mouth_is_found(first, second):
    times = np.arange(RATE) / RATE
    vowel = sum(np.sin(2 * np.pi * 120 * k * times) / k**0.5 for k in range(1, 25))
    sounds = {"m": nasal(times), "a": vowel}
    samples = np.where(times < 0.5, sounds[first], sounds[second])
    audio = AudioClip((0.1 * samples).astype(np.float32), RATE)
    _, bounds = settle([first, second], np.array([0.0, 0.475, 1.0]), audio)
    assert abs(bounds[1] - 0.5) < 0.008


def test_a_change_without_an_edge_moves_with_its_neighbours(sound):
    late = np.array([0.0, 0.22, 0.37, 0.52, 0.72, 0.97, 1.2])
    _, bounds = settle(["", "a", "e", "s", "i", ""], late, sound)
    assert abs(bounds[2] - 0.35) < 0.012


def test_what_shows_in_the_sound_depends_on_the_kind_of_phone():
    kinds = [kind_of(symbol) for symbol in ("", "p", "ʃ", "m", "f", "?")]
    assert kinds == ["silence", "stop", "sibilant", "nasal", "fricative", "other"]
    assert edge_between("vowel", "sibilant").rises
    assert not edge_between("vowel", "stop").rises
    assert edge_between("vowel", "vowel") is None
