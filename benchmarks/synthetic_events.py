"""Are phone times where the sound changes? Judged from the signal alone, by no recogniser.

Between the middles of two neighbouring phones the sound is taken for two stretches of constant
spectrum; the change is where this fits best (the generalised likelihood ratio of R. Andre-Obrecht,
"A new statistical approach for the automatic segmentation of continuous speech signals", IEEE
TASSP 1988, for a known number of changes). Only changes that the two stretches explain well are
counted: closures, the ends of closures, hisses, hums, silence. The exact times of `flite` say how
far this can be trusted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.synthetic_speech import ENGINES, FLITE_VOICES, Labelled, flite, said, summary
from capture.audio import AudioClip
from synthetic.voices import VOICES

HELD_OUT = (
    "The birch canoe slid on the smooth planks.",
    "Glue the sheet to the dark blue background.",
    "It's easy to tell the depth of a well.",
    "These days a chicken leg is a rare dish.",
    "Rice is often served in round bowls.",
    "The juice of lemons makes fine punch.",
    "The box was thrown beside the parked truck.",
    "The hogs were fed chopped corn and garbage.",
    "Four hours of steady work faced us.",
    "A large size in stockings is hard to sell.",
    "The boy was there when the sun rose.",
    "A rod is used to catch pink salmon.",
    "The source of the huge river is the clear spring.",
    "Kick the ball straight and follow through.",
    "Help the woman get back to her feet.",
    "A pot of tea helps to pass the evening.",
)
"""Sentences of the Harvard lists (IEEE, 1969), on which nothing was tuned."""
STEP_S = 0.001
REACH_S = 0.05
"""Farthest that a change is looked for from where it is claimed."""
_WINDOW_S = 0.010
_EDGES_HZ = (100, 400, 800, 1300, 1900, 2600, 3500, 4600, 6000, 7800)
_SHORTEST = 6
"""Steps that a stretch lasts at least."""
_LEAST_DB, _LEAST_EXPLAINED = 6.0, 0.4
"""Of a sharp change: mean difference of the bands, share of the variance that the step explains."""
_INNER = 0.4
"""Share of each phone, from its far end, in which no change is looked for."""
_CLASSES = {
    "vowel": "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW",
    "nasal": "M N NG",
    "hiss": "S SH Z ZH CH JH",
    "closure": "P T K B D G",
    "soft fricative": "F V TH DH HH",
    "glide": "L R W Y",
    "silence": "SIL",
}
_CLASS_OF = {phone: name for name, phones in _CLASSES.items() for phone in phones.split()}
FEWEST = 20
"""Changes of a kind that are needed to speak of it."""


@dataclass(frozen=True, slots=True)
class Event:
    """A sharp change of sound near a claimed one."""

    kind: str
    """`vowel to nasal` and the like."""
    late_s: float
    """Claimed minus heard."""


def spectrum_db(audio: AudioClip) -> NDArray[np.float64]:
    """(t, b) levels of bands, a row each millisecond, with a floor 50 dB below loud speech."""
    samples, rate = audio.samples.astype(np.float64), audio.sample_rate
    length = round(_WINDOW_S * rate)
    size = 1 << (4 * length).bit_length()
    starts = (np.arange(int(len(samples) / rate / STEP_S)) * STEP_S * rate).round().astype(int)
    padded = np.pad(samples, (length // 2, length))
    windows = np.lib.stride_tricks.sliding_window_view(padded, length)[starts]
    power = np.square(np.abs(np.fft.rfft(windows * np.hanning(length), size)))
    hertz = np.fft.rfftfreq(size, 1 / rate)
    bands = np.stack(
        [power[:, (hertz >= a) & (hertz < b)].mean(axis=1) for a, b in pairwise(_EDGES_HZ)], axis=1
    )
    return np.asarray(10 * np.log10(bands + 1e-5 * np.quantile(bands.sum(axis=1), 0.98)))


def step_in(levels: NDArray[np.float64]) -> int | None:
    """Row at which levels (t, b) change from one constant to another, None if not sharply."""
    count = len(levels)
    moments = np.arange(_SHORTEST, count - _SHORTEST)
    if len(moments) < 3:
        return None
    sums = np.cumsum(levels - levels.mean(axis=0), axis=0)[moments - 1]
    gain = np.square(sums) * (1 / moments + 1 / (count - moments))[:, None]
    best = int(np.argmax(gain.sum(axis=1)))
    if best in (0, len(moments) - 1):
        return None
    before, after = levels[: moments[best]].mean(axis=0), levels[moments[best] :].mean(axis=0)
    explained = gain[best].sum() / max(count * levels.var(axis=0).sum(), 1e-12)
    sharp = np.abs(before - after).mean() >= _LEAST_DB and explained >= _LEAST_EXPLAINED
    return int(moments[best]) if sharp else None


def events(speech: Labelled) -> list[Event]:
    """Sharp changes between the middles of neighbouring phones, against the claimed ones."""
    levels = spectrum_db(speech.audio)
    bounds = np.array([0.0, *speech.times, speech.audio.duration])
    found = []
    for index, (before, after) in enumerate(pairwise(speech.phones)):
        start, claimed, stop = bounds[index : index + 3]
        first = max(start + _INNER * (claimed - start), claimed - REACH_S)
        last = min(stop - _INNER * (stop - claimed), claimed + REACH_S)
        rows = levels[int(first / STEP_S) : int(last / STEP_S)]
        at = step_in(rows)
        if at is not None:
            heard = (int(first / STEP_S) + at) * STEP_S
            kind = f"{_CLASS_OF[before]} to {_CLASS_OF[after]}"
            found.append(Event(kind, float(claimed - heard)))
    return found


def figures(*, sentences: Sequence[str] = HELD_OUT) -> dict[str, Any]:
    """Rows of the report: exact times first, then each engine's."""
    exact = [one for voice in FLITE_VOICES for one in flite(voice, sentences)]
    rows = [_row("flite (exact)", exact)] if exact else []
    for name in ENGINES:
        spoken = list(said(VOICES[name], range(len(sentences)), sentences))
        rows.append(_row(name, spoken))
    return {"sentences": len(sentences), "rows": rows}


def _row(name: str, speech: Iterable[Labelled]) -> dict[str, Any]:
    spoken = list(speech)
    found = [event for one in spoken for event in events(one)]
    kinds = sorted({event.kind for event in found})
    by_kind = {kind: summary([e.late_s for e in found if e.kind == kind]) for kind in kinds}
    return {
        "name": name,
        "changes": sum(len(one.times) for one in spoken),
        "all": summary([event.late_s for event in found]),
        "kinds": {kind: one for kind, one in by_kind.items() if one["count"] >= FEWEST},
    }
