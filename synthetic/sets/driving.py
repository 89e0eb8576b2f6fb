"""Driving clips: strong expressions and large poses."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from synthetic.acting import (
    EXPRESSIONS,
    blink_now_and_then,
    express,
    single_actions,
)
from synthetic.performance import Performance, Score
from synthetic.scenes import draw_shot
from synthetic.sets.cast import draw_cast, item_seed
from synthetic.sets.clips import FPS, Take, film
from synthetic.sets.items import Item
from synthetic.sets.options import Options
from synthetic.sets.studio import Studio

LARGEST_DEGREES = (25.0, 45.0, 20.0)
"""Pitch, yaw, roll of the head to each side."""
_BEAT_S = 0.8


@dataclass(frozen=True, slots=True)
class DrivingItem(Item):
    """One clip of strong expressions."""

    set_name: ClassVar[str] = "driving"
    number: int = 0
    """Of the clip in its set: single actions are dealt out in turn, so that none is missing."""
    seconds: float = 8.0

    def make(self, folder: Path, studio: Studio) -> None:
        """Act and film."""
        rng = np.random.default_rng(self.seed)
        shot = draw_shot(rng)
        performance, beats = drive(rng, seconds=self.seconds, number=self.number)
        take = Take(self.person, shot, performance, self.seed)
        film(take, folder, studio, self.look, beats=beats)


def plan(options: Options) -> list[Item]:
    """`clips` clips of `seconds` of each person."""
    return [
        DrivingItem(
            f"p{index:03d}_c{clip:02d}",
            person,
            item_seed(options.seed, index, clip, 2),
            options.look,
            index * options.clips + clip,
            options.seconds,
        )
        for index, person in enumerate(draw_cast(options.seed, options.people))
        for clip in range(options.clips)
    ]


def drive(
    rng: np.random.Generator, *, seconds: float, number: int = 0
) -> tuple[Performance, list[dict[str, object]]]:
    """Expressions one after another while the head turns far.

    Args:
        rng: Which, when, how strong, how far.
        seconds: Length.
        number: Where in the list of single actions this clip begins.

    Returns:
        The performance, and its expressions with start and stop in seconds.
    """
    score = Score(max(round(seconds * FPS), 1), FPS)
    end = max(float(score.times[-1]), 1e-3)
    singles, names = single_actions(), list(EXPRESSIONS)
    count = max(int(seconds / _BEAT_S), 1)
    turn = number * ((count + 1) // 2)
    beats: list[dict[str, object]] = []
    for beat in range(count):
        start, stop = end * beat / count, end * (beat + 1) / count
        if beat % 2 == 0:
            expression, strength = singles[(turn + beat // 2) % len(singles)], 1.0
            name = next(reversed(expression))
        else:
            name = str(rng.choice(names))
            expression, strength = EXPRESSIONS[name], float(rng.uniform(0.7, 1.1))
        express(score, expression, start, stop, strength=strength, ease_s=0.3 * (stop - start))
        beats.append({"name": name, "start_s": round(start, 3), "stop_s": round(stop, 3)})
    turn_far(score, rng)
    blink_now_and_then(score, rng, a_minute=10)
    score.glance(rng, every_s=0.8, reach=0.5)
    return score.finish(), beats


def turn_far(score: Score, rng: np.random.Generator, *, every_s: float = 0.9) -> None:
    """Head turns between random poses, some of them at the limits."""
    end = max(float(score.times[-1]), 1e-3)
    count = max(round(end / every_s), 1) + 1
    reach = rng.uniform(0.2, 1.0, (count, 1)) ** 0.7
    towards = rng.normal(0, 1, (count, 3)) * np.array([0.7, 1.2, 0.6])
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    score.turn(np.linspace(0, end, count).tolist(), reach * towards * np.array(LARGEST_DEGREES))
    score.sway(rng, 0.6)
