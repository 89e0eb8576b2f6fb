"""Divides a text into what is said in one breath, so that length never decides how much is held."""

# ruff: noqa: RUF001 (punctuation of other scripts)

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from audio2motion.text.script import Script, pauses

LONGEST_BREATH = 280
"""Characters that an engine is given at once."""
SENTENCE_S, PARAGRAPH_S, CLAUSE_S = 0.22, 0.6, 0.05
"""Silence after a sentence, a paragraph, and where a sentence is too long for one breath."""
_END = re.compile(r"[.!?…]+[\"'”’»)\]]*(?=\s)|[。！？｡．]+[」』”’）]*|\n[^\S\n]*\n\s*")
_CLAUSE = re.compile(r"[,;:—、，；：][\"'”’»)]*\s*|\s+[–-]\s+")
_SPACE = re.compile(r"\s+")
_ABBREVIATION = re.compile(
    r"(?:^|[\s(.])(?:[^\W\d_]|\d{1,2}|Mr|Mrs|Ms|Dr|St|Prof|Hr|Fr|Sra?|Mme)\.$"
)


@dataclass(frozen=True, slots=True)
class Breath:
    """What an engine says at once."""

    start: int
    stop: int
    """Characters `start` to `stop` (exclusive) of the script's text; nothing but signs for a mere
    pause."""
    silence_s: float
    """How long nothing is said after it."""
    ends: bool
    """Whether a sentence ends here; else the voice stays up."""


def breaths(script: Script) -> Iterator[Breath]:
    """The script's text in order, divided at sentences, paragraphs and pauses."""
    text = script.text
    begun = 0
    for pause in pauses(script):
        at = word_boundary(text, pause.start)
        parts = list(_sentences(text, begun, at))
        if parts:
            last = parts.pop()
            yield from parts
            yield Breath(last.start, last.stop, pause.number, _is_end(text[last.start : last.stop]))
        else:
            yield Breath(at, at, pause.number, ends=False)
        begun = at
    yield from _sentences(text, begun, len(text))


def word_boundary(text: str, at: int) -> int:
    """Where the word begins before which a place stands, signs and blanks passed over.

    A place inside a word of letters belongs to what follows the word; scripts without blanks
    between words are divided where the place is.
    """
    while 0 < at < len(text) and _joined(text[at - 1]) and _joined(text[at]):
        at += 1
    while at < len(text) and not text[at].isalnum():
        at += 1
    while at < len(text) and at > 0 and _opens(text[at - 1]):
        at -= 1
    return at


def _joined(character: str) -> bool:
    narrow = unicodedata.east_asian_width(character) not in "WF"
    return narrow and (character.isalnum() or unicodedata.category(character)[0] == "M")


def _opens(character: str) -> bool:
    return character in "¿¡" or unicodedata.category(character) in ("Ps", "Pi")


def _is_end(said: str) -> bool:
    return re.search(r"[.!?…。！？｡．][\"'”’»)\]」』）]*\s*$", said) is not None


def _sentences(text: str, start: int, stop: int) -> Iterator[Breath]:
    """Breaths of one stretch without pauses."""
    begun = start
    for match in _END.finditer(text, start, stop):
        paragraph = match[0].startswith("\n")
        if not paragraph and _goes_on(text, begun, match.start(), match.end()):
            continue
        following = text[match.end() : match.end() + 200]
        broken = paragraph or re.match(r"[^\S\n]*\n[^\S\n]*\n", following) is not None
        yield from _pieces(text, begun, match.end(), PARAGRAPH_S if broken else SENTENCE_S)
        begun = match.end()
    yield from _pieces(text, begun, stop, SENTENCE_S)


def _goes_on(text: str, begun: int, point: int, end: int) -> bool:
    """Whether a point ends an abbreviation or a number, and no sentence."""
    following = text[end : end + 40].lstrip()
    if following[:1].islower():
        return True
    before = text[max(begun, end - 8) : end]
    return text[point:end] == "." and _ABBREVIATION.search(before) is not None


def _pieces(text: str, start: int, stop: int, silence_s: float) -> Iterator[Breath]:
    """A sentence, divided at commas, else at blanks, where it is too long for one breath."""
    while stop - start > LONGEST_BREATH:
        limit = start + LONGEST_BREATH
        ends = [match.end() for match in _CLAUSE.finditer(text, start + 40, limit)]
        ends = ends or [match.end() for match in _SPACE.finditer(text, start + 40, limit)]
        at = ends[-1] if ends else limit
        yield Breath(start, at, CLAUSE_S, ends=False)
        start = at
    if any(character.isalnum() for character in text[start:stop]):
        yield Breath(start, stop, silence_s, ends=True)
