"""A person's own rig in landmark space: how this face moves under each coefficient."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_52
from capture.arrays import check_arrays
from capture.landmark_rig import LandmarkRig
from capture.landmarks import LANDMARK_COUNT

PRIOR_FRAMES = 4.0
"""How many frames at full coefficient the generic rig counts as."""
HUBER_M = 0.002
"""Residuals beyond 2 mm count less: tracking slips."""
ROUNDS = 3


@dataclass(frozen=True, slots=True, eq=False)
class PersonRig:
    """A linear rig of the 478 landmarks in canonical head space (metres, glTF axes)."""

    neutral: NDArray[np.float32]
    """(478, 3) the person's face at coefficients of zero."""
    deltas: NDArray[np.float32]
    """(52, 478, 3) displacement for a coefficient of 1."""

    def __post_init__(self) -> None:
        check_arrays(
            self,
            {
                "neutral": ((LANDMARK_COUNT, 3), np.float32),
                "deltas": ((len(ARKIT_52), LANDMARK_COUNT, 3), np.float32),
            },
        )


def fit_person_rig(
    shapes: NDArray[np.float32], blendshapes: NDArray[np.float32], generic: LandmarkRig
) -> PersonRig:
    """Fit the neutral face and the displacements to the enrolment frames.

    Ridge regression towards the generic rig, re-weighted by Huber's rule: an action that the
    person showed is learned, one that was never seen stays generic.

    Args:
        shapes: (t, 478, 3) metres, tracked landmarks in canonical head space.
        blendshapes: (t, 52) the tracker's coefficients of the same frames.
        generic: The prior.
    """
    frames, actions = blendshapes.shape
    design = np.concatenate([np.ones((frames, 1)), blendshapes.astype(np.float64)], axis=1)
    excess = (shapes - generic.shape(blendshapes)).reshape(frames, -1).astype(np.float64)
    prior = np.diag(np.r_[1e-3, np.full(actions, PRIOR_FRAMES)])
    weight = np.ones(frames)
    solution = np.zeros((actions + 1, excess.shape[1]))
    for _ in range(ROUNDS):
        weighted = design * weight[:, None]
        solution = np.linalg.solve(design.T @ weighted + prior, weighted.T @ excess)
        error = np.sqrt(((excess - design @ solution) ** 2).mean(axis=1) * 3)
        weight = np.minimum(1, HUBER_M / np.maximum(error, 1e-9))
    solution = solution.reshape(actions + 1, LANDMARK_COUNT, 3)
    return PersonRig(
        neutral=(generic.neutral + solution[0]).astype(np.float32),
        deltas=(generic.deltas + solution[1:]).astype(np.float32),
    )
