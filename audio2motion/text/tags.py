"""The directions that a text may carry in brackets: `[smile]`, `[happy 0.6]…[/happy]`."""

from dataclasses import dataclass
from typing import Final

PAUSE: Final = "pause"
EMPHASIS: Final = "emphasis"
EMOTIONS: Final = ("happy", "sad", "angry", "surprised", "calm", "neutral")


@dataclass(frozen=True, slots=True)
class Tag:
    """One direction."""

    says: str
    """What it does, for people."""
    spans: bool = False
    """Whether it holds until `[/name]`."""
    number: str = "strength"
    """What a number after the name means; empty where none may follow."""
    usual: float = 1.0
    """The number where none is given."""
    least: float = 0.0
    most: float = 1.0


TAGS: Final[dict[str, Tag]] = {
    "smile": Tag("smiles for about two seconds"),
    "frown": Tag("draws the brows together for a good second"),
    "raise brows": Tag("raises both brows for a second"),
    "blink": Tag("blinks once", number=""),
    "wink left": Tag("winks with the eye on the left", number=""),
    "wink right": Tag("winks with the eye on the right", number=""),
    "look left": Tag("looks to the left for a second, and the head goes a little along"),
    "look right": Tag("looks to the right for a second"),
    "look up": Tag("looks up for a second"),
    "look down": Tag("looks down for a second"),
    "nod": Tag("nods, chin first, and a smaller nod after it"),
    "shake": Tag("shakes the head, twice to either side"),
    "tilt left": Tag("tilts the head to the left for a second"),
    "tilt right": Tag("tilts the head to the right for a second"),
    PAUSE: Tag("says nothing for that long", number="seconds", usual=0.5, least=0.05, most=30.0),
    EMPHASIS: Tag("says it louder, with a wider mouth, raised brows and a nod", spans=True),
    "happy": Tag("looks happy", spans=True, usual=0.7),
    "sad": Tag("looks sad", spans=True, usual=0.7),
    "angry": Tag("looks angry", spans=True, usual=0.7),
    "surprised": Tag("looks surprised", spans=True, usual=0.7),
    "calm": Tag("looks calm", spans=True, usual=0.7),
    "neutral": Tag("ends the emotion around it for that long", spans=True, number=""),
}
"""By name. Left and right are those of the picture, as everywhere among the controls."""
