"""Reads a text with directions in brackets: what is said, and where which direction stands."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass

from audio2motion.errors import TextError
from audio2motion.text.tags import PAUSE, TAGS, Tag

LONGEST = 200_000
"""Characters; about four hours of speech."""
_LONGEST_TAG = 40
_TOKEN = re.compile(r"\[\[|\[([^\[\]\n]*)\]|\[")
_GUIDE = "docs/text.md lists them all; write [[ for a bracket that is said."


@dataclass(frozen=True, slots=True)
class Cue:
    """A direction, and the words it belongs to."""

    name: str
    """One of `audio2motion.text.tags.TAGS`."""
    number: float
    """Its strength; seconds of a pause."""
    start: int
    """The character of `Script.text` before which it stands."""
    stop: int
    """Where it is closed; `start` for a direction that holds for no words."""


@dataclass(frozen=True, slots=True)
class Script:
    """A text without its directions, and the directions."""

    text: str
    cues: tuple[Cue, ...]
    """In the order in which they begin."""


def read_script(written: str) -> Script:
    """Separate a text from its directions.

    Args:
        written: With directions in brackets; `[[` is a bracket that is meant.

    Raises:
        TextError: There is nothing to say, it is too long, or a direction is unknown, never closed
            or never opened; the message names the place.
    """
    if len(written) > LONGEST:
        raise TextError(
            f"the text has {len(written)} characters, {LONGEST} are the most",
            hint="Divide it, and make several videos.",
        )
    written = _printable(written)
    said: list[str] = []
    length = position = 0
    cues: list[Cue] = []
    opened: list[tuple[str, float, int, int]] = []  # name, number, start, where it was written
    for token in _TOKEN.finditer(written):
        plain = written[position : token.start()] + ("[" if token[0] == "[[" else "")
        said.append(plain)
        length += len(plain)
        position = token.end()
        if token[0] == "[[":
            continue
        place = _place(written, token.start())
        name, number, closes = _direction(token[1], place)
        if closes:
            _close(name, length, opened, cues, place)
        elif TAGS[name].spans:
            opened.append((name, number, length, token.start()))
        else:
            cues.append(Cue(name, number, length, length))
    if opened:
        name, _, _, at = opened[-1]
        raise TextError(
            f"{_place(written, at)}: [{name}] is never closed",
            hint=f"Write [/{name}] after the words it is for.",
        )
    text = "".join([*said, written[position:]])
    if not any(character.isalnum() for character in text):
        raise TextError("the text holds no word to say", hint="Write what the avatar shall say.")
    return Script(text, tuple(sorted(cues, key=lambda cue: (cue.start, -cue.stop))))


def _printable(written: str) -> str:
    """The text with blanks in place of control characters and broken surrogates."""
    return "".join(
        " " if unicodedata.category(c) in ("Cc", "Cs") and c != "\n" else c
        for c in written.replace("\r\n", "\n")
    )


def _place(written: str, at: int) -> str:
    line = written.count("\n", 0, at) + 1
    return f"line {line}, column {at - written.rfind(chr(10), 0, at)}"


def _direction(inside: str | None, place: str) -> tuple[str, float, bool]:
    """Name and number of a direction, and whether it closes one."""
    if inside is None or len(inside) > _LONGEST_TAG:
        raise TextError(f"{place}: a bracket [ begins no direction", hint=_GUIDE)
    words = inside.casefold().split()
    closes = bool(words) and words[0].startswith("/")
    if closes:
        words = [word for word in (words[0][1:], *words[1:]) if word]
    number = words.pop() if len(words) > 1 and _is_number(words[-1]) else None
    name = " ".join(words)
    if name not in TAGS or (closes and not TAGS[name].spans):
        known = [tag for tag in TAGS if not closes or TAGS[tag].spans]
        slash = "/" if closes else ""
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
        hint = f"Did you mean [{slash}{near[0]}]? {_GUIDE}" if near else f"Directions: {_GUIDE}"
        raise TextError(f"{place}: unknown direction [{inside.strip()}]", hint=hint)
    tag = TAGS[name]
    if number is None:
        return name, tag.usual, closes
    if closes or not tag.number:
        raise TextError(f"{place}: [{name}] takes no number", hint=f"Write [{name}].")
    return name, _within(tag, name, float(number.rstrip("s")), place), closes


def _is_number(word: str) -> bool:
    return re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)s?", word) is not None


def _within(tag: Tag, name: str, number: float, place: str) -> float:
    if not tag.least <= number <= tag.most:
        raise TextError(
            f"{place}: [{name} {number:g}]: the {tag.number} must be from {tag.least:g} to "
            f"{tag.most:g}",
            hint=f"Write [{name} {tag.usual:g}].",
        )
    return number


def _close(
    name: str,
    length: int,
    opened: list[tuple[str, float, int, int]],
    cues: list[Cue],
    place: str,
) -> None:
    """Close the innermost direction that is open, which must have this name."""
    if not opened:
        raise TextError(f"{place}: [/{name}] closes nothing", hint=f"Write [{name}] before it.")
    inner, number, start, _ = opened[-1]
    if inner != name:
        raise TextError(
            f"{place}: [/{name}] closes what is not open here; [{inner}] is",
            hint=f"Write [/{inner}] first.",
        )
    opened.pop()
    cues.append(Cue(name, number, start, length))


def pauses(script: Script) -> list[Cue]:
    """The pauses of a script, in order."""
    return [cue for cue in script.cues if cue.name == PAUSE]
