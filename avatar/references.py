"""Choosing the enrolment frames that stand for all the others."""

import numpy as np
from numpy.typing import NDArray

from avatar.coverage import GLARE, WANTED, measures
from avatar.survey import Survey
from capture.head_pose import angles
from capture.landmarks import LEFT_EYE, LIPS, RIGHT_EYE

REFERENCE_COUNT = 32
SHARP_ENOUGH = 0.5
"""Of the median sharpness: blurred frames are no references."""
CANDIDATES = 400
"""Frames considered at most, evenly spread."""
POSE_MM_A_DEGREE = 0.12
"""What a degree of head rotation counts, in millimetres of shape difference."""
PLACE_MM_A_FACE = 10.0
"""What a head that is a face's length away, or e times as large, counts for its surroundings."""
MILLIMETRES = 1000.0
HALF_SHUT = (0.3, 0.75)
"""Closures between which lids that are on their way are a half blink: blurred, and no look."""
ON_THEIR_WAY = 0.12
"""Change of the closure from frame to frame, of lids that are."""


def choose_references(survey: Survey, *, count: int = REFERENCE_COUNT) -> NDArray[np.int64]:
    """Indices of the reference frames; the first is the source frame.

    The source frame is at rest, near the most common pose. The frames with the widest mouth and
    the firmest blink always belong; the others are added greedily so that the distance from every
    frame to its nearest reference, in mouth, eyes, the rest and the surroundings separately, falls
    most (facility location; Nemhauser et al., "An analysis of approximations for maximizing
    submodular set functions", 1978). A look that matters (`avatar.coverage`) and is then still
    missing takes the place of the last of them. Blurred frames, half blinks and reflections are no
    references.
    """
    candidates = fit_references(survey)
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
    lacking = _lacking(survey, candidates, chosen)
    return np.array([*chosen[: count - len(lacking)], *lacking])


def _lacking(survey: Survey, candidates: NDArray[np.int64], chosen: list[int]) -> list[int]:
    """The clearest frame of each look that matters and that candidates show, but none chosen."""
    found = {
        int(candidates[amounts[candidates].argmax()])
        for aspect, amounts in measures(survey).items()
        if amounts[candidates].max() >= WANTED[aspect].amount > amounts[chosen].max()
    }
    return sorted(found)


def fit_references(survey: Survey) -> NDArray[np.int64]:
    """Frames that can be references: of those with a face, all that nothing spoils.

    What spoils all frames alike is no reason to refuse any.
    """
    usable = np.flatnonzero(survey.valid)
    typical = np.median(survey.glare[usable])
    for spoilt in (
        survey.sharpness < SHARP_ENOUGH * np.median(survey.sharpness[usable]),
        _half_blinks(survey),
        survey.glare > typical + GLARE,
    ):
        usable = usable[~spoilt[usable]] if (~spoilt[usable]).any() else usable
    return usable


def _half_blinks(survey: Survey) -> NDArray[np.bool_]:
    """(t,) where the lids are half way and moving. Lids that someone holds half shut are not."""
    closure = survey.closure()
    moving = np.abs(np.gradient(closure)) if len(closure) > 1 else np.zeros_like(closure)
    return (closure > HALF_SHUT[0]) & (closure < HALF_SHUT[1]) & (moving > ON_THEIR_WAY)


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
