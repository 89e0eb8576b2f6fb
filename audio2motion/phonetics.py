"""Speech sounds of any language in the alphabet of the articulatory model.

The alphabet is ARPAbet (the CMU phones) with what it lacks for lips: `UE` (rounded front vowels as
in French "tu") and `OE` ("peu", "peur"), and `BH` (lips that come close but do not close, as in
Spanish "haber"). Tongue positions that do not show, tone, length and secondary articulations are
dropped; a symbol of several letters (diphthongs, affricates) becomes several sounds.
"""

# ruff: noqa: RUF001 (phonetic symbols)

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from audio2motion.errors import UnknownSoundError

SILENCE: Final = "SIL"
SOUNDS: Final[tuple[str, ...]] = (
    SILENCE, "P", "B", "M", "BH", "F", "V", "TH", "DH", "T", "D", "N", "L", "HH", "K", "G", "NG",
    "CH", "JH", "SH", "ZH", "S", "Z", "R", "ER", "AA", "AE", "AH", "AY", "AW", "EH", "EY", "IH",
    "IY", "Y", "AO", "OW", "OY", "UH", "UW", "W", "UE", "OE",
)  # fmt: skip

_LETTERS: Final[dict[str, str]] = {
    # Several letters first: the longest that fits is taken.
    "tʃ": "CH", "dʒ": "JH", "tɕ": "CH", "dʑ": "JH", "tʂ": "CH", "dʐ": "JH", "ʧ": "CH", "ʤ": "JH",
    "aɪ": "AY", "ai": "AY", "eɪ": "EY", "ei": "EY", "oʊ": "OW", "ou": "OW", "əʊ": "OW", "aʊ": "AW",
    "au": "AW", "ɑu": "AW", "ɔɪ": "OY", "oi": "OY", "oɪ": "OY",
    # Capitals stand for diphthongs in the alphabet of Kokoro and `hibari`, T for a tapped t.
    "A": "EY", "I": "AY", "O": "OW", "W": "AW", "Y": "OY", "Q": "OW", "T": "D",
    "p": "P", "b": "B", "m": "M", "ɓ": "B", "β": "BH", "ɸ": "BH", "f": "F", "v": "V", "ʋ": "V",
    "ⱱ": "V", "ɱ": "V", "θ": "TH", "ð": "DH",
    "t": "T", "d": "D", "n": "N", "l": "L", "ʈ": "T", "ɖ": "D", "ɗ": "D", "ɳ": "N", "ɲ": "N",
    "ɭ": "L", "ʎ": "L", "ɫ": "L", "ɬ": "L", "ɾ": "D", "r": "D", "ɽ": "D", "c": "K", "ɟ": "G",
    "h": "HH", "ɦ": "HH", "ħ": "HH", "ʔ": "HH", "?": "HH", "ʕ": "HH",
    "k": "K", "g": "G", "ɡ": "G", "ɠ": "G", "ŋ": "NG", "x": "K", "χ": "K", "ɣ": "G", "q": "K",
    "ɢ": "G", "ɴ": "NG", "ʁ": "G", "ʀ": "G", "ç": "HH", "ʝ": "Y",
    "ʃ": "SH", "ʒ": "ZH", "ʂ": "SH", "ʐ": "ZH", "ɕ": "SH", "ʑ": "ZH", "s": "S", "z": "Z",
    "ɹ": "R", "ɻ": "R", "ɜ": "ER", "ɚ": "ER", "ɝ": "ER",
    "a": "AA", "ɑ": "AA", "ä": "AA", "ɐ": "AH", "ʌ": "AH", "ə": "AH", "ᵊ": "AH", "ɘ": "AH",
    "ɤ": "AH", "æ": "AE", "ɛ": "EH", "ε": "EH", "e": "EH", "ɪ": "IH", "ᵻ": "IH", "ɨ": "IH",
    "i": "IY", "j": "Y", "ɯ": "IH", "ɰ": "G", "ɔ": "AO", "ɒ": "AO", "o": "AO", "ʊ": "UH", "u": "UW",
    "ʉ": "UE", "ɵ": "OE", "w": "W", "ʍ": "W", "y": "UE", "ʏ": "UE", "ɥ": "UE", "ø": "OE",
    "œ": "OE", "ɶ": "OE",
}  # fmt: skip
_LONGEST = max(map(len, _LETTERS))
_IGNORED: Final = set("ˈˌːˑʰʲʷˠˤᵝˀ̯̃͡ˡⁿ'ʼ.:-;_^~|ʱ‿↑↓→0123456789\u200d")
"""Stress, length, secondary articulation, tone; `-`, `.` and `;` are eSpeak's own."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One sound of `SOUNDS` and when it is heard."""

    sound: str
    start_s: float
    stop_s: float


@lru_cache(maxsize=4096)
def sounds_of(symbol: str) -> tuple[str, ...]:
    """Sounds of an IPA symbol, as eSpeak and Kokoro's alphabet write it; empty for silence.

    Raises:
        UnknownSoundError: No letter of it is known.
    """
    letters = "".join(
        letter
        for letter in unicodedata.normalize("NFC", symbol).replace("ã", "a").replace("ẽ", "e")
        if letter not in _IGNORED and not unicodedata.combining(letter)
    )
    letters = "".join(_bare(letter) for letter in letters).strip()
    if not letters:
        return ()
    found: list[str] = []
    at = 0
    while at < len(letters):
        for length in range(min(_LONGEST, len(letters) - at), 0, -1):
            sound = _LETTERS.get(letters[at : at + length])
            if sound:
                found.append(sound)
                break
        at += length
    while len(found) > 1 and found[-1] == "HH":  # aspiration
        found.pop()
    while len(found) > 1 and found[0] == "HH":  # a glottal onset
        found.pop(0)
    if not found:
        raise UnknownSoundError(
            f"The speech sound {symbol!r} is not known",
            hint="Write it with letters of the International Phonetic Alphabet",
        )
    return tuple(found)


def segments_of(symbols: Sequence[str], bounds: Sequence[float]) -> list[Segment]:
    """Segments of n IPA symbols, empty for silence, that share their time among their sounds.

    Args:
        symbols: (n,) as for `sounds_of`.
        bounds: (n + 1,) seconds; symbol i lasts from bounds[i] to bounds[i + 1].

    Raises:
        UnknownSoundError: A symbol is not IPA.
    """
    found: list[Segment] = []
    for symbol, start, stop in zip(symbols, bounds[:-1], bounds[1:], strict=True):
        sounds = sounds_of(symbol) or (SILENCE,)
        step = (stop - start) / len(sounds)
        found += [
            Segment(sound, float(start + i * step), float(start + (i + 1) * step))
            for i, sound in enumerate(sounds)
        ]
    return joined(found)


def joined(segments: Sequence[Segment]) -> list[Segment]:
    """The same without empty segments, and with equal neighbours made one."""
    found: list[Segment] = []
    for segment in segments:
        if segment.stop_s <= segment.start_s:
            continue
        last = found[-1] if found else None
        if last and last.sound == segment.sound and segment.start_s - last.stop_s < 1e-6:
            found[-1] = Segment(last.sound, last.start_s, segment.stop_s)
        else:
            found.append(segment)
    return found


def _bare(letter: str) -> str:
    """A letter without the mark that Unicode writes into it, but ç and ä are sounds."""
    if letter in _LETTERS:
        return letter
    return unicodedata.normalize("NFD", letter)[0]
