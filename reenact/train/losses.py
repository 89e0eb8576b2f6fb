"""What pictures are held to."""

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.nn import functional

PYRAMID = (1.0, 0.5, 0.25, 0.125)
"""Shares of the side at which pictures are compared."""


def pyramid(pictures: Tensor, scales: Iterable[float] = PYRAMID) -> list[Tensor]:
    """(n, c, h, w) pictures at several sizes, averaged over areas, so that nothing aliases."""
    return [
        pictures if scale == 1 else functional.avg_pool2d(pictures, round(1 / scale))
        for scale in scales
    ]


def reconstruction(
    output: Tensor,
    truth: Tensor,
    *,
    weight: Tensor | None = None,
    scales: Iterable[float] = PYRAMID,
) -> Tensor:
    """Mean absolute difference, averaged over the sizes.

    Args:
        output: (n, c, h, w).
        truth: (n, c, h, w).
        weight: (n, 1, h, w) importance of the pixels, such as of mouth and eyes; None for one.
        scales: Shares of the side.
    """
    scales = tuple(scales)
    differences = [
        (a - b).abs() for a, b in zip(pyramid(output, scales), pyramid(truth, scales), strict=True)
    ]
    if weight is None:
        return torch.stack([each.mean() for each in differences]).mean()
    weights = pyramid(weight, scales)
    means = [
        (each * importance).sum() / (importance.sum() * each.shape[1])
        for each, importance in zip(differences, weights, strict=True)
    ]
    return torch.stack(means).mean()


def temporal(output: Tensor, neighbour: Tensor, truth: Tensor, true_neighbour: Tensor) -> Tensor:
    """How far what changes from a frame to its neighbour is from what truly changes.

    All (n, c, h, w). A constant error costs nothing here; one that comes and goes does.
    """
    return ((output - neighbour) - (truth - true_neighbour)).abs().mean()


def fooled(scores: Iterable[Tensor]) -> Tensor:
    """Least-squares loss of who draws: each score is wanted to be 1.

    X. Mao et al., "Least Squares Generative Adversarial Networks", ICCV 2017.
    """
    return torch.stack([((score - 1) ** 2).mean() for score in scores]).mean()


def told_apart(real: Iterable[Tensor], drawn: Iterable[Tensor]) -> Tensor:
    """Least-squares loss of who judges: 1 for real pictures, 0 for drawn ones."""
    pairs = zip(real, drawn, strict=True)
    return torch.stack([((a - 1) ** 2).mean() + (b**2).mean() for a, b in pairs]).mean()


def feature_distance(output: Iterable[Tensor], truth: Iterable[Tensor]) -> Tensor:
    """Mean absolute difference of features, averaged over the levels; the truth's are fixed."""
    pairs = zip(output, truth, strict=True)
    return torch.stack([(a - b.detach()).abs().mean() for a, b in pairs]).mean()
