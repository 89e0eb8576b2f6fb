"""Puts what each part wants together into the coefficients and pose of a frame."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from audio2motion.behaviour import breath, pose
from audio2motion.behaviour.blinks import LID_SHUT, SQUINT_SHARE
from audio2motion.behaviour.emotion import Mood
from audio2motion.behaviour.frames import BehaviourFrames
from audio2motion.behaviour.gaze import look_coefficients
from audio2motion.behaviour.generator import Slow
from audio2motion.behaviour.gestures import Offsets
from audio2motion.gains import Gains
from capture.arkit import ARKIT_52, ARKIT_INDEX

BROW_RAISE: Final = {"browInnerUp": 0.30, "browOuterUpLeft": 0.22, "browOuterUpRight": 0.22}
"""Coefficients of a usual raise."""
SWAY_M: Final = (0.0025, 0.0015, 0.003)
LARGEST_TURN_DEGREES: Final = 25.0

_LID_FOLLOWS_GAZE = 0.35
_LIVING = 0.12  # a mood's posture comes and goes this much: a frozen one is a mask
_SIDES = ("Left", "Right")


@dataclass(frozen=True, slots=True)
class Moment:
    """What each part wants at one frame."""

    slow: Slow
    settled: float
    """0 at the start, where the head is as in the source, 1 soon after."""
    nod_degrees: float
    brow_raise: float
    """1 is a usual raise."""
    shut: float
    gaze_degrees: tuple[float, float]
    sway: tuple[float, ...]
    """(3,) of unit variance."""
    breath: float
    mood: Mood
    offsets: Offsets


class Expression:
    """Collects frames."""

    def __init__(self, gains: Gains) -> None:
        self._gains = gains
        self._frames: list[tuple[list[float], pose.Quaternion, list[float]]] = []
        self._face: list[np.ndarray] = []
        self._mouth: list[np.ndarray] = []

    def show(self, moment: Moment) -> None:
        """Add a frame."""
        angles = self._angles(moment)
        turn = pose.quaternion(*angles)
        moved = pose.about_neck(turn)
        lift = breath.LIFT_M * moment.breath
        swayed = self._gains.head * moment.settled
        sway = [swayed * m * n for m, n in zip(SWAY_M, moment.sway, strict=True)]
        place = [moved[0] + sway[0], moved[1] + sway[1] + lift, moved[2] + sway[2] + 0.5 * lift]
        self._frames.append((angles, turn, place))
        self._face.append(_row(self._face_actions(moment, angles)))
        living = 1 + _LIVING * math.tanh(moment.sway[0])
        mouth = {name: living * value for name, value in moment.mood.mouth.items()}
        self._mouth.append(_row(_sum(mouth, moment.offsets.mouth)).clip(-1, 1))

    def taken(self) -> BehaviourFrames:
        """The frames so far; they are forgotten."""
        if not self._frames:
            return BehaviourFrames.none()
        angles, turns, places = zip(*self._frames, strict=True)
        taken = BehaviourFrames(
            angles=np.array(angles),
            rotation=np.array(turns, np.float32),
            translation=np.array(places, np.float32),
            face=np.stack(self._face).clip(0, 1),
            mouth=np.stack(self._mouth),
        )
        self._frames, self._face, self._mouth = [], [], []
        return taken

    def _angles(self, moment: Moment) -> list[float]:
        """Radians; gains scale all but breathing."""
        angles = []
        for axis in range(3):
            wanted = moment.settled * moment.slow.head_degrees[axis]
            wanted += moment.mood.head_degrees[axis]
            wanted += moment.offsets.head_degrees[axis] + (moment.nod_degrees if axis == 0 else 0)
            turned = self._gains.head * wanted
            # far turns are bent back, so that no frame is lost to a chance in a thousand
            turned = LARGEST_TURN_DEGREES * math.tanh(turned / LARGEST_TURN_DEGREES)
            if axis == 0:
                turned -= breath.NOD_DEGREES * moment.breath
            angles.append(math.radians(turned))
        return angles

    def _face_actions(self, moment: Moment, angles: list[float]) -> dict[str, float]:
        """Coefficients above the mouth."""
        living = 1 + _LIVING * math.tanh(moment.sway[0])
        actions = {name: living * value for name, value in moment.mood.face.items()}
        for name, value in BROW_RAISE.items():
            raised = value * moment.brow_raise + moment.slow.brow_raise
            actions[name] = actions.get(name, 0.0) + raised
        for side in _SIDES:
            name = f"browDown{side}"
            actions[name] = actions.get(name, 0.0) + moment.slow.brow_lower
        actions = {name: self._gains.upper_face * value for name, value in actions.items()}
        actions = _sum(actions, moment.offsets.face)
        actions |= look_coefficients(*self._aim(moment, angles))
        for side in _SIDES:
            _set_lid(actions, side, moment.shut)
        return actions

    def _aim(self, moment: Moment, angles: list[float]) -> tuple[float, float]:
        """Degrees to the left and up in the head: eyes turn against it."""
        offsets, share = moment.offsets, moment.offsets.gaze_share
        left, up = (
            (1 - share) * (wanted + self._gains.gaze * usual) + share * asked
            for wanted, usual, asked in zip(
                moment.gaze_degrees, moment.mood.gaze_degrees, offsets.gaze_degrees, strict=True
            )
        )
        return left - math.degrees(angles[1]), up + math.degrees(angles[0])


def _set_lid(actions: dict[str, float], side: str, shut: float) -> None:
    """Lids ride on the eyeball, and a blink goes on top of a mood."""
    lid = min(max(actions.get(f"eyeBlink{side}", 0.0), 0.0), 1.0)
    down = min(max(actions[f"eyeLookDown{side}"], 0.0), 1.0)
    lid += (1 - lid) * _LID_FOLLOWS_GAZE * down
    actions[f"eyeBlink{side}"] = max(lid + (LID_SHUT - lid) * shut, lid)
    actions[f"eyeSquint{side}"] = max(actions.get(f"eyeSquint{side}", 0.0), SQUINT_SHARE * shut)
    actions[f"eyeWide{side}"] = actions.get(f"eyeWide{side}", 0.0) * (1 - shut)


def _sum(a: Mapping[str, float], b: Mapping[str, float]) -> dict[str, float]:
    return {name: a.get(name, 0.0) + b.get(name, 0.0) for name in {**a, **b}}


def _row(actions: Mapping[str, float]) -> np.ndarray:
    row = np.zeros(len(ARKIT_52), np.float32)
    for name, value in actions.items():
        row[ARKIT_INDEX[name]] = value
    return row
