"""Calm landmarks without any lag: each frame is smoothed between its two neighbours."""

import dataclasses
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from capture.landmark_rig import LandmarkRig
from capture.landmarks import LIPS
from reenact.engine import DrivenFace
from reenact.regions import EYES, falloff

SHARE = 0.25
"""Of the second difference that is added: the binomial filter 1 2 1, which leaves a quarter of the
noise's own second difference."""
TREMOR_MM = 6.0
"""Second differences well below this are tremor, well above it motion."""
TREMOR_SPEAKING_MM = 2.0
"""The same for lips and lids, whose quickest motions last two frames."""
REACH_M = 0.015
"""How far around lips and lids the finer measure fades out."""


def smooth_faces(faces: Iterable[DrivenFace]) -> Iterator[DrivenFace]:
    """Smooth the placed landmarks; reference selection follows the shapes as they were tracked.

    Each landmark moves towards the middle of where it was and will be, the less the more the
    three differ from a steady motion. Steady motion passes unchanged, so nothing lags; a sudden
    one keeps its height. One frame is held back: a live source shows each frame one later.

    Args:
        faces: In the order of time.

    Returns:
        As many faces; the first and the last are left as they are.
    """
    limits = _tremor_mm(LandmarkRig.load().neutral)
    before: DrivenFace | None = None
    current: DrivenFace | None = None
    for following in faces:
        if current is not None:
            yield current if before is None else _smoothed(before, current, following, limits)
        before, current = current, following
    if current is not None:
        yield current


def _smoothed(
    before: DrivenFace,
    current: DrivenFace,
    following: DrivenFace,
    limits: NDArray[np.float32],
) -> DrivenFace:
    bend = before.landmarks - 2 * current.landmarks + following.landmarks
    bend_mm = np.linalg.norm(bend[:, :2], axis=1, keepdims=True) / _px_per_mm(current)
    share = SHARE / (1 + (bend_mm / limits) ** 2)
    landmarks = current.landmarks + share * bend
    return dataclasses.replace(current, landmarks=landmarks.astype(np.float32))


def _px_per_mm(face: DrivenFace) -> float:
    spread = np.linalg.norm(face.landmarks - face.landmarks.mean(axis=0))
    return float(spread / np.linalg.norm(face.shape - face.shape.mean(axis=0))) / 1000


def _tremor_mm(neutral: NDArray[np.float32]) -> NDArray[np.float32]:
    """(478, 1) second difference that still counts as tremor."""
    speaking = np.maximum(falloff(neutral, LIPS, REACH_M), falloff(neutral, EYES, REACH_M))
    return TREMOR_MM + (TREMOR_SPEAKING_MM - TREMOR_MM) * speaking
