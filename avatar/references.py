"""Choosing the enrolment frames that stand for all the others."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.head_pose import HeadPoses, angles
from capture.landmarks import (
    LEFT_EYE,
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    LIPS,
    LOWER_LIP_INNER,
    RIGHT_EYE,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
    UPPER_LIP_INNER,
)

REFERENCE_COUNT = 32
SHARP_ENOUGH = 0.5
"""Of the median sharpness: blurred frames are no references."""
CANDIDATES = 400
"""Frames considered at most, evenly spread."""
POSE_MM_A_DEGREE = 0.12
"""What a degree of head rotation counts, in millimetres of shape difference."""
PLACE_MM_A_FACE = 10.0
"""What a head that is a face's length away, or e times as large, counts for its surroundings."""
FACE_M = 0.17
"""Length of a face."""
MILLIMETRES = 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What the enrolment footage shows. Glossary: t = frames."""

    shapes: NDArray[np.float32]
    """(t, 478, 3) metres, landmarks in canonical head space."""
    rotations: NDArray[np.float32]
    """(t, 3, 3) head to camera."""
    places: NDArray[np.float32]
    """(t, 3) where the head is: x and y in lengths of a face, and the logarithm of its size."""
    sharpness: NDArray[np.float32]
    """(t,) variance of the Laplacian inside the face."""
    valid: NDArray[np.bool_]
    """(t,) False where there was no face."""

    def lid_gap(self) -> NDArray[np.float32]:
        """(t,) metres between the lids, the smaller of both eyes."""
        return np.minimum(
            _gap(self.shapes, RIGHT_LID_UPPER, RIGHT_LID_LOWER),
            _gap(self.shapes, LEFT_LID_UPPER, LEFT_LID_LOWER),
        )

    def lip_gap(self) -> NDArray[np.float32]:
        """(t,) metres between the lips."""
        return _gap(self.shapes, UPPER_LIP_INNER, LOWER_LIP_INNER)


def places(poses: HeadPoses) -> NDArray[np.float32]:
    """(t, 3) places of heads, see `Survey.places`."""
    middle = np.zeros((len(poses.scale), 1, 3), np.float32)
    extent = FACE_M * poses.scale
    across = poses.to_image(middle)[:, 0, :2] / np.median(extent)
    return np.concatenate([across, np.log(extent)[:, None]], axis=1).astype(np.float32)


def _gap(shapes: NDArray[np.float32], first: int, second: int) -> NDArray[np.float32]:
    return np.linalg.norm(shapes[:, first] - shapes[:, second], axis=1)


def choose_references(survey: Survey, *, count: int = REFERENCE_COUNT) -> NDArray[np.int64]:
    """Indices of the reference frames; the first is the source frame.

    The source frame is at rest, near the most common pose. The frames with the widest mouth and
    the firmest blink always belong; the others are added greedily so that the distance from every
    frame to its nearest reference, in mouth, eyes, the rest and the surroundings separately, falls
    most (facility location; Nemhauser et al., "An analysis of approximations for maximizing
    submodular set functions", 1978).
    """
    usable = np.flatnonzero(survey.valid)
    sharp = survey.sharpness[usable] >= SHARP_ENOUGH * np.median(survey.sharpness[usable])
    candidates = usable[sharp] if sharp.any() else usable
    source = candidates[_rest_cost(survey, candidates).argmin()]
    spread = np.linspace(0, len(candidates) - 1, min(CANDIDATES, len(candidates))).astype(int)
    closed = candidates[survey.lid_gap()[candidates].argmin()]
    widest = candidates[survey.lip_gap()[candidates].argmax()]
    chosen = list(dict.fromkeys(int(index) for index in (source, widest, closed)))
    pool = np.union1d(candidates[spread], chosen)
    distances = _region_distances(survey, pool)  # (regions, p, p)
    nearest = distances[:, :, np.searchsorted(pool, chosen)].min(axis=2)  # (regions, p)
    while len(chosen) < min(count, len(pool)):
        gain = np.clip(nearest[:, :, None] - distances, 0, None).sum(axis=(0, 1))  # (p,)
        best = int(gain.argmax())
        if gain[best] <= 0:
            break
        chosen.append(int(pool[best]))
        nearest = np.minimum(nearest, distances[:, :, best])
    return np.array(chosen)


def _rest_cost(survey: Survey, candidates: NDArray[np.int64]) -> NDArray[np.float32]:
    """How far each candidate is from a calm, open-eyed face in the usual pose."""
    rotations = survey.rotations[candidates]
    usual = angles(rotations, rotations).mean(axis=1)
    frontal = angles(rotations, np.eye(3, dtype=np.float32)[None])[:, 0]
    lids, lips = survey.lid_gap()[candidates], survey.lip_gap()[candidates]
    squint = np.clip(np.median(lids) - lids, 0, None) * MILLIMETRES
    sharpness = survey.sharpness[candidates]
    blur = np.clip(1 - sharpness / np.median(sharpness), 0, None)
    shapes = survey.shapes[candidates]
    typical = np.median(shapes, axis=0)
    grimace = np.sqrt(((shapes - typical) ** 2).sum(axis=2).mean(axis=1)) * MILLIMETRES
    turned = 0.4 * usual + 0.2 * frontal
    return turned + 4 * squint + 0.5 * lips * MILLIMETRES + 1.5 * grimace + 4 * blur


def _region_distances(survey: Survey, pool: NDArray[np.int64]) -> NDArray[np.float32]:
    """(4, p, p) millimetres between frames in mouth, eyes, the rest and the surroundings."""
    shapes = survey.shapes[pool] * MILLIMETRES
    eyes = np.concatenate([RIGHT_EYE, LEFT_EYE])
    rest = np.setdiff1d(np.arange(468), np.concatenate([LIPS, eyes]))
    turned = POSE_MM_A_DEGREE * angles(survey.rotations[pool], survey.rotations[pool])
    rows = []
    for index in (LIPS, eyes, rest):
        flat = shapes[:, index].reshape(len(pool), -1)
        square = (flat**2).sum(axis=1)
        gap = np.clip(square[:, None] + square[None] - 2 * flat @ flat.T, 0, None)
        rows.append(np.sqrt(gap / len(index)) + turned)
    moved = np.linalg.norm(survey.places[pool][:, None] - survey.places[pool][None], axis=2)
    rows.append(turned + PLACE_MM_A_FACE * moved)
    return np.stack(rows)
