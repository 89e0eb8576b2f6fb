"""Breathing: the head rises a little and falls, talking or not."""

import math
from fractions import Fraction
from typing import Final

import numpy as np

from audio2motion.behaviour.noise import SmoothNoise

BREATHS_PER_MINUTE: Final = 14.0
LIFT_M: Final = 0.0012
NOD_DEGREES: Final = 0.4

_VARIATION, _VARIES_S = 0.12, 8.0
_INHALE_SKEW = 0.35  # breathing in takes less time than breathing out


class Breath:
    """One person's breath, frame after frame."""

    def __init__(self, fps: Fraction, strength: float, rng: np.random.Generator) -> None:
        self._step, self._strength = float(1 / fps), strength
        self._phase = rng.uniform(0, 2 * math.pi)
        self._noise = SmoothNoise(1, ((_VARIES_S, 1.0),), rng)

    def next(self) -> float:
        """From -1 (empty lungs) to 1 (full), times the strength."""
        varied = 1 + _VARIATION * float(self._noise.advance(self._step)[0])
        pace = BREATHS_PER_MINUTE / 60 * min(max(varied, 0.5), 1.5)
        self._phase = (self._phase + 2 * math.pi * pace * self._step) % (2 * math.pi)
        return self._strength * math.sin(self._phase + _INHALE_SKEW * math.sin(self._phase))
