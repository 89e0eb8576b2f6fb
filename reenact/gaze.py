"""Where the eyes look: irises turned by an angle, lids that ride on them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_INDEX
from capture.landmark_rig import LandmarkRig
from capture.landmarks import (
    EYE_INNER_LEFT,
    EYE_INNER_RIGHT,
    EYE_OUTER_LEFT,
    EYE_OUTER_RIGHT,
    LEFT_EYE,
    LEFT_IRIS,
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    RIGHT_EYE,
    RIGHT_IRIS,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
)
from reenact.regions import falloff

EYEBALL_M = 0.012
"""Radius on which an iris turns; tracked irises move 6 mm for 30 degrees."""
SIDEWAYS_DEGREES, UP_DEGREES, DOWN_DEGREES = 32.0, 20.0, 26.0
"""How far eyes turn in the head before the head follows."""
LIDS_REACH_M = 0.014
"""How far around the eye the skin goes with the lids."""
FRONTAL_DEGREES = 14.0
"""Heads turned less than this look at the camera, as a rule."""
SHUT, AWAKE = 0.25, 0.6
"""Lid gap over that at rest: below the first the lids stay as they are, above the second they ride
on the eyeball fully."""


@dataclass(frozen=True, slots=True, eq=False)
class _Eye:
    iris: NDArray[np.int32]
    corners: tuple[int, int]
    lids: tuple[int, int]
    straight: NDArray[np.float32]
    """(2,) metres: the iris from the middle of the corners when it looks straight ahead."""
    gap: float
    """Between the lids at rest, metres."""
    lowered: NDArray[np.float32]
    """(478, 3) how the skin moves for an iris a metre lower."""
    raised: NDArray[np.float32]
    """(478, 3) the same for an iris a metre higher."""


class Gaze:
    """Reads and sets where both eyes look.

    Degrees in the head: yaw towards the subject's left (the picture's right), pitch up.
    """

    def __init__(self, shapes: NDArray[np.float32], rotations: NDArray[np.float32]) -> None:
        """Learn where the irises are when the eyes look at the camera.

        A tracker's idea of straight ahead is off by up to ten degrees, other for each person.
        People who are filmed from the front look at the camera more often than elsewhere.

        Args:
            shapes: (r, 478, 3) metres, the references in canonical head space, the source first.
            rotations: (r, 3, 3) their head rotations.
        """
        right = (EYE_OUTER_RIGHT, EYE_INNER_RIGHT), (RIGHT_LID_UPPER, RIGHT_LID_LOWER)
        left = (EYE_INNER_LEFT, EYE_OUTER_LEFT), (LEFT_LID_UPPER, LEFT_LID_LOWER)
        self._eyes = (
            _eye(shapes, rotations, "Right", RIGHT_EYE, RIGHT_IRIS, *right),
            _eye(shapes, rotations, "Left", LEFT_EYE, LEFT_IRIS, *left),
        )

    def read(self, shapes: NDArray[np.float32]) -> NDArray[np.float32]:
        """(t, 2) degrees: where both eyes look on average, for (t, 478, 3) shapes."""
        offsets = np.mean([_offset(shapes, eye) for eye in self._eyes], axis=0)
        sines = np.clip(offsets / EYEBALL_M, -1, 1)
        return np.degrees(np.arcsin(sines)).astype(np.float32)

    def aim(self, shapes: NDArray[np.float32], wanted: NDArray[np.float32]) -> NDArray[np.float32]:
        """Turn both eyes; the lids follow up and down, a blink stays a blink.

        Args:
            shapes: (t, 478, 3) metres in canonical head space.
            wanted: (t, 2) degrees; eyes turn only as far as eyes do.

        Returns:
            (t, 478, 3), other arrays than `shapes`.
        """
        low, high = (-SIDEWAYS_DEGREES, -DOWN_DEGREES), (SIDEWAYS_DEGREES, UP_DEGREES)
        target = EYEBALL_M * np.sin(np.radians(np.clip(wanted, low, high)))  # (t, 2) metres
        out = shapes.copy()
        for eye in self._eyes:
            shift = target - _offset(shapes, eye)
            height = shift[:, 1, None, None]
            opened = np.linalg.norm(shapes[:, eye.lids[0]] - shapes[:, eye.lids[1]], axis=1)
            ramp = np.clip((opened / eye.gap - SHUT) / (AWAKE - SHUT), 0, 1)[:, None, None]
            skin = np.maximum(height, 0) * eye.raised + np.maximum(-height, 0) * eye.lowered
            out += (ramp * skin).astype(np.float32)
            # the corners move a little with the skin: aim from where they are now
            out[:, eye.iris, :2] += (target - _offset(out, eye))[:, None, :]
        return out


def towards(yaw: float, pitch: float, rotations: NDArray[np.float32]) -> NDArray[np.float32]:
    """(t, 2) degrees in the head for a direction in the picture.

    Args:
        yaw: Degrees to the picture's right of the camera.
        pitch: Degrees above the camera.
        rotations: (t, 3, 3) of the head, head to camera axes.
    """
    sideways, up = np.radians(yaw), np.radians(pitch)
    direction = np.array(
        [np.sin(sideways) * np.cos(up), np.sin(up), np.cos(sideways) * np.cos(up)], np.float32
    )
    return _in_head(np.einsum("tji,j->ti", rotations, direction))


def kept(
    looks: NDArray[np.float32], before: NDArray[np.float32], after: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(t, 2) degrees in a head that is turned otherwise, for eyes that look at the same point.

    Args:
        looks: (t, 2) degrees in the head as it was.
        before: (t, 3, 3) its rotations.
        after: (t, 3, 3) the rotations it has now.
    """
    yaw, pitch = np.radians(looks).T
    direction = np.stack(
        [np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)], axis=1
    )
    return _in_head(np.einsum("tji,tjk,tk->ti", after, before, direction))


