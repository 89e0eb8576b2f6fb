"""What the commands share: options, results on stdout, progress on stderr."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click

Progress = Callable[[int, int], None]  # (done, total); total 0 when it is not known

REFRESH_S = 0.2


@contextmanager
def environment(**values: str | None) -> Iterator[None]:
    """Set environment variables for a while; None leaves a variable as it is."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update({name: value for name, value in values.items() if value is not None})
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def native_log_hidden() -> Iterator[None]:
    """Keep what C++ libraries log to file descriptor 2 away from our own messages.

    MediaPipe and TensorFlow Lite greet every start with a dozen lines that no setting turns off.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    ours = os.fdopen(kept, "w", buffering=1, encoding=sys.stderr.encoding, errors="replace")
    before, sys.stderr = sys.stderr, ours
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        ours.flush()
        os.dup2(kept, 2)
        sys.stderr = before
        ours.close()


def _use_weights(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    ctx.with_resource(environment(COUNTENANCE_WEIGHTS=value and str(value)))


weights_option = click.option(
    "--weights",
    type=click.Path(file_okay=False, path_type=Path),
    callback=_use_weights,
    expose_value=False,
    help="Model files to use first [env: COUNTENANCE_WEIGHTS].",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
quiet_option = click.option("-q", "--quiet", is_flag=True, help="No progress on stderr.")
overwrite_option = click.option(
    "--overwrite", is_flag=True, help="Replace the output where it exists."
)


def input_file(*names: str, **settings: Any) -> Callable[[Any], Any]:
    """Make an option that names an existing file."""
    kind = click.Path(exists=True, dir_okay=False, path_type=Path)
    return click.option(*names, type=kind, **settings)


def output_file(*names: str, **settings: Any) -> Callable[[Any], Any]:
    """Make an option that names a file to write."""
    return click.option(*names, type=click.Path(dir_okay=False, path_type=Path), **settings)


def emit(record: Mapping[str, object], text: str, *, as_json: bool) -> None:
    """Print one result: as a JSON object on one line, or as text for people."""
    click.echo(json.dumps(record, default=str, ensure_ascii=False) if as_json else text)


@contextmanager
def progress(
    label: str, *, quiet: bool = False, unit: str = "frames", stream: TextIO | None = None
) -> Iterator[Progress | None]:
    """Give a callback that keeps one line on stderr up to date.

    Yields:
        The callback, or None where nobody watches: `quiet`, or stderr is not a terminal.
    """
    stream = stream or sys.stderr
    if quiet or not stream.isatty():
        yield None
        return
    started = time.monotonic()
    shown_at = float("-inf")

    def show(done: int, total: int) -> None:
        nonlocal shown_at
        now = time.monotonic()
        if now - shown_at < REFRESH_S and done != total:
            return
        shown_at = now
        rate = done / max(now - started, 1e-9)
        share = f"{done}/{total} {unit} {100 * done // total:3d} %" if total else f"{done} {unit}"
        stream.write(f"\r\x1b[K{label}: {share}, {rate:.1f} a second")
        stream.flush()

    try:
        yield show
    finally:
        stream.write("\r\x1b[K")
        stream.flush()
