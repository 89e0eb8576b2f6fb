"""States on disk: written whole or not at all, read without running anything."""

import os
import secrets
from pathlib import Path
from typing import Any

import torch

from reenact.train.errors import TrainingError
from weights import open_checkpoint

FORMAT = 1


def save(path: Path, content: dict[str, Any]) -> None:
    """Write tensors and plain containers; a reader sees the old file or the new one."""
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with scratch.open("wb") as file:
            torch.save({"format": FORMAT, **content}, file)
            file.flush()
            os.fsync(file.fileno())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)


def load(path: Path) -> dict[str, Any]:
    """What `save` wrote.

    Raises:
        WeightsError: The file cannot be read, or holds more than tensors and plain containers.
        TrainingError: It is no checkpoint of this version.
    """
    content = open_checkpoint(path)
    found = content.get("format") if isinstance(content, dict) else None
    if found != FORMAT:
        raise TrainingError(
            f"{path} is no training checkpoint of format {FORMAT}", hint="Train from the start."
        )
    return dict(content)
