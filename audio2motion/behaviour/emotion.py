"""Moods: what they do to brows, lids, cheeks, the corners of the mouth, the head and its tempo.

Postures follow the prototypes of Ekman and Friesen's action units (joy 6+12, sadness 1+4+15, anger
4+5+7+23, surprise 1+2+5+26), well below their full strength: people who talk show a shade of them.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from audio2motion.behaviour.shapes import ease
from audio2motion.errors import MannerError

EMOTIONS: Final = ("neutral", "happy", "sad", "angry", "surprised", "calm")
AUTOMATIC: Final = "auto"
"""Arousal follows the voice; which feeling it is, a voice does not tell this model."""
FADE_S: Final = 0.7
"""From one mood to the next."""
USUAL_STRENGTH: Final = 0.6


@dataclass(frozen=True, slots=True)
class Posture:
    """What a mood looks like at full strength."""

    face: Mapping[str, float] = field(default_factory=dict)
    """Coefficients; `X` stands for `Left` and `Right`."""
    mouth: Mapping[str, float] = field(default_factory=dict)
    """Added to the mouth's coefficients."""
    head_degrees: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Chin down, to the subject's left, ear to the subject's right shoulder."""
    tempo: float = 1.0
    """Factor on the speed of the head's wandering."""
    spread: float = 1.0
    """Factor on how far it wanders."""
    accents: float = 1.0
    """Factor on nods and brow raises."""
    blinks: float = 1.0
    """Factor on the rate of blinking."""
    gaze_degrees: tuple[float, float] = (0.0, 0.0)
    """To the subject's left and up."""


POSTURES: Final[Mapping[str, Posture]] = {
    "neutral": Posture(),
    "happy": Posture(
        face={"cheekSquintX": 0.55, "eyeSquintX": 0.25, "browOuterUpX": 0.08, "browInnerUp": 0.08},
        mouth={"mouthSmileX": 0.68, "mouthDimpleX": 0.12},
        head_degrees=(-1.0, 0.0, 0.8),
        tempo=1.15,
        spread=1.15,
        accents=1.2,
    ),
    "sad": Posture(
        face={"browInnerUp": 0.75, "browDownX": 0.18, "eyeBlinkX": 0.1, "eyeSquintX": 0.08},
        mouth={"mouthFrownX": 0.55, "mouthShrugLower": 0.14},
        head_degrees=(3.5, 0.0, -1.5),
        tempo=0.7,
        spread=0.75,
        accents=0.6,
        blinks=0.85,
        gaze_degrees=(0.0, -1.5),
    ),
    "angry": Posture(
        face={"browDownX": 0.95, "eyeSquintX": 0.35, "noseSneerX": 0.32, "eyeWideX": 0.1},
        mouth={"mouthPressX": 0.2, "mouthFrownX": 0.28},
        head_degrees=(2.5, 0.0, 0.0),
        tempo=1.2,
        spread=0.9,
        accents=1.35,
        blinks=0.75,
    ),
    "surprised": Posture(
        face={"browInnerUp": 0.75, "browOuterUpX": 0.75, "eyeWideX": 0.6},
        mouth={"jawOpen": 0.05},
        head_degrees=(-2.0, 0.0, 0.0),
        tempo=1.1,
        accents=1.2,
        blinks=0.7,
    ),
    "calm": Posture(
        face={"eyeSquintX": 0.04, "browInnerUp": 0.04},
        mouth={"mouthSmileX": 0.08},
        tempo=0.65,
        spread=0.75,
        accents=0.6,
        blinks=0.85,
    ),
}
_AROUSED_TEMPO, _AROUSED_SPREAD, _AROUSED_ACCENTS = 0.3, 0.3, 0.4


