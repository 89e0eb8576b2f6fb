"""Putting model files into the cache. Nothing here uses the network."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Final

from weights.errors import WeightsError
from weights.location import cache_folder, path, weights_folder
from weights.manifest import Entry, find_entry

_CHUNK: Final = 1 << 20


def fetch(name: str, *, source: Path | None = None) -> Path:
    """Make a model file available.

    Offline by design: with `source`, that file is compared with the manifest and copied into the
    user's weights folder (or the cache); without it, the error says which command brings the file.

    Args:
        name: Entry of the manifest.
        source: A file that was downloaded or built before.

    Returns:
        Where the verified file is.

    Raises:
        WeightsError: Not listed, `source` is not the listed file, the copy cannot be written, or
            nothing was given and the file is not there yet.
    """
    entry = find_entry(name)
    if source is None:
        return path(name)
    destination = (weights_folder() or cache_folder()) / entry.file
    try:
        _copy_verified(entry, source, destination)
    except OSError as error:
        raise WeightsError(
            f"weights {name!r} cannot be copied from {source} to {destination}: {error.strerror}",
            hint="Choose a writable folder with space: avatar --weights DIR weights fetch …",
        ) from error
    return destination


def _copy_verified(entry: Entry, source: Path, destination: Path) -> None:
    """Copy under a temporary name; only the listed content ever gets the real one."""
    digest = hashlib.sha256()
    with source.open("rb") as original:
        destination.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=destination.parent, suffix=".part")
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as copy:
                while chunk := original.read(_CHUNK):
                    digest.update(chunk)
                    copy.write(chunk)
            if digest.hexdigest() != entry.sha256:
                raise WeightsError(
                    f"{source} is not {entry.name!r}: SHA-256 {digest.hexdigest()}, "
                    f"want {entry.sha256}",
                    hint=f"Download it again from {entry.source}",
                )
            part.chmod(0o644)
            part.replace(destination)
        finally:
            part.unlink(missing_ok=True)
