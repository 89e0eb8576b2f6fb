"""Opens a released checkpoint, without running any code that it may carry."""

from collections.abc import Mapping
from pathlib import Path

from torch import Tensor, nn

from reenact.fomm.configuration import VOX_256, Configuration
from reenact.fomm.generator import Generator
from reenact.fomm.keypoint_detector import KeypointDetector
from weights import WeightsError, open_checkpoint

_COUNTER = "num_batches_tracked"
"""Of batch norms: older checkpoints lack it, and nothing needs it."""


def load_checkpoint(
    path: Path, configuration: Configuration = VOX_256
) -> tuple[KeypointDetector, Generator]:
    """Open a checkpoint such as `vox-cpk.pth.tar`; both networks are ready for inference.

    Args:
        path: The file, which holds the networks' entries under `kp_detector` and `generator`.
        configuration: What it was trained with.

    Raises:
        WeightsError: It cannot be read, holds more than tensors, or is of another architecture.
    """
    hint = "Give the checkpoint of the first-order motion model, such as vox-cpk.pth.tar."
    content = open_checkpoint(path)
    detector, generator = KeypointDetector(configuration), Generator(configuration)
    for name, network in (("kp_detector", detector), ("generator", generator)):
        entries = content.get(name) if isinstance(content, Mapping) else None
        if not isinstance(entries, Mapping):
            raise WeightsError(f"{path.name} has no entry {name!r}", hint=hint)
        _fill(network, entries, f"{path.name}, {name}", hint)
    return detector.eval(), generator.eval()


def _fill(network: nn.Module, entries: Mapping[str, Tensor], name: str, hint: str) -> None:
    wanted = network.state_dict()
    needed = {key for key in wanted if not key.endswith(_COUNTER)}
    problems = [f"{key} is missing" for key in sorted(needed - entries.keys())]
    problems += [f"{key} is not of this network" for key in sorted(entries.keys() - wanted.keys())]
    problems += [
        f"{key} has shape {tuple(entries[key].shape)} instead of {tuple(wanted[key].shape)}"
        for key in sorted(needed & entries.keys())
        if entries[key].shape != wanted[key].shape
    ]
    if problems:
        more = f" and {len(problems) - 3} more" if len(problems) > 3 else ""
        raise WeightsError(f"{name}: {'; '.join(problems[:3])}{more}", hint=hint)
    network.load_state_dict(dict(entries), strict=False)
