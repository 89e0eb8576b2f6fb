"""The discriminator's half of the training."""

from typing import Any

import torch
from torch import Tensor

from reenact.train.discriminator import Discriminator
from reenact.train.losses import feature_distance, fooled, told_apart
from reenact.train.processes import Process
from reenact.train.settings import Settings
from reenact.train.task import Outcome


class Adversary:
    """A discriminator that learns beside a task."""

    def __init__(self, settings: Settings, process: Process) -> None:
        self._settings = settings
        self._discriminator = Discriminator(
            width=settings.discriminator_width, blocks=settings.discriminator_blocks
        ).to(process.device)
        self._shared = process.shared(self._discriminator)
        self.optimizer = torch.optim.Adam(
            self._discriminator.parameters(), lr=settings.learning_rate, betas=settings.betas
        )

    def terms(self, outcome: Outcome) -> dict[str, Tensor]:
        """What the judged pictures cost whoever drew them."""
        self._discriminator.requires_grad_(False)  # or its gradients would pile up
        fooling, matching = [], []
        for drawn, real in outcome.judged:
            with torch.no_grad():
                wanted = self._discriminator(real)
            found = self._discriminator(drawn)
            fooling.append(fooled(found.scores))
            matching.append(feature_distance(found.features, wanted.features))
        self._discriminator.requires_grad_(True)
        weights = self._settings.adversarial, self._settings.matching
        return {
            "fooling": weights[0] * torch.stack(fooling).mean(),
            "matching": weights[1] * torch.stack(matching).mean(),
        }

    def loss(self, outcome: Outcome) -> Tensor:
        """How badly the judged pictures are told apart."""
        losses = []
        for drawn, real in outcome.judged:
            judgement = self._shared(torch.cat([real, drawn.detach()]))
            count = len(real)
            scores = [(score[:count], score[count:]) for score in judgement.scores]
            losses.append(told_apart(*zip(*scores, strict=True)))
        return torch.stack(losses).mean()

    def state(self) -> dict[str, Any]:
        """To continue from."""
        return {
            "network": self._discriminator.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from a state."""
        self._discriminator.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])

    @property
    def network(self) -> Discriminator:
        """The discriminator."""
        return self._discriminator
