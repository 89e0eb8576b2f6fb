"""Runs training until it is done, stopped, or no longer gets better on held-out people."""

import json
import logging
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch.utils.data import DataLoader

from reenact.train import checkpoints
from reenact.train.errors import TrainingError
from reenact.train.journal import Journal
from reenact.train.pairs import Batch, Order, Pairs
from reenact.train.settings import Settings
from reenact.train.task import Task
from reenact.train.trainer import Trained, Trainer

log = logging.getLogger(__name__)

LAST, BEST, REPORT = "last.pt", "best.pt", "report.json"
Evaluate = Callable[[Trained], Mapping[str, float]]
"""Figures of a task on held-out people; `score` decides, the lower the better."""


@dataclass(frozen=True, slots=True)
class Summary:
    """How a run ended."""

    step: int
    best_step: int
    best: dict[str, float]
    """Figures of the averaged weights that lie in `best.pt`."""
    stopped_early: bool
    seconds: float
    """Spent on steps, over all runs."""


@dataclass(slots=True)
class _Record:
    """The best figures so far."""

    step: int = 0
    figures: dict[str, float] | None = None
    without_gain: int = 0

    def gains(self, figures: Mapping[str, float], step: int) -> bool:
        """Take new figures into account; whether they are the best."""
        if self.figures is None or figures["score"] < self.figures["score"]:
            self.step, self.figures, self.without_gain = step, dict(figures), 0
            return True
        self.without_gain += 1
        return False


def run(
    trainer: Trainer[Trained],
    pairs: Pairs,
    evaluate: Evaluate[Trained],
    folder: Path,
    *,
    facts: Mapping[str, Any] | None = None,
    resume: bool = False,
    workers: int = 0,
    on_progress: Callable[[float], None] | None = None,
) -> Summary:
    """Train.

    Args:
        trainer: With the task.
        pairs: Training data.
        evaluate: Called by the first process, with the averaged weights.
        folder: For `last.pt`, `best.pt`, `log.jsonl` and `log.png`.
        facts: Put into the checkpoints, such as who is held out. Plain data.
        resume: Continue from `last.pt`, if there is one.
        workers: Processes that prepare samples; 0 for this one.
        on_progress: Called after each step with the share that is done.

    Raises:
        TrainingError: The folder holds a run already; another's settings; a loss is not finite.
    """
    settings, process = trainer.settings, trainer.process
    record, last = _Record(), folder / LAST
    if last.exists() and not resume:
        raise TrainingError(f"{folder} holds a run", hint="Give --resume or another folder.")
    process.wait()
    if last.exists():
        content = checkpoints.load(last)
        trainer.restore(content["trainer"])
        record = _Record(**content["record"])
    journal = Journal(folder, upto=trainer.step) if process.is_first else None
    batches = iter(_loader(trainer, pairs, workers))
    sums, since = _Sums(), time.perf_counter()
    stop = record.without_gain >= settings.patience
    while trainer.progress < 1 and not stop:
        rate = settings.rate_at(trainer.progress)
        sums.add(trainer.advance(next(batches)))
        step, ends = trainer.step, trainer.progress >= 1
        if step % settings.log_every == 0 or ends:
            count, terms = sums.take()
            terms = process.mean(terms)
            _check(terms, step)
            if journal:
                speed = count * settings.batch_size / (time.perf_counter() - since)
                journal.write(step, terms=terms, rate=rate, per_s=round(speed, 2))
            since = time.perf_counter()
        if step % settings.evaluate_every == 0 or ends:
            if journal:
                _evaluate(trainer, evaluate, record, journal, folder, dict(facts or {}))
            stop = process.agree(record.without_gain >= settings.patience)
            since = time.perf_counter()
        if on_progress:
            on_progress(trainer.progress)
    return Summary(trainer.step, record.step, record.figures or {}, stop, trainer.seconds)


def _loader(trainer: Trainer[Trained], pairs: Pairs, workers: int) -> DataLoader[Batch]:
    process = trainer.process
    size, rest = divmod(trainer.settings.batch_size, process.count)
    if rest or not size:
        raise TrainingError(
            f"{trainer.settings.batch_size} samples cannot be shared by {process.count} processes",
            hint="Make the batch size a multiple of the number of processes.",
        )
    order = Order(
        pairs, size, seed=trainer.settings.seed, rank=process.rank, processes=process.count,
        start=trainer.step,
    )  # fmt: skip
    return DataLoader(pairs, batch_sampler=order, num_workers=workers, pin_memory=process.is_cuda)


class _Sums:
    """Means of losses over the steps since they were last taken."""

    def __init__(self) -> None:
        self._sums: dict[str, list[torch.Tensor]] = {}

    def add(self, terms: Mapping[str, torch.Tensor]) -> None:
        for name, term in terms.items():
            self._sums.setdefault(name, []).append(term)

    def take(self) -> tuple[int, dict[str, float]]:
        """Number of steps, and the means."""
        count = max(map(len, self._sums.values()), default=0)
        means = {
            name: float(torch.stack([term.float() for term in terms]).mean())
            for name, terms in self._sums.items()
        }
        self._sums = {}
        return count, means


def _check(terms: Mapping[str, float], step: int) -> None:
    wrong = [
        name for name, value in terms.items() if name != "gradient" and not math.isfinite(value)
    ]
    if wrong:
        raise TrainingError(
            f"{', '.join(wrong)} is not finite at step {step}",
            hint="Begin a new run from the best weights, with a lower learning rate.",
        )


def _evaluate(
    trainer: Trainer[Trained],
    evaluate: Evaluate[Trained],
    record: _Record,
    journal: Journal,
    folder: Path,
    facts: dict[str, Any],
) -> None:
    figures = dict(evaluate(trainer.average))
    gained = record.gains(figures, trainer.step)
    journal.write(trainer.step, held_out=figures, seconds=round(trainer.seconds, 1))
    journal.plot()
    log.info(
        "step %d: %s",
        trainer.step,
        ", ".join(f"{key} {value:.4f}" for key, value in figures.items()),
    )
    if gained:
        best = {"task": trainer.average.state_dict(), "figures": figures, "step": trainer.step}
        checkpoints.save(folder / BEST, {**best, "facts": facts})
    state = {
        "step": record.step, "figures": record.figures, "without_gain": record.without_gain,
    }  # fmt: skip
    checkpoints.save(folder / LAST, {"trainer": trainer.state(), "record": state, "facts": facts})


def load_best(task: Task, folder: Path) -> dict[str, Any]:
    """Fill a task with the best averaged weights of a run, to use them or to begin with them.

    Returns:
        `step`, `figures` and `facts` of them.

    Raises:
        WeightsError: There are none, or they cannot be read.
    """
    content = checkpoints.load(folder / BEST)
    task.load_state_dict(content["task"])
    task.eval()
    return {key: content[key] for key in ("step", "figures", "facts")}


def write_report(folder: Path, summary: Summary, settings: Settings) -> None:
    """Write `report.json`: how the run ended and what it was made with."""
    content = {"summary": asdict(summary), "settings": asdict(settings), "torch": torch.__version__}
    (folder / REPORT).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
