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
from capture.motion import MotionSequence
from reenact.controls import NATURAL, Controls, FaceControls, scaled_pose, viewed_pose
from reenact.engine import DrivenFace
from reenact.head_place import kept_near, way_factor
from reenact.lid_contact import close_lids, shows_closed
from reenact.lip_contact import close_lips, contact, excess, uncrossed
from reenact.openings import UsualOpening
from reenact.regions import (
    EYES,
    SCALE_REACH_M,
    Region,
    adaptive_scale,
    falloff,
    mouth_ratio,
    region_share,
)

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


SHAPED_SO = 0.3
"""Differences of two people's coefficients that say nothing about their expressions."""


class Motion(StrEnum):
    """How driving poses are used."""

    RELATIVE = "relative"
    """Changes since the driving reference frame, on top of the source frame."""
    ABSOLUTE = "absolute"
    """As they are: position, pose and shape of the driving face."""


@dataclass(frozen=True, slots=True, eq=False)
class DrivingReference:
    """The moment of the driving motion that the source frame corresponds to."""

    shape: NDArray[np.float32]
    """(478, 3) metres in canonical head space."""
    blendshapes: NDArray[np.float32]
    """(52,) what the tracker saw of its expression."""
    rotation: NDArray[np.float32]
    """(3, 3), what the driving head usually has."""
    translation: NDArray[np.float32]
    """(3,) metres, where it usually is."""
    usual: UsualOpening | None = None
    """How far lids and lips are apart in the driving video."""


class Transfer:
    """Turns motion into driven faces of one person. Counts frames: a view has its own times."""

    def __init__(
        self,
        asset: AvatarAsset,
        *,
        reference: DrivingReference | None,
        motion: Motion = Motion.RELATIVE,
        region: Region = Region.ALL,
        controls: Controls = NATURAL,
        speaks: bool = True,
    ) -> None:
        """Prepare the source's side.

        Args:
            asset: The person to show.
            reference: The driving reference frame of a tracked face. None for motion that is
                given about zero (speech, sliders): it moves the person's own rig, from a face
                with closed lips.
            motion: Relative or absolute; absolute needs a tracked face.
            region: What follows.
            controls: What is set on top.
            speaks: Without a reference: whether the lips start closed and meet where the motion
                says so. Otherwise the mouth stays as in the source frame but for the motion.
        """
        self._asset, self._reference, self._motion = asset, reference, motion
        self._controls, self._frames = controls, 0
        self._generic = LandmarkRig.load()
        source = asset.appearance.references[0].landmarks[None]
        poses = self._generic.align(source)
        height, width = asset.appearance.frame.shape[:2]
        self._camera = Camera(width, height)
        self._shape = poses.to_canonical(source)[0]
        self._rotation = poses.rotation[0]
        self._translation = poses.translation(self._camera)[0]
        self._speaks = speaks
        if reference is None and speaks:
            parted = np.zeros(len(ARKIT_52), np.float32)
            parted[list(OPENING)] = asset.rest[list(OPENING)]
            self._shape = self._shape - np.tensordot(parted, asset.rig.deltas, axes=(0, 0))
        elif reference is not None:
            self._scale = adaptive_scale(self._shape, reference.shape)
            self._mouth_ratio = mouth_ratio(self._shape, reference.shape)
            # no two frames show quite the same expression: what the coefficients know of the
            # difference is made good, so that it does not stay in every frame; but trackers see
            # small expressions in faces that are merely shaped so
            unlike = reference.blendshapes - asset.rest
            beyond = np.sign(unlike) * np.maximum(np.abs(unlike) - SHAPED_SO, 0)
            self._head_start = np.tensordot(beyond, self._generic.deltas, axes=(0, 0))
            self._way = way_factor(self._translation[2], reference.translation[2])
        self._share = region_share(self._generic.neutral, region)
        self._turns = region in (Region.ALL, Region.POSE)
        # hair and shoulders move as they did around the driving head if the head moves as it did
        as_driven = controls.pose_strength == 1 and not controls.view.turns
        self._sways = reference is not None and self._turns and as_driven
        # lids and gaze keep their strength whatever the expression's
        eyes = falloff(self._generic.neutral, EYES, SCALE_REACH_M)
        self._strength = controls.expression + (1 - controls.expression) * eyes
        self._face = FaceControls(
            controls,
            asset,
            rest=self._shape,
            usual=None if reference is None else reference.usual,
        )

        references = np.stack([item.landmarks for item in asset.appearance.references])
        self._poses = self._generic.align(references)
        self._blinks_known = shows_closed(self._poses.to_canonical(references))

    @property
    def redirects_gaze(self) -> bool:
        """Whether eyes look elsewhere than any footage of them may show."""
        follows = self._controls.gaze is None and self._controls.pose_strength == 1
        return not follows or not self._speaks

    @property
    def warnings(self) -> tuple[str, ...]:
        """What is asked for and cannot be shown well."""
        return self._controls.view.beyond(self._rotation, self._poses.rotation)

    def faces(self, motion: MotionSequence) -> Iterator[DrivenFace]:
        """The driven face of every frame of a motion, which goes on where the last one ended."""
        shapes = self._shapes(motion)
        driven, translations = self._placement(motion)
        held, translations = self._held(driven, translations)
        rotations, translations = self._viewed(held, translations, float(motion.fps))
        shapes = self._face.look(shapes, shown=rotations, held=held, driven=driven)
        poses = place_heads(rotations, translations, self._camera)
        landmarks = poses.to_image(shapes)
        sway = motion.sway if self._sways else None
        for frame in range(len(motion)):
            yield DrivenFace(
                landmarks=landmarks[frame],
                shape=shapes[frame],
                rotation=rotations[frame],
                sway=None if sway is None else sway[frame],
            )

    def _shapes(self, motion: MotionSequence) -> NDArray[np.float32]:
        """(t, 478, 3) metres in the source's canonical head space."""
        driving: NDArray[np.float32] | None = None
        if self._reference is None:
            moved = np.tensordot(motion.blendshapes, self._asset.rig.deltas, axes=(1, 0))
            moved = self._strengthened(moved)
            if self._speaks:
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
            moved = self._strengthened(moved)
        shapes = self._face.open((self._shape + self._share * moved).astype(np.float32), driving)
        if self._blinks_known:
            return shapes
        return close_lids(shapes, self._shape, self._generic.neutral)

    def _strengthened(self, moved: NDArray[np.float32]) -> NDArray[np.float32]:
        """(t, 478, 3) displacements at the strength that is asked for; lips do not cross."""
        if self._controls.expression == 1:
            return moved
        shapes = (self._shape + self._strength * moved).astype(np.float32)
        return uncrossed(shapes, self._shape + moved, self._generic.neutral) - self._shape

    def _held(
        self, rotations: NDArray[np.float32], translations: NDArray[np.float32]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        strength = self._controls.pose_strength
        if strength == 1 or not self._turns:
            return rotations, translations
        return scaled_pose(
            rotations,
            translations,
            strength=strength,
            rotation=self._rotation,
            translation=self._translation,
        )

    def _viewed(
        self, rotations: NDArray[np.float32], translations: NDArray[np.float32], rate: float
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        times_s = (self._frames + np.arange(len(rotations))) / rate
        self._frames += len(rotations)
        if not self._controls.view.turns:
            return rotations, translations
        return viewed_pose(rotations, translations, self._controls.view.at(times_s))

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
            ways = self._way * (motion.head_translation - self._reference.translation)
            moved = kept_near(ways, self._poses.translation(self._camera) - self._translation)
        return (since @ self._rotation).astype(np.float32), self._translation + moved
