"""What the generator is held to."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor
from torch.nn import functional

from reenact.generator.network import Drawn, Generator, compose
from reenact.train.features import FeatureNetwork, perceptual_distance
from reenact.train.losses import pyramid, reconstruction, temporal
from reenact.train.pairs import Batch
from reenact.train.task import Outcome, Task

PATCH = 64
"""Side of the mouths and half the width of the eyes that are judged, px."""
SCALES = (1.0, 0.5, 0.25)


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the losses."""

    pixels: float = 10.0
    edges: float = 10.0
    sharpness: float = 1.0
    features: float = 0.0
    change: float = 5.0
    bending: float = 0.02
    painting: float = 0.05


SHARP_ENOUGH = 0.95
"""Of the truth's variance of the Laplacian: more is not asked for."""


class GeneratorTask(Task):
    """Teaches a generator.

    Args:
        generator: The network.
        weights: Of the losses.
        features: For a perceptual loss, if its weight is not 0.
    """

    parts: ClassVar[tuple[str, ...]] = ("mouth", "eyes")

    def __init__(
        self,
        generator: Generator | None = None,
        *,
        weights: Weights | None = None,
        features: FeatureNetwork | None = None,
    ) -> None:
        super().__init__()
        self.generator = generator or Generator()
        self._weights = weights or Weights()
        self._features = [features] if features is not None else []  # not a part: never trained

    def forward(self, batch: Batch, *, draw: torch.Generator) -> Outcome:
        """Draw pairs of neighbouring frames; their tensors are (n, 2, ...)."""
        flat = {name: value.flatten(0, 1) for name, value in batch.items()}
        drawn = Drawn(*self.generator(flat["inputs"], flat["condition"]))
        output, truth = compose(flat["inputs"][:, :3], drawn), flat["truth"]
        weights, weight = self._weights, flat["weight"]
        terms = {
            "pixels": weights.pixels * reconstruction(output, truth, weight=weight, scales=SCALES),
            "edges": weights.edges * edge_difference(output, truth, weight),
            "sharpness": weights.sharpness * too_smooth(output, truth, flat["face"]),
            "change": weights.change * temporal(output[::2], output[1::2], truth[::2], truth[1::2]),
            "bending": weights.bending * _roughness(drawn.flow),
            "painting": weights.painting * drawn.occluded.abs().mean(),
        }
        if self._features:
            distance = perceptual_distance(self._features[0], output, truth)
            terms["features"] = weights.features * distance
        return Outcome(terms, _parts(output, truth, flat["places"]))

    def drawn(self, batch: Batch) -> Tensor:
        """The pictures (n, 3, s, s) for a batch without pairs."""
        drawn = Drawn(*self.generator(batch["inputs"], batch["condition"]))
        return compose(batch["inputs"][:, :3], drawn)


def edge_difference(output: Tensor, truth: Tensor, weight: Tensor) -> Tensor:
    """Weighted mean absolute difference of the gradients at two sizes."""
    total = []
    for a, b, w in zip(*(pyramid(each, (1.0, 0.5)) for each in (output, truth, weight)),
                       strict=True):  # fmt: skip
        gap = a - b
        across = (gap[..., 1:] - gap[..., :-1]).abs() * w[..., 1:]
        down = (gap[..., 1:, :] - gap[..., :-1, :]).abs() * w[..., 1:, :]
        total.append((across.mean() + down.mean()) / w.mean())
    return torch.stack(total).mean()


def too_smooth(output: Tensor, truth: Tensor, face: Tensor) -> Tensor:
    """How much of the face's fine detail is missing, mean over pictures; 0 where none is."""
    missing = SHARP_ENOUGH - detail(output, face) / detail(truth, face).clamp_min(1e-6)
    return functional.relu(missing).mean()


def detail(pictures: Tensor, face: Tensor) -> Tensor:
    """(n,) mean square of the luma's Laplacian where the face is."""
    luma = (pictures * pictures.new_tensor([0.299, 0.587, 0.114])[:, None, None]).sum(1)
    across = luma[:, 1:-1, 2:] + luma[:, 1:-1, :-2] + luma[:, 2:, 1:-1] + luma[:, :-2, 1:-1]
    square = (across - 4 * luma[:, 1:-1, 1:-1]) ** 2
    inside = (functional.avg_pool2d(face, 9, stride=1, padding=4) > 0.99).float()[:, 0, 1:-1, 1:-1]
    return (square * inside).sum((1, 2)) / inside.sum((1, 2)).clamp_min(1)


def _roughness(flow: Tensor) -> Tensor:
    """Mean square of the flow's slope."""
    across = (flow[..., 1:] - flow[..., :-1]) ** 2
    down = (flow[..., 1:, :] - flow[..., :-1, :]) ** 2
    return across.mean() + down.mean()


def _parts(output: Tensor, truth: Tensor, places: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
    """Mouths (n, 3, PATCH, PATCH) and eyes (n, 3, PATCH, 2 · PATCH), drawn and real."""
    cut = {}
    for part, (name, width) in enumerate((("mouth", PATCH), ("eyes", 2 * PATCH))):
        pairs = ([], [])
        for index, (x, y) in enumerate(places[:, part].round().int().tolist()):
            left = min(max(x - width // 2, 0), output.shape[3] - width)
            top = min(max(y - PATCH // 2, 0), output.shape[2] - PATCH)
            for pictures, kept in zip((output, truth), pairs, strict=True):
                kept.append(pictures[index, :, top : top + PATCH, left : left + width])
        cut[name] = (torch.stack(pairs[0]), torch.stack(pairs[1]))
    return cut
