"""The driving frame that stands for the source frame (Siarohin et al. 2019, supplementary)."""

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_52
from capture.head_pose import angles, to_matrices
from capture.landmark_rig import LandmarkRig
from capture.landmarks import (
    EYE_INNER_LEFT,
    EYE_INNER_RIGHT,
    EYE_OUTER_LEFT,
    EYE_OUTER_RIGHT,
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    LOWER_LIP_INNER,
    MOUTH_CORNER_LEFT,
    MOUTH_CORNER_RIGHT,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
    UPPER_LIP_INNER,
)
from capture.motion import MotionSequence
from reenact.head_place import usual_place
from reenact.openings import UsualOpening, gaps
from reenact.transfer import DrivingReference

DEGREE_COST = 0.05
"""What a degree between the heads costs, in summed coefficients."""
LID_COEFFICIENTS = [
    index
    for index, name in enumerate(ARKIT_52)
    if name.startswith(("eyeBlink", "eyeSquint", "eyeWide"))
]
OPENING_COST = 10.0
"""What a mouth as far open as it is wide costs, in summed coefficients: lips that are apart in
the reference never meet afterwards."""


class BestFrame:
    """Gathers a driving video's frames, and finds the one most like the source's."""

    def __init__(self) -> None:
        self.shapes: list[NDArray[np.float32]] = []
        self._blendshapes: list[NDArray[np.float32]] = []
        self._rotations: list[NDArray[np.float32]] = []
        self._translations: list[NDArray[np.float32]] = []

    def add(self, motion: MotionSequence, rig: LandmarkRig) -> None:
        """Note a piece."""
        known = np.ones(len(motion), bool) if motion.valid is None else motion.valid
        if not known.any():
            return
        shapes = rig.shape(motion.blendshapes)
        if motion.residual is not None:
            shapes = shapes + motion.residual
        self.shapes.append(shapes[known])
        self._blendshapes.append(motion.blendshapes[known])
        self._rotations.append(to_matrices(motion.head_rotation)[known])
        self._translations.append(motion.head_translation[known])

    def reference(
        self, rest: NDArray[np.float32], own: NDArray[np.float32], rotation: NDArray[np.float32]
    ) -> DrivingReference:
        """The frame most like the source's; lids as far apart as the driver's usually are.

        Lids droop in one person and stand wide in another: a frame whose lids hang like the
        source's would be half a blink of the driver, and open eyes a stare of the source.

        Args:
            rest: (52,) coefficients of the source frame.
            own: (3,) its openings.
            rotation: (3, 3) its pose.
        """
        shapes, blendshapes = np.concatenate(self.shapes), np.concatenate(self._blendshapes)
        rotations, translations = (
            np.concatenate(self._rotations),
            np.concatenate(self._translations),
        )
        apart = openings(shapes)
        own, rest = own.copy(), rest.copy()
        own[1:] = np.median(apart[:, 1:], axis=0)
        rest[LID_COEFFICIENTS] = np.median(blendshapes[:, LID_COEFFICIENTS], axis=0)
        cost = np.abs(blendshapes - rest).sum(axis=1)
        cost = cost + DEGREE_COST * angles(rotations, rotation[None])[:, 0]
        cost = cost + OPENING_COST * np.abs(apart - own).sum(axis=1)
        best = int(cost.argmin())
        usual_rotation, usual_translation = usual_place(rotations, translations)
        return DrivingReference(
            shape=shapes[best],
            blendshapes=blendshapes[best].copy(),
            rotation=usual_rotation,
            translation=usual_translation,
            usual=UsualOpening.of(shapes),
        )


def openings(shapes: NDArray[np.float32]) -> NDArray[np.float32]:
    """(t, 3) gaps between lips and lids over the widths of mouth and eyes."""
    return np.stack(
        [
            gaps(shapes, UPPER_LIP_INNER, LOWER_LIP_INNER)
            / gaps(shapes, MOUTH_CORNER_RIGHT, MOUTH_CORNER_LEFT),
            gaps(shapes, RIGHT_LID_UPPER, RIGHT_LID_LOWER)
            / gaps(shapes, EYE_OUTER_RIGHT, EYE_INNER_RIGHT),
            gaps(shapes, LEFT_LID_UPPER, LEFT_LID_LOWER)
            / gaps(shapes, EYE_OUTER_LEFT, EYE_INNER_LEFT),
        ],
        axis=1,
    )
