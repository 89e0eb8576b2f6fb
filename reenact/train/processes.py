"""One process or several: `torchrun` starts them, this finds out."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import torch
from torch import distributed, nn

from reenact.train.errors import TrainingError

Device = Literal["auto", "cpu", "cuda"]
_PATIENCE = timedelta(hours=2)
"""The first process decodes clips and evaluates alone; the others wait."""


@dataclass(frozen=True, slots=True)
class Process:
    """This process among those that train together."""

    device: torch.device
    rank: int = 0
    count: int = 1

    @property
    def is_first(self) -> bool:
        """The one that writes files and evaluates."""
        return self.rank == 0

    @property
    def is_cuda(self) -> bool:
        """Whether mixed precision applies."""
        return self.device.type == "cuda"

    def wait(self) -> None:
        """Until all processes have come here."""
        if self.count > 1:
            distributed.barrier()

    def agree(self, value: bool) -> bool:
        """The first process's answer, in all of them."""
        if self.count == 1:
            return value
        answer = torch.tensor(int(value), device=self.device)
        distributed.broadcast(answer, 0)
        return bool(answer)

    def mean(self, values: Mapping[str, float]) -> dict[str, float]:
        """The mean over the processes, which must have the same names."""
        if self.count == 1 or not values:
            return dict(values)
        packed = torch.tensor(list(values.values()), dtype=torch.float32, device=self.device)
        distributed.all_reduce(packed)
        return dict(zip(values, (packed / self.count).tolist(), strict=True))

    def shared(self, network: nn.Module) -> nn.Module:
        """The network, gradients averaged over the processes from now on."""
        if self.count == 1:
            return network
        from torch.nn.parallel import DistributedDataParallel

        devices = [self.device.index] if self.is_cuda else None
        return DistributedDataParallel(network, device_ids=devices)

    def with_common_norms(self, network: nn.Module) -> nn.Module:
        """Batch norms that see the batches of all processes; exists on CUDA only."""
        if self.count == 1 or not self.is_cuda:
            return network
        return nn.SyncBatchNorm.convert_sync_batchnorm(network)


@contextmanager
def this_process(device: Device = "auto") -> Iterator[Process]:
    """Join the processes that `torchrun` started, or be alone.

    Raises:
        TrainingError: CUDA was asked for and is not there.
    """
    cuda = torch.cuda.is_available()
    if device == "cuda" and not cuda:
        raise TrainingError("CUDA was asked for and there is none", hint="--device cpu")
    on_cuda = cuda and device != "cpu"
    if on_cuda:
        index = int(os.environ.get("LOCAL_RANK", "0"))
        torch.cuda.set_device(index)
        place = torch.device("cuda", index)
    else:
        place = torch.device("cpu")
        torch.set_flush_denormal(True)
    if "WORLD_SIZE" not in os.environ or int(os.environ["WORLD_SIZE"]) == 1:
        yield Process(place)
        return
    distributed.init_process_group("nccl" if on_cuda else "gloo", timeout=_PATIENCE)
    try:
        yield Process(place, distributed.get_rank(), distributed.get_world_size())
    finally:
        distributed.destroy_process_group()
