"""Train the diffusion generator: `python -m audio2motion.training.behaviour_diffusion`.

About three minutes on one core; seeded, and the same on the same machine.
"""

import copy
import itertools
import logging
from pathlib import Path

import click
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from audio2motion.behaviour.curves import CONDITIONS, CURVES
from audio2motion.behaviour.diffusion import (
    BLOCK,
    HEARD_BACK,
    LAYERS,
    PAST,
    STEPS,
    Sampler,
    noise_levels,
)
from audio2motion.training.behaviour_data import Readings, read

logger = logging.getLogger(__name__)

WIDTH, TIME = 256, 16
UPDATES, BATCH, RATE = 8000, 256, 1e-3
DECAY = 0.999
"""Of the running mean of the weights that is kept."""
LID_WEIGHT = 3.0
_WORN = 0.12  # noise on the past: what is drawn later continues what was drawn, errors and all


class Denoiser(nn.Module):
    """Noisy block, past motion, voice and step in; clean block out."""

    def __init__(self) -> None:
        super().__init__()
        block = BLOCK * len(CURVES)
        seen = block + PAST * len(CURVES) + len(HEARD_BACK) * len(CONDITIONS) + TIME
        self.steps = nn.Embedding(STEPS + 1, TIME)
        sizes = [seen, *([WIDTH] * LAYERS)]
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in itertools.pairwise(sizes))
        self.out = nn.Linear(WIDTH, block)

    def forward(self, block: Tensor, context: Tensor, step: Tensor) -> Tensor:
        """(n, b * c) the block without its noise."""
        values = torch.cat([block, context, self.steps(step)], dim=-1)
        for layer in self.layers:
            values = nn.functional.silu(layer(values))
        return self.out(values)


class Windows:
    """Draws examples of past, voice and block."""

    def __init__(self, readings: Readings, *, seed: int) -> None:
        self._curves, self._heard = readings.curves, readings.heard
        self._rng = np.random.default_rng(seed)
        blocks = self._pick(4096)[0]
        self.spread = blocks.reshape(-1, BLOCK, len(CURVES)).std(axis=(0, 1))

    def draw(self, count: int) -> tuple[Tensor, Tensor]:
        """(n, b * c) blocks of unit spread and (n, x) contexts."""
        blocks, past, voice = self._pick(count)
        blocks = (blocks.reshape(count, BLOCK, -1) / self.spread).reshape(count, -1)
        context = np.concatenate([past, voice], axis=1)
        return torch.from_numpy(blocks.astype(np.float32)), torch.from_numpy(context)

    def _pick(self, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        clips = self._rng.integers(len(self._curves), size=count)
        last = self._curves.shape[1] - BLOCK
        # a clip starts from nothing, as a stream does
        starts = self._rng.integers(PAST, last + 1, size=count)[:, None]
        clips = clips[:, None]
        past = self._curves[clips, starts + np.arange(-PAST, 0)].copy()
        worn = self._rng.uniform(0, _WORN, (count, 1, 1)) * self._rng.standard_normal(past.shape)
        drift = 0.5 * worn[:, :1] + worn
        past = (past + drift).astype(np.float32)
        voice = self._heard[clips, starts - np.array(HEARD_BACK)]
        blocks = self._curves[clips, starts + np.arange(BLOCK)] - past[:, -1:]
        return blocks.reshape(count, -1), past.reshape(count, -1), voice.reshape(count, -1)


def train(readings: Readings, *, seed: int) -> tuple[Denoiser, np.ndarray]:
    """Fit to all but the held-out clips; returns the averaged network and the blocks' spread."""
    torch.manual_seed(seed)
    model = Denoiser()
    mean = copy.deepcopy(model)
    windows = Windows(readings.part(held_out=False), seed=seed)
    test = Windows(readings.part(held_out=True), seed=seed + 1)
    test.spread = windows.spread
    optimiser = torch.optim.AdamW(model.parameters(), RATE, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=UPDATES)
    for update in range(UPDATES):
        optimiser.zero_grad()
        _loss(model, *windows.draw(BATCH)).backward()
        optimiser.step()
        schedule.step()
        with torch.no_grad():
            for kept, value in zip(mean.parameters(), model.parameters(), strict=True):
                kept.lerp_(value, 1 - min(DECAY, (update + 1) / (update + 10)))
            if update % 1000 == 999:
                logger.info("%d: held out %.4f", update + 1, _loss(mean, *test.draw(4096)))
    return mean, windows.spread


def _loss(model: Denoiser, blocks: Tensor, context: Tensor) -> Tensor:
    step = torch.randint(1, STEPS + 1, (len(blocks),))
    signal = torch.from_numpy(noise_levels())[step][:, None]
    noisy = signal.sqrt() * blocks + (1 - signal).sqrt() * torch.randn_like(blocks)
    error = (model(noisy, context, step) - blocks).square().reshape(-1, BLOCK, len(CURVES))
    weight = torch.ones(len(CURVES))
    weight[CURVES.index("lid")] = LID_WEIGHT
    return (error * weight).mean()


def arrays_of(model: Denoiser, spread: NDArray[np.floating]) -> dict[str, np.ndarray]:
    """What `Sampler` reads, in half precision."""
    tensors = {"steps": model.steps.weight, "weight_out": model.out.weight}
    tensors |= {"bias_out": model.out.bias}
    for index, layer in enumerate(model.layers):
        tensors |= {f"weight_{index}": layer.weight, f"bias_{index}": layer.bias}
    arrays = {name: value.detach().numpy().astype(np.float16) for name, value in tensors.items()}
    return arrays | {"spread": np.asarray(spread, np.float32)}


def _factor(arrays: dict[str, np.ndarray], readings: Readings, *, seed: int) -> NDArray[np.float32]:
    """(c,) what brings drawn curves to the spread of the real ones: sampling shrinks it."""
    sampler = Sampler(arrays, np.random.default_rng(seed))
    voices = readings.part(held_out=True).heard.reshape(-1, len(CONDITIONS))
    drawn = np.array([sampler.next(voice.tolist()) for voice in voices])
    factor = readings.curves.std(axis=(0, 1)) / drawn.std(axis=0)
    factor[CURVES.index("lid")] = 1
    logger.info("factor %s", factor.round(2))
    return np.asarray(factor, np.float32)


@click.command()
@click.option("--grid", required=True, type=click.Path(exists=True, path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seed", default=0, show_default=True)
def main(grid: Path, out: Path, seed: int) -> None:
    """Train on the curves and sound of GRID talker s1 and write the denoiser."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    readings = read(grid)
    model, spread = train(readings, seed=seed)
    arrays = arrays_of(model, spread)
    np.savez_compressed(out, factor=_factor(arrays, readings, seed=seed), **arrays)


if __name__ == "__main__":
    main()
