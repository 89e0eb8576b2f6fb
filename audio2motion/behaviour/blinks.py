"""Blinks: when, and how lids move.

21 a minute (interquartile range 13 to 36 over 39 real clips; 26 talking and 17 at rest in
Bentivoglio et al. 1997), log-normal per person and from blink to blink, 165 ms at half height,
closing faster than opening, rather at the ends of phrases than within them.
"""

import math
from fractions import Fraction
from typing import Final

import numpy as np

from audio2motion.behaviour.shapes import bump

BLINKS_PER_MINUTE: Final = 21.0
RESTING_SHARE: Final = 17 / 26
"""Of a talker's blinks, while nobody speaks."""
LID_SHUT: Final = 0.96
SQUINT_SHARE: Final = 0.25

_PERSON_SIGMA = 0.25  # of the log of a person's rate
_INTERVAL_SIGMA = 0.6
_REFRACTORY_S = 0.5
_CLOSE_S, _SHUT_S, _OPEN_S = 0.075, 0.03, 0.175
_EARLY_S = 0.7  # a blink due this soon comes at the end of a phrase already
_PATIENCE_S = 0.7
_PATIENT_SHARE = 0.6
_AFTER_END_S = 0.06


class Blinks:
    """Draws one person's blinks, frame after frame."""

    def __init__(self, fps: Fraction, rng: np.random.Generator) -> None:
        self._fps, self._rng = float(fps), rng
        self._person = math.exp(rng.normal(0, _PERSON_SIGMA) - _PERSON_SIGMA**2 / 2)
        self._due = rng.uniform(0.2, 0.9)  # of a mean interval; in seconds once the rate is known
        self._set = False
        self._until = 0.0
        self._peak: float | None = None
        self._length = 1.0

    def closed(self, time_s: float, *, rate: float, speaking: bool, ended_s: float | None) -> float:
        """How far the lids are shut, 0 to 1.

        Args:
            time_s: Of the frame.
            rate: Blinks relative to the usual talker's.
            speaking: Somebody speaks.
            ended_s: When the last phrase ended, as far as known; it may lie a little ahead.
        """
        if rate <= 0 and self._peak is None:
            return 0.0
        mean_s = 60 / (BLINKS_PER_MINUTE * self._person * max(rate, 1e-3))
        if not self._set:
            self._set, self._due = True, self._due * mean_s
            self._be_patient()
        if self._peak is None and self._begins(time_s, speaking, ended_s):
            soonest = time_s + 0.6 * _CLOSE_S
            if ended_s is not None:
                soonest = max(soonest, min(ended_s + _AFTER_END_S, time_s + 0.4))
            # on a frame, or no frame may show closed eyes
            self._peak = math.ceil(soonest * self._fps - 1e-6) / self._fps
            self._length = self._rng.lognormal(0, 0.15)
        if self._peak is None:
            return 0.0
        since, length = time_s - self._peak, self._length
        if since > (_SHUT_S + _OPEN_S) * length:
            self._plan(mean_s)
            return 0.0
        return bump(since, _CLOSE_S * length, _SHUT_S * length, _OPEN_S * length)

    def _begins(self, time_s: float, speaking: bool, ended_s: float | None) -> bool:
        if ended_s is not None and ended_s > time_s - 0.1 and self._due < time_s + _EARLY_S:
            return True
        return time_s >= (self._until if speaking else self._due)

    def _plan(self, mean_s: float) -> None:
        """Draw the next interval: log-normal after a refractory time."""
        peak = self._peak or 0.0
        refractory = min(_REFRACTORY_S, mean_s / 3)
        scale = math.log(mean_s - refractory) - _INTERVAL_SIGMA**2 / 2
        self._due = peak + refractory + self._rng.lognormal(scale, _INTERVAL_SIGMA)
        self._peak = None
        self._be_patient()

    def _be_patient(self) -> None:
        patient = self._rng.uniform() < _PATIENT_SHARE
        self._until = self._due + (_PATIENCE_S if patient else 0.0)
