"""Are the phone times of synthetic speech true? Each engine against an independent judge.

The judge is calibrated on `flite`, whose phone times are the ones it synthesises from.
"""

# ruff: noqa: RUF001 (phonetic symbols)

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio2motion.text.phone_times import edge_between, kind_of, settle
from benchmarks.flite import speak_with_flite
from benchmarks.synthetic_alignment import align
from capture.audio import AudioClip
from synthetic.speech import speak
from synthetic.voices import VOICES, Voice

SENTENCES = (
    "Please bring the blue paper bag from the back of the room before Monday morning.",
    "She was wearing a silk shawl, so the sun should shine on the satin sash.",
    "People always believe a pretty picture more than a simple map.",
    "Take the apple, cut the tart, keep a piece of cake.",
    "My name is Anna. I see a ship, a sail, and a small island.",
    "Jumping over my puppy, Bob popped the purple bubble.",
    "Six thick thistle sticks stop a soft sea breeze.",
    "How now, brown cow? Go over the old road slowly to Rome.",
    "Pass us the salt and the sauce, Susan said; a soup is on its way.",
    "A cat sat on top of a hut, eating a pot of peas.",
)
IPA_TO_CMU = {
    "p": "P", "b": "B", "m": "M", "f": "F", "v": "V", "θ": "TH", "ð": "DH", "t": "T", "d": "D",
    "n": "N", "l": "L", "ɾ": "D", "T": "T", "s": "S", "z": "Z", "ʃ": "SH", "ʒ": "ZH", "ʧ": "CH",
    "ʤ": "JH", "k": "K", "ɡ": "G", "g": "G", "ŋ": "NG", "x": "HH", "h": "HH", "ɹ": "R", "r": "R",
    "ɜ": "ER", "ɚ": "ER", "ɝ": "ER", "ɑ": "AA", "ɒ": "AA", "ə": "AH", "ᵊ": "AH", "ᵻ": "IH",
    "ɐ": "AH", "w": "W", "j": "Y", "æ": "AE", "a": "AA", "ʌ": "AH", "ɛ": "EH", "e": "EH",
    "ɪ": "IH", "i": "IY", "u": "UW", "ʊ": "UH", "o": "OW", "ɔ": "AO", "A": "EY", "I": "AY",
    "O": "OW", "Q": "OW", "W": "AW", "Y": "OY", "": "SIL",
}  # fmt: skip
FLITE_TO_CMU = {"pau": "SIL", "ax": "AH", "dx": "D"}
FLITE_VOICES = ("slt", "rms", "awb")
ENGINES = ("heart", "joe")
"""One voice of each engine; the others are these, moved up or down."""
SHOWN, HIDDEN = "shown", "hidden"
"""Whether a change shows in the energy of a band: silence, s and sh, closures against voices."""
JUDGE, RESTORED = "flite (exact) against the judge", "flite (exact), spoiled and settled again"
_CMU_TO_IPA = {name: symbol for symbol, name in reversed(IPA_TO_CMU.items())}


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """Speech with the phone times that somebody claims."""

    audio: AudioClip
    phones: tuple[str, ...]
    """(n,) CMU names."""
    times: NDArray[np.float64]
    """(n - 1,) when one changes into the next, seconds."""


def labelled(
    audio: AudioClip, segments: Sequence[tuple[str, float, float]], names: dict[str, str]
) -> Labelled:
    """Speech from (symbol, start, stop) segments; what lasts no time is left out."""
    phones: list[str] = []
    stops: list[float] = []
    for symbol, start, stop in segments:
        phone = names.get(symbol, symbol.upper())
        if phones and phone == phones[-1] == "SIL":
            stops[-1] = stop
        elif stop - start > 1e-3:
            phones.append(phone)
            stops.append(stop)
    return Labelled(audio, tuple(phones), np.array(stops[:-1]))


def flite(voice: str, sentences: Sequence[str] = SENTENCES) -> Iterator[Labelled]:
    """Sentences of the `flite` program, whose labels are exact: they calibrate the judges."""
    for audio, segments in speak_with_flite(voice, sentences):
        yield labelled(audio, segments, FLITE_TO_CMU)


