"""The generator made ready to run: frozen TorchScript, which oneDNN runs fastest on CPUs."""

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray

from reenact.generator.inputs import CONDITION
from reenact.generator.network import CHANNELS, Generator
from reenact.generator.refiner import Maps, Run
from reenact.generator.view import SIDE

Arrays = Mapping[str, NDArray[np.generic]]
"""A generator's weights by name; float16 as they are stored."""


def load_generator(arrays: Arrays) -> Generator:
    """A generator with stored weights, in evaluation mode.

    Raises:
        RuntimeError: They are of another network.
    """
    generator = Generator()
    tensors = {name: torch.from_numpy(np.asarray(value, np.float32)) for name, value in
               arrays.items()}  # fmt: skip
    generator.load_state_dict(tensors)
    return generator.eval().requires_grad_(False)


def stored(generator: torch.nn.Module) -> dict[str, NDArray[np.float16]]:
    """A generator's weights as they are stored: half precision."""
    return {
        name: value.detach().cpu().numpy().astype(np.float16)
        for name, value in generator.state_dict().items()
    }


def prepare(arrays: Arrays) -> Run:
    """Freeze a generator for single frames on the CPU, one thread: the other stages have theirs."""
    generator = load_generator(arrays).to(memory_format=torch.channels_last)
    torch.set_num_threads(1)
    example = (_pictures(np.zeros((SIDE, SIDE, CHANNELS), np.uint8)), torch.zeros(1, CONDITION))
    with torch.inference_mode():
        frozen = torch.jit.freeze(torch.jit.trace(generator, example))
        for _ in range(2):  # the second call is the one that is optimised
            frozen(*example)

    def run(inputs: NDArray[np.uint8], condition: NDArray[np.float32]) -> Maps:
        with torch.inference_mode():
            maps = frozen(_pictures(inputs), torch.from_numpy(condition)[None])
        flow, shade, paint, occluded = (each[0].permute(1, 2, 0).numpy() for each in maps)
        return Maps(flow=flow, shade=shade, paint=paint, occluded=occluded[..., 0])

    return run


def _pictures(inputs: NDArray[np.uint8]) -> torch.Tensor:
    """(h, w, c) uint8 to (1, c, h, w) in [0, 1], channels last in memory."""
    return torch.from_numpy(inputs).permute(2, 0, 1)[None].float().div_(255)
