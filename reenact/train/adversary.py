"""The discriminators' half of the training."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from reenact.train.discriminator import Panel
from reenact.train.losses import feature_distance, fooled, told_apart
from reenact.train.processes import Process
from reenact.train.settings import Settings
from reenact.train.task import Outcome


class Adversary:
    """Discriminators that learn beside a task, one for each part that it shows them."""

    def __init__(self, parts: Sequence[str], settings: Settings, process: Process) -> None:
        self._settings = settings
        self.network = Panel(
            parts, width=settings.discriminator_width, blocks=settings.discriminator_blocks
        ).to(process.device)
        self._shared = process.shared(self.network)
        self.optimizer = torch.optim.Adam(
            self.network.parameters(), lr=settings.learning_rate, betas=settings.betas
        )

    def terms(self, outcome: Outcome) -> dict[str, Tensor]:
        """What the judged pictures cost whoever drew them, weighted."""
        self.network.requires_grad_(False)  # or its gradients would pile up
        found = self.network({part: drawn for part, (drawn, _) in outcome.judged.items()})
        with torch.no_grad():
            wanted = self.network({part: real for part, (_, real) in outcome.judged.items()})
        self.network.requires_grad_(True)
        fooling = [fooled(judgement.scores) for judgement in found.values()]
        matching = [
            feature_distance(judgement.features, wanted[part].features)
            for part, judgement in found.items()
        ]
        return {
            "fooling": self._settings.adversarial * torch.stack(fooling).mean(),
            "matching": self._settings.matching * torch.stack(matching).mean(),
        }

    def loss(self, outcome: Outcome) -> Tensor:
        """How badly the judged pictures are told apart."""
        both = {
            part: torch.cat([real, drawn.detach()])
            for part, (drawn, real) in outcome.judged.items()
        }
        losses = []
        for judgement in self._shared(both).values():
            halves = [score.chunk(2) for score in judgement.scores]
            losses.append(told_apart(*zip(*halves, strict=True)))
        return torch.stack(losses).mean()

    def state(self) -> dict[str, Any]:
        """To continue from."""
        return {
            "network": self.network.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from a state."""
        self.network.load_state_dict(state["network"])
        self.optimizer.load_state_dict(state["optimizer"])
