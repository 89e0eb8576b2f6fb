"""What a generator of slow motion is, and the one that needs no training."""

import math
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from audio2motion.behaviour.emotion import Mood
from audio2motion.behaviour.hearing import TICK_RATE, Heard
from audio2motion.behaviour.noise import SmoothNoise

SPREAD_DEGREES: Final = (4.6, 4.4, 3.8)
"""Standard deviation of the wandering head: pitch, yaw, roll."""

# Knot spacing in seconds of full pace, amplitude.
_HEAD_OCTAVES = ((1.5, 0.74), (0.7, 0.5), (0.35, 0.36), (0.18, 0.24))
_BROW_OCTAVES = ((0.9, 0.9), (0.4, 0.44))
_QUIET_PACE, _LOUD_PACE = 0.5, 1.5
_RESTLESS, _RESTLESS_OCTAVES = 0.4, ((1.2, 0.9), (0.4, 0.44))  # of the log of the pace
_QUIET_SPREAD = 0.45
_BROW_PLAY = (0.045, 0.04)


@dataclass(frozen=True, slots=True)
class Slow:
    """Slow motion at one tick."""

    head_degrees: tuple[float, float, float]
    """Chin down, to the subject's left, roll; with nods on accents if it `nods`."""
    brow_raise: float
    """Coefficient."""
    brow_lower: float


class Generator(Protocol):
    """Makes slow motion, one tick after the other, 25 a second."""

    nods: bool
    """Whether its head already nods on accents."""

    def step(self, heard: Heard, mood: Mood, tempo: float) -> Slow:
        """The next tick.

        Args:
            heard: The voice, 120 ms after the tick.
            mood: Of the moment.
            tempo: Factor on the speed of wandering.
        """


class Procedural:
    """Smooth noise whose speed follows the voice. Stationary, so it cannot drift."""

    nods = False

    def __init__(self, rng: np.random.Generator) -> None:
        self._head = SmoothNoise(3, _HEAD_OCTAVES, rng)
        self._brows = SmoothNoise(2, _BROW_OCTAVES, rng)
        self._restless = SmoothNoise(1, _RESTLESS_OCTAVES, rng)

    def step(self, heard: Heard, mood: Mood, tempo: float) -> Slow:
        """See `Generator`."""
        pace = _QUIET_PACE + (_LOUD_PACE - _QUIET_PACE) * min(heard.pace, 1.0) * heard.lively
        pace *= math.exp(_RESTLESS * float(self._restless.advance(1 / TICK_RATE)[0]))
        step = pace * tempo * mood.tempo / TICK_RATE
        spread = (_QUIET_SPREAD + (1 - _QUIET_SPREAD) * heard.lively) * mood.spread
        head = spread * self._head.advance(step) * SPREAD_DEGREES
        raised, lowered = np.maximum(self._brows.advance(step), 0) * _BROW_PLAY * heard.lively
        return Slow(
            head_degrees=(float(head[0]), float(head[1]), float(head[2])),
            brow_raise=float(raised),
            brow_lower=float(lowered),
        )


def between(ticks: list[Slow], share: float) -> Slow:
    """Slow motion between the second and third of four ticks, by a Catmull-Rom spline."""
    if share == 0:
        return ticks[1]
    u = share
    weights = (
        0.5 * (-(u**3) + 2 * u**2 - u),
        0.5 * (3 * u**3 - 5 * u**2 + 2),
        0.5 * (-3 * u**3 + 4 * u**2 + u),
        0.5 * (u**3 - u**2),
    )

    def mixed(values: list[float]) -> float:
        return sum(w * value for w, value in zip(weights, values, strict=True))

    pitch, yaw, roll = (mixed([tick.head_degrees[axis] for tick in ticks]) for axis in range(3))
    return Slow(
        head_degrees=(pitch, yaw, roll),
        brow_raise=max(0.0, mixed([tick.brow_raise for tick in ticks])),
        brow_lower=max(0.0, mixed([tick.brow_lower for tick in ticks])),
    )
