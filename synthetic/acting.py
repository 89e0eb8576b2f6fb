"""Pieces of acting: expressions, gestures of someone who speaks, blinks."""

from collections.abc import Mapping, Sequence

import numpy as np

from capture.arkit import ARKIT_52, ARKIT_INDEX
from synthetic.performance import Score, plateau
from synthetic.speech import Phone

BLINKS_A_MINUTE = 21.0
"""Of people who talk to a camera; half of them lie between 13 and 36 (measured on real clips)."""

_PAIRS = frozenset(name[: -len("Left")] for name in ARKIT_52 if name.endswith("Left"))

EXPRESSIONS: dict[str, dict[str, float]] = {
    "smile": {"mouthSmile": 0.70, "cheekSquint": 0.5, "mouthUpperUp": 0.40, "eyeSquint": 0.3,
              "mouthDimple": 0.15, "mouthLowerDown": 0.2, "jawOpen": 0.07},
    "laugh": {"mouthSmile": 0.80, "cheekSquint": 0.8, "mouthUpperUp": 0.45, "eyeSquint": 0.6,
              "mouthLowerDown": 0.3, "jawOpen": 0.42, "browInnerUp": 0.2},
    "closed smile": {"mouthSmile": 0.65, "cheekSquint": 0.35, "mouthDimple": 0.4,
                     "mouthPress": 0.2, "eyeSquint": 0.2},
    "sad": {"mouthFrown": 0.75, "browInnerUp": 0.8, "mouthShrugLower": 0.5, "eyeSquint": 0.15,
            "mouthLowerDown": 0.1, "eyeLookDown": 0.3},
    "angry": {"browDown": 0.95, "noseSneer": 0.6, "mouthPress": 0.6, "eyeSquint": 0.5,
              "mouthFrown": 0.3, "jawForward": 0.2},
    "shout": {"browDown": 0.8, "noseSneer": 0.8, "jawOpen": 0.75, "mouthUpperUp": 0.6,
              "mouthLowerDown": 0.6, "mouthStretch": 0.4, "eyeWide": 0.3},
    "surprise": {"browInnerUp": 0.9, "browOuterUp": 0.9, "eyeWide": 0.9, "jawOpen": 0.55,
                 "mouthFunnel": 0.2},
    "fear": {"browInnerUp": 0.95, "browOuterUp": 0.4, "eyeWide": 0.8, "mouthStretch": 0.8,
             "mouthLowerDown": 0.35, "jawOpen": 0.18},
    "disgust": {"noseSneer": 1.0, "mouthUpperUp": 0.7, "browDown": 0.5, "eyeSquint": 0.5,
                "mouthFrown": 0.3, "cheekSquint": 0.4},
    "contempt": {"mouthSmileLeft": 0.5, "mouthDimpleLeft": 0.6, "mouthPressRight": 0.3,
                 "eyeSquint": 0.3, "browOuterUpRight": 0.4},
    "kiss": {"mouthPucker": 0.95, "mouthFunnel": 0.2, "eyeSquint": 0.2, "cheekPuff": 0.1},
    "puffed cheeks": {"cheekPuff": 0.95, "mouthPucker": 0.25, "mouthPress": 0.3,
                      "eyeWide": 0.2},
    "wide open": {"jawOpen": 1.0, "mouthLowerDown": 0.3, "mouthUpperUp": 0.3,
                  "browInnerUp": 0.3, "eyeWide": 0.3},
    "tongue": {"tongueOut": 1.0, "jawOpen": 0.5, "mouthLowerDown": 0.3, "browInnerUp": 0.3},
    "wink left": {"eyeBlinkLeft": 1.0, "cheekSquintLeft": 0.8, "mouthSmileLeft": 0.45,
                  "browDownLeft": 0.3},
    "wink right": {"eyeBlinkRight": 1.0, "cheekSquintRight": 0.8, "mouthSmileRight": 0.45,
                   "browDownRight": 0.3},
    "mouth left": {"mouthLeft": 0.9, "jawLeft": 0.5, "mouthPress": 0.2},
    "mouth right": {"mouthRight": 0.9, "jawRight": 0.5, "mouthPress": 0.2},
    "rolled lips": {"mouthRollLower": 0.9, "mouthRollUpper": 0.9, "mouthPress": 0.3},
    "pout": {"mouthShrugLower": 0.9, "mouthPucker": 0.4, "browInnerUp": 0.4,
             "mouthFrown": 0.4},
    "thinking": {"browDownLeft": 0.6, "browOuterUpRight": 0.7, "mouthPucker": 0.3,
                 "mouthLeft": 0.35, "eyeSquint": 0.2},
    "frown": {"browDown": 0.9, "eyeSquint": 0.4, "mouthFrown": 0.35},
    "raised brows": {"browInnerUp": 1.0, "browOuterUp": 1.0},
    "eyes shut": {"eyeBlink": 1.0, "eyeSquint": 0.6, "cheekSquint": 0.4, "browDown": 0.3},
    "teeth": {"mouthUpperUp": 0.8, "mouthLowerDown": 0.8, "mouthStretch": 0.5,
              "mouthSmile": 0.25},
    "oh": {"jawOpen": 0.45, "mouthFunnel": 0.8, "mouthPucker": 0.3, "browInnerUp": 0.3},
}  # fmt: skip
"""Strong expressions: coefficients by ARKit's names, without the side where both are meant."""


