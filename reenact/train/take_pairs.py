"""Samples for a generator: two neighbouring takes of one person."""

from collections.abc import Sequence

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from capture.landmarks import FACE_OVAL, LEFT_EYE, OUTER_LIPS, RIGHT_EYE
from reenact.generator.inputs import MIRROR_ORDER, MIRROR_SIGN, draw_contours
from reenact.generator.takes import Takes
from reenact.generator.view import SIDE
from reenact.train.pairs import Batch

FACE, EYES, MOUTH = 1.5, 4.0, 5.0
"""What a pixel of each counts; one of the background counts 1."""
AROUND_EYES, AROUND_MOUTH = 10, 7
"""px by which eyes and mouth are widened: lids and lip corners belong to them."""
CONDITION_NOISE = 0.05
NEIGHBOURS = 3
"""Frames apart at most that count as neighbours."""


class TakePairs(Dataset[Batch]):
    """Random takes with a neighbour. A sample depends on nothing but the seed and its number.

    Args:
        people: Takes of each.
        repeats: Samples per person and epoch.
        seed: Of the choice and of the changes.
        varied: Whether pictures are mirrored and recoloured: for many people, not for one.
    """

    def __init__(
        self, people: Sequence[Takes], *, repeats: int = 40, seed: int = 0, varied: bool = True
    ) -> None:
        self._people, self._repeats = tuple(people), repeats
        self._seed, self._varied = seed, varied

    def __len__(self) -> int:
        return len(self._people) * self._repeats

    def __getitem__(self, number: int) -> Batch:
        """Sample `number`, of any epoch: see `to_batch`."""
        rng = np.random.default_rng([self._seed, number])
        takes = self._people[number % len(self._people)]
        first = int(rng.integers(max(len(takes) - 1, 1)))
        second = min(first + 1, len(takes) - 1)
        if not 0 < takes.frame[second] - takes.frame[first] <= NEIGHBOURS:
            second = first
        batch = to_batch(takes, np.array([first, second]))
        batch["condition"] += torch.from_numpy(
            rng.normal(0, CONDITION_NOISE, batch["condition"].shape).astype(np.float32)
        )
        return _varied(batch, rng) if self._varied else batch


def to_batch(takes: Takes, index: NDArray[np.int64]) -> Batch:
    """Takes as tensors.

    Returns:
        `inputs` (n, CHANNELS, s, s), `truth` (n, 3, s, s), `face` (n, 1, s, s) in [0, 1];
        `weight` (n, 1, s, s) what pixels count; `condition` (n, CONDITION); `places` (n, 2, 2)
        px of mouth and eyes' middle.
    """
    marks = takes.landmarks[index]
    contours = np.stack([draw_contours(points) for points in marks])
    coverage = takes.coverage[index][..., None]
    layers = [takes.warped[index], coverage, takes.plate[index], contours]
    inputs = np.concatenate(layers, axis=3)
    eyes = np.concatenate([RIGHT_EYE, LEFT_EYE])
    places = np.stack([marks[:, OUTER_LIPS].mean(1), marks[:, eyes].mean(1)], axis=1)
    return {
        "inputs": _pictures(inputs),
        "truth": _pictures(takes.truth[index]),
        "face": _pictures(coverage),
        "weight": torch.from_numpy(np.stack([importance(points) for points in marks]))[:, None],
        "condition": torch.from_numpy(takes.condition[index].copy()),
        "places": torch.from_numpy(places),
    }


def importance(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """(SIDE, SIDE) what each pixel counts, from (478, 2) px."""
    out = np.ones((SIDE, SIDE), np.float32)
    fixed = np.round(points).astype(np.int32)
    cv2.fillConvexPoly(out, cv2.convexHull(fixed[FACE_OVAL]), FACE)
    for rings, value, around in (
        ((RIGHT_EYE, LEFT_EYE), EYES, AROUND_EYES),
        ((OUTER_LIPS,), MOUTH, AROUND_MOUTH),
    ):
        for ring in rings:
            hull = cv2.convexHull(fixed[ring])
            cv2.fillConvexPoly(out, hull, value)
            cv2.polylines(out, [hull], isClosed=True, color=value, thickness=2 * around)
    return cv2.blur(out, (9, 9))


def _pictures(values: NDArray[np.uint8]) -> Tensor:
    """(n, h, w, c) uint8 to (n, c, h, w) in [0, 1]."""
    return torch.from_numpy(np.ascontiguousarray(values.transpose(0, 3, 1, 2))).float() / 255


def _varied(batch: Batch, rng: np.random.Generator) -> Batch:
    """Mirror and recolour."""
    out = dict(batch)
    if rng.random() < 0.5:
        for name in ("inputs", "truth", "face", "weight"):
            out[name] = out[name].flip(3)
        out["condition"] = out["condition"][:, MIRROR_ORDER] * torch.from_numpy(MIRROR_SIGN)
        out["places"] = out["places"].clone()
        out["places"][..., 0] = SIDE - 1 - out["places"][..., 0]
    gain = torch.from_numpy(rng.uniform(0.75, 1.25, (1, 3, 1, 1)).astype(np.float32))
    gain = gain.mean() + 0.5 * (gain - gain.mean())
    offset, power = float(rng.uniform(-0.08, 0.08)), float(np.exp(rng.normal(0, 0.2)))

    def recolour(picture: Tensor) -> Tensor:
        return ((picture * gain + offset).clamp(1e-3, 1)) ** power

    inputs = out["inputs"].clone()
    inputs[:, :3], inputs[:, 4:7] = recolour(inputs[:, :3]), recolour(inputs[:, 4:7])
    out["inputs"], out["truth"] = inputs, recolour(out["truth"])
    return out
