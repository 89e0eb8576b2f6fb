"""Train the mouth network: `python -m audio2motion.training.train --shards DIR -o RUN`.

One thread of one core; 40 minutes reach what ships. `best.pt` holds the running average of the
weights at the best evaluation, `last.pt` everything to go on from with `--resume`, `log.jsonl` a
JSON object for every evaluation, `log.png` its curves. The run ends after `--budget-s` seconds of
steps, or when `--patience` evaluations brought nothing.
"""

import copy
import json
import logging
import math
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
import torch

from audio2motion.corpus import CHANNELS
from audio2motion.front_end import COLUMNS, MEL, PHONES
from audio2motion.network import GEOMETRY
from audio2motion.training import evaluate, losses
from audio2motion.training.batches import (
    Sampler,
    Shard,
    Utterance,
    statistics,
    to_judge_by,
    to_train_on,
)
from audio2motion.training.network import LipModule
from weights import open_checkpoint

logger = logging.getLogger(__name__)

AVERAGE_DECAY = 0.999
LARGEST_GRADIENT = 1.0
GAP = len(CHANNELS) + GEOMETRY.index("gap")
ABLATIONS = ("voices", "real", "phones", "spectrum", "closure", "concordance")
"""What can be left out, to see what it is good for."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Of a run."""

    budget_s: float = 2400.0
    steps: int = 1_000_000
    """At most; the rate falls with whichever of budget and steps is nearer."""
    batch: int = 24
    width: int = 256
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.02
    warm_up: int = 100
    """Steps in which the rate rises."""
    every: int = 1000
    """Steps between evaluations."""
    patience: int = 40
    seed: int = 0
    without: tuple[str, ...] = ()
    """Of `ABLATIONS`."""
    weights: losses.Weights = field(default_factory=losses.Weights)