def spelled(expression: Mapping[str, float]) -> dict[str, float]:
    """Coefficients with both sides named."""
    out: dict[str, float] = {}
    for name, value in expression.items():
        sides = [name + "Left", name + "Right"] if name in _PAIRS else [name]
        out.update(dict.fromkeys(sides, value))
    return out


def single_actions() -> list[dict[str, float]]:
    """Every ARKit action alone at 1, with the open jaw that some of them need."""
    needs_jaw = {"mouthClose": 1.0, "tongueOut": 0.5}
    return [
        {"jawOpen": 0.3 * needs_jaw[name] if name == "mouthClose" else needs_jaw[name], name: 1.0}
        if name in needs_jaw
        else {name: 1.0}
        for name in ARKIT_52
    ]


def express(
    score: Score,
    expression: Mapping[str, float],
    start_s: float,
    stop_s: float,
    *,
    strength: float = 1.0,
    ease_s: float = 0.25,
) -> None:
    """Show an expression between two times."""
    curve = strength * plateau(score.times, start_s, stop_s, ease_s)
    for name, value in spelled(expression).items():
        score.add([name], value * curve)


def talk_gestures(score: Score, phones: Sequence[Phone], rng: np.random.Generator) -> None:
    """Nods and raised brows on stressed sounds, blinks at pauses."""
    for phone in phones:
        at = phone.start_s
        if phone.stressed and rng.random() < 0.6:
            nod = np.exp(-(((score.times - at - 0.06) / 0.11) ** 2))
            score.rotation[:, 0] += np.deg2rad(rng.uniform(0.6, 2.0)) * nod
        if phone.stressed and rng.random() < 0.25:
            brow = 0.30 * np.exp(-(((score.times - at) / 0.22) ** 2))
            score.add(["browInnerUp", "browOuterUpLeft", "browOuterUpRight"], brow)
        if not phone.symbol and phone.stop_s - phone.start_s > 0.15 and at > 0.1:
            score.blink(at + rng.uniform(0.0, 0.12))


def blink_now_and_then(
    score: Score, rng: np.random.Generator, *, a_minute: float = BLINKS_A_MINUTE
) -> None:
    """Blinks at random times, never closer than 0.4 s."""
    if not len(score.times):
        return
    at = float(rng.exponential(60 / a_minute))
    while at < score.times[-1]:
        score.blink(at, width_s=float(rng.uniform(0.13, 0.21)))
        at += 0.4 + float(rng.exponential(max(60 / a_minute - 0.4, 0.1)))


def mouth_columns() -> list[int]:
    """Columns of the coefficients that move jaw, lips, tongue."""
    return [ARKIT_INDEX[n] for n in ARKIT_52 if n.startswith(("jaw", "mouth", "tongue"))]
