"""Opens a released checkpoint, without running any code that it may carry."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from reenact.fomm.configuration import TINY, VOX_256, Configuration
from reenact.fomm.generator import Generator
from reenact.fomm.keypoint_detector import KeypointDetector
from weights import WeightsError, identify_checkpoint

KNOWN = (VOX_256, TINY)
"""Sizes of networks that are told apart by their entries."""
HINT = "Give the checkpoint of the first-order motion model, such as vox-cpk.pth.tar."
_COUNTER = "num_batches_tracked"
"""Of batch norms: older checkpoints lack it, and nothing needs it."""


@dataclass(frozen=True, slots=True, eq=False)
class Networks:
    """Both networks of a checkpoint, ready for inference."""

    configuration: Configuration
    detector: KeypointDetector
    generator: Generator
    sha256: str
    """Of the checkpoint's file, in hexadecimal."""


def load_checkpoint(path: Path) -> Networks:
    """Open a checkpoint such as `vox-cpk.pth.tar`.

    Args:
        path: The file, which holds the networks' entries under `kp_detector` and `generator`. Its
            configuration is the known one whose entries these are.

    Raises:
        WeightsError: It cannot be read, holds more than tensors, or is of another architecture.
        MissingBackendError: PyTorch is not installed.
    """
    content, sha256 = identify_checkpoint(path)
    entries = {name: _entries(content, name, path) for name in ("kp_detector", "generator")}
    configuration = _configuration(entries)
    networks = _empty(configuration)
    for name, network in networks.items():
        _fill(network, entries[name], f"{path.name}, {name}")
    detector, generator = networks["kp_detector"], networks["generator"]
    return Networks(configuration, detector.eval(), generator.eval(), sha256)


def _entries(content: object, name: str, path: Path) -> Mapping[str, Tensor]:
    entries = content.get(name) if isinstance(content, Mapping) else None
    if not isinstance(entries, Mapping) or not all(map(torch.is_tensor, entries.values())):
        raise WeightsError(f"{path.name} has no entry {name!r}", hint=HINT)
    return entries


def _configuration(entries: Mapping[str, Mapping[str, Tensor]]) -> Configuration:
    """The known configuration with most entries of these shapes."""

    def alike(configuration: Configuration) -> int:
        with torch.device("meta"):
            networks = _empty(configuration)
        return sum(
            key in entries[name] and entries[name][key].shape == value.shape
            for name, network in networks.items()
            for key, value in network.state_dict().items()
        )

    return max(KNOWN, key=alike)


def _empty(configuration: Configuration) -> dict[str, nn.Module]:
    return {
        "kp_detector": KeypointDetector(configuration),
        "generator": Generator(configuration),
    }


def _fill(network: nn.Module, entries: Mapping[str, Tensor], name: str) -> None:
    wanted = network.state_dict()
    needed = {key for key in wanted if not key.endswith(_COUNTER)}
    problems = [f"{key} is missing" for key in sorted(needed - entries.keys())]
    problems += [f"{key} is not of this network" for key in sorted(entries.keys() - wanted.keys())]
    problems += [
        f"{key} has shape {tuple(entries[key].shape)} instead of {tuple(wanted[key].shape)}"
        for key in sorted(needed & entries.keys())
        if entries[key].shape != wanted[key].shape
    ]
    problems += [
        f"{key} holds NaN or infinity"
        for key in sorted(needed & entries.keys())
        if not entries[key].isfinite().all()
    ]
    if problems:
        more = f" and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise WeightsError(f"{name}: {'; '.join(problems[:3])}{more}", hint=HINT)
    network.load_state_dict(dict(entries), strict=False)
