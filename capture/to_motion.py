"""From what a tracker saw to motion that any face can follow."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from capture.errors import CaptureError
from capture.head_pose import Camera, to_quaternions
from capture.landmark_rig import LandmarkRig
from capture.motion import MotionSequence
from capture.track import FaceTrack, LandmarkScheme


def to_motion(track: FaceTrack, *, fps: Fraction, rig: LandmarkRig | None = None) -> MotionSequence:
    """Split a track into pose, coefficients and what the coefficients leave unexplained.

    Nothing that was tracked is lost: posing `rig.shape(blendshapes) + residual` by the head pose
    gives the landmarks back.

    Args:
        track: From a tracker with 478 landmarks and coefficients.
        fps: Rate of the track.
        rig: The generic landmark rig; the shipped one if None.

    Raises:
        CaptureError: The track has another landmark scheme.
    """
    if track.scheme is not LandmarkScheme.MEDIAPIPE_478:
        raise CaptureError(
            f"a track of {track.scheme.name} landmarks has no blendshape coefficients",
            hint="Track with the MediaPipe back end.",
        )
    return landmarks_to_motion(
        track.landmarks,
        track.blendshapes,
        fps=fps,
        camera=Camera(track.width, track.height),
        rig=rig or LandmarkRig.load(),
        valid=track.valid.copy(),
    )


def landmarks_to_motion(
    landmarks: NDArray[np.float32],
    blendshapes: NDArray[np.float32],
    *,
    fps: Fraction,
    camera: Camera,
    rig: LandmarkRig,
    valid: NDArray[np.bool_] | None = None,
) -> MotionSequence:
    """`to_motion` for bare arrays: (t, 478, 3) px and (t, 52)."""
    poses = rig.align(landmarks)
    canonical = poses.to_canonical(landmarks)
    return MotionSequence(
        fps=fps,
        blendshapes=np.array(blendshapes, np.float32),
        head_rotation=to_quaternions(poses.rotation),
        head_translation=poses.translation(camera),
        residual=canonical - rig.shape(blendshapes),
        valid=valid,
    )
