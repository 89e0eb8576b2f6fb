# ruff: noqa: RUF001 (phonetic symbols)

import pytest

from audio2motion.errors import UnknownSoundError
from audio2motion.phonetics import SOUNDS, Segment, joined, segments_of, sounds_of
from audio2motion.visemes import SHOWN, SHOWN_OF_SOUND


@pytest.mark.parametrize(
    ("symbol", "sounds"),
    [
        ("p", ("P",)),
        ("tʃ", ("CH",)),
        ("aɪɚ", ("AY", "ER")),
        ("ɑ̃", ("AA",)),
        ("ã", ("AA",)),
        ("yː", ("UE",)),
        ("œ̃", ("OE",)),
        ("ts.h", ("T", "S")),
        ("ʔɛ", ("EH",)),
        ("tʰ", ("T",)),
        ("A", ("EY",)),
        ("W", ("AW",)),
        ("w", ("W",)),
        ("β", ("BH",)),
        ("ː", ()),
        ("", ()),
    ],
)
def test_ipa_of_many_languages_becomes_sounds(symbol, sounds):
    assert sounds_of(symbol) == sounds


def test_rounded_front_vowels_look_rounded_and_not_like_the_vowels_they_sound_like():
    assert {SHOWN_OF_SOUND[sound] for sound in ("UE", "OE", "UW")} == {"ou"}


def test_every_sound_has_a_viseme_and_every_viseme_a_sound():
    assert {SHOWN_OF_SOUND[sound] for sound in SOUNDS} == set(SHOWN)


def test_what_is_no_speech_sound_is_refused():
    with pytest.raises(UnknownSoundError) as caught:
        sounds_of("§")
    assert caught.value.exit_code == 2


def test_sounds_of_one_symbol_share_its_time_and_pauses_are_silence():
    found = segments_of(["ts", "", "a"], [0.0, 0.2, 0.3, 0.5])
    assert [s.sound for s in found] == ["T", "S", "SIL", "AA"]
    assert found[0].stop_s == pytest.approx(0.1)
    assert found[-1].stop_s == pytest.approx(0.5)


def test_equal_neighbours_are_one_and_empty_ones_none():
    found = joined([Segment("S", 0, 1), Segment("S", 1, 2), Segment("T", 2, 2), Segment("S", 3, 4)])
    assert found == [Segment("S", 0, 2), Segment("S", 3, 4)]