@dataclass(frozen=True, slots=True)
class Emotion:
    """A feeling and how strong it is."""

    name: str = "neutral"
    """One of `EMOTIONS`, or `auto`: as lively as the voice."""
    strength: float = USUAL_STRENGTH
    """0 to 1."""

    def __post_init__(self) -> None:
        if self.name not in (*EMOTIONS, AUTOMATIC):
            raise MannerError(
                f"emotion: there is no {self.name!r}",
                hint=f"Choose {', '.join(EMOTIONS)} or {AUTOMATIC}.",
            )
        if not (math.isfinite(self.strength) and 0 <= self.strength <= 1):
            raise MannerError(
                f"emotion: want a strength from 0 to 1, got {self.strength:g}",
                hint="0.3 is a shade, 1 is on the stage.",
            )

    @classmethod
    def parse(cls, text: str) -> "Emotion":
        """Read `happy` or `happy:0.6`.

        Raises:
            MannerError: There is no such feeling, or the strength is no number from 0 to 1.
        """
        name, colon, strength = text.strip().partition(":")
        try:
            value = float(strength) if colon else USUAL_STRENGTH
        except ValueError as error:
            raise MannerError(
                f"emotion: {strength!r} is no strength", hint="Write happy:0.6."
            ) from error
        return cls(name.strip().lower(), value)

    def __str__(self) -> str:
        return f"{self.name}:{self.strength:g}"


NEUTRAL: Final = Emotion()


@dataclass(frozen=True, slots=True)
class Mood:
    """The mix of postures at one moment."""

    face: Mapping[str, float]
    mouth: Mapping[str, float]
    head_degrees: tuple[float, float, float]
    gaze_degrees: tuple[float, float]
    tempo: float
    spread: float
    accents: float
    blinks: float


class Moods:
    """Which mood it is when; moods change into each other smoothly."""

    def __init__(self, first: Emotion, later: tuple[tuple[float, Emotion], ...] = ()) -> None:
        """Take the mood at the start and (seconds, mood) of later ones, in any order."""
        self._cues = [(-math.inf, first), *sorted(later, key=lambda cue: cue[0])]

    def at(self, time_s: float, arousal: float) -> Mood:
        """The mood at a time, under a voice's arousal from -1 to 1."""
        weights: dict[str, float] = {}
        automatic = 0.0
        for start, emotion in self._cues:
            if start >= time_s:
                break
            share = 1.0 if math.isinf(start) else ease((time_s - start) / FADE_S)
            weights = {name: (1 - share) * value for name, value in weights.items()}
            automatic *= 1 - share
            if emotion.name == AUTOMATIC:
                automatic += share * emotion.strength / USUAL_STRENGTH
            else:
                weights[emotion.name] = weights.get(emotion.name, 0.0) + share * emotion.strength
        return _mix(weights, automatic * arousal)


def _mix(weights: Mapping[str, float], arousal: float) -> Mood:
    face: dict[str, float] = {}
    mouth: dict[str, float] = {}
    head, gaze = [0.0, 0.0, 0.0], [0.0, 0.0]
    factors = {"tempo": 1.0, "spread": 1.0, "accents": 1.0, "blinks": 1.0}
    for name, weight in weights.items():
        posture = POSTURES[name]
        for total, part in ((face, posture.face), (mouth, posture.mouth)):
            for action, value in part.items():
                total[action] = total.get(action, 0.0) + weight * value
        head = [a + weight * b for a, b in zip(head, posture.head_degrees, strict=True)]
        gaze = [a + weight * b for a, b in zip(gaze, posture.gaze_degrees, strict=True)]
        for factor in factors:
            factors[factor] += weight * (getattr(posture, factor) - 1)
    return Mood(
        face=both_sides(face),
        mouth=both_sides(mouth),
        head_degrees=(head[0], head[1], head[2]),
        gaze_degrees=(gaze[0], gaze[1]),
        tempo=factors["tempo"] + _AROUSED_TEMPO * arousal,
        spread=factors["spread"] + _AROUSED_SPREAD * arousal,
        accents=max(0.0, factors["accents"] + _AROUSED_ACCENTS * arousal),
        blinks=factors["blinks"],
    )


def both_sides(actions: Mapping[str, float]) -> dict[str, float]:
    """Blendshape names: `X` at the end becomes `Left` and `Right`."""
    found: dict[str, float] = {}
    for name, value in actions.items():
        if name.endswith("X"):
            found[f"{name[:-1]}Left"] = found[f"{name[:-1]}Right"] = value
        else:
            found[name] = value
    return found
