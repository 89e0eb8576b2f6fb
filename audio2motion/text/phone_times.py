"""Corrects a synthesiser's phone times by what shows in the sound.

Neural synthesisers know how long each phone shall be only in units of 12 to 25 ms, give the silence
of a pause to the phone before it, and count the gaps between words as sounds. Pauses are measured
here where the sound is quiet, and changes of sound where the energy of a band that two neighbours
differ in jumps; the other changes follow their neighbours.
"""

# ruff: noqa: RUF001 (phonetic symbols)

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.audio import AudioClip

STEP_S = 0.001
VOWEL, NASAL, GLIDE, SIBILANT, AFFRICATE, FRICATIVE, STOP, VOICED_STOP, SILENCE, OTHER = (
    "vowel", "nasal", "glide", "sibilant", "affricate", "fricative", "stop", "voiced stop",
    "silence", "other",
)  # fmt: skip
_SONORANT = (VOWEL, NASAL, GLIDE)
_KINDS = {
    VOWEL: "æaʌɛeɪiuʊoɔɑɒəᵊᵻɐɜɚɝAIOQWYyøœɶʏɨʉɯɤɘɵäãẽĩõũ",
    NASAL: "mnŋɲɳɴɱ",
    GLIDE: "lɹrjwɥɰɻʎɭɾʁʀɫ",
    SIBILANT: "szʃʒɕʑʂʐ",
    AFFRICATE: "ʧʤ",
    FRICATIVE: "fvθðhxçʝɣχħɦβɸ",
    STOP: "ptkʈcq",
    VOICED_STOP: "bdɡgɖɟɢ",
}
_KIND_OF = {symbol: kind for kind, symbols in _KINDS.items() for symbol in symbols} | {"": SILENCE}
_AFFRICATES = ("tʃ", "dʒ", "tɕ", "dʑ", "ts", "dz", "tʂ", "dʐ", "pf")
_CLOSURE_S = {STOP: 0.05, VOICED_STOP: 0.01}
"""How long before its burst a stop closes after a pause, when nothing is heard of it."""
_SHORTEST_PAUSE_S = 0.04
_PAUSE_DB = 36.0
"""A pause is this much below the loud parts."""
_VOICE_DB = 30.0
"""A voice that is this much below them has ended."""
_SHORTEST_S = 0.012
_REACH_S = 0.045


