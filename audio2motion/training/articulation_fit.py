"""Fit `audio2motion.articulation` to tracked speech.

Gradient descent on what sounds want and how they dominate, on standardised squared error of curves
and of their speed, drawn towards what the literature says of dominance (`_expected`). Then every
column is stretched about rest to the talker's spread, and the postures of contact are measured.
Seeded; about two minutes on one core.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.articulation import (
    BORROWED,
    CLOSED,
    GROUPS,
    LABIODENTAL,
    ArticulationModel,
    blend,
    completed,
    units_of,
)
from audio2motion.corpus import CHANNELS
from audio2motion.features import FRAME_RATE
from audio2motion.training.grid import GEOMETRY, Clip, held_out

logger = logging.getLogger(__name__)

MEMBERS: Final = {
    "jaw": ("jawOpen", "jaw"),
    "round": ("mouthFunnel", "mouthPucker", "protrusion"),
    "spread": ("mouthSmile", "mouthStretch", "mouthDimple", "width"),
}
"""Columns of a group; all others are `lips`."""
PASSES = 60
BATCH = 48
LEARNING_RATE = 0.02
SPEED = 4.0
"""Weight of errors of speed."""
PRIOR = 3e-4
TARGET_PRIOR = 8e-5
"""Keeps what weak or rare sounds want near what was seen while they lasted."""
STEP = 2
"""Every second frame is compared."""
LARGEST_STRETCH = 1.5

_NUMBERS: Final = ("target", "strength", "before_s", "after_s", "closed", "labiodental")
_UNROUNDED_TONGUE = ("T", "D", "N", "L", "K", "G", "TH", "DH", "S", "Z")
_ROUND = ("UW", "W", "OW1", "OW2", "AO", "AW2", "CH", "JH", "R")


def fit(clips: Sequence[Clip], *, seed: int = 0) -> ArticulationModel:
    """Fit to the clips that are not held out."""
    import torch

    torch.manual_seed(seed)
    chosen = [c for i, c in enumerate(clips) if c.segments and not held_out(i)]
    model = _initial(chosen)
    batch = _Batch(model, chosen)
    spread = torch.from_numpy(np.maximum(batch.motion.std(axis=(0, 1)), 1e-3))

    free = {
        "target": torch.from_numpy(model.target.copy()),
        "strength": torch.from_numpy(model.strength.copy()),
        "before_s": torch.from_numpy(np.log(model.before_s)),
        "after_s": torch.from_numpy(np.log(model.after_s)),
    }
    start = {name: value.clone() for name, value in free.items()}
    for value in free.values():
        value.requires_grad_(True)
    optimiser = torch.optim.Adam(list(free.values()), lr=LEARNING_RATE)
    motion = torch.from_numpy(batch.motion)
    for number in range(PASSES):
        for group in optimiser.param_groups:
            group["lr"] = LEARNING_RATE * (1 - number / PASSES)
        total = 0.0
        for rows in torch.split(torch.randperm(len(chosen)), BATCH):
            predicted = _forward(free, batch, rows, model.group)
            error = (predicted - motion[rows]) / spread
            loss = error.square().mean() + SPEED * error.diff(dim=1).square().mean()
            drawn = sum(
                (free[name] - start[name]).square().sum()
                for name in ("strength", "before_s", "after_s")
            )
            away = ((free["target"] - start["target"]) / spread).square().sum()
            optimiser.zero_grad()
            (loss + PRIOR * drawn + TARGET_PRIOR * away).backward()
            optimiser.step()
            total += loss.item() * len(rows) / len(chosen)
        logger.info("pass %d: loss %.4f", number + 1, total)
    return _finished(model, free, clips)


class _Batch:
    """Units of n clips, padded to the same number, and what the mouths did."""

    def __init__(self, model: ArticulationModel, clips: Sequence[Clip]) -> None:
        frames = len(clips[0].curves)
        said = [units_of(completed(c.segments, frames / FRAME_RATE)) for c in clips]
        most = max(map(len, said))
        self.unit = np.zeros((len(clips), most), np.int64)
        self.start = np.full((len(clips), most), -99.0, np.float32)  # too far away to be heard
        self.stop = np.full((len(clips), most), -99.0, np.float32)
        for row, units in enumerate(said):
            for column, (name, start, stop) in enumerate(units):
                self.unit[row, column] = model.units.index(name)
                self.start[row, column], self.stop[row, column] = start, stop
        self.times = np.arange(0, frames, STEP, dtype=np.float32) / FRAME_RATE
        self.motion = np.stack(
            [np.concatenate([c.curves, c.geometry], axis=1)[::STEP] for c in clips]
        ).astype(np.float32)


def _forward(free: dict[str, Any], batch: _Batch, rows: Any, group: NDArray[np.int64]) -> Any:
    """(n, t, c) as `audio2motion.articulation.blend`, for some clips at once."""
    import torch

    index = rows.numpy()
    unit = torch.from_numpy(batch.unit[index])
    times = torch.from_numpy(batch.times)[None, :, None]
    start = torch.from_numpy(batch.start[index])[:, None]
    stop = torch.from_numpy(batch.stop[index])[:, None]
    before = (start - times).clamp(min=0)[..., None] / free["before_s"].exp()[unit][:, None]
    after = (times - stop).clamp(min=0)[..., None] / free["after_s"].exp()[unit][:, None]
    dominance = torch.exp(free["strength"][unit][:, None] - before - after)  # (n, t, units, g)
    share = dominance / (dominance.sum(dim=2, keepdim=True) + 1e-4)
    wanted = free["target"][unit]  # (n, units, c)
    columns = torch.from_numpy(group)
    result = torch.empty(len(index), len(batch.times), len(group))
    for g in range(share.shape[-1]):
        mine = columns == g
        result[..., mine] = share[..., g] @ wanted[..., mine]
    return result


def _initial(clips: Sequence[Clip]) -> ArticulationModel:
    """Means while a sound lasts; dominance as the literature expects it."""
    heard: dict[str, list[NDArray[np.float32]]] = {}
    for clip in clips:
        both = np.concatenate([clip.curves, clip.geometry], axis=1)
        for name, start, stop in units_of(clip.segments):
            part = both[int(start * FRAME_RATE) : max(int(stop * FRAME_RATE), 1)]
            heard.setdefault(name, []).append(part)
    units = tuple(heard)
    target = np.stack([np.concatenate(parts).mean(axis=0) for parts in heard.values()])
    columns = (*CHANNELS, *GEOMETRY)
    names = list(GROUPS)
    group = np.array(
        [
            next(
                (names.index(g) for g, members in MEMBERS.items() if _belongs(column, members)),
                names.index("lips"),
            )
            for column in columns
        ]
    )
    strength, before, after = _expected(units, names)
    empty = np.zeros(len(columns), np.float32)
    return ArticulationModel(
        units, columns, len(CHANNELS), group, target, strength, before, after, empty, empty
    )


def _belongs(column: str, members: tuple[str, ...]) -> bool:
    return column.removesuffix("Left").removesuffix("Right") in members


def _expected(
    units: Sequence[str], groups: list[str]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """(u, g) log dominance and times before and after, from the literature.

    The tongue's consonants leave the lips alone and the jaw nearly so; rounding comes 60 to 150 ms
    early; everything else takes about 60 ms.
    """
    strength = np.zeros((len(units), len(groups)), np.float32)
    before = np.full(strength.shape, 0.06, np.float32)
    after = np.full(strength.shape, 0.06, np.float32)
    lips, rounding, jaw = (groups.index(name) for name in ("lips", "round", "jaw"))
    for u, unit in enumerate(units):
        if unit in _UNROUNDED_TONGUE:
            strength[u] = -1.5
            strength[u, jaw] = -0.5
        if unit in _ROUND:
            strength[u, rounding] = 1.0
            before[u, rounding], after[u, rounding] = 0.1, 0.08
        if unit in (*CLOSED, *LABIODENTAL):
            strength[u, lips] = 1.5
            before[u, lips] = after[u, lips] = 0.04
    return strength, before, after


def _finished(
    model: ArticulationModel, free: dict[str, Any], clips: Sequence[Clip]
) -> ArticulationModel:
    """The fitted model, stretched, with its postures and the borrowed sounds."""
    numbers = {name: value.detach().numpy().astype(np.float32) for name, value in free.items()}
    fitted = replace(
        model,
        target=numbers["target"],
        strength=numbers["strength"],
        before_s=np.exp(numbers["before_s"]).clip(0.015, 0.25),
        after_s=np.exp(numbers["after_s"]).clip(0.015, 0.25),
    )
    predicted, real = predict_held_out(fitted, clips)
    factor = (real.std(axis=(0, 1)) / predicted.std(axis=(0, 1))).clip(1, LARGEST_STRETCH)
    target = fitted.rest + (fitted.target - fitted.rest) * factor
    closed = _posture(clips, CLOSED, quantile=0.5)
    labiodental = _posture(clips, LABIODENTAL, quantile=0.5)
    return _with_borrowed(
        replace(
            fitted,
            target=target.astype(np.float32),
            closed=closed,
            labiodental=labiodental,
        )
    )


def _posture(
    clips: Sequence[Clip], sounds: Sequence[str], *, quantile: float
) -> NDArray[np.float32]:
    """(c,) mean mouth where the gap is least in each of some sounds, of the better closed half."""
    found = []
    for index, clip in enumerate(clips):
        both = np.concatenate([clip.curves, clip.geometry], axis=1)
        for segment in clip.segments if not held_out(index) else ():
            if segment.sound in sounds:
                first, last = int(segment.start_s * FRAME_RATE), int(segment.stop_s * FRAME_RATE)
                part = both[first : max(last, first + 1) + 3]
                found.append(part[np.argmin(part[:, len(CHANNELS)])])
    postures = np.array(found)
    gap = postures[:, len(CHANNELS)]
    return np.asarray(postures[gap <= np.quantile(gap, quantile)].mean(axis=0), np.float32)


def _with_borrowed(model: ArticulationModel) -> ArticulationModel:
    """The model with the sounds that the corpus lacks, as mixtures of those it has."""
    units = list(model.units)
    numbers = {
        name: list(getattr(model, name)) for name in ("target", "strength", "before_s", "after_s")
    }
    for name, mixture in BORROWED.items():
        relatives = [model.units.index(unit) for unit in mixture]
        shares = np.array(list(mixture.values()), np.float32)[:, None]
        at = units.index(name) if name in units else len(units)
        units[at:] = [name, *units[at + 1 :]]
        for field, rows in numbers.items():
            row = (shares * getattr(model, field)[relatives]).sum(axis=0)
            rows[at:] = [row, *rows[at + 1 :]]
    return replace(
        model,
        units=tuple(units),
        target=np.stack(numbers["target"]).astype(np.float32),
        strength=np.stack(numbers["strength"]).astype(np.float32),
        before_s=np.stack(numbers["before_s"]).astype(np.float32),
        after_s=np.stack(numbers["after_s"]).astype(np.float32),
    )


def predict_held_out(
    model: ArticulationModel, clips: Sequence[Clip]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(m, t, c) blended without rules, and real, of the held-out clips."""
    chosen = [c for i, c in enumerate(clips) if c.segments and held_out(i)]
    predicted = [
        blend(model, units_of(completed(c.segments, len(c.curves) / FRAME_RATE)), len(c.curves))
        for c in chosen
    ]
    real = [np.concatenate([c.curves, c.geometry], axis=1) for c in chosen]
    return np.array(predicted), np.array(real)


def report(model: ArticulationModel, clips: Sequence[Clip]) -> list[str]:
    """By column: mean over held-out clips of Pearson's r, and predicted over real spread."""
    predicted, real = predict_held_out(model, clips)
    ratio = predicted.std(axis=(0, 1)) / real.std(axis=(0, 1))
    lines = []
    for k, name in enumerate(model.columns):
        pairs = zip(predicted[..., k], real[..., k], strict=True)
        r = np.mean([np.corrcoef(a, b)[0, 1] for a, b in pairs])
        lines.append(f"{name:20s} {r:6.3f} {ratio[k]:6.2f}")
    return lines


def save(model: ArticulationModel, path: Path) -> None:
    """Write the model as an .npz without pickles."""
    numbers = {name: getattr(model, name).astype(np.float16) for name in _NUMBERS}
    np.savez_compressed(
        path,
        units=np.array(model.units),
        columns=np.array(model.columns),
        coefficients=np.array(model.coefficients),
        group=model.group.astype(np.int8),
        **numbers,
    )
