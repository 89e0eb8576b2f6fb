"""Output files appear whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from capture.errors import MediaError

_HINTS: Final = {
    errno.ENOSPC: "The disk is full. Free some space or choose another folder.",
    errno.EDQUOT: "Your disk quota is used up. Free some space or choose another folder.",
    errno.EFBIG: "The file grew past what the system allows. Choose another folder or raise it.",
    errno.EROFS: "The folder is read-only. Choose another folder.",
    errno.EACCES: "You may not write there. Choose another folder or change its permissions.",
    errno.EPERM: "You may not write there. Choose another folder or change its permissions.",
    errno.ENOENT: "Create the folder first, or choose another one.",
    errno.ENOTDIR: "A part of the path is a file. Choose another folder.",
    errno.ENAMETOOLONG: "Choose a shorter file name.",
    errno.EIO: "The disk reports an error. Choose another disk.",
}
_ABOUT_THE_DISK: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


def write_error(path: Path, error: OSError) -> MediaError:
    """The `MediaError` that says why `path` cannot be written, and what to do."""
    reason = error.strerror or str(error)
    hint = _HINTS.get(error.errno or 0, "Choose another output path.")
    return MediaError(f"{path} cannot be written: {reason}", hint=hint)


@contextmanager
def staged_output(out: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Write to a temporary file beside `out` that takes its place only when the block succeeds.

    Yields a path that does not exist yet, for example `talk.1f0a9c3e.part.mp4` for `talk.mp4`: in
    the same folder, so that the final rename is atomic, and with the same suffix, by which many
    writers choose the format. On any exception, an interrupt included, it is removed and `out`
    stays as it was.

    Args:
        out: The file to make.
        overwrite: Replace `out` where it exists.

    Raises:
        MediaError: The folder is missing or not writable, `out` exists (before, or by the end) and
            `overwrite` is False, or the disk fills up or turns out read-only in the block.
    """
    with scratch_output(out, overwrite=overwrite) as part:
        yield part
        _publish(part, out, overwrite)


@contextmanager
def scratch_output(out: Path, *, overwrite: bool = False) -> Iterator[Path]:
    """Like `staged_output`, for an output that somebody else puts in its place within the block.

    The temporary file is removed at the end in any case.
    """
    part = out.with_name(f"{out.stem}.{secrets.token_hex(4)}.part{out.suffix}")
    try:
        _check(out, overwrite)
        part.touch(exist_ok=False)  # the only reliable test of a folder is to write into it
        part.unlink()
    except OSError as error:
        raise write_error(out, error) from error
    try:
        yield part
    except OSError as error:
        if error.errno in _ABOUT_THE_DISK or _is_about(error, part, out):
            raise write_error(out, error) from error
        raise
    finally:
        part.unlink(missing_ok=True)


def _check(out: Path, overwrite: bool) -> None:
    if out.is_dir():
        raise MediaError(f"{out} is a folder", hint="Give the path of a file to write.")
    if not overwrite and out.exists():
        raise _exists(out)


def _publish(part: Path, out: Path, overwrite: bool) -> None:
    """Rename; without `overwrite` in a way that cannot replace a file that appeared meanwhile."""
    if overwrite:
        part.replace(out)
        return
    try:
        os.link(part, out)
    except FileExistsError as error:
        raise _exists(out) from error
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK):
            raise
        part.rename(out)  # a file system without hard links


def _exists(out: Path) -> MediaError:
    return MediaError(
        f"{out} exists already", hint="Choose another name, or ask to overwrite it (--overwrite)."
    )


def _is_about(error: OSError, *paths: Path) -> bool:
    return any(
        str(name) == str(path)
        for name in (error.filename, error.filename2)
        if name is not None
        for path in paths
    )
