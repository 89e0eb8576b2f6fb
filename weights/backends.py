"""Optional packages, imported at the moment they are first needed."""

from __future__ import annotations

import importlib
from types import ModuleType

from weights.errors import MissingBackendError


def require(module: str, *, extra: str, used_for: str) -> ModuleType:
    """Import an optional dependency.

    Args:
        module: What to import.
        extra: The extra of this distribution that installs it; empty if it is a plain dependency.
        used_for: What the user asked for, for the message.

    Raises:
        MissingBackendError: It is not installed.
        ModuleNotFoundError: It is installed, but something that it needs itself is not.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise  # installed, but broken inside: show that error, not ours
        distribution = f"countenance[{extra}]" if extra else "countenance"
        raise MissingBackendError(
            f"{used_for} needs the package {module}", hint=f"pip install '{distribution}'"
        ) from error
