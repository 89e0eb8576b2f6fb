"""Where the eyes look: mostly at the camera, aside while a phrase is planned, back at its end.

Eyes jump (saccades, after Bahill's main sequence about 2.2 ms a degree and 21 ms), rest with small
fixational shifts, and turn against the head, as the vestibulo-ocular reflex has it, so that a
moving head keeps looking at the same point.
"""

import math
from typing import Final

import numpy as np

from audio2motion.behaviour.shapes import ease

FULL_GAZE_DEGREES: Final = 30.0
"""Of a look coefficient of 1."""

_GLANCE_INTERVAL_S, _GLANCE_LENGTH_S = 4.8, 0.75
_GLANCE_DEGREES = (7.0, 3.5)  # horizontal, vertical
_FIXATION_INTERVAL_S, _FIXATION_DEGREES = 0.9, 0.5
_PLANNING_SHARE, _PLANNING_DEGREES = 0.3, (6.0, 4.0)
_SACCADE_BASE_S, _SACCADE_PER_DEGREE_S = 0.021, 0.0022

Point = tuple[float, float]


class Gaze:
    """Draws where one person looks, frame after frame."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._from: Point = (0.0, 0.0)
        self._aim: Point = (0.0, 0.0)
        self._left_at, self._until = -1.0, 0.0
        self._away = False
        self._next_glance = rng.lognormal(math.log(_GLANCE_INTERVAL_S), 0.5)

    def look(
        self, time_s: float, *, gain: float, started_s: float | None, ended_s: float | None
    ) -> Point:
        """Degrees to the subject's left and up of the camera.

        Args:
            time_s: Of the frame.
            gain: Factor on all that leaves the camera.
            started_s: When a phrase started since the last frame, if one did.
            ended_s: The same of its end.
        """
        if started_s is not None and not self._away:
            if self._rng.uniform() < _PLANNING_SHARE:
                self._glance(time_s, _PLANNING_DEGREES)
        elif ended_s is not None and self._away:
            self._until = min(self._until, time_s + 0.1)
        if time_s >= self._until:
            if time_s >= self._next_glance and not self._away:
                self._glance(time_s, _GLANCE_DEGREES)
            else:
                self._fixate(time_s)
        far = math.hypot(self._aim[0] - self._from[0], self._aim[1] - self._from[1])
        takes = _SACCADE_BASE_S + _SACCADE_PER_DEGREE_S * far
        share = ease((time_s - self._left_at) / takes)
        return (
            gain * (self._from[0] + share * (self._aim[0] - self._from[0])),
            gain * (self._from[1] + share * (self._aim[1] - self._from[1])),
        )

    def _glance(self, time_s: float, degrees: Point) -> None:
        left, up = self._rng.normal(0, degrees)
        self._jump(time_s, (float(left), float(up)))
        stay = self._rng.lognormal(math.log(_GLANCE_LENGTH_S), 0.4)
        self._away, self._until = True, time_s + stay
        self._next_glance = self._until + self._rng.lognormal(math.log(_GLANCE_INTERVAL_S), 0.5)

    def _fixate(self, time_s: float) -> None:
        left, up = self._rng.normal(0, _FIXATION_DEGREES, 2)
        self._jump(time_s, (float(left), float(up)))
        stay = self._rng.lognormal(math.log(_FIXATION_INTERVAL_S), 0.5)
        self._away, self._until = False, time_s + max(stay, 0.15)
        if self._next_glance > time_s:
            self._until = min(self._until, max(self._next_glance, time_s + 0.15))

    def _jump(self, time_s: float, aim: Point) -> None:
        self._from, self._aim, self._left_at = self._aim, aim, time_s


def look_coefficients(left_degrees: float, up_degrees: float) -> dict[str, float]:
    """Look coefficients of both eyes, turned to the subject's left and up in the head."""
    left = left_degrees / FULL_GAZE_DEGREES
    up = up_degrees / FULL_GAZE_DEGREES
    return {
        "eyeLookOutLeft": left,
        "eyeLookInRight": left,
        "eyeLookInLeft": -left,
        "eyeLookOutRight": -left,
        "eyeLookUpLeft": up,
        "eyeLookUpRight": up,
        "eyeLookDownLeft": -up,
        "eyeLookDownRight": -up,
    }
