"""Talking clips: synthesised speech, and a face that says it."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from synthetic.acting import EXPRESSIONS, blink_now_and_then, express, talk_gestures
from synthetic.performance import Performance, Score
from synthetic.scenes import STEADY, draw_shot
from synthetic.sets.cast import draw_cast, item_seed
from synthetic.sets.clips import FPS, Take, film
from synthetic.sets.items import Item
from synthetic.sets.options import Options
from synthetic.sets.studio import Studio
from synthetic.sets.texts import draw_text
from synthetic.speech import Utterance, speak
from synthetic.visemes import mouth_curves
from synthetic.voices import VOICES, draw_voice

_LEAD_S, _TAIL_S = 0.4, 0.4
_MOODS = ("smile", "closed smile", "frown", "raised brows", "sad", "thinking")
_STRONGEST_MOOD = 0.8
_SAID_WITH = ("jaw", "mouthUpperUp", "mouthLowerDown", "mouthShrug")
"""What opens the lips is left to speech."""


@dataclass(frozen=True, slots=True)
class TalkingItem(Item):
    """One clip of speech."""

    set_name: ClassVar[str] = "talking"
    text: str = ""
    voice: str = "heart"

    def make(self, folder: Path, studio: Studio) -> None:
        """Speak, act, film."""
        rng = np.random.default_rng(self.seed)
        shot = draw_shot(rng, STEADY)
        utterance = speak(self.text, seed=self.seed, voice=VOICES[self.voice]).later(_LEAD_S)
        performance = talk(utterance, rng)
        take = Take(self.person, shot, performance, self.seed, utterance)
        film(take, folder, studio, self.look, voice=self.voice)


def plan(options: Options) -> list[Item]:
    """`clips` clips of each person, in the person's own voice."""
    items: list[Item] = []
    for index, person in enumerate(draw_cast(options.seed, options.people)):
        voice = draw_voice(np.random.default_rng([options.seed, index, 7]), person.sex)
        for clip in range(options.clips):
            seed = item_seed(options.seed, index, clip, 1)
            text = draw_text(np.random.default_rng(seed), options.sentences)
            items.append(
                TalkingItem(f"p{index:03d}_c{clip:02d}", person, seed, options.look, text, voice)
            )
    return items


def talk(
    utterance: Utterance,
    rng: np.random.Generator,
    *,
    tail_s: float = _TAIL_S,
    mood: tuple[str, float] | None = None,
) -> Performance:
    """Say an utterance, with the head motion, gaze, blinks and moods of someone who talks.

    Args:
        utterance: What is heard, from the first frame.
        rng: Of everything that is not speech.
        tail_s: Continued after the speech.
        mood: One of `EXPRESSIONS` that comes and goes, and its strength; drawn by default.
    """
    score = Score(int(np.ceil((utterance.audio.duration + tail_s) * FPS)), FPS)
    add_talk(score, utterance, rng)
    name = str(rng.choice(_MOODS))
    middle = float(rng.uniform(0, score.times[-1]))
    name, strength = mood or (name, float(rng.uniform(0, _STRONGEST_MOOD)))
    lips_free = {k: v for k, v in EXPRESSIONS[name].items() if not k.startswith(_SAID_WITH)}
    express(score, lips_free, middle - 2.0, middle + 2.0, strength=strength, ease_s=0.8)
    blink_now_and_then(score, rng)
    score.sway(rng, float(rng.uniform(1.0, 3.6)))
    score.glance(rng)
    return score.finish()


def add_talk(score: Score, utterance: Utterance, rng: np.random.Generator) -> None:
    """Add the mouth of an utterance and the gestures that go with speech."""
    strength = float(rng.uniform(0.95, 1.35))
    score.coefficients += mouth_curves(utterance.phones, score.times, strength=strength)
    talk_gestures(score, utterance.phones, rng)
