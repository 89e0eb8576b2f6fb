"""What an attack is made with: a genuine recording, another person, and how it is filmed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capture.audio import AudioClip
from synthetic.masks import Coverage, coverage
from synthetic.performance import Performance
from synthetic.person import Person
from synthetic.posing import pose_figure
from synthetic.scenes import STEADY, Shot, draw_shot
from synthetic.sets.clips import Take
from synthetic.sets.consent import recording, statement_spoken
from synthetic.sets.studio import Look, Studio

Frame = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Staged:
    """An attack, ready to be encoded."""

    take: Take
    """Whose truth is written: what the picture was made from."""
    frames: Iterator[Frame]
    audio: AudioClip | None
    spans: Sequence[tuple[float, float]] = ()
    """When the attack can be noticed, seconds; empty: all the time."""
    details: dict[str, Any] = field(default_factory=dict)
    """Further truth."""


@dataclass(frozen=True, slots=True, eq=False)
class Crew:
    """The means of an attack."""

    person: Person
    other: Person
    """Somebody else."""
    name: str
    """Whom the challenge asks."""
    code_words: tuple[str, ...]
    """Asked for."""
    statement: str
    """Asked for."""
    voice: str
    seed: int
    look: Look
    studio: Studio

    def rng(self, *keys: int) -> np.random.Generator:
        """A generator of its own for each tuple of keys."""
        return np.random.default_rng([self.seed, *keys])

    def take(self, statement: str | None = None) -> Take:
        """The person speaks a statement, by default the one asked for, and turns."""
        return recording(self.person, statement or self.statement, self.voice, self.seed)

    def other_shot(self) -> Shot:
        """Another room and camera: where a photo or a screen is filmed."""
        return draw_shot(self.rng(11), STEADY)

    def filmed(self, take: Take) -> Iterator[Frame]:
        """Frames of a take as its camera records them."""
        return take.developed(take.rendered(self.studio, self.look))

    def seen(self, take: Take) -> Iterator[tuple[Frame, Coverage]]:
        """Frames of a take as the lens sees them, and which part of the person is where."""
        renderer = self.studio.renderer(take.person, take.shot.scene, self.look)
        figure = self.studio.figure(take.person, self.look.detail)
        for index in range(len(take.performance)):
            posed = pose_figure(figure, take.performance.pose(index))
            parts = coverage(figure, posed, take.shot.scene.camera, self.look.size)
            yield renderer.draw(posed), parts

    def still(self, take: Take) -> Frame:
        """One frame: a photo of the person, eyes open, looking at the camera."""
        portrait = replace(take, performance=frozen(take.performance, 1))
        return next(self.filmed(portrait))

    def spoken(self, statement: str, voice: str) -> AudioClip:
        """A statement in a voice, as long as it takes."""
        return statement_spoken(statement, voice, self.seed).audio


def frozen(performance: Performance, frames: int) -> Performance:
    """A neutral face that does not move."""
    still = np.zeros((frames, performance.coefficients.shape[1]), np.float32)
    return Performance(performance.fps, still, np.zeros((frames, 3)), np.zeros((frames, 3)))
