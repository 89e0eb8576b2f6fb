"""Where registry, keys and sealed avatars live, and the option that says so."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

VARIABLE = "COUNTENANCE_HOME"
_FOLDER = "countenance"


def default_home() -> Path:
    """Return COUNTENANCE_HOME, or else a folder in the user's data folder of this platform."""
    chosen = os.environ.get(VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / _FOLDER
    if os.name == "nt":
        local = os.environ.get("LOCALAPPDATA")
        return (Path(local) if local else Path.home() / "AppData" / "Local") / _FOLDER
    shared = os.environ.get("XDG_DATA_HOME")
    # The XDG specification says that a relative path there is to be ignored.
    base = Path(shared) if shared and Path(shared).is_absolute() else Path.home() / ".local/share"
    return base / _FOLDER


def home_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --home, passed on as `home: Path`."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        envvar=VARIABLE,
        default=default_home,
        metavar="DIR",
        help=f"Folder of registry, keys and avatars. [env: {VARIABLE}; default: user data folder]",
    )(command)
