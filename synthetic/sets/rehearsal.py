"""Rehearsals: short close clips in which much happens, to train renderers of one person on.

Every half second another sound's mouth or another expression, blinks and glances, and a head that
turns through usual poses and now and then far. The camera stands still, as in an enrolment.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import numpy as np

from synthetic.acting import EXPRESSIONS, blink_now_and_then, express, single_actions
from synthetic.performance import Performance, Score
from synthetic.scenes import Framing, draw_shot
from synthetic.sets.cast import draw_cast, item_seed
from synthetic.sets.clips import Take, film
from synthetic.sets.driving import LARGEST_DEGREES
from synthetic.sets.items import Item
from synthetic.sets.options import Options
from synthetic.sets.studio import Studio
from synthetic.visemes import SHAPES

FPS = Fraction(25, 2)
"""Half the usual rate: the same number of frames shows twice as much."""
CLOSE = Framing(
    height_m=(0.27, 0.38), fov_degrees=(18.0, 34.0), off_centre=0.02, yaw_degrees=8.0,
    pitch_degrees=5.0, roll_degrees=2.0,
)  # fmt: skip
_BEAT_S, _TURN_S = 0.32, 0.7


@dataclass(frozen=True, slots=True)
class RehearsalItem(Item):
    """One clip of one person."""

    set_name: ClassVar[str] = "rehearsal"
    frames: int = 48

    def make(self, folder: Path, studio: Studio) -> None:
        """Act and film."""
        rng = np.random.default_rng(self.seed)
        shot = draw_shot(rng, CLOSE)
        take = Take(self.person, shot, rehearse(rng, self.frames), self.seed)
        film(take, folder, studio, self.look)


def plan(options: Options) -> list[Item]:
    """One clip of `frames` frames of each person."""
    return [
        RehearsalItem(
            f"p{index:03d}",
            person,
            item_seed(options.seed, index, 8),
            options.look,
            options.frames,
        )
        for index, person in enumerate(draw_cast(options.seed, options.people))
    ]


def rehearse(rng: np.random.Generator, frames: int) -> Performance:
    """Mouths of speech, expressions, blinks, glances and turns, one soon after the other."""
    score = Score(frames, FPS)
    end = max(float(score.times[-1]), 1e-3)
    mouths = [shape for parts in SHAPES.values() for shape in parts]
    others = [*EXPRESSIONS.values(), *single_actions()]
    for start in np.arange(0, end, _BEAT_S):
        pool, strength = (mouths, (0.6, 1.5)) if rng.random() < 0.6 else (others, (0.3, 1.0))
        chosen = pool[rng.integers(len(pool))]
        stop = float(start) + _BEAT_S * float(rng.uniform(1.0, 1.6))
        express(score, chosen, float(start), stop, strength=float(rng.uniform(*strength)),
                ease_s=0.12)  # fmt: skip
    keys = np.arange(0, end + _TURN_S, _TURN_S)
    reach = rng.uniform(0.05, 1.0, (len(keys), 1)) ** 1.5
    towards = rng.normal(0, 1, (len(keys), 3)) * np.array([0.8, 1.2, 0.6])
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    score.turn(keys.tolist(), reach * towards * np.array(LARGEST_DEGREES))
    score.sway(rng, 0.8)
    score.shift += rng.normal(0, 0.006) * np.sin(score.times * 2.1 + rng.uniform(0, 6))[:, None]
    blink_now_and_then(score, rng, a_minute=45)
    score.glance(rng, every_s=0.6, reach=0.4)
    return score.finish()
