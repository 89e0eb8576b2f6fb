"""From known sounds and their times to the mouth: co-articulation by dominance.

Every sound wants its own mouth and has a dominance over time: full while it lasts, falling off
exponentially before and after, differently for jaw, lips, spread and rounding. The mouth is the
mean of all that sounds want, weighted by their dominances (Cohen and Massaro 1993, after Löfqvist).
So rounding that dominates early anticipates its vowel, and a sound of the tongue alone, whose
dominance over the lips is small, leaves them to its neighbours. What sounds want and how they
dominate is fitted by `audio2motion.training.articulation_fit`; sounds that the corpus lacks borrow
from their relatives (`BORROWED`).

Then the rules that must not be broken (JALI, Edwards et al. 2016): the lips meet in P, B and M and
the lower lip meets the teeth in F and V.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import weights
from audio2motion.features import FRAME_RATE
from audio2motion.phonetics import SILENCE, Segment
from audio2motion.smoothing import bump

GLIDES: Final = {"AY": 0.55, "AW": 0.55, "EY": 0.5, "OW": 0.5}
"""Sounds with two mouths, `AY1` and then `AY2`, and the share of the first."""
BORROWED: Final[dict[str, dict[str, float]]] = {
    "CH": {"CH": 0.4, "JH": 0.3, "UW": 0.3},
    "JH": {"CH": 0.3, "JH": 0.4, "UW": 0.3},
    "SH": {"CH": 0.35, "JH": 0.25, "UW": 0.4},
    "ZH": {"CH": 0.25, "JH": 0.35, "UW": 0.4},
    "NG": {"G": 0.5, "K": 0.5},
    "ER": {"R": 0.6, "AH": 0.4},
    "AE": {"AA": 0.5, "EH": 0.5},
    "UH": {"UW": 0.5, "AH": 0.5},
    "UE": {"UW": 0.75, "IY": 0.25},
    "OE": {"UW": 0.5, "EH": 0.5},
    "BH": {"B": 0.6, "W": 0.4},
    "OY1": {"AO": 1.0},
    "OY2": {"IY": 0.6, "AO": 0.4},
}
"""Which sounds of the corpus stand for one that it lacks or has too rarely, and how much. Those of
"church" round the lips (JALI); the corpus has them in the names of H, J and G alone."""
_HALVED = {**GLIDES, "OY": 0.6}

GROUPS: Final = ("jaw", "round", "spread", "lips")
"""Of columns, each with a dominance of its own."""
TOUCH: Final = {"jaw": 0.5, "round": 0.3, "spread": 0.3, "lips": 1.0}
CLOSED: Final = ("P", "B", "M")
LABIODENTAL: Final = ("F", "V")
_ONSET_S, _DECAY_S = 0.07, 0.06
_LEAST_HOLD_S = 0.03
_RELEASED = {"P": 0.6, "B": 0.85}
"""Which part of a stop is over when its lips part; the rest is burst and breath."""
_FAR = 8.0
_WAKING_S, _FALLING_ASLEEP_S = 0.45, 0.35
_AWAKE_S = (0.2, 0.1)
_LITTLE = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class ArticulationModel:
    """u mouths over c columns in g groups."""

    units: tuple[str, ...]
    """(u,) sounds, halves of gliding ones with 1 and 2."""
    columns: tuple[str, ...]
    """(c,) coefficients, then measures of the mouth."""
    coefficients: int
    """How many of the columns are coefficients."""
    group: NDArray[np.int64]
    """(c,) which group a column belongs to."""
    target: NDArray[np.float32]
    """(u, c) what a unit wants."""
    strength: NDArray[np.float32]
    """(u, g) log of its dominance."""
    before_s: NDArray[np.float32]
    """(u, g) in which time dominance grows e-fold before the sound."""
    after_s: NDArray[np.float32]
    """(u, g) in which time it fades after the sound."""
    closed: NDArray[np.float32]
    """(c,) mouth in closures."""
    labiodental: NDArray[np.float32]
    """(c,) mouth in F and V."""

    @property
    def touch(self) -> NDArray[np.float32]:
        """(c,) how far a contact sets a column: lips wholly, jaw and corners in part."""
        found: NDArray[np.float32] = np.array([TOUCH[GROUPS[g]] for g in self.group], np.float32)
        return found

    @property
    def rest(self) -> NDArray[np.float32]:
        """(c,) mouth in silence."""
        return self.target[self.units.index(SILENCE)]


@dataclass(frozen=True, slots=True, eq=False)
class Articulation:
    """What a mouth does in t frames, frame i at i / 100 s."""

    curves: NDArray[np.float32]
    """(t, k) coefficients in the order of `audio2motion.corpus.CHANNELS`, in [0, 1]."""
    geometry: NDArray[np.float32]
    """(t, 4) gap, width, protrusion, jaw over the distance of the eyes, relative to rest."""
    contacts: NDArray[np.float32]
    """(t, 2) lips together; lower lip at the teeth: 1 while they are."""


def articulate(
    segments: Sequence[Segment], frames: int, *, model: ArticulationModel | None = None
) -> Articulation:
    """What a mouth does to say known sounds.

    Args:
        segments: In order; what they leave out is silence.
        frames: t.
        model: The fitted one that ships with the package if None.

    Raises:
        weights.WeightsError: The file of the model is missing or altered.
    """
    model = model or load_articulation()
    sounds = completed(segments, frames / FRAME_RATE)
    mouth = blend(model, units_of(sounds), frames)
    mouth = model.rest + _awake(sounds, frames)[:, None] * (mouth - model.rest)
    contacts = np.zeros((frames, 2), np.float32)
    for index, (names, posture) in enumerate(
        ((LABIODENTAL, model.labiodental), (CLOSED, model.closed))
    ):
        contact = _contact([s for s in sounds if s.sound in names], frames)
        mouth += contact[:, None] * model.touch * (posture - mouth)
        contacts[:, 1 - index] = contact >= 1.0
    count = model.coefficients
    gap = model.columns.index("gap")
    mouth[:, gap] = np.maximum(mouth[:, gap], min(model.closed[gap], 0.0))
    return Articulation(np.clip(mouth[:, :count], 0, 1), mouth[:, count:], contacts)


def curves(segments: Sequence[Segment], frames: int) -> NDArray[np.float32]:
    """(t, k) mouth coefficients of known sounds: see `articulate`."""
    return articulate(segments, frames).curves


def blend(
    model: ArticulationModel, units: Sequence[tuple[str, float, float]], frames: int
) -> NDArray[np.float32]:
    """(t, c) mean of what (unit, start, stop) want, weighted by dominance; no rules yet."""
    total = np.full((frames, len(model.columns)), _LITTLE, np.float64) * model.rest
    weight = np.full((frames, model.strength.shape[1]), _LITTLE)
    for name, start_s, stop_s in units:
        unit = model.units.index(name)
        before, after = model.before_s[unit], model.after_s[unit]
        first = max(0, int((start_s - _FAR * before.max()) * FRAME_RATE))
        last = min(frames, int((stop_s + _FAR * after.max()) * FRAME_RATE) + 1)
        if last <= first:
            continue
        times = np.arange(first, last)[:, None] / FRAME_RATE
        away = np.maximum(start_s - times, 0) / before + np.maximum(times - stop_s, 0) / after
        dominance = np.exp(model.strength[unit] - away)
        weight[first:last] += dominance
        total[first:last] += dominance[:, model.group] * model.target[unit]
    return np.asarray(total / weight[:, model.group], np.float32)


def units_of(segments: Sequence[Segment]) -> list[tuple[str, float, float]]:
    """(unit, start, stop): gliding sounds become two."""
    found: list[tuple[str, float, float]] = []
    for segment in segments:
        share = _HALVED.get(segment.sound)
        if share is None:
            if segment.sound != "HH":  # breath through the mouth of its neighbours
                found.append((segment.sound, segment.start_s, segment.stop_s))
            continue
        middle = segment.start_s + share * (segment.stop_s - segment.start_s)
        found.append((f"{segment.sound}1", segment.start_s, middle))
        found.append((f"{segment.sound}2", middle, segment.stop_s))
    return found


@lru_cache(maxsize=1)
def load_articulation() -> ArticulationModel:
    """The fitted model that ships with the package.

    Raises:
        weights.WeightsError: The file is missing or altered.
    """
    return read_articulation(weights.open_arrays("articulation"))


def read_articulation(arrays: Mapping[str, NDArray[Any]]) -> ArticulationModel:
    """A model from the arrays of its file."""
    numbers = {
        name: arrays[name].astype(np.float32)
        for name in ("target", "strength", "before_s", "after_s", "closed", "labiodental")
    }
    return ArticulationModel(
        units=tuple(str(name) for name in arrays["units"]),
        columns=tuple(str(name) for name in arrays["columns"]),
        coefficients=int(arrays["coefficients"]),
        group=arrays["group"].astype(np.int64),
        **numbers,
    )


def completed(segments: Sequence[Segment], end_s: float) -> list[Segment]:
    """Segments with silence where there is none, and a long silence before and after."""
    found: list[Segment] = []
    at = -1.0
    for segment in segments:
        if segment.start_s > at + 1e-6:
            found.append(Segment(SILENCE, at, segment.start_s))
        found.append(segment)
        at = segment.stop_s
    return [*found, Segment(SILENCE, at, max(at, end_s) + 1.0)]


def _awake(segments: Sequence[Segment], frames: int) -> NDArray[np.float32]:
    """(t,) 1 near speech, 0 in longer silences: exponentials never end, but mouths come to rest."""
    result = np.zeros(frames, np.float32)
    before, after = _AWAKE_S
    onset, decay = _WAKING_S - before, _FALLING_ASLEEP_S - after
    for segment in segments:
        if segment.sound == SILENCE:
            continue
        first = max(0, int((segment.start_s - _WAKING_S) * FRAME_RATE))
        last = min(frames, int((segment.stop_s + _FALLING_ASLEEP_S) * FRAME_RATE) + 2)
        times = np.arange(first, last) / FRAME_RATE - segment.start_s + before
        hold = before + segment.stop_s - segment.start_s + after
        shape = bump(times, onset, hold, decay)
        result[first:last] = np.maximum(result[first:last], shape)
    return result


def _contact(segments: Sequence[Segment], frames: int) -> NDArray[np.float32]:
    """(t,) 1 while the lips are in contact, a smooth way there and back."""
    result = np.zeros(frames, np.float32)
    for segment in segments:
        length = (segment.stop_s - segment.start_s) * _RELEASED.get(segment.sound, 1.0)
        hold = max(length - 0.02, _LEAST_HOLD_S)
        begin = segment.start_s + min(0.01, length / 4)
        first = max(0, int((begin - _ONSET_S) * FRAME_RATE))
        last = min(frames, int((begin + hold + _DECAY_S) * FRAME_RATE) + 2)
        shape = bump(np.arange(first, last) / FRAME_RATE - begin, _ONSET_S, hold, _DECAY_S)
        result[first:last] = np.maximum(result[first:last], shape)
    return result
