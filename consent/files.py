"""Private files: written whole or not at all, readable by the owner only, destroyed on purpose."""

import contextlib
import os
import secrets
from pathlib import Path

from consent.errors import RegistryError

_CHUNK_BYTES = 1 << 20


def private_folder(path: Path) -> Path:
    """Create a folder that only its owner may enter, and return it.

    Raises:
        RegistryError: It cannot be created.
    """
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unusable(path, error) from error
    return path


def write_private(path: Path, data: bytes) -> None:
    """Write `data` with mode 0600, replacing `path` in one step.

    Raises:
        RegistryError: The disk is full or read-only, or the folder is not writable.
    """
    part = _write_part(path, data)
    try:
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _unusable(path, error) from error


def create_private(path: Path, data: bytes) -> bool:
    """Write `data` with mode 0600 only if `path` does not exist; True when this call wrote it.

    Of several processes that try at once exactly one wins, and no one sees a half-written file.

    Raises:
        RegistryError: The disk is full or read-only, or the folder is not writable.
    """
    part = _write_part(path, data)
    try:
        path.hardlink_to(part)
        _sync_folder(path.parent)
    except FileExistsError:
        return False
    except OSError as error:
        raise _unusable(path, error) from error
    finally:
        part.unlink(missing_ok=True)
    return True


def destroy(path: Path) -> bool:
    """Overwrite a file with random bytes and remove it; False when there was none.

    Overwriting is best effort: journals, snapshots and flash wear levelling may keep old blocks.
    What makes sealed data unreadable is that its 32-byte key, itself stored wrapped, is gone.

    Raises:
        RegistryError: The file cannot be overwritten or removed.
    """
    try:
        with path.open("r+b") as file:
            remaining = file.seek(0, os.SEEK_END)
            file.seek(0)
            while remaining > 0:
                step = min(_CHUNK_BYTES, remaining)
                file.write(secrets.token_bytes(step))
                remaining -= step
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        _sync_folder(path.parent)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise _unusable(path, error) from error
    return True


def read_limited(path: Path, limit_bytes: int) -> bytes:
    """Read a small file, refusing one larger than `limit_bytes`.

    Raises:
        RegistryError: Missing, unreadable or too large.
    """
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            # Not limit + 1: reading allocates what it is asked for, and a limit may be 2 GiB.
            data = file.read(min(size, limit_bytes) + 1)
    except OSError as error:
        raise RegistryError(f"Cannot read {path}: {error.strerror}") from error
    if len(data) > limit_bytes:
        raise RegistryError(f"{path} is larger than {limit_bytes} bytes: not what it should be")
    return data


def _write_part(path: Path, data: bytes) -> Path:
    part = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        part.unlink(missing_ok=True)
        raise _unusable(path, error) from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _sync_folder(folder: Path) -> None:
    """Make a rename survive a power cut where the platform can (Windows cannot open folders)."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _unusable(path: Path, error: OSError) -> RegistryError:
    return RegistryError(
        f"Cannot write {path}: {error.strerror or error}",
        hint="Check that the folder is there, writable and has space. --home chooses another home.",
    )
