"""Nods and brow raises on stressed syllables.

Heads and brows mark prominence (Munhall et al. 2004; Swerts and Krahmer 2008): not every stressed
syllable, rather the stronger ones, the lowest point of a nod a little after the syllable's peak.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from audio2motion.behaviour.hearing import Accent
from audio2motion.behaviour.shapes import bump

_NOD_SHARE, _NOD_DEGREES = 0.4, 2.6
_NOD_S = (0.17, 0.02, 0.36)  # onset, hold, decay
_BROW_SHARE, _BROW_S = 0.35, (0.18, 0.15, 0.45)
_SOONEST_S, _LATEST_S = 0.0, 0.16


@dataclass(frozen=True, slots=True)
class _Event:
    peak_s: float
    size: float
    shape: tuple[float, float, float]

    def at(self, time_s: float) -> float:
        return self.size * bump(time_s - self.peak_s, *self.shape)

    def over(self, time_s: float) -> bool:
        return time_s > self.peak_s + self.shape[1] + self.shape[2]


class Emphasis:
    """Draws which accents a person marks, and how."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._nods: deque[_Event] = deque()
        self._raises: deque[_Event] = deque()

    def mark(self, accents: Iterable[Accent], time_s: float, *, factor: float) -> None:
        """Hear of accents at the time of a frame; `factor` makes marks likelier and larger."""
        for accent in accents:
            nod, nod_size, late, brow, brow_size = self._rng.uniform(size=5)
            size = 0.6 + 0.8 * nod_size
            if nod < _NOD_SHARE * factor * (0.4 + accent.strength):
                degrees = _NOD_DEGREES * factor * size * (0.4 + 0.6 * accent.strength)
                at_s = accent.time_s + _LATEST_S * late
                self._nods.append(_event(at_s, time_s, degrees, _NOD_S))
            if brow < _BROW_SHARE * factor * (0.3 + accent.strength):
                raised = (0.5 + brow_size) * (0.3 + 0.7 * accent.strength)
                self._raises.append(_event(accent.time_s, time_s, raised, _BROW_S))

    def at(self, time_s: float) -> tuple[float, float]:
        """Degrees of chin-down motion, and how far the brows are raised (1 is usual)."""
        for events in (self._nods, self._raises):
            while events and events[0].over(time_s):
                events.popleft()
        nod = sum(event.at(time_s) for event in self._nods)
        return nod, max((event.at(time_s) for event in self._raises), default=0.0)


def _event(accent_s: float, now_s: float, size: float, shape: tuple[float, float, float]) -> _Event:
    """On the accent, or as soon after as a movement from now takes."""
    return _Event(max(accent_s + _SOONEST_S, now_s + shape[0]), size, shape)
