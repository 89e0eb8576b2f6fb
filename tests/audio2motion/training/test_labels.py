import numpy as np
import pytest

from audio2motion.phonetics import SOUNDS, Segment
from audio2motion.training import labels
from audio2motion.training.takes import Take
from audio2motion.visemes import SHOWN


def take(phones, bounds, *, engine="flite", voice="slt", notation="arpabet"):
    samples = np.zeros(round(bounds[-1] * 16000), np.float32)
    return Take(samples, tuple(phones), np.array(bounds), engine, voice, "en", notation, "")


@pytest.mark.parametrize(
    ("notation", "phones", "sounds"),
    [
        ("arpabet", ["", "ax", "sh", "hh"], ["SIL", "AH", "SH", "HH"]),
        ("festival-cs", ["#", "c~", "r~", "ch"], ["SIL", "CH", "D", "ZH", "K"]),
        ("festival-fi", ["y", "@:", "7", "tt"], ["UE", "AE", "OE", "T"]),
        ("festival-it", ["dZ", "O1", "L"], ["JH", "AO", "L"]),
        ("festival-ru", ["bb", "yy", "sh"], ["B", "IH", "SH"]),
        ("festival-in", ["bh", "aa", "T"], ["B", "AA", "T"]),
        ("ipa", ["ø", "ts"], ["OE", "T", "S"]),
    ],
)
def test_every_notation_is_understood(notation, phones, sounds):
    found = labels.segments(take(phones, np.arange(len(phones) + 1) * 0.1, notation=notation))
    assert [segment.sound for segment in found] == sounds
    assert all(segment.sound in SOUNDS for segment in found)


def test_an_engine_that_labels_early_is_moved_later_but_still_fills_the_take():
    bounds = [0.0, 0.2, 0.4]
    there = labels.segments(take(["aa", "s"], bounds))
    moved = labels.segments(take(["aa", "s"], bounds, engine="festival", voice="kal"))
    assert there[0].stop_s == pytest.approx(0.2)
    assert moved[0].stop_s == pytest.approx(0.21)
    assert (moved[0].start_s, moved[-1].stop_s) == (0.0, pytest.approx(0.4))


def test_frames_tell_what_is_heard_at_their_time():
    found = [Segment("SIL", 0.0, 0.05), Segment("M", 0.05, 0.1), Segment("N", 0.1, 0.2)]
    visemes = [SHOWN[i] for i in labels.frame_visemes(found, 25)]
    assert visemes == ["sil"] * 5 + ["PP"] * 5 + ["nn"] * 10 + ["sil"] * 5
