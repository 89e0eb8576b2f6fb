"""Trains a generator further on one person, and tells whether that was any good."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from avatar.renderer import GeneratorName, PersonalRenderer
from reenact.generator.network import Generator
from reenact.generator.runtime import Arrays, load_generator, stored
from reenact.generator.takes import Takes
from reenact.train.generator_figures import figures
from reenact.train.generator_task import GeneratorTask
from reenact.train.pairs import Batch
from reenact.train.processes import Process
from reenact.train.settings import Settings
from reenact.train.take_pairs import TakePairs
from reenact.train.trainer import Trainer

SETTINGS = Settings(
    batch_size=2, learning_rate=1e-3, betas=(0.9, 0.99), milestones=(0.6, 0.85), gradient_clip=1.0,
    average_decay=0.98, steps=100_000,
)  # fmt: skip
LOOKS = (0.3, 0.5, 0.7, 0.85, 1.0)
"""Shares of the time after which the generator is tried on what was kept back."""
PATIENCE = 2
"""Looks without gain before it ends."""
GAIN = 0.995
"""Of the next best's error: a generator that is hardly better is not worth its time."""


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """Takes of one person, and those that are kept back."""

    training: Takes
    held_out: Takes


def learn(
    lesson: Lesson,
    start: Arrays | None,
    *,
    seconds: float,
    seed: int = 0,
    on_progress: Callable[[float], None] | None = None,
) -> PersonalRenderer:
    """Train for some time, keep the best state, and choose what draws the person best.

    Args:
        lesson: The takes.
        start: Weights to begin with; None for an untrained generator.
        seconds: Of wall time, trials included.
        seed: Of the order.
        on_progress: Called with the share of the time that is over.
    """
    torch.manual_seed(seed)
    torch.set_flush_denormal(True)
    begun = time.perf_counter()
    task = GeneratorTask(Generator() if start is None else load_generator(start))
    task.requires_grad_(True)
    found = figures(task, [lesson.held_out])
    scores = {GeneratorName.OFF.value: found["warped score"]}
    if start is not None:
        scores[GeneratorName.GENERIC.value] = found["score"]
    left = max(seconds - (time.perf_counter() - begun), 1.0)
    trainer = Trainer(task, replace(SETTINGS, budget_s=left), Process(torch.device("cpu")))
    pairs = TakePairs([lesson.training], seed=seed, varied=False)
    best, least, without_gain, looks = None, np.inf, 0, list(LOOKS)
    while looks and without_gain < PATIENCE:
        share = min((time.perf_counter() - begun) / seconds, 1.0)
        if on_progress is not None:
            on_progress(share)
        if share < looks[0]:
            trainer.advance(_batch(pairs, trainer.step))
            continue
        while looks and share >= looks[0]:
            looks.pop(0)
        score = figures(trainer.average, [lesson.held_out])["score"]
        without_gain += 1
        if score < least:
            best, least, without_gain = stored(trainer.average.generator), score, 0
    scores[GeneratorName.PERSONAL.value] = float(least)
    return choose(scores, best or {})


def choose(
    scores: Mapping[str, float], weights: Mapping[str, NDArray[np.float16]]
) -> PersonalRenderer:
    """The generator with the least error; a simpler one where the gain is small."""
    best = GeneratorName.OFF
    for name in (GeneratorName.GENERIC, GeneratorName.PERSONAL):
        if scores.get(name.value, np.inf) < GAIN * scores[best.value]:
            best = name
    kept = weights if best is GeneratorName.PERSONAL else {}
    return PersonalRenderer(best=best, scores=dict(scores), weights=kept)


def _batch(pairs: TakePairs, step: int) -> Batch:
    items = [pairs[step * SETTINGS.batch_size + k] for k in range(SETTINGS.batch_size)]
    return {name: torch.stack([item[name] for item in items]) for name in items[0]}
