"""Where the networks run, how precisely, and on how many threads."""

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from weights import MissingBackendError


@dataclass(frozen=True, slots=True)
class Runtime:
    """A device and what the convolutions compute in; keypoints and flow stay in full precision."""

    device: torch.device
    precision: torch.dtype = torch.float32

    @classmethod
    def choose(cls, device: str = "auto") -> "Runtime":
        """Take the device that is asked for; "auto" takes CUDA where there is any.

        Raises:
            MissingBackendError: CUDA was asked for and is not there.
        """
        available = torch.cuda.is_available()
        if device == "cuda" and not available:
            raise MissingBackendError(
                f"CUDA was asked for, but torch {torch.__version__} finds no such device",
                hint="Use --device auto, or install a CUDA build of torch and the driver.",
            )
        if device != "cpu" and available:
            return cls(torch.device("cuda"), torch.float16)
        return cls(torch.device("cpu"))

    @property
    def name(self) -> str:
        """What to report: cpu, or the CUDA device."""
        if self.device.type == "cuda":
            return f"cuda ({torch.cuda.get_device_name(self.device)})"
        return self.device.type

    def place(self, network: nn.Module) -> None:
        """Move a network to the device."""
        network.to(self.device)

    def autocast(self) -> AbstractContextManager[object]:
        """A context in which convolutions compute in the lower precision, if there is one."""
        lower = self.precision != torch.float32
        return torch.autocast(self.device.type, dtype=self.precision, enabled=lower)

    def tensor(self, picture: NDArray[np.uint8]) -> Tensor:
        """(h, w, 3) uint8 to (1, 3, h, w) in [0, 1]."""
        channels = torch.from_numpy(picture.transpose(2, 0, 1).copy())
        return channels.to(self.device).float()[None] / 255


def bound_threads() -> None:
    """Keep torch, which heeds OMP_NUM_THREADS by itself, to the cores that this process may use.

    Two threads on one core are many times slower than one.
    """
    if hasattr(os, "sched_getaffinity"):
        torch.set_num_threads(min(torch.get_num_threads(), len(os.sched_getaffinity(0))))