class Run:
    """A training run in a folder."""

    def __init__(self, shards: list[Shard], folder: Path, settings: Settings) -> None:
        settings = replace(settings, weights=_ablated(settings))
        self.settings, self.folder = settings, folder
        chosen = to_train_on(shards)
        if "voices" in settings.without:
            chosen = [one for one in chosen if one.shard.real]
        if "real" in settings.without:
            chosen = [one for one in chosen if not one.shard.real]
        self.real, voices = to_judge_by(shards)
        self.voices = _some(voices, 120)
        torch.manual_seed(settings.seed)
        self.module = LipModule(COLUMNS, width=settings.width)
        self.gap_range = _prepare(self.module, chosen, chosen + self.real)
        deafen(self.module, settings.without)
        self.average = copy.deepcopy(self.module).eval().requires_grad_(False)
        self.optimiser = torch.optim.AdamW(
            self.module.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
        )
        self.sampler = Sampler(chosen, np.random.default_rng(settings.seed))
        self.step, self.spent_s, self.best, self.without_gain = 0, 0.0, -math.inf, 0
        folder.mkdir(parents=True, exist_ok=True)

    def train(self) -> None:
        """Until the budget is spent or nothing is gained any more."""
        sums: dict[str, float] = {}
        began = time.perf_counter() - self.spent_s
        while self.progress < 1:
            for name, value in self._learn().items():
                sums[name] = sums.get(name, 0.0) + value / self.settings.every
            self.step += 1
            self.spent_s = time.perf_counter() - began
            if self.step % self.settings.every == 0:
                paused = time.perf_counter()
                self._evaluate(sums)
                began += time.perf_counter() - paused
                sums = {}
                if self.without_gain >= self.settings.patience:
                    return
        if self.step % self.settings.every:
            self._evaluate(sums)

    @property
    def progress(self) -> float:
        """Share of the run that is over."""
        settings = self.settings
        return max(self.spent_s / settings.budget_s, self.step / settings.steps)

    def _learn(self) -> dict[str, float]:
        rate = 0.5 * (1 + math.cos(math.pi * self.progress)) * 0.98 + 0.02
        rate *= min(1.0, (self.step + 1) / self.settings.warm_up)
        for group in self.optimiser.param_groups:
            group["lr"] = rate * self.settings.learning_rate
        batch = self.sampler.draw(self.settings.batch)
        found = losses.terms(self.module, batch, self.settings.weights, self.gap_range)
        self.optimiser.zero_grad()
        torch.stack(list(found.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.module.parameters(), LARGEST_GRADIENT)
        self.optimiser.step()
        decay = min(AVERAGE_DECAY, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            pairs = zip(self.average.parameters(), self.module.parameters(), strict=True)
            for kept, present in pairs:
                kept.lerp_(present, 1 - decay)
        return {name: value.item() for name, value in found.items()}

    def figures(self) -> dict[str, dict[str, float]]:
        """Of the averaged network on what is held out."""
        found = {}
        if self.real:
            found["real"] = evaluate.real_figures(evaluate.speak(self.average, self.real))
        if self.voices:
            spoken = evaluate.speak(self.average, self.voices)
            found["voices"] = evaluate.voice_figures(spoken, self.gap_range)
        return found

    def _evaluate(self, sums: dict[str, float]) -> None:
        figures = self.figures()
        reached = evaluate.score(figures)
        self.without_gain = 0 if reached > self.best else self.without_gain + 1
        line = {"step": self.step, "seconds": round(self.spent_s), "score": reached}
        line |= {"terms": sums, **figures}
        with (self.folder / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        plot(self.folder)
        logger.info("%s", json.dumps(_rounded(line)))
        if reached > self.best:
            self.best = reached
            _write(self.folder / "best.pt", self._state(self.average))
        _write(self.folder / "last.pt", self._state(self.average) | self._progress())

    def _state(self, module: LipModule) -> dict[str, Any]:
        return {
            "network": module.state_dict(),
            "width": self.settings.width,
            "gap_range": self.gap_range,
            "step": self.step,
            "score": self.best,
        }

    def _progress(self) -> dict[str, Any]:
        return {
            "present": self.module.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "spent_s": self.spent_s,
            "without_gain": self.without_gain,
        }

    def resume(self) -> None:
        """Go on from `last.pt`; the draws that follow differ from those of an unbroken run."""
        state = open_checkpoint(self.folder / "last.pt")
        self.average.load_state_dict(state["network"])
        self.module.load_state_dict(state["present"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.best = state["step"], state["score"]
        self.spent_s, self.without_gain = state["spent_s"], state["without_gain"]
        rng = np.random.default_rng([self.settings.seed, self.step])
        self.sampler = Sampler(self.sampler.utterances, rng)


def plot(folder: Path) -> None:
    """Draw the log of a run: its losses, and what was measured on what is held out."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    text = (folder / "log.jsonl").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    figure = Figure(figsize=(9, 8), layout="constrained")
    FigureCanvasAgg(figure)
    panels = ("terms", "real", "voices")
    for axis, panel in zip(figure.subplots(len(panels), 1), panels, strict=True):
        axis.set_title(panel)
        for name in lines[-1].get(panel, {}):
            known = [line for line in lines if name in line.get(panel, {})]
            steps = [line["step"] for line in known]
            axis.plot(steps, [line[panel][name] for line in known], label=name)
        axis.legend(fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.axes[0].set_yscale("log")
    figure.savefig(folder / "log.png")


def deafen(module: LipModule, without: tuple[str, ...]) -> None:
    """Hide from a network what an ablation does without."""
    if "phones" in without:
        module.scale[PHONES] = torch.inf
    if "spectrum" in without:
        module.scale[MEL] = torch.inf


def _ablated(settings: Settings) -> losses.Weights:
    weights = settings.weights
    if "closure" in settings.without:
        weights = replace(weights, closure=0.0, lip_distance=0.0)
    if "concordance" in settings.without:
        weights = replace(weights, concordance=0.0)
    return weights


def _prepare(module: LipModule, chosen: list[Utterance], moving: list[Utterance]) -> float:
    """Set the module's scales; returns the range of the lip gap."""
    mean, spread = statistics(chosen)
    module.mean.copy_(torch.from_numpy(mean))
    module.scale.copy_(torch.from_numpy(spread))
    real = [one for one in moving if one.shard.real] or moving
    motion = np.concatenate([u.shard.motion[u.start : u.stop].astype(np.float32) for u in real])
    module.motion_mean.copy_(torch.from_numpy(np.nan_to_num(np.nanmean(motion, axis=0))))
    spread = np.nan_to_num(np.nanstd(motion, axis=0), nan=1.0)
    module.motion_scale.copy_(torch.from_numpy(np.maximum(spread, 1e-2)))
    return float(np.nanpercentile(motion[:, GAP], 99))


def _some(utterances: list[Utterance], count: int) -> list[Utterance]:
    """At most `count` of them, evenly."""
    step = max(1, len(utterances) // count)
    return utterances[::step]


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {key: _rounded(entry) for key, entry in value.items()}
    return round(value, 3) if isinstance(value, float) else value


def _write(path: Path, state: dict[str, Any]) -> None:
    scratch = path.with_suffix(".part")
    torch.save(state, scratch)
    scratch.replace(path)


@click.command()
@click.option(
    "--shards", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("-o", "--out", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option("--budget-s", default=2400.0, show_default=True)
@click.option("--steps", default=1_000_000, help="At most.")
@click.option("--width", default=256, show_default=True)
@click.option("--patience", default=40, show_default=True)
@click.option("--seed", default=0, show_default=True)
@click.option("--without", multiple=True, type=click.Choice(ABLATIONS))
@click.option("--resume", is_flag=True)
def main(
    shards: Path,
    out: Path,
    budget_s: float,
    steps: int,
    width: int,
    patience: int,
    seed: int,
    without: tuple[str, ...],
    resume: bool,
) -> None:
    """Train on the shards in a folder and write the run to OUT."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    settings = Settings(
        budget_s=budget_s,
        steps=steps,
        width=width,
        patience=patience,
        seed=seed,
        without=without,
    )
    run = Run([Shard.read(path) for path in sorted(shards.glob("*.npz"))], out, settings)
    if resume:
        run.resume()
    run.train()


if __name__ == "__main__":
    main()
