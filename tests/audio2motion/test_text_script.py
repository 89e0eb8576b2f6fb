"""Reading texts with directions, and dividing them into breaths."""

import re

import pytest

from audio2motion.behaviour import Emotion
from audio2motion.behaviour.gestures import MOVEMENTS
from audio2motion.errors import TextError
from audio2motion.text.script import LONGEST, read_script
from audio2motion.text.sentences import LONGEST_BREATH, breaths, word_boundary
from audio2motion.text.tags import EMOTIONS, EMPHASIS, PAUSE, TAGS


def said(written: str) -> list[str]:
    script = read_script(written)
    return [script.text[breath.start : breath.stop].strip() for breath in breaths(script)]


def test_directions_are_taken_out_and_kept_with_their_places():
    script = read_script("Hello [smile 0.5] you. [happy]Nice [Look  LEFT]day[/happy]!")
    assert script.text == "Hello  you. Nice day!"
    smile, happy, look = script.cues
    assert (smile.name, smile.number, smile.start) == ("smile", 0.5, 6)
    assert script.text[happy.start : happy.stop] == "Nice day"
    assert (look.name, script.text[look.start :]) == ("look left", "day!")


def test_two_brackets_are_one_that_is_said():
    script = read_script("a [[b] c")
    assert (script.text, script.cues) == ("a [b] c", ())


@pytest.mark.parametrize(
    ("written", "place", "hint"),
    [
        ("Hi\nyou [smlie]!", "line 2, column 5", "[smile]"),
        ("[look lift] Hi", "line 1, column 1", "[look left]"),
        ("[happy]Hi[/hapy]", "line 1, column 10", "[/happy]"),
        ("Hi [nod", "line 1, column 4", "[["),
        ("[happy]Hi", "line 1, column 1", "[/happy]"),
        ("Hi[/sad]", "line 1, column 3", "[sad]"),
        ("[happy][sad]Hi[/happy][/sad]", "line 1, column 15", "[/sad]"),
        ("[/smile]Hi", "line 1, column 1", "docs/text.md"),
        ("[smile 2] Hi", "line 1, column 1", "[smile 1]"),
        ("[blink 0.5] Hi", "line 1, column 1", "[blink]"),
        ("Hi [pause 999]", "line 1, column 4", "[pause 0.5]"),
    ],
)
def test_a_wrong_direction_is_told_with_its_place_and_what_is_right(written, place, hint):
    with pytest.raises(TextError, match=re.escape(place)) as caught:
        read_script(written)
    assert hint in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("written", ["", "  \n", "[smile] [pause 2]", "?!…", "\x00"])
def test_a_text_without_a_word_is_refused(written):
    with pytest.raises(TextError, match="no word"):
        read_script(written)


def test_a_text_that_is_too_long_is_refused():
    with pytest.raises(TextError, match=str(LONGEST)):
        read_script("a" * (LONGEST + 1))


def test_every_direction_moves_something():
    for name in TAGS:
        assert name in MOVEMENTS or name in (PAUSE, EMPHASIS) or Emotion(name)
    assert set(EMOTIONS) < set(TAGS)


def test_sentences_are_breaths_and_abbreviations_end_none():
    assert said("Dr. Ada met J. Doe on the 3. of May. Really? Yes!") == [
        "Dr. Ada met J. Doe on the 3. of May.",
        "Really?",
        "Yes!",
    ]
    assert said("こんにちは。マラです。") == ["こんにちは。", "マラです。"]


def test_pauses_divide_sentences_and_last_as_long_as_asked():
    script = read_script("One [pause 2] two. [pause][pause 1]Three.")
    silences = [(breath.silence_s, breath.ends) for breath in breaths(script)]
    assert [silence for silence, _ in silences] == [2.0, 0.5, 1.0, pytest.approx(0.22)]
    assert [ends for _, ends in silences] == [False, True, False, True]


def test_every_character_of_a_long_text_is_in_one_short_breath():
    text = "word, " * 5000 + "x" * 3000
    script = read_script(text)
    found = list(breaths(script))
    assert max(breath.stop - breath.start for breath in found) <= LONGEST_BREATH
    assert "".join(text[breath.start : breath.stop] for breath in found) == text


def test_a_direction_belongs_to_the_word_after_it_with_its_opening_sign():
    text = "Hola, ¿cómo? (Sí)"
    assert text[word_boundary(text, 5) :].startswith("¿cómo")
    assert text[word_boundary(text, 9) :].startswith("(Sí")  # from within a word
    assert word_boundary(text, len(text)) == len(text)
    assert word_boundary("日本語", 1) == 1
