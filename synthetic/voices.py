"""`Voice`: which engine speaks, and how its voice is moved up or down."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of one speech engine."""

    engine: str = "hibari"
    """`hibari` or `joe`: see `synthetic.speech`."""
    register: float = 1.0
    """Scales fundamental and formants together: a larger or smaller speaker."""
    pitch: float = 1.0
    """Scales the fundamental alone; `hibari` only."""
    speed: float = 1.0
    """1 is the engine's own."""


VOICES: dict[str, Voice] = {
    "heart": Voice(),
    "heart-low": Voice(register=0.92, pitch=0.94),
    "heart-alto": Voice(register=0.95, pitch=0.86, speed=0.95),
    "heart-high": Voice(pitch=1.07, speed=1.05),
    "heart-bright": Voice(register=1.03, pitch=1.12),
    "heart-tenor": Voice(register=0.86, pitch=0.66, speed=0.98),
    "joe": Voice("joe"),
    "joe-bass": Voice("joe", register=0.92, speed=0.97),
    "joe-light": Voice("joe", register=1.08, speed=1.03),
    "joe-quick": Voice("joe", register=1.03, speed=1.12),
}
"""By name. The names are those of the engines' own voices, and of how each was changed."""

FEMALE = ("heart", "heart-low", "heart-alto", "heart-high", "heart-bright")
MALE = ("joe", "joe-bass", "joe-light", "joe-quick", "heart-tenor")


def draw_voice(rng: np.random.Generator, sex: str) -> str:
    """The name of a voice that may belong to a `female` or `male` person."""
    return str(rng.choice(FEMALE if sex == "female" else MALE))


def other_voice(name: str) -> str:
    """The name of a voice that nobody takes for the same speaker's."""
    return "joe" if VOICES[name].engine == "hibari" else "heart"
