"""The same motion on different people, frame for frame, in front of the same camera."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from synthetic.performance import Performance
from synthetic.scenes import STEADY, Shot, draw_shot
from synthetic.sets.cast import draw_cast, item_seed
from synthetic.sets.clips import Take, film
from synthetic.sets.consent import turns
from synthetic.sets.driving import drive
from synthetic.sets.items import Item
from synthetic.sets.options import Options
from synthetic.sets.studio import Studio
from synthetic.sets.talking import talk
from synthetic.sets.texts import draw_text
from synthetic.speech import speak
from synthetic.voices import VOICES

_LEAD_S = 0.4
REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class CrossItem(Item):
    """One person's version of a motion."""

    set_name: ClassVar[str] = "cross"
    motion: str = REFERENCE
    """`reference` (turns to both sides, to learn the person from) or the motion's name."""
    motion_seed: int = 0
    """Equal for all who make the same motion."""
    camera_seed: int = 0
    text: str = ""
    """Spoken in the motion; without it, expressions and turns."""
    seconds: float = 8.0

    def make(self, folder: Path, studio: Studio) -> None:
        """Film the shared motion in this person's own room, with the shared camera."""
        shared = np.random.default_rng(self.camera_seed)
        camera = draw_shot(shared, STEADY).scene.camera
        own = draw_shot(np.random.default_rng(self.seed), STEADY)
        shot = Shot(replace(own.scene, camera=camera), own.film)
        rng = np.random.default_rng(self.motion_seed)
        take = Take(self.person, shot, self._performance(rng), self.seed)
        if self.text:
            utterance = speak(self.text, seed=self.motion_seed, voice=VOICES["heart"])
            utterance = utterance.later(_LEAD_S)
            take = Take(self.person, shot, talk(utterance, rng), self.seed, utterance)
        film(take, folder, studio, self.look, motion=self.motion)

    def _performance(self, rng: np.random.Generator) -> Performance:
        if self.motion == REFERENCE:
            return turns(rng)
        return drive(rng, seconds=self.seconds)[0]


def plan(options: Options) -> list[Item]:
    """A reference and `clips` shared motions of each person; every second motion is speech."""
    items: list[Item] = []
    camera_seed = item_seed(options.seed, 3)
    for index, person in enumerate(draw_cast(options.seed, options.people)):
        own = item_seed(options.seed, index, 3)
        for motion in range(-1, options.clips):
            name = REFERENCE if motion < 0 else f"m{motion:02d}"
            motion_seed = item_seed(options.seed, motion + 1, 4)
            text = ""
            if motion >= 0 and motion % 2 == 0:
                text = draw_text(np.random.default_rng(motion_seed), options.sentences)
            items.append(
                CrossItem(
                    f"p{index:03d}_{name}", person, own, options.look, name, motion_seed,
                    camera_seed, text, options.seconds,
                )
            )  # fmt: skip
    return items


def pairs(items: list[Item]) -> list[dict[str, Any]]:
    """Every ordered pair of people with the same motion.

    Returns:
        For each: `driving`, the item that drives; `reference`, the item that shows the target;
        `truth`, the item that shows what the target looks like when driven.
    """
    moving = [i for i in items if isinstance(i, CrossItem) and i.motion != REFERENCE]
    return [
        {
            "motion": source.motion,
            "driving": source.name,
            "reference": f"{target.name.split('_')[0]}_{REFERENCE}",
            "truth": target.name,
        }
        for source in moving
        for target in moving
        if source.motion == target.motion and source.person != target.person
    ]
