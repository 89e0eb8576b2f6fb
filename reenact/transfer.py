"""From driving motion to where the source's landmarks shall be."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from avatar.asset import AvatarAsset
from capture.arkit import ARKIT_52
from capture.head_pose import Camera, place_heads, to_matrices
from capture.landmark_rig import LandmarkRig
from capture.landmarks import (
    LEFT_BROW,
    LEFT_EYE,
    LEFT_IRIS,
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    LIPS,
    MOUTH_CORNER_LEFT,
    MOUTH_CORNER_RIGHT,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_IRIS,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
)
from capture.motion import MotionSequence
from reenact.engine import DrivenFace
from reenact.lip_contact import close_lips, contact, excess

SMALLEST_RATIO, LARGEST_RATIO = 0.6, 1.6
"""Bounds of what an adaptive scale may be."""
REACH_M = {"lips": 0.030, "eyes": 0.020}
"""How far around a part its motion fades out."""
OPENING = tuple(
    ARKIT_52.index(name)
    for name in (
        "jawOpen",
        "mouthFunnel",
        "mouthPucker",
        "mouthLowerDownLeft",
        "mouthLowerDownRight",
        "mouthUpperUpLeft",
        "mouthUpperUpRight",
        "mouthShrugLower",
    )
)
"""Coefficients that part the lips; taken out of the source's resting face when it shall speak."""


class Motion(StrEnum):
    """How driving poses are used."""

    RELATIVE = "relative"
    """Changes since the driving reference frame, on top of the source frame."""
    ABSOLUTE = "absolute"
    """As they are: position, pose and shape of the driving face."""


class Region(StrEnum):
    """What follows the driving motion; the rest stays as in the source frame."""

    ALL = "all"
    EXPRESSION = "expression"
    POSE = "pose"
    LIPS = "lips"
    EYES = "eyes"


@dataclass(frozen=True, slots=True, eq=False)
class DrivingReference:
    """The moment of the driving motion that the source frame corresponds to."""

    shape: NDArray[np.float32]
    """(478, 3) metres in canonical head space."""
    blendshapes: NDArray[np.float32]
    """(52,) what the tracker saw of its expression."""
    rotation: NDArray[np.float32]
    """(3, 3)."""
    translation: NDArray[np.float32]
    """(3,) metres."""


