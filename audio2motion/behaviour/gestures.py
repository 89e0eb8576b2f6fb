"""Timed gestures: a nod, a smile, a look aside, added to whatever else a face does.

Sides are those of the picture, as with `--gaze`: a look left goes to the left of the screen.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from audio2motion.behaviour.emotion import both_sides
from audio2motion.behaviour.shapes import bump, ease
from audio2motion.errors import MannerError


@dataclass(frozen=True, slots=True)
class Movement:
    """What a gesture does at full strength."""

    duration_s: float
    """Usual length; of what is held, the hold is what a longer one stretches."""
    onset_s: float = 0.25
    decay_s: float = 0.4
    face: Mapping[str, float] = field(default_factory=dict)
    """Coefficients added; `X` stands for both sides."""
    mouth: Mapping[str, float] = field(default_factory=dict)
    head_degrees: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Chin down, to the subject's left, roll."""
    swing_degrees: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """The same, but to and fro."""
    swing_s: float = 0.5
    """Length of one way there and back."""
    gaze_degrees: tuple[float, float] | None = None
    """Where the eyes aim meanwhile: to the subject's left and up of the camera."""


def _look(left: float, up: float) -> Movement:
    """Eyes go first and furthest, the head follows a third of the way."""
    return Movement(
        1.4, 0.3, 0.35, gaze_degrees=(left, up), head_degrees=(-0.35 * up, 0.35 * left, 0.0)
    )


def _tilt(degrees: float) -> Movement:
    return Movement(1.6, 0.45, 0.6, head_degrees=(0.0, 0.0, degrees))


def _wink(side: str) -> Movement:
    """With the subject's own eye of that side, which is the other one in the picture."""
    return Movement(
        0.5,
        0.1,
        0.22,
        face={f"eyeBlink{side}": 0.96, f"cheekSquint{side}": 0.4, f"eyeSquint{side}": 0.3},
        mouth={f"mouthSmile{side}": 0.25},
    )


MOVEMENTS: Final[Mapping[str, Movement]] = {
    "smile": Movement(
        2.0,
        0.4,
        0.7,
        face={"cheekSquintX": 0.4, "eyeSquintX": 0.2},
        mouth={"mouthSmileX": 0.55, "mouthDimpleX": 0.1},
    ),
    "frown": Movement(
        1.6, 0.3, 0.6, face={"browDownX": 0.6, "eyeSquintX": 0.15}, mouth={"mouthFrownX": 0.25}
    ),
    "raise brows": Movement(
        1.0, 0.2, 0.45, face={"browInnerUp": 0.55, "browOuterUpX": 0.5, "eyeWideX": 0.12}
    ),
    "nod": Movement(0.9, 0.1, 0.25, swing_degrees=(7.0, 0.0, 0.0), swing_s=0.45),
    "shake": Movement(1.2, 0.15, 0.3, swing_degrees=(0.0, 8.0, 0.0), swing_s=0.6),
    "tilt left": _tilt(6.0),
    "tilt right": _tilt(-6.0),
    "look left": _look(-16.0, 0.0),
    "look right": _look(16.0, 0.0),
    "look up": _look(0.0, 12.0),
    "look down": _look(0.0, -13.0),
    "look camera": Movement(2.0, 0.25, 0.4, gaze_degrees=(0.0, 0.0)),
    "blink": Movement(0.3, 0.08, 0.19, face={"eyeBlinkX": 0.96, "eyeSquintX": 0.2}),
    "wink left": _wink("Right"),
    "wink right": _wink("Left"),
}


@dataclass(frozen=True, slots=True)
class Gesture:
    """A movement at a time."""

    name: str
    """One of `MOVEMENTS`."""
    start_s: float
    strength: float = 1.0
    """0 to 1."""
    duration_s: float | None = None
    """None: as long as usual."""

    def __post_init__(self) -> None:
        if self.name not in MOVEMENTS:
            raise MannerError(
                f"gesture: there is no {self.name!r}", hint=f"Choose {', '.join(MOVEMENTS)}."
            )
        length = self.duration_s
        if not 0 <= self.strength <= 1 or (length is not None and not 0.1 <= length <= 60):
            raise MannerError(
                f"gesture {self.name}: want a strength from 0 to 1 and 0.1 to 60 seconds, got "
                f"{self.strength:g} and {length}",
                hint="Leave both away for the usual ones.",
            )

    @property
    def end_s(self) -> float:
        """When it is over."""
        return self.start_s + (self.duration_s or MOVEMENTS[self.name].duration_s)


@dataclass(slots=True)
class Offsets:
    """What the gestures of one moment add."""

    face: dict[str, float] = field(default_factory=dict)
    mouth: dict[str, float] = field(default_factory=dict)
    head_degrees: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    gaze_degrees: tuple[float, float] = (0.0, 0.0)
    gaze_share: float = 0.0
    """0: the eyes go where they would; 1: where the gesture says."""


class GestureTrack:
    """All gestures of a motion. Times only move forward."""

    def __init__(self, gestures: Iterable[Gesture]) -> None:
        self._coming = sorted(gestures, key=lambda gesture: gesture.start_s, reverse=True)
        self._running: list[Gesture] = []

    def at(self, time_s: float) -> Offsets:
        """What is added at a time, which must not be earlier than the last one."""
        while self._coming and self._coming[-1].start_s <= time_s:
            self._running.append(self._coming.pop())
        self._running = [gesture for gesture in self._running if gesture.end_s > time_s]
        offsets = Offsets()
        for gesture in self._running:
            _add(offsets, gesture, time_s)
        return offsets


def _add(offsets: Offsets, gesture: Gesture, time_s: float) -> None:
    movement = MOVEMENTS[gesture.name]
    length = gesture.end_s - gesture.start_s
    scale = min(1.0, length / (movement.onset_s + movement.decay_s))
    onset, decay = scale * movement.onset_s, scale * movement.decay_s
    since = time_s - gesture.start_s
    shown = gesture.strength * bump(since - onset, onset, length - onset - decay, decay)
    for total, part in ((offsets.face, movement.face), (offsets.mouth, movement.mouth)):
        for action, value in both_sides(part).items():
            total[action] = total.get(action, 0.0) + shown * value
    swing = shown * _swing(since, length, movement)
    for axis in range(3):
        held = shown * movement.head_degrees[axis]
        offsets.head_degrees[axis] += held + swing * movement.swing_degrees[axis]
    if movement.gaze_degrees is not None:
        # eyes jump: they are there long before the head
        share = ease(3 * since / onset) * ease((length - since) / (0.3 * decay))
        offsets.gaze_degrees, offsets.gaze_share = movement.gaze_degrees, gesture.strength * share


def _swing(since_s: float, length_s: float, movement: Movement) -> float:
    """Whole ways there and back, of about the movement's own length each."""
    ways = max(1, round(length_s / movement.swing_s))
    phase = 2 * math.pi * ways * since_s / length_s
    down_only = movement.swing_degrees[0] != 0
    return 0.5 - 0.5 * math.cos(phase) if down_only else math.sin(phase)
