"""What the loop trains: any network that says how wrong it is."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

import torch
from torch import Tensor, nn

from reenact.train.pairs import Batch


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one batch."""

    terms: dict[str, Tensor]
    """Losses by name, weighted: their sum is brought down."""
    judged: dict[str, tuple[Tensor, Tensor]] = field(default_factory=dict)
    """Drawn and real pictures (n, 3, h, w) that a discriminator of their own shall look at, for
    each of the task's `parts`."""


class Task(nn.Module, ABC):
    """Networks with their losses. Its parameters are what is trained, averaged and saved."""

    parts: ClassVar[tuple[str, ...]] = ("frame",)
    """What a discriminator may judge, such as frames, mouths, eyes."""

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
