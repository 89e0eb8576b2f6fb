"""How good a generator is on takes that it was not trained on."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from reenact.generator.takes import Takes
from reenact.train.generator_task import GeneratorTask, detail
from reenact.train.pairs import Batch, to_frame
from reenact.train.take_pairs import EYES, to_batch

MOMENTS = 12
"""Takes of each person that are looked at."""
TOO_BLURRED = 0.9
"""Sharpness over the truth's below which a picture costs extra."""
BLUR_COST = 0.05
FEATURE_WEIGHT = EYES + 0.3
"""Pixels that count more belong to the mouth."""


@torch.no_grad()
def figures(
    task: GeneratorTask, people: Sequence[Takes], *, moments: int = MOMENTS
) -> dict[str, float]:
    """Figures of a generator, means over people.

    Returns:
        `l1`, `face` (inside it), `mouth`: mean absolute differences from the truth, 0 to 1;
        `sharpness`: of the face, over the truth's; the same of the warped pictures as
        `warped l1` and so on; `score`: what counts, the lower the better.
    """
    rows = []
    for takes in people:
        index = np.linspace(0, len(takes) - 1, min(moments, len(takes))).astype(int)
        pieces = [to_batch(takes, index[start : start + 4]) for start in range(0, len(index), 4)]
        batch = {name: torch.cat([piece[name] for piece in pieces]) for name in pieces[0]}
        drawn = torch.cat([task.drawn(piece) for piece in pieces]).clamp(0, 1)
        row = _compare(drawn, batch)
        row |= {f"warped {k}": v for k, v in _compare(batch["inputs"][:, :3], batch).items()}
        rows.append(row)
    mean = {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
    return {"score": score(mean), **mean, "warped score": score(mean, prefix="warped ")}


def score(found: Mapping[str, float], *, prefix: str = "") -> float:
    """One number for what is seen: the whole, the face and the mouth, and blur."""
    parts = (found[f"{prefix}{name}"] for name in ("l1", "face", "mouth"))
    blur = max(TOO_BLURRED - found[f"{prefix}sharpness"], 0.0)
    return float(np.mean(list(parts))) + BLUR_COST * blur


def _compare(drawn: Tensor, batch: Batch) -> dict[str, float]:
    difference = (drawn - batch["truth"]).abs().mean(1, keepdim=True)
    face, mouth = batch["face"], (batch["weight"] > FEATURE_WEIGHT).float()
    sharp = detail(drawn, face) / detail(batch["truth"], face).clamp_min(1e-6)
    return {
        "l1": float(difference.mean()),
        "face": float((difference * face).sum() / face.sum().clamp_min(1)),
        "mouth": float((difference * mouth).sum() / mouth.sum().clamp_min(1)),
        "sharpness": float(sharp.median()),
    }


@torch.no_grad()
def write_sheet(path: Path, task: GeneratorTask, people: Sequence[Takes]) -> None:
    """Write a PNG: truth, warped picture and output of three takes of each of some people."""
    import cv2

    rows = []
    for takes in list(people)[:8]:
        batch = to_batch(takes, np.linspace(0, len(takes) - 1, 3).astype(int))
        cells = zip(batch["truth"], batch["inputs"][:, :3], task.drawn(batch), strict=True)
        rows.append(np.concatenate([to_frame(each) for cell in cells for each in cell], axis=1))
    path.write_bytes(cv2.imencode(".png", np.concatenate(rows)[:, :, ::-1])[1].tobytes())
