"""Says one breath of a text: spelling, sound and phones, whichever engine does it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from audio2motion.text.espeak_voice import Espeak
from audio2motion.text.hibari_voice import HibariVoice
from audio2motion.text.phones import Phone, Spoken, heard
from audio2motion.text.piper_voice import PiperVoice

Said = tuple[NDArray[np.float32], list[Phone]]
"""(s,) samples and what is heard when."""
Spell = Callable[[str], Sequence[str]]
"""Symbols of a piece of a sentence."""
_SIGNS: Final = ".,!?;:"
_TAIL_S: Final = 0.16


class Engine(Protocol):
    """A voice that is ready to speak."""

    sample_rate: int

    def say(self, parts: Sequence[str], *, ends: bool) -> Said:
        """Say a sentence that comes in parts.

        Args:
            parts: One after the other they are the sentence.
            ends: Whether the sentence ends there; else the voice stays up.

        Returns:
            No samples and no phones where the engine finds nothing to say.
        """

    def close(self) -> None:
        """Let go of what it holds."""


class NeuralEngine:
    """A network that was spelled to."""

    def __init__(
        self,
        speak: Callable[[Sequence[tuple[str, int]]], Spoken],
        spell: Spell,
        *,
        sample_rate: int,
        helper: Espeak | None = None,
    ) -> None:
        """Take what speaks symbols with their parts, what spells, and who must be let go."""
        self._speak, self._spell, self._helper = speak, spell, helper
        self.sample_rate = sample_rate

    def say(self, parts: Sequence[str], *, ends: bool) -> Said:
        """See `Engine`."""
        symbols: list[tuple[str, int]] = []
        for index, part in enumerate(parts):
            if not any(character.isalnum() for character in part):
                continue
            spelled = self._spell(part)
            if spelled and symbols and symbols[-1][0] != " ":
                symbols.append((" ", index))
            symbols += [(symbol, index) for symbol in spelled]
        if not symbols:
            return np.zeros(0, np.float32), []
        while symbols[-1][0] == " ":
            symbols.pop()
        last = symbols[-1]
        if last[0] not in _SIGNS:
            symbols.append((closing_sign("".join(parts)) or "." if ends else ",", last[1]))
        return heard(self._speak(symbols), sample_rate=self.sample_rate)

    def close(self) -> None:
        """See `Engine`."""
        if self._helper is not None:
            self._helper.close()


class EspeakEngine:
    """eSpeak NG, whose own times are exact."""

    sample_rate = 22050

    def __init__(self, espeak: Espeak, voice: str) -> None:
        """Take the running program and the name of a voice."""
        self._espeak, self._voice = espeak, voice

    def say(self, parts: Sequence[str], *, ends: bool) -> Said:
        """See `Engine`."""
        given = list(parts)
        if not ends and not closing_sign("".join(parts)):
            given[-1] = f"{given[-1].rstrip()}, "
        samples, rate, phones = self._espeak.say(given, voice=self._voice)
        spoken = [phone for phone in phones if phone.symbol]
        if not spoken:
            return np.zeros(0, np.float32), []
        end_s = min(spoken[-1].stop_s + _TAIL_S, len(samples) / rate)
        kept = [phone.moved(0.0, last_s=end_s) for phone in phones if phone.start_s < end_s]
        return samples[: round(end_s * rate)], kept

    def close(self) -> None:
        """See `Engine`."""
        self._espeak.close()


def hibari_engine(rng: np.random.Generator) -> NeuralEngine:
    """The voice `heart`.

    Raises:
        MissingBackendError: Its package is not installed.
    """
    from audio2motion.text import hibari_voice

    voice = HibariVoice(rng)

    def speak(symbols: Sequence[tuple[str, int]]) -> Spoken:
        count = symbols[-1][1] + 1
        return voice.speak(["".join(s for s, i in symbols if i == part) for part in range(count)])

    return NeuralEngine(speak, hibari_voice.spelled, sample_rate=24000)


def piper_engine(
    voice: PiperVoice, spell: Spell, *, sample_rate: int, helper: Espeak | None = None
) -> NeuralEngine:
    """One of Piper's voices, spelled to in eSpeak's symbols."""
    return NeuralEngine(voice.speak, spell, sample_rate=sample_rate, helper=helper)


def english_spelling(text: str) -> list[str]:
    """Symbols, as eSpeak has them, of a piece of an English sentence, without eSpeak."""
    from audio2motion.text import hibari_voice

    return [hibari_voice.IPA.get(symbol, symbol) for symbol in hibari_voice.spelled(text)]


def espeak_spelling(espeak: Espeak, voice: str) -> Spell:
    """How eSpeak spells a piece of a sentence, with the sign after it as Piper's voices read it."""

    def spell(text: str) -> list[str]:
        found: list[str] = []
        for clause in espeak.spell(text, voice=voice):
            if clause and found:
                found += [",", " "]
            found += [letter for symbol in clause for letter in [decomposed(symbol)]]
        sign = closing_sign(text)
        return [*found, sign] if found and sign else found

    return spell


def decomposed(symbol: str) -> str:
    """A symbol with its marks apart, as Piper's voices were taught."""
    return unicodedata.normalize("NFD", symbol)


def closing_sign(text: str) -> str:
    """The sign at the end of a piece of text, in Latin script; empty if there is none."""
    found = re.search(r"[.,!?;:…]", unicodedata.normalize("NFKC", text.strip()[-3:]))
    japanese = {"。": ".", "、": ",", "｡": "."}
    if found is None:
        return next((japanese[c] for c in text.strip()[-2:] if c in japanese), "")
    return "." if found[0] == "…" else found[0]
