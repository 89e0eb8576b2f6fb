"""Finding model files, and checking on every load that they are the listed ones."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shlex
from pathlib import Path
from typing import Final

from weights.errors import WeightsError
from weights.manifest import INSTALLED, PACKAGE, Entry, find_entry

ENVIRONMENT: Final = "COUNTENANCE_WEIGHTS"
REINSTALL: Final = "pip install --force-reinstall countenance"


def weights_folder() -> Path | None:
    """The folder that the user gave to look in first, if any."""
    folder = os.environ.get(ENVIRONMENT)
    return Path(folder).expanduser() if folder else None


def cache_folder() -> Path:
    """The user's cache of model files."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("countenance", appauthor=False)) / "weights"


def locate(entry: Entry) -> Path:
    """The first place that has the file: the user's folder, the cache, then where it ships.

    Raises:
        WeightsError: No place has it. The hint is the command that mends it.
    """
    for folder in (weights_folder(), cache_folder()):
        if folder is not None and (folder / entry.file).is_file():
            return folder / entry.file
    shipped = _shipped(entry)
    if shipped is not None and shipped.is_file():
        return shipped
    raise WeightsError(
        f"weights {entry.name!r} ({entry.file}) are missing; needed for: {entry.used_for}",
        hint=_mend(entry),
    )


def path(name: str) -> Path:
    """Path of a model file whose SHA-256 was just compared with the manifest.

    For readers that only take a path; otherwise `read_bytes` leaves no time between check and use.

    Raises:
        WeightsError: Not listed, missing, unreadable, or not the listed file.
    """
    entry = find_entry(name)
    found = locate(entry)
    try:
        with found.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = found.stat().st_size
    except OSError as error:
        raise _unreadable(entry, found, error) from error
    _compare(entry, found, digest, size)
    return found


def read_bytes(name: str) -> bytes:
    """Content of a model file, compared with the manifest after it was read.

    Raises:
        WeightsError: Not listed, missing, unreadable, or not the listed file.
    """
    entry = find_entry(name)
    found = locate(entry)
    try:
        content = found.read_bytes()
    except OSError as error:
        raise _unreadable(entry, found, error) from error
    _compare(entry, found, hashlib.sha256(content).hexdigest(), len(content))
    return content


def verify(name: str) -> Path:
    """Check one model file; see `path`."""
    return path(name)


def _shipped(entry: Entry) -> Path | None:
    if entry.where == "package-data":
        return PACKAGE / "data" / entry.file
    if not entry.where.startswith(INSTALLED):
        return None
    module, _, inside = entry.where.removeprefix(INSTALLED).partition("/")
    try:
        spec = importlib.util.find_spec(module)  # finds the folder without running the package
    except ValueError:
        return None
    folders = spec.submodule_search_locations if spec is not None else None
    candidates = [Path(folder) / inside for folder in folders or ()]
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _compare(entry: Entry, found: Path, digest: str, size: int) -> None:
    if digest == entry.sha256:
        return
    raise WeightsError(
        f"weights {entry.name!r}: {found} is not the listed file (SHA-256 {digest[:12]}…, {size} "
        f"bytes; want {entry.sha256[:12]}…, {entry.bytes} bytes)",
        hint=_mend(entry, found),
    )


def _unreadable(entry: Entry, found: Path, error: OSError) -> WeightsError:
    return WeightsError(
        f"weights {entry.name!r}: {found} cannot be read: {error.strerror}",
        hint=f"chmod u+r {shlex.quote(str(found))}",
    )


def _mend(entry: Entry, wrong: Path | None = None) -> str:
    """The one command that mends a missing or a wrong file."""
    if wrong is not None and entry.where != "cache" and wrong != _shipped(entry):
        return f"rm {shlex.quote(str(wrong))}"  # it hides the one that ships
    if entry.where.startswith(INSTALLED):
        again = "--force-reinstall --no-deps " if wrong is not None else ""
        return f"pip install {again}{shlex.quote(entry.requirement)}"
    if entry.where == "package-data":
        return REINSTALL
    return f"avatar weights fetch {entry.name} --from FILE  # FILE from {entry.source}"
