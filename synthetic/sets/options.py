"""What can be asked of a set."""

from dataclasses import dataclass, field
from pathlib import Path

from synthetic.sets.studio import Look


class OptionError(ValueError):
    """An option is out of range, or names what does not exist."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Options:
    """Options of all sets; each uses those that concern it."""

    seed: int = 0
    people: int = 1
    look: Look = field(default_factory=Look)
    clips: int = 1
    """Of each person: talking, driving, cross."""
    seconds: float = 8.0
    """Of each clip that is not as long as its speech."""
    sentences: int = 2
    """Of each talking clip."""
    stills: int = 16
    """Of each person of a capture set, 8 to 40."""
    frames: int = 20
    """Of each person of a training set."""
    attacks: tuple[str, ...] = ()
    """Which attacks; all by default."""
    challenge: Path | None = None
    """File that a consent recording answers; without it, one is drawn."""
