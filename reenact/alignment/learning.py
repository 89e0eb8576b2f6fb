"""What a warp gets wrong about a person, learnt as a function of how far it had to turn them.

Warping a reference to another pose leaves hair, ears, neck and collars beside where they belong, by
amounts that depend on the person and grow with the distance between reference and pose. On footage
of the person the error is seen as optical flow between warped and filmed frame (T. Kroeger et al.,
"Fast Optical Flow using Dense Inverse Search", ECCV 2016), and a ridge regression learns it from
the pose and expression *relative to the references in use*: where those already fit, nothing is
corrected. It only bends a picture, so that no detail is lost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from reenact.alignment.numbers import POSE_NUMBERS, STEERING, TURNS
from reenact.alignment.takes import Takes
from reenact.alignment.view import SIDE

GRID = 32
"""Side of the grid on which the error is learnt."""
LARGEST_PX = 12.0
"""Longer flows are mismatches."""
STRENGTH = 0.7
"""Share of the predicted error that is corrected: footage never tells it exactly."""
RIDGES = (0.01, 0.03, 0.1)
"""Damping tried, for footage of `ENOUGH` takes; shorter footage is damped in proportion more."""
ENOUGH = 150
BLOCKS = 4
"""Parts of the footage that take turns in being kept back."""
TRIED = 60
"""Takes on which each ridge is tried."""
CALM = 0.05
"""Added to the spread of each number: what hardly changes in the footage must not count much."""
GAIN = 0.97
"""Of the error left by warping alone, which a correction must come below."""


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """A learnt correction. Glossary: k = numbers it is computed from."""

    spread: NDArray[np.float32]
    """(k,) what each number is divided by."""
    limit: NDArray[np.float32]
    """(k,) the largest values in the footage, so divided: there is no telling beyond them."""
    weights: NDArray[np.float32]
    """(k, GRID * GRID * 2) px of the square."""

    def flow(
        self, numbers: NDArray[np.float32], relative: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """(n, GRID, GRID, 2) px of the square: how far from each place to look instead.

        Args:
            numbers: (n, COUNT) of the driven face.
            relative: (n, 2, COUNT) as they differ from the references in the face and around it.
        """
        inputs = _inputs(numbers, relative) / self.spread
        flow = np.clip(inputs, -self.limit, self.limit) @ self.weights
        return (STRENGTH * flow).reshape(-1, GRID, GRID, 2).astype(np.float32)

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """To keep it."""
        return {
            "spread": self.spread,
            "limit": self.limit,
            "weights": self.weights.astype(np.float16),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "Alignment":
        """The inverse of `to_arrays`."""
        names = ("spread", "limit", "weights")
        return cls(**{name: np.asarray(arrays[name], np.float32) for name in names})


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """What was learnt, and how good it is on footage that was kept back."""

    alignment: Alignment | None
    """None where it is no gain."""
    plain: float
    """Mean error of the warp alone there, grey levels."""
    aligned: float
    """The same when it is corrected."""


def learn(takes: Takes, *, held_out: float = 0.15, gap: int = 10) -> Lesson:
    """Learn a correction, if the end of the footage tells that it is one.

    Args:
        takes: Of one person, in the order of time.
        held_out: Share of them, the last, that decides.
        gap: Takes before those that are not learnt from: neighbours are nearly the same.
    """
    errors = np.stack([error_flow(*pair) for pair in zip(takes.warped, takes.truth, strict=True)])
    start = round((1 - held_out) * len(takes))
    early, late = slice(max(start - gap, 1)), slice(start, None)
    ridge = _best_ridge(takes.part(early), errors[early])
    alignment = _fit(takes.part(early), errors[early], ridge)
    judged = takes.part(late)
    plain = _difference(judged.warped, judged.truth)
    flow = alignment.flow(judged.numbers, judged.relative)
    aligned = _difference(bend(judged.warped, flow), judged.truth)
    useful = aligned < GAIN * plain
    return Lesson(
        alignment=_fit(takes, errors, ridge) if useful else None, plain=plain, aligned=aligned
    )


def _best_ridge(takes: Takes, errors: NDArray[np.float32]) -> float:
    """The damping that predicts blocks of time best, each from the others."""
    count = len(takes)
    block = np.minimum(np.arange(count) * BLOCKS // count, BLOCKS - 1)
    tried = np.unique(np.linspace(0, count - 1, TRIED).astype(int))
    totals = []
    for ridge in RIDGES:
        total = 0.0
        for each in range(BLOCKS):
            inside = takes.part(tried[block[tried] == each])
            other = block != each
            alignment = _fit(takes.part(np.flatnonzero(other)), errors[other], ridge)
            flow = alignment.flow(inside.numbers, inside.relative)
            bent = bend(inside.warped, flow)
            total += _difference(bent, inside.truth) * len(inside)
        totals.append(total)
    return RIDGES[int(np.argmin(totals))]


def _fit(takes: Takes, errors: NDArray[np.float32], ridge: float) -> Alignment:
    inputs = _inputs(takes.numbers, takes.relative)
    spread = (inputs.std(axis=0) + CALM).astype(np.float32)
    scaled = (inputs / spread).astype(np.float64)
    damping = ridge * max(len(takes), ENOUGH)
    square = scaled.T @ scaled + damping * np.eye(scaled.shape[1])
    weights = np.linalg.solve(square, scaled.T @ errors.reshape(len(errors), -1))
    return Alignment(
        spread=spread,
        limit=np.abs(scaled).max(axis=0).astype(np.float32),
        weights=weights.astype(np.float32),
    )


def bend(
    pictures: Iterable[NDArray[np.uint8]], flows: Iterable[NDArray[np.float32]]
) -> NDArray[np.uint8]:
    """Pictures (n, SIDE, SIDE, 3) bent by flows (n, g, g, 2) in px of the square."""
    rows, columns = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    bent = []
    for picture, flow in zip(pictures, flows, strict=True):
        full = cv2.resize(flow, (SIDE, SIDE), interpolation=cv2.INTER_LINEAR)
        places = columns + full[..., 0], rows + full[..., 1]
        bent.append(cv2.remap(picture, *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
    return np.stack(bent)


def error_flow(warped: NDArray[np.uint8], truth: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(GRID, GRID, 2) px: how far away in the warped picture lies what the truth shows."""
    seeker = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    grey = (cv2.cvtColor(each, cv2.COLOR_RGB2GRAY) for each in (truth, warped))
    flow = np.clip(seeker.calc(*grey, None), -LARGEST_PX, LARGEST_PX)
    calm = cv2.medianBlur(flow, 5)
    return np.asarray(cv2.resize(calm, (GRID, GRID), interpolation=cv2.INTER_AREA), np.float32)


def _inputs(numbers: NDArray[np.float32], relative: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, k): differences of all numbers in the face and of the pose around it, and products.

    What a turn does depends on where the head looks and is: so turns enter multiplied by those too.
    All are 0 for a face that a reference shows already.
    """
    inside, around = relative[:, 0], relative[:, 1, :POSE_NUMBERS]
    turns = np.concatenate([inside[:, TURNS], around], axis=1)
    products = turns[:, :, None] * numbers[:, None, STEERING]
    return np.concatenate([inside, around, products.reshape(len(numbers), -1)], axis=1)


def _difference(pictures: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    """Mean absolute difference, grey levels."""
    return float(cv2.absdiff(pictures.reshape(-1), truth.reshape(-1)).mean())
