"""Figures on people that training has not seen, and a sheet to look at."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from reenact.train.frames import Reel
from reenact.train.pairs import to_frame, to_tensor

Animate = Callable[[Tensor, Tensor], Tensor]
"""(1, 3, s, s) source and (t, 3, s, s) driving frames of the same person to (t, 3, s, s)."""
Places = Callable[[Tensor], Tensor]
"""(t, 3, s, s) to (t, k, 2) keypoints, the picture from -1 to 1."""


def figures(
    reels: Sequence[Reel], animate: Animate, *, places: Places | None = None, moments: int = 8
) -> Mapping[str, float]:
    """Draw moments of each clip from its first frame and compare with the truth.

    Every mean is over the clips of a person first, then over people.

    Args:
        reels: Clips of held-out people.
        animate: Draws.
        places: Keypoints whose distance from the truth's is measured, px.
        moments: Pairs of adjacent frames per clip, evenly spread.

    Returns:
        `score` and `l1` (0 to 1), `still l1` of the source frame left as it is, `ratio` of the
        two, `change` = mean |change from frame to frame - true change|, `still change`;
        `sharpness` = variance of the luma's Laplacian over the truth's; with
        `places` `keypoints` and `still keypoints`.
    """
    people: dict[str, list[dict[str, float]]] = {}
    for reel in reels:
        source, truth = moments_of(reel, moments)
        found = _compare(source, truth, animate(source, truth).float(), places)
        people.setdefault(reel.clip.person, []).append(found)
    each = [_mean(clips) for clips in people.values()]
    mean = _mean(each)
    return {"score": mean["l1"], **mean, "ratio": mean["l1"] / max(mean["still l1"], 1e-9)}


def moments_of(reel: Reel, moments: int) -> tuple[Tensor, Tensor]:
    """The first frame (1, 3, s, s), and 2 · moments frames: each moment and the frame after."""
    frames = reel.frames()
    starts = np.linspace(min(1, reel.count - 2), reel.count - 2, moments).round().astype(int)
    indices = np.stack([starts, starts + 1], axis=1).reshape(-1)
    truth = torch.stack([to_tensor(np.asarray(frames[index])) for index in indices])
    return to_tensor(np.asarray(frames[0]))[None], truth


def _compare(
    source: Tensor, truth: Tensor, output: Tensor, places: Places | None
) -> dict[str, float]:
    still = source.expand_as(truth)
    found = {
        "l1": _distance(output, truth),
        "still l1": _distance(still, truth),
        "change": _distance(output[1::2] - output[::2], truth[1::2] - truth[::2]),
        "sharpness": _laplacian_variance(output) / max(_laplacian_variance(truth), 1e-9),
        "still change": _distance(still[1::2] - still[::2], truth[1::2] - truth[::2]),
    }
    if places:
        wanted, half = places(truth), truth.shape[3] / 2
        for name, pictures in (("keypoints", output), ("still keypoints", still)):
            found[name] = float((places(pictures) - wanted).norm(dim=2).mean()) * half
    return found


def _distance(a: Tensor, b: Tensor) -> float:
    return float((a - b).abs().mean())


def _laplacian_variance(pictures: Tensor) -> float:
    luma = torch.einsum("nchw,c->nhw", pictures, torch.tensor([0.299, 0.587, 0.114]))
    across = luma[:, 1:-1, 2:] + luma[:, 1:-1, :-2] + luma[:, 2:, 1:-1] + luma[:, :-2, 1:-1]
    return float((across - 4 * luma[:, 1:-1, 1:-1]).var())


def _mean(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}


def write_sheet(
    path: Path, reels: Sequence[Reel], animate: Animate, *, moments: int = 5, side: int = 160
) -> None:
    """Write a PNG: per clip three rows, source, driving frame and output, over the moments."""
    import cv2

    rows: list[NDArray[np.uint8]] = []
    for reel in reels:
        source, truth = moments_of(reel, moments)
        truth = truth[::2]
        output = animate(source, truth)
        for pictures in (source.expand_as(truth), truth, output):
            cells = [
                cv2.resize(to_frame(each), (side, side), interpolation=cv2.INTER_CUBIC)
                for each in pictures
            ]
            rows.append(np.concatenate(cells, axis=1))
    path.write_bytes(cv2.imencode(".png", np.concatenate(rows)[:, :, ::-1])[1].tobytes())
