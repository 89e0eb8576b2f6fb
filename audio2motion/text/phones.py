"""`Phone`: a speech sound and its times; from what an engine says to phones as they are heard."""

# ruff: noqa: RUF001 (phonetic symbols)

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from audio2motion.text.phone_times import settle
from capture.audio import AudioClip

STRESS = "ˈˌ"
_LENGTH = "ː"
_SILENT = ' .,!?;:—…"“”()-'
_BEFORE_S, _AFTER_S = 0.06, 0.16
"""How much of the silence around a sentence is kept."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One speech sound."""

    symbol: str
    """In the engine's alphabet; empty for silence."""
    start_s: float
    stop_s: float
    stressed: bool
    word: int = -1
    """Which word of the text it belongs to; -1 for silence."""
    part: int = 0
    """Which of the parts that the engine was given it belongs to."""

    def moved(self, by_s: float, first_s: float = 0.0, last_s: float = float("inf")) -> Phone:
        """The same sound at another time, kept within limits."""
        start, stop = (
            min(max(time + by_s, first_s), last_s) for time in (self.start_s, self.stop_s)
        )
        return replace(self, start_s=start, stop_s=stop)


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """One sentence as an engine says it."""

    samples: NDArray[np.float32]
    sample_rate: int
    symbols: tuple[str, ...]
    """What the engine was given, with an empty one before and after; stress marks, spaces and
    punctuation have entries of their own."""
    lengths_s: NDArray[np.float64]
    """(n,) how long each symbol is said to last."""
    late_s: float
    """By how much the engine's own times run behind what is heard."""
    parts: tuple[int, ...]
    """(n,) which part of the sentence each symbol belongs to."""


def heard(
    spoken: Spoken, *, sample_rate: int, register: float = 1.0
) -> tuple[NDArray[np.float32], list[Phone]]:
    """Samples and phones of one sentence, in its own time, phones where they are heard.

    Played faster, a voice is higher and its speaker smaller; the lengths shrink with it.

    Args:
        spoken: By the engine.
        sample_rate: Hz of the result.
        register: Scales fundamental and formants together.
    """
    rate = round(spoken.sample_rate * register)
    pace = spoken.sample_rate / rate
    phones = claimed(spoken, pace)
    # Engines start and end each sentence with about 0.3 s of nothing.
    early = max(int((phones[0].stop_s - _BEFORE_S) * rate), 0) if not phones[0].symbol else 0
    late = int((phones[-1].start_s + _AFTER_S) * rate)
    loudest = max(float(np.abs(spoken.samples).max()), 1.0)
    clip = AudioClip(spoken.samples[early:late] / np.float32(loudest), rate)
    samples = clip.resampled(sample_rate).samples
    end = len(samples) / sample_rate
    said = [phone.moved(-early / rate, 0.0, end) for phone in phones]
    return samples, settled(said, AudioClip(samples, sample_rate))


def settled(phones: Sequence[Phone], audio: AudioClip) -> list[Phone]:
    """Phones with their times moved to where the sound changes."""
    bounds = np.array([*(phone.start_s for phone in phones), phones[-1].stop_s])
    there, bounds = settle([phone.symbol for phone in phones], bounds, audio)
    return [
        replace(phones[index], start_s=float(start), stop_s=float(stop))
        for index, start, stop in zip(there, bounds[:-1], bounds[1:], strict=True)
    ]


def claimed(spoken: Spoken, pace: float = 1.0) -> list[Phone]:
    """Phones from the engine's symbols, at the engine's times divided by how fast it is played.

    Stress marks and the spaces between words, in which nothing is heard, are shared out to their
    neighbours; silences are merged.
    """
    symbols = spoken.symbols
    lengths, late_s = spoken.lengths_s * pace, spoken.late_s * pace
    stressed = [False] * len(symbols)
    for i, symbol in enumerate(symbols):
        between_words = symbol == " " and lengths[i] < 0.12
        if between_words or (symbol and symbol in STRESS + _LENGTH):
            before, after = max(i - 1, 0), min(i + 1, len(symbols) - 1)
            lengths[before] += lengths[i] / 2
            lengths[after] += lengths[i] / 2
            lengths[i] = 0.0
            stressed[after] = symbol in STRESS
    stops = np.cumsum(lengths)
    out: list[Phone] = []
    word, within = -1, False
    for i, symbol in enumerate(symbols):
        silent = not symbol or symbol in _SILENT
        if silent or symbol not in STRESS + _LENGTH:
            word += not silent and not within
            within = not silent
        start, stop = stops[i] - lengths[i], stops[i]
        if stop <= start:
            continue
        begin, end = (max(float(t) - late_s, 0.0) for t in (start, stop))
        if silent and out and not out[-1].symbol:
            out[-1] = replace(out[-1], stop_s=end)
        else:
            of_word = -1 if silent else word
            name = "" if silent else symbol
            out.append(Phone(name, begin, end, stressed[i], of_word, spoken.parts[i]))
    return out
