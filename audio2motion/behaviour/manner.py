"""How somebody is to behave: which generator, in which mood, with which gestures."""

from dataclasses import dataclass
from typing import Final

from audio2motion.behaviour.emotion import NEUTRAL, Emotion
from audio2motion.behaviour.gestures import Gesture
from audio2motion.errors import MannerError

GENERATORS: Final = ("diffusion", "vae", "procedural")
DEFAULT_GENERATOR: Final = "diffusion"


@dataclass(frozen=True, slots=True)
class Manner:
    """The defaults are a neutral talker."""

    generator: str = DEFAULT_GENERATOR
    """One of `GENERATORS`."""
    emotion: Emotion = NEUTRAL
    """At the start."""
    moods: tuple[tuple[float, Emotion], ...] = ()
    """(seconds, emotion) of changes."""
    gestures: tuple[Gesture, ...] = ()
    tempo: float = 1.0
    """Factor on the speed of the head's wandering: a habit of the person."""
    breathing: float = 1.0
    """Strength; it goes on where the head is held still."""

    @property
    def weights(self) -> tuple[str, ...]:
        """Names of the model files that the generator needs."""
        return () if self.generator == "procedural" else (f"behaviour-{self.generator}",)

    def __post_init__(self) -> None:
        if self.generator not in GENERATORS:
            raise MannerError(
                f"behaviour: there is no {self.generator!r}",
                hint=f"Choose {', '.join(GENERATORS)}.",
            )