@dataclass(frozen=True, slots=True)
class Edge:
    """A change of sound that shows in the signal."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    band_hz: tuple[float, float]
    rises: bool
    least_db: float = 9.0
    """A smaller change over 30 ms is none."""


LOW, MIDDLE, UPPER, HIGH = (160.0, 900.0), (250.0, 3500.0), (900.0, 3500.0), (3800.0, 7800.0)
_FORMANTS, _FIRST_FORMANT = (600.0, 3500.0), (250.0, 900.0)
EDGES = (
    Edge("silence to voice", (SILENCE,), _SONORANT, MIDDLE, True),
    Edge("silence to s, sh", (SILENCE,), (SIBILANT,), HIGH, True),
    Edge("voice to silence", _SONORANT, (SILENCE,), MIDDLE, False),
    Edge("voice to s, sh", _SONORANT, (SIBILANT,), HIGH, True),
    Edge("s, sh to voice", (SIBILANT, AFFRICATE), _SONORANT, LOW, True),
    # The first formant of a voice rings on in the closed mouth; the higher ones end with it.
    Edge("voice to closure of p, t, k", _SONORANT, (STOP, AFFRICATE), UPPER, False),
    Edge("p, t, k to voice", (STOP,), _SONORANT, LOW, True),
    Edge("voice to closure of b, d, g", (VOWEL, GLIDE), (VOICED_STOP,), UPPER, False),
    Edge("b, d, g to voice", (VOICED_STOP,), (VOWEL, GLIDE), _FIRST_FORMANT, True, 5.0),
    Edge("nose to mouth", (NASAL,), (VOWEL,), _FORMANTS, True, 6.0),
    Edge("mouth to nose", (VOWEL,), (NASAL,), _FORMANTS, False),
    Edge("f, th, h to voice", (FRICATIVE,), (VOWEL, GLIDE), MIDDLE, True, 6.0),
    Edge("voice to f, th, h", (VOWEL,), (FRICATIVE,), _FORMANTS, False),
)


def edge_between(before: str, after: str) -> Edge | None:
    """What shows where a phone of one kind changes into one of another, None if nothing does."""
    for edge in EDGES:
        if before in edge.before and after in edge.after:
            return edge
    return None


def kind_of(symbol: str) -> str:
    """What a phone looks like in the sound."""
    if symbol.startswith(_AFFRICATES):
        return AFFRICATE
    return _KIND_OF.get(symbol[:1], OTHER)


class Levels:
    """Loudness of one recording over time, in bands.

    Args:
        audio: Speech at 16 kHz or more.
    """

    def __init__(self, audio: AudioClip) -> None:
        self._samples, self._rate = audio.samples.astype(np.float64), audio.sample_rate
        self._bands: dict[tuple[float, float], NDArray[np.float64]] = {}

    def band(self, band_hz: tuple[float, float]) -> NDArray[np.float64]:
        """(m,) dB of a band of frequencies, one value a millisecond, smoothed over 8 ms."""
        from scipy.signal import butter, sosfiltfilt

        if band_hz not in self._bands:
            top = min(band_hz[1], 0.49 * self._rate)
            sections = butter(2, (band_hz[0], top), "bandpass", fs=self._rate, output="sos")
            energy = np.square(sosfiltfilt(sections, self._samples))
            window = np.hanning(round(0.008 * self._rate) + 2)[1:-1]
            smooth = np.convolve(energy, window / window.sum(), mode="same")
            at = (np.arange(int(len(smooth) / self._rate / STEP_S)) * STEP_S * self._rate).round()
            floor = 1e-5 * float(np.quantile(smooth, 0.98)) + 1e-12
            self._bands[band_hz] = 10 * np.log10(smooth[at.astype(int)] + floor)
        return self._bands[band_hz]

    def edge(self, edge: Edge, at_s: float, *, within_s: float) -> float | None:
        """When an edge happens: the steepest change of its band's level around a time.

        Args:
            edge: Which.
            at_s: Where to look.
            within_s: How far to either side.

        Returns:
            Seconds, None if there is no such edge.
        """
        level = self.band(edge.band_hz) * (1 if edge.rises else -1)
        first = max(round((at_s - within_s) / STEP_S), 15)
        last = min(round((at_s + within_s) / STEP_S), len(level) - 16)
        if last <= first:
            return None
        moments = np.arange(first, last)
        sums = np.concatenate([[0.0], np.cumsum(level)])
        jump = (sums[moments + 15] - 2 * sums[moments] + sums[moments - 15]) / 15
        peak = int(np.argmax(jump))
        if jump[peak] < edge.least_db or peak in (0, len(jump) - 1):
            return None
        return float(moments[peak]) * STEP_S

    def quiet(self, start_s: float, stop_s: float) -> tuple[float, float] | None:
        """The longest silence between two times, None if there is none of 40 ms."""
        level = self.band((LOW[0], HIGH[1]))
        threshold = np.quantile(level, 0.95) - _PAUSE_DB
        first, last = round(start_s / STEP_S), min(round(stop_s / STEP_S), len(level))
        still = np.concatenate([[False], level[first:last] < threshold, [False]])
        turns = np.flatnonzero(np.diff(still.astype(np.int8)))
        if len(turns) == 0:
            return None
        begins, ends = turns[::2], turns[1::2]
        longest = int(np.argmax(ends - begins))
        begin, end = (float(first + turn[longest]) * STEP_S for turn in (begins, ends))
        return (begin, end) if end - begin >= _SHORTEST_PAUSE_S else None

    def voice_ends(self, start_s: float, stop_s: float) -> float:
        """When a voice that dies away before `stop_s` was last loud; what follows is breath."""
        level = self.band(MIDDLE)
        first, last = round(start_s / STEP_S), min(round(stop_s / STEP_S), len(level))
        loud = np.flatnonzero(level[first:last] > np.quantile(level, 0.95) - _VOICE_DB)
        return float(first + loud[-1] + 1) * STEP_S if len(loud) else stop_s


def settle(
    symbols: Sequence[str], bounds: NDArray[np.float64], audio: AudioClip
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Times of phones as they are heard.

    Args:
        symbols: (n,) phones in order, empty for silence.
        bounds: (n + 1,) seconds when they start, and when the last one ends; right to about 30 ms
            but for pauses.
        audio: What they were said in.

    Returns:
        (m,) which of the phones are there: silences in which it is not quiet are left out.
        (m + 1,) their bounds.
    """
    levels = Levels(audio)
    there, bounds = _pauses(symbols, bounds, levels, audio.duration)
    kinds = [kind_of(symbols[index]) for index in there]
    shifts = np.full(len(bounds), np.nan)
    shifts[[0, -1]] = 0.0
    lengths = np.diff(bounds)
    for i in range(1, len(bounds) - 1):
        if SILENCE in (kinds[i - 1], kinds[i]):
            shifts[i] = 0.0
            continue
        within = min(_REACH_S, 0.5 * float(min(lengths[i - 1], lengths[i])) + 0.015)
        edge = edge_between(kinds[i - 1], kinds[i])
        found = levels.edge(edge, float(bounds[i]), within_s=within) if edge else None
        shifts[i] = np.nan if found is None else found - bounds[i]
    known = np.flatnonzero(~np.isnan(shifts))
    return there, _apart(bounds + np.interp(bounds, bounds[known], shifts[known]))


def _pauses(
    symbols: Sequence[str], bounds: NDArray[np.float64], levels: Levels, end_s: float
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Which phones are there, and their bounds, pauses where it is quiet."""
    middles = (bounds[:-1] + bounds[1:]) / 2
    there: list[int] = []
    kept = [0.0]
    for index, symbol in enumerate(symbols):
        last = index + 1 == len(symbols)
        if symbol:
            there.append(index)
            kept.append(float(bounds[index + 1]))
            continue
        quiet = levels.quiet(
            float(middles[index - 1]) if index else 0.0,
            end_s if last else float(middles[index + 1]),
        )
        if quiet is None and index and not last:
            kept[-1] = float(middles[index])
            continue
        quiet = quiet or (float(bounds[index]), float(bounds[index + 1]))
        begin, stop = quiet
        if there:
            voiced = kind_of(symbols[there[-1]]) in (*_SONORANT, VOICED_STOP)
            kept[-1] = levels.voice_ends(float(middles[index - 1]), begin) if voiced else begin
        if not last:
            closed = _CLOSURE_S.get(kind_of(symbols[index + 1]), 0.0)
            stop = max(stop - closed, begin + _SHORTEST_S)
        there.append(index)
        kept.append(end_s if last else stop)
    return np.array(there, np.int64), np.array(kept)


def _apart(bounds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bounds in order, each phone at least 12 ms where the whole leaves room for it."""
    least = min(_SHORTEST_S, float(bounds[-1]) / max(len(bounds) - 1, 1))
    steps = np.arange(len(bounds)) * least
    return np.minimum(np.maximum.accumulate(bounds - steps) + steps, bounds[-1])
