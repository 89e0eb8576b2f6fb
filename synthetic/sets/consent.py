"""Consent recordings: the statement of a challenge is spoken, then the head turns."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from consent.challenge import Challenge
from synthetic.acting import EXPRESSIONS, blink_now_and_then, express
from synthetic.performance import Performance, Score
from synthetic.person import Person
from synthetic.scenes import STEADY, draw_shot
from synthetic.sets.cast import draw_cast, item_seed
from synthetic.sets.challenges import draw_challenge
from synthetic.sets.clips import FPS, Take, film
from synthetic.sets.items import Item, write_json
from synthetic.sets.options import Options
from synthetic.sets.studio import Studio
from synthetic.sets.talking import add_talk
from synthetic.speech import Utterance, speak
from synthetic.voices import VOICES, draw_voice

CHALLENGE = "challenge.json"
_LEAD_S, _TURNS_S = 0.8, 6.6
_PAUSE_S = 0.15


@dataclass(frozen=True, slots=True)
class ConsentItem(Item):
    """One recording."""

    set_name: ClassVar[str] = "consent"
    statement: str = ""
    code_words: tuple[str, ...] = ()
    challenge: dict[str, Any] = field(default_factory=dict)
    """As `consent.challenge.Challenge.load` reads it."""
    voice: str = "heart"

    def make(self, folder: Path, studio: Studio) -> None:
        """Speak the statement, turn, film."""
        take = recording(self.person, self.statement, self.voice, self.seed)
        film(take, folder, studio, self.look, voice=self.voice, code_words=list(self.code_words))
        write_json(folder / CHALLENGE, self.challenge)


def plan(options: Options) -> list[Item]:
    """One recording of each person; with a challenge given, of its name by the first one."""
    given = None if options.challenge is None else Challenge.load(options.challenge)
    people = 1 if given is not None else options.people
    items: list[Item] = []
    for index, person in enumerate(draw_cast(options.seed, people)):
        seed = item_seed(options.seed, index, 5)
        rng = np.random.default_rng(seed)
        voice = draw_voice(rng, person.sex)
        challenge = given or draw_challenge(person.name, rng)
        items.append(
            ConsentItem(
                f"p{index:03d}", person, seed, options.look, challenge.statement,
                challenge.code_words, {**challenge.payload(), "signature": challenge.signature},
                voice,
            )
        )  # fmt: skip
    return items


def recording(person: Person, statement: str, voice: str, seed: int) -> Take:
    """A take of someone who speaks a statement and then turns to both sides.

    Args:
        person: Who.
        statement: What is said.
        voice: A key of `VOICES`.
        seed: Of the room, the camera and all gestures.
    """
    rng = np.random.default_rng([seed, 1])
    utterance = statement_spoken(statement, voice, seed)
    shot = draw_shot(rng, STEADY)
    return Take(person, shot, consent_performance(utterance, rng), seed, utterance)


def statement_spoken(statement: str, voice: str, seed: int) -> Utterance:
    """A statement after a moment of silence."""
    spoken = speak(statement, seed=seed, pause_s=_PAUSE_S, voice=VOICES[voice])
    return spoken.later(_LEAD_S)


def consent_performance(utterance: Utterance, rng: np.random.Generator) -> Performance:
    """Speak, then turn to both sides, open the mouth, blink and smile."""
    spoken = utterance.audio.duration
    score = Score(int(np.ceil((spoken + _TURNS_S) * FPS)), FPS)
    add_talk(score, utterance, rng)
    quiet = Score(len(score.times), FPS)
    blink_now_and_then(quiet, rng)
    quiet.coefficients *= (quiet.times < spoken)[:, None]
    score.coefficients = np.maximum(score.coefficients, quiet.coefficients)
    add_turns(score, spoken)
    score.sway(rng)
    score.glance(rng)
    return score.finish()


def turns(rng: np.random.Generator) -> Performance:
    """The turns of a consent recording alone."""
    score = Score(int(np.ceil((_TURNS_S + 0.6) * FPS)), FPS)
    add_turns(score, 0.5)
    score.sway(rng)
    score.glance(rng)
    return score.finish()


def add_turns(score: Score, t: float) -> None:
    """Turn left and right from `t` seconds on, open the mouth, smile, blink; 6 s in all."""
    score.turn(
        [0, t - 0.2, t + 0.8, t + 1.25, t + 2.4, t + 2.85, t + 3.6, t + 6.6],
        [[0, 0, 0], [0, 0, 0], [1, 31, 1], [1, 31, 1], [1, -31, -1], [1, -31, -1], [0, 0, 0],
         [-1, 3, 1]],
    )  # fmt: skip
    express(score, {"jawOpen": 0.62, "mouthLowerDown": 0.15}, t + 3.5, t + 4.6, ease_s=0.4)
    express(score, EXPRESSIONS["smile"], t + 4.7, t + 7.5, ease_s=0.45)
    for at in (t + 0.35, t + 1.7, t + 3.4, t + 5.0, t + 6.0):
        score.blink(at)
