"""Which driving frame stands for the source frame."""

from fractions import Fraction

import numpy as np

from capture.arkit import ARKIT_52, ARKIT_INDEX
from capture.head_pose import to_quaternions
from capture.landmark_rig import LandmarkRig
from capture.motion import MotionSequence
from reenact.best_frame import BestFrame, openings

STILL = np.eye(3, dtype=np.float32)


def motion(frames: int, **curves: np.ndarray) -> MotionSequence:
    """A head that stands still, with some coefficients over time."""
    blendshapes = np.zeros((frames, len(ARKIT_52)), np.float32)
    for name, curve in curves.items():
        blendshapes[:, ARKIT_INDEX[name]] = curve
    return MotionSequence(
        fps=Fraction(25),
        blendshapes=blendshapes,
        head_rotation=to_quaternions(np.repeat(STILL[None], frames, axis=0)),
        head_translation=np.tile(np.array([0, 0, -0.6], np.float32), (frames, 1)),
    )


def test_drooping_lids_of_the_source_do_not_make_a_half_blink_the_reference() -> None:
    rig = LandmarkRig.load()
    blink = np.zeros(40)
    blink[18:22] = 0.25, 0.5, 0.5, 0.25  # on its way the driver's lids hang like the source's
    seen = BestFrame()
    seen.add(motion(40, eyeBlinkLeft=blink, eyeBlinkRight=blink), rig)
    drooping = motion(1, eyeBlinkLeft=np.array([0.5]), eyeBlinkRight=np.array([0.5])).blendshapes
    own = openings(rig.shape(drooping))[0]
    chosen = seen.reference(drooping[0], own, STILL)
    assert chosen.blendshapes[ARKIT_INDEX["eyeBlinkLeft"]] == 0


def test_lips_are_together_in_the_reference_if_they_are_in_the_source() -> None:
    rig = LandmarkRig.load()
    jaw = np.full(40, 0.4)
    jaw[30] = 0.0
    seen = BestFrame()
    seen.add(motion(20, jawOpen=jaw[:20]), rig)
    seen.add(motion(20, jawOpen=jaw[20:]), rig)
    rest = np.zeros(len(ARKIT_52), np.float32)
    chosen = seen.reference(rest, openings(rig.shape(rest[None]))[0], STILL)
    assert chosen.blendshapes[ARKIT_INDEX["jawOpen"]] == 0
