"""One step of training, and its state."""

import time
from dataclasses import asdict
from typing import Any, Generic, TypeVar

import torch
from torch import Tensor

from reenact.train.adversary import Adversary
from reenact.train.averaging import follow, frozen_copy
from reenact.train.errors import TrainingError
from reenact.train.pairs import Batch
from reenact.train.processes import Process
from reenact.train.settings import Settings
from reenact.train.task import Outcome, Task, seeded

Trained = TypeVar("Trained", bound=Task)
CHANGEABLE = {"steps", "budget_s", "log_every", "evaluate_every", "patience"}
"""Settings that a resumed run may have otherwise."""


class Trainer(Generic[Trained]):
    """Moves a task's parameters; the average of them, `average`, is what is used afterwards.

    Nothing here is random but by numbers made from the seed, the step and the process, so that a
    run that is taken up again goes on as if it had not stopped.

    Args:
        task: What to train. It is moved to the process's device.
        settings: Of the run.
        process: Among those that train together.

    Raises:
        TrainingError: A budget of seconds, which processes would read off different clocks.
    """

    def __init__(self, task: Trained, settings: Settings, process: Process) -> None:
        if settings.budget_s and process.count > 1:
            raise TrainingError(
                "several processes cannot share a budget of seconds", hint="Give --steps."
            )
        self.settings, self.process = settings, process
        self.task: Trained = process.with_common_norms(task.to(process.device))  # type: ignore[assignment]
        self._shared = process.shared(self.task.train())
        self.average: Trained = frozen_copy(self.task)
        self._parameters = [p for p in self.task.parameters() if p.requires_grad]
        self._optimizer = torch.optim.Adam(
            self._parameters, lr=settings.learning_rate, betas=settings.betas
        )
        self._adversary = (
            Adversary(task.parts, settings, process) if settings.has_discriminator else None
        )
        self._scaler = torch.amp.GradScaler(process.device.type, enabled=process.is_cuda)
        self.step = 0
        """Steps that are done."""
        self.seconds = 0.0
        """They took, over all runs."""

    def advance(self, batch: Batch) -> dict[str, Tensor]:
        """Do one step.

        Returns:
            Losses by name, weighted, on the device; `gradient` is the norm before clipping.
        """
        started = time.perf_counter()
        batch = {
            key: value.to(self.process.device, non_blocking=True) for key, value in batch.items()
        }
        rate = self.settings.rate_at(self.progress)
        draw = seeded(self.settings.seed, self.step, self.process.rank)
        with self._precision():
            outcome: Outcome = self._shared(batch, draw=draw)
            terms = dict(outcome.terms)
            if self._adversary and self._counts():
                terms |= self._adversary.terms(outcome)
        norm = self._descend(
            torch.stack([term.float() for term in terms.values()]).sum(),
            self._optimizer,
            self._parameters,
            rate,
        )
        if self._adversary:
            with self._precision():
                loss = self._adversary.loss(outcome)
            parameters = list(self._adversary.network.parameters())
            self._descend(loss.float(), self._adversary.optimizer, parameters, rate)
            terms["judging"] = loss
        self._scaler.update()
        follow(self.average, self.task, decay=self.settings.average_decay, step=self.step)
        self.step += 1
        self.seconds += time.perf_counter() - started
        return {name: term.detach() for name, term in terms.items()} | {"gradient": norm}

    def _precision(self) -> torch.autocast:
        return torch.autocast(self.process.device.type, enabled=self.process.is_cuda)

    def _counts(self) -> bool:
        return self.progress >= self.settings.adversarial_from

    @property
    def progress(self) -> float:
        """How far the run is, 1 at its end."""
        return self.settings.progress(self.step, self.seconds)

    def _descend(
        self,
        loss: Tensor,
        optimizer: torch.optim.Optimizer,
        parameters: list[torch.nn.Parameter],
        rate: float,
    ) -> Tensor:
        for group in optimizer.param_groups:
            group["lr"] = rate
        optimizer.zero_grad(set_to_none=True)
        self._scaler.scale(loss).backward()
        self._scaler.unscale_(optimizer)
        norm = torch.nn.utils.clip_grad_norm_(parameters, self.settings.gradient_clip)
        self._scaler.step(optimizer)
        return norm

    def state(self) -> dict[str, Any]:
        """Tensors and plain containers to continue from."""
        return {
            "step": self.step,
            "seconds": self.seconds,
            "settings": _fixed(self.settings),
            "task": self.task.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "scaler": self._scaler.state_dict(),
            "adversary": self._adversary.state() if self._adversary else None,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from a state.

        Raises:
            TrainingError: It was made with other settings.
        """
        mine = _fixed(self.settings)
        other = [key for key in mine if state["settings"].get(key) != mine[key]]
        if other:
            raise TrainingError(
                f"the run was begun with another {', '.join(other)}",
                hint="Resume with the same settings, or train from the start into a new folder.",
            )
        self.step, self.seconds = state["step"], state["seconds"]
        self.task.load_state_dict(state["task"])
        self.average.load_state_dict(state["average"])
        self._optimizer.load_state_dict(state["optimizer"])
        if self.process.is_cuda and state["scaler"]:
            self._scaler.load_state_dict(state["scaler"])
        if self._adversary:
            self._adversary.restore(state["adversary"])


def _fixed(settings: Settings) -> dict[str, Any]:
    return {key: value for key, value in asdict(settings).items() if key not in CHANGEABLE}