def _in_head(direction: NDArray[np.float32]) -> NDArray[np.float32]:
    yaw = np.arctan2(direction[:, 0], direction[:, 2])
    pitch = np.arcsin(np.clip(direction[:, 1], -1, 1))
    return np.degrees(np.stack([yaw, pitch], axis=1)).astype(np.float32)


def _offset(shapes: NDArray[np.float32], eye: _Eye) -> NDArray[np.float32]:
    """(t, 2) metres: the iris from where it is when it looks straight ahead."""
    offset: NDArray[np.float32] = _from_middle(shapes, eye.iris, eye.corners) - eye.straight
    return offset


def _from_middle(
    shapes: NDArray[np.float32], iris: NDArray[np.int32], corners: tuple[int, int]
) -> NDArray[np.float32]:
    """(t, 2) metres: the iris from the middle between the eye's corners."""
    middle = (shapes[:, corners[0], :2] + shapes[:, corners[1], :2]) / 2
    offset: NDArray[np.float32] = shapes[:, iris[0], :2] - middle
    return offset


def _eye(
    shapes: NDArray[np.float32],
    rotations: NDArray[np.float32],
    side: str,
    ring: NDArray[np.int32],
    iris: NDArray[np.int32],
    corners: tuple[int, int],
    lids: tuple[int, int],
) -> _Eye:
    opened = np.linalg.norm(shapes[:, lids[0]] - shapes[:, lids[1]], axis=1)
    at_camera = towards(0, 0, rotations)  # (r, 2)
    frontal = np.abs(at_camera).max(axis=1) < FRONTAL_DEGREES
    usable = frontal & (opened > AWAKE * opened[0])
    usable[0] = True
    straight = _from_middle(shapes, iris, corners) - EYEBALL_M * np.sin(np.radians(at_camera))
    rig = LandmarkRig.load()
    near = falloff(rig.neutral, ring, LIDS_REACH_M)
    near[iris] = 0
    moves = []
    for way in ("Down", "Up"):
        delta = rig.deltas[ARKIT_INDEX[f"eyeLook{way}{side}"]]
        moves.append(delta * near / np.abs(delta[iris[0], 1]))
    return _Eye(
        iris=iris,
        corners=corners,
        lids=lids,
        straight=np.median(straight[usable], axis=0).astype(np.float32),
        gap=float(opened[0]),
        lowered=moves[0].astype(np.float32),
        raised=moves[1].astype(np.float32),
    )