def said(
    voice: Voice, seeds: Sequence[int], sentences: Sequence[str] = SENTENCES
) -> Iterator[Labelled]:
    """Sentences of one of the synthetic people's voices, with their phone times."""
    for seed in seeds:
        utterance = speak(sentences[seed % len(sentences)], seed=seed, voice=voice)
        segments = [(p.symbol, p.start_s, p.stop_s) for p in utterance.phones]
        yield labelled(utterance.audio, segments, IPA_TO_CMU)


def aligned_differences(speech: Labelled) -> dict[str, list[float]]:
    """Claimed minus heard time of every change, seconds, by whether the change shows."""
    return _differences(speech, align(speech.audio, speech.phones))


def spoiled(speech: Labelled, *, unit_s: float = 0.025, late_s: float = 0.01) -> Labelled:
    """Labels as a neural synthesiser gives them: in coarse units and late."""
    times = np.round(speech.times / unit_s) * unit_s + late_s
    return Labelled(speech.audio, speech.phones, np.maximum.accumulate(times))


def restored_differences(speech: Labelled) -> dict[str, list[float]]:
    """Exact labels, spoiled and settled again: settled minus exact times, seconds."""
    rough = spoiled(speech)
    bounds = np.array([0.0, *rough.times, rough.audio.duration])
    symbols = [_CMU_TO_IPA.get(phone, "?") for phone in rough.phones]
    there, found = settle(symbols, bounds, rough.audio)
    kept = np.flatnonzero(np.isin(np.arange(len(symbols)), there))
    exact = np.concatenate([[0.0], speech.times])[kept[1:]]
    phones = tuple(speech.phones[index] for index in kept)
    return _differences(Labelled(speech.audio, phones, found[1:-1]), exact)


def _differences(speech: Labelled, times: NDArray[np.float64]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {SHOWN: [], HIDDEN: []}
    kinds = [kind_of(_CMU_TO_IPA.get(phone, "?")) for phone in speech.phones]
    for pair, claimed, time in zip(pairwise(kinds), speech.times, times, strict=True):
        found[SHOWN if edge_between(*pair) else HIDDEN].append(float(claimed - time))
    return found


def figures(*, sentences: int = len(SENTENCES)) -> list[dict[str, Any]]:
    """Rows of the report: every engine, and what the judges say of labels known to be exact."""
    rows = []
    seeds = range(min(sentences, len(SENTENCES)))
    for name in ENGINES:
        rows.append(_row(name, [aligned_differences(one) for one in said(VOICES[name], seeds)]))
    exact = [one for voice in FLITE_VOICES for one in list(flite(voice))[:sentences]]
    if exact:
        rows.append(_row(JUDGE, [aligned_differences(one) for one in exact]))
        rows.append(_row(RESTORED, [restored_differences(one) for one in exact]))
    return rows


def _row(name: str, found: Sequence[dict[str, list[float]]]) -> dict[str, Any]:
    by_kind = merged(found)
    return {
        "name": name,
        "sentences": len(found),
        "all": summary([value for values in by_kind.values() for value in values]),
        **{kind: summary(values) for kind, values in by_kind.items()},
    }


def merged(found: Sequence[dict[str, list[float]]]) -> dict[str, list[float]]:
    """Lists under the same name joined."""
    out: dict[str, list[float]] = {}
    for one in found:
        for name, values in one.items():
            out.setdefault(name, []).extend(values)
    return out


def summary(differences: Sequence[float] | NDArray[np.float64]) -> dict[str, float]:
    """Count, median, median and 90th percentile of the size, in ms; share within 10 and 20 ms."""
    ms = 1e3 * np.asarray(differences, np.float64)
    if not len(ms):
        return {"count": 0}
    size = np.abs(ms)
    return {
        "count": len(ms),
        "late_ms": float(np.median(ms)),
        "median_ms": float(np.median(size)),
        "p90_ms": float(np.quantile(size, 0.9)),
        "within_10": float((size <= 10).mean()),
        "within_20": float((size <= 20).mean()),
    }