class Transfer:
    """Turns motion into driven faces of one person."""

    def __init__(
        self,
        asset: AvatarAsset,
        *,
        reference: DrivingReference | None,
        motion: Motion = Motion.RELATIVE,
        region: Region = Region.ALL,
    ) -> None:
        """Prepare the source's side.

        Args:
            asset: The person to show.
            reference: The driving reference frame of a tracked face. None for motion that is
                given about zero (speech, sliders): it moves the person's own rig, from a face
                with closed lips.
            motion: Relative or absolute; absolute needs a tracked face.
            region: What follows.
        """
        self._asset, self._reference, self._motion = asset, reference, motion
        self._generic = LandmarkRig.load()
        source = asset.appearance.references[0].landmarks[None]
        poses = self._generic.align(source)
        height, width = asset.appearance.frame.shape[:2]
        self._camera = Camera(width, height)
        self._shape = poses.to_canonical(source)[0]
        self._rotation = poses.rotation[0]
        self._translation = poses.translation(self._camera)[0]
        if reference is None:
            parted = np.zeros(len(ARKIT_52), np.float32)
            parted[list(OPENING)] = asset.rest[list(OPENING)]
            self._shape = self._shape - np.tensordot(parted, asset.rig.deltas, axes=(0, 0))
        else:
            self._scale = _adaptive_scale(self._shape, reference.shape)
            self._mouth_ratio = _ratio(
                self._shape, reference.shape, MOUTH_CORNER_RIGHT, MOUTH_CORNER_LEFT
            )
            # no two frames show quite the same expression: what the coefficients know of the
            # difference is made good, so that it does not stay in every frame
            unlike = reference.blendshapes - asset.rest
            self._head_start = np.tensordot(unlike, self._generic.deltas, axes=(0, 0))
        self._share = _region_share(self._generic.neutral, region)
        self._turns = region in (Region.ALL, Region.POSE)

    def faces(self, motion: MotionSequence) -> Iterator[DrivenFace]:
        """The driven face of every frame of a motion."""
        shapes = self._shapes(motion)
        rotations, translations = self._placement(motion)
        poses = place_heads(rotations, translations, self._camera)
        landmarks = poses.to_image(shapes)
        for frame in range(len(motion)):
            yield DrivenFace(
                landmarks=landmarks[frame], shape=shapes[frame], rotation=rotations[frame]
            )

    def _shapes(self, motion: MotionSequence) -> NDArray[np.float32]:
        """(t, 478, 3) metres in the source's canonical head space."""
        if self._reference is None:
            moved = np.tensordot(motion.blendshapes, self._asset.rig.deltas, axes=(1, 0))
            spoken = close_lips(self._shape + moved, contact(motion), self._generic.neutral)
            moved = spoken - self._shape
        else:
            driving = self._generic.shape(motion.blendshapes)
            if motion.residual is not None:
                driving = driving + motion.residual
            if self._motion is Motion.ABSOLUTE:
                moved = driving - self._shape
            else:
                moved = self._scale * (driving - self._reference.shape) + self._head_start
                shapes = self._shape + moved
                apart = excess(shapes, driving, self._mouth_ratio)
                moved = close_lips(shapes, apart, self._generic.neutral) - self._shape
        return (self._shape + self._share * moved).astype(np.float32)

    def _placement(self, motion: MotionSequence) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Head rotations (t, 3, 3) and translations (t, 3) of the source."""
        frames = len(motion)
        if not self._turns:
            return (
                np.repeat(self._rotation[None], frames, axis=0),
                np.repeat(self._translation[None], frames, axis=0),
            )
        rotations = to_matrices(motion.head_rotation)
        if self._motion is Motion.ABSOLUTE and self._reference is not None:
            return rotations, motion.head_translation
        if self._reference is None:
            since, moved = rotations, motion.head_translation
        else:
            since = rotations @ self._reference.rotation.T
            moved = motion.head_translation - self._reference.translation
        return (since @ self._rotation).astype(np.float32), self._translation + moved


def _region_share(neutral: NDArray[np.float32], region: Region) -> NDArray[np.float32]:
    """(478, 1) how much each landmark's shape follows the driving face."""
    if region in (Region.ALL, Region.EXPRESSION):
        return np.ones((len(neutral), 1), np.float32)
    if region is Region.POSE:
        return np.zeros((len(neutral), 1), np.float32)
    part = LIPS if region is Region.LIPS else _EYES_AND_BROWS
    return _falloff(neutral, part, REACH_M[region.value])


def _falloff(
    neutral: NDArray[np.float32], part: NDArray[np.int32], reach: float
) -> NDArray[np.float32]:
    """(478, 1) that is 1 on a part and falls smoothly to 0 at `reach` metres from it."""
    gaps = np.linalg.norm(neutral[:, None] - neutral[None, part], axis=2).min(axis=1)
    ramp = np.clip(1 - gaps / reach, 0, 1)
    return (ramp * ramp * (3 - 2 * ramp)).astype(np.float32)[:, None]


_EYES_AND_BROWS = np.concatenate(
    [RIGHT_EYE, LEFT_EYE, RIGHT_IRIS, LEFT_IRIS, RIGHT_BROW, LEFT_BROW]
)


def _adaptive_scale(
    source: NDArray[np.float32], driving: NDArray[np.float32]
) -> NDArray[np.float32]:
    """(478, 1) factors that fit the driving face's motion to the source's proportions.

    Lips move in proportion to the width of the mouth. Lids move in proportion to how far they
    are apart at rest, so that eyes that close in the driving face close in the source.
    """
    scale = np.ones((len(source), 1), np.float32)
    for part, factor in (
        (LIPS, _ratio(source, driving, MOUTH_CORNER_RIGHT, MOUTH_CORNER_LEFT)),
        (RIGHT_EYE, _ratio(source, driving, RIGHT_LID_UPPER, RIGHT_LID_LOWER)),
        (LEFT_EYE, _ratio(source, driving, LEFT_LID_UPPER, LEFT_LID_LOWER)),
    ):
        scale += _falloff(source, part, 0.012) * (factor - 1)
    return scale


def _ratio(
    source: NDArray[np.float32], driving: NDArray[np.float32], first: int, second: int
) -> float:
    """How far apart two landmarks are in the source, over the same in the driving face."""
    own = np.linalg.norm(source[first] - source[second])
    other = np.linalg.norm(driving[first] - driving[second])
    return float(np.clip(own / max(other, 1e-6), SMALLEST_RATIO, LARGEST_RATIO))
