"""A running average of a network's weights, which is what is shipped."""

import copy
from typing import TypeVar

import torch
from torch import nn

Network = TypeVar("Network", bound=nn.Module)


def frozen_copy(network: Network) -> Network:
    """A copy that is not trained, in evaluation mode."""
    return copy.deepcopy(network).eval().requires_grad_(False)


@torch.no_grad()
def follow(average: nn.Module, network: nn.Module, *, decay: float, step: int) -> None:
    """Move an average towards the network's present state, running statistics included.

    Args:
        average: From `frozen_copy`.
        network: Present weights.
        decay: Share of the average that stays; smaller at first, when there is little to average.
        step: Updates before this one.
    """
    decay = min(decay, (1 + step) / (10 + step))
    present = network.state_dict()
    for key, value in average.state_dict().items():
        if value.is_floating_point():
            value.lerp_(present[key].to(value.dtype), 1 - decay)
        else:
            value.copy_(present[key])
