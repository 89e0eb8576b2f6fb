"""Attack clips for the checks of a consent recording, each with what a checker should say."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from synthetic.person import Person
from synthetic.sets.attack_crew import Crew
from synthetic.sets.attack_table import ATTACKS
from synthetic.sets.cast import draw_cast, draw_stranger, item_seed
from synthetic.sets.challenges import draw_challenge
from synthetic.sets.clips import TRUTH, VIDEO, write_video
from synthetic.sets.consent import CHALLENGE
from synthetic.sets.items import Item, write_json
from synthetic.sets.options import OptionError, Options
from synthetic.sets.studio import Studio
from synthetic.voices import draw_voice


@dataclass(frozen=True, slots=True)
class AttackItem(Item):
    """One attack on one person's challenge."""

    set_name: ClassVar[str] = "attack"
    attack: str = "genuine"
    other: Person = field(default_factory=lambda: Person(seed=0))
    challenge: dict[str, Any] = field(default_factory=dict)
    voice: str = "heart"

    def make(self, folder: Path, studio: Studio) -> None:
        """Stage, film, write."""
        crew = Crew(
            person=self.person, other=self.other, name=self.challenge["name"],
            code_words=tuple(self.challenge["code_words"]), statement=self.challenge["statement"],
            voice=self.voice, seed=self.seed, look=self.look, studio=studio,
        )  # fmt: skip
        kind = ATTACKS[self.attack]
        staged = kind.stage(crew)
        write_video(folder / VIDEO, staged.take, staged.frames, staged.audio)
        label = {
            "attack": self.attack,
            "about": kind.about,
            "voice": self.voice,
            "expected": {"accept": not kind.fails, "any_of_these_checks_fails": list(kind.fails)},
            "spans_s": [[round(start, 3), round(stop, 3)] for start, stop in staged.spans],
            **staged.details,
        }
        write_json(folder / TRUTH, {**staged.take.truth(self.look.size), **label})
        write_json(folder / CHALLENGE, self.challenge)
        write_json(folder / "person.json", asdict(self.person))


def plan(options: Options) -> list[Item]:
    """All attacks, or those asked for, on each person; the other one is nobody of the cast.

    Raises:
        OptionError: There is no such attack.
    """
    names = options.attacks or tuple(ATTACKS)
    if unknown := [name for name in names if name not in ATTACKS]:
        raise OptionError(f"{unknown[0]!r} is no attack: use one of {', '.join(ATTACKS)}")
    items: list[Item] = []
    for index, person in enumerate(draw_cast(options.seed, options.people)):
        other = draw_stranger(options.seed, index, person)
        seed = item_seed(options.seed, index, 5)
        rng = np.random.default_rng(seed)
        voice = draw_voice(rng, person.sex)
        challenge = draw_challenge(person.name, rng)
        content = {**challenge.payload(), "signature": challenge.signature}
        items += [
            AttackItem(
                f"p{index:03d}_{name}", person, seed, options.look, name, other, content, voice
            )
            for name in names
        ]
    return items
