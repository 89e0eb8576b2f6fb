"""What the loop trains: any network that says how wrong it is."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from reenact.train.pairs import Batch


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one batch."""

    terms: dict[str, Tensor]
    """Losses by name, weighted: their sum is brought down."""
    judged: list[tuple[Tensor, Tensor]] = field(default_factory=list)
    """Pairs of drawn and real pictures (n, 3, h, w) that a discriminator shall look at: whole
    frames first; regions of one size each, such as mouths, after them."""


class Task(nn.Module, ABC):
    """Networks with their losses. Its parameters are what is trained, averaged and saved."""

    @abstractmethod
    def forward(self, batch: Batch, *, draw: torch.Generator) -> Outcome:
        """How wrong the networks are on a batch.

        Args:
            batch: On the task's device.
            draw: Of everything random here; on the CPU.
        """


def seeded(*keys: int) -> torch.Generator:
    """A generator on the CPU of its own for each tuple of numbers."""
    generator = torch.Generator()
    value = 0
    for key in keys:
        value = (value * 1_000_003 + key + 1) % (2**63 - 1)
    return generator.manual_seed(value)
