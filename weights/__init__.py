"""Model files: a manifest of what may be loaded, and opening it with its SHA-256 checked.

Unlisted or altered files are an error; nothing is guessed and nothing is downloaded. Names are
loaded when they are first used, so that `import weights` stays cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from weights.backends import require
    from weights.errors import MissingBackendError, WeightsError
    from weights.fetching import fetch
    from weights.location import path, read_bytes, verify
    from weights.manifest import Entry, catalog
    from weights.opening import (
        identify_checkpoint,
        open_arrays,
        open_checkpoint,
        open_onnx,
        open_session,
        open_torch,
    )

_PUBLIC = {
    "Entry": "weights.manifest",
    "MissingBackendError": "weights.errors",
    "WeightsError": "weights.errors",
    "catalog": "weights.manifest",
    "fetch": "weights.fetching",
    "identify_checkpoint": "weights.opening",
    "open_arrays": "weights.opening",
    "open_checkpoint": "weights.opening",
    "open_onnx": "weights.opening",
    "open_session": "weights.opening",
    "open_torch": "weights.opening",
    "path": "weights.location",
    "read_bytes": "weights.location",
    "require": "weights.backends",
    "verify": "weights.location",
}

__all__ = [
    "Entry",
    "MissingBackendError",
    "WeightsError",
    "catalog",
    "fetch",
    "identify_checkpoint",
    "open_arrays",
    "open_checkpoint",
    "open_onnx",
    "open_session",
    "open_torch",
    "path",
    "read_bytes",
    "require",
    "verify",
]


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
