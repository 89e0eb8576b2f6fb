from fractions import Fraction

import numpy as np
import pytest

from avatar.asset import AvatarAsset
from capture.arkit import ARKIT_INDEX
from capture.head_pose import Camera, to_matrices
from capture.landmark_rig import LandmarkRig
from capture.landmarks import (
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    LOWER_LIP_INNER,
    NOSE_TIP,
    UPPER_LIP_INNER,
)
from capture.motion import MotionSequence
from capture.to_motion import landmarks_to_motion
from reenact.regions import Region
from reenact.transfer import DrivingReference, Motion, Transfer


def sliders(frames: int = 1, yaw_degrees: float = 0.0, **coefficients: float) -> MotionSequence:
    values = np.zeros((frames, 52), np.float32)
    for name, value in coefficients.items():
        values[:, ARKIT_INDEX[name]] = value
    half = np.radians(yaw_degrees) / 2
    rotation = np.array([0, np.sin(half), 0, np.cos(half)], np.float32)
    return MotionSequence(
        fps=Fraction(25),
        blendshapes=values,
        head_rotation=np.tile(rotation, (frames, 1)),
        head_translation=np.zeros((frames, 3), np.float32),
    )


def own_motion(asset: AvatarAsset) -> MotionSequence:
    """The references themselves as a driving video of the same person."""
    landmarks = np.stack([item.landmarks for item in asset.appearance.references])
    height, width = asset.appearance.frame.shape[:2]
    return landmarks_to_motion(
        landmarks,
        np.tile(asset.rest, (len(landmarks), 1)),
        fps=Fraction(25),
        camera=Camera(width, height),
        rig=LandmarkRig.load(),
    )


def reference_of(motion: MotionSequence, asset: AvatarAsset) -> DrivingReference:
    assert motion.residual is not None
    return DrivingReference(
        shape=LandmarkRig.load().shape(motion.blendshapes)[0] + motion.residual[0],
        blendshapes=asset.rest,
        rotation=to_matrices(motion.head_rotation)[0],
        translation=motion.head_translation[0],
    )


@pytest.mark.parametrize("kind", [Motion.ABSOLUTE, Motion.RELATIVE])
def test_a_person_who_drives_themselves_lands_where_they_were(
    asset: AvatarAsset, kind: Motion
) -> None:
    motion = own_motion(asset)
    transfer = Transfer(asset, reference=reference_of(motion, asset), motion=kind)
    for face, reference in zip(transfer.faces(motion), asset.appearance.references, strict=True):
        gap = np.linalg.norm((face.landmarks - reference.landmarks)[:, :2], axis=1)
        assert gap.max() < 0.2


def test_zero_motion_is_the_source_frame_with_closed_lips(asset: AvatarAsset) -> None:
    (face,) = Transfer(asset, reference=None).faces(sliders())
    source = asset.appearance.references[0].landmarks
    assert np.abs(face.landmarks[NOSE_TIP] - source[NOSE_TIP])[:2].max() < 1


def test_coefficients_do_what_their_names_say(asset: AvatarAsset) -> None:
    transfer = Transfer(asset, reference=None)
    (rest,) = transfer.faces(sliders())
    (jaw,) = transfer.faces(sliders(jawOpen=0.6))
    (blink,) = transfer.faces(sliders(eyeBlinkLeft=0.9))

    def gap(shape: np.ndarray, first: int, second: int) -> float:
        return float(np.linalg.norm(shape[first] - shape[second]))

    lips = UPPER_LIP_INNER, LOWER_LIP_INNER
    lids = LEFT_LID_UPPER, LEFT_LID_LOWER
    assert gap(jaw.shape, *lips) > gap(rest.shape, *lips) + 0.006
    assert gap(blink.shape, *lids) < 0.5 * gap(rest.shape, *lids)


def test_turning_left_is_turning_to_the_subjects_left(asset: AvatarAsset) -> None:
    transfer = Transfer(asset, reference=None)
    (rest,) = transfer.faces(sliders())
    (left,) = transfer.faces(sliders(yaw_degrees=20))
    # the subject's left is the picture's right
    assert left.landmarks[NOSE_TIP, 0] > rest.landmarks[NOSE_TIP, 0] + 3


@pytest.mark.parametrize("region", list(Region))
def test_a_region_moves_only_what_it_names(asset: AvatarAsset, region: Region) -> None:
    transfer = Transfer(asset, reference=None, region=region)
    (rest,) = Transfer(asset, reference=None).faces(sliders())
    (face,) = transfer.faces(
        sliders(yaw_degrees=15, jawOpen=0.6, eyeBlinkLeft=0.9, eyeBlinkRight=0.9)
    )
    moved = np.linalg.norm(face.shape - rest.shape, axis=1)
    lips = moved[LOWER_LIP_INNER] > 0.004
    eyes = moved[LEFT_LID_UPPER] > 0.002
    turned = np.abs(face.rotation - rest.rotation).max() > 0.1
    expected = {
        Region.ALL: (True, True, True),
        Region.EXPRESSION: (True, True, False),
        Region.POSE: (False, False, True),
        Region.LIPS: (True, False, False),
        Region.EYES: (False, True, False),
    }[region]
    assert (lips, eyes, turned) == expected
