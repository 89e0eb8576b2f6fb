"""What trained generators hear and make, and how far it goes on an ordinary person."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.behaviour.emotion import Mood
from audio2motion.behaviour.generator import Slow
from audio2motion.behaviour.hearing import TICK_RATE, Heard
from audio2motion.behaviour.noise import SmoothNoise

CURVES: Final = ("pitch", "yaw", "roll", "brow", "gaze_left", "gaze_up", "lid")
"""Of unit spread but the last, which is 1 on a blink. Gaze and lid are
learned for their part in the rest, and not used: learned eyes glide where real ones jump, and the
reader blinks between his sentences and nowhere else (`docs/behaviour.md`)."""
CONDITIONS: Final = ("level", "semitones", "voiced", "prominence", "pace", "lively")

_FAST_DEGREES = np.array([2.3, 2.1, 1.7])
"""Spread within a sentence: what makes the trained reader's shapes as fast as ordinary talkers."""
_POSTURE_DEGREES = np.array([3.2, 4.0, 3.2])
_POSTURE_OCTAVES = ((2.6, 0.9), (1.2, 0.44))
_QUIET_SPREAD = 0.35
_BROW_RAISE, _BROW_LOWER = 0.11, 0.05


def conditions(heard: Heard) -> tuple[float, ...]:
    """(h,) what a trained generator is told of a voice, all within about [-2, 2]."""
    return (
        heard.level,
        heard.semitones / 4,
        heard.voiced,
        max(-2.0, min(2.0, heard.prominence / 2)),
        heard.pace,
        heard.lively,
    )


class Scaled:
    """Brings the curves of a still-headed reader to the size of ordinary talkers."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._posture = SmoothNoise(3, _POSTURE_OCTAVES, rng)

    def slow(self, curves: NDArray[np.floating], heard: Heard, mood: Mood, tempo: float) -> Slow:
        """Slow motion of (c,) curves."""
        lively = _QUIET_SPREAD + (1 - _QUIET_SPREAD) * heard.lively
        posture = self._posture.advance(tempo * mood.tempo * (0.4 + heard.lively) / TICK_RATE)
        # how fast a learned shape goes is how large it is
        fast = tempo * mood.tempo * _FAST_DEGREES * curves[:3]
        head = mood.spread * lively * (_POSTURE_DEGREES * posture + fast)
        brow = float(curves[3]) * heard.lively * mood.accents
        return Slow(
            head_degrees=(float(head[0]), float(head[1]), float(head[2])),
            brow_raise=_BROW_RAISE * max(brow, 0.0),
            brow_lower=_BROW_LOWER * max(-brow, 0.0),
        )
