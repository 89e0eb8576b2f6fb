"""Options of the command line that choose the engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

personal_option = click.option(
    "--personal/--plain",
    default=True,
    help="Use what was learnt of how this person moves, or leave it out.",
)


def engine_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add what chooses the engine of a driving video."""
    for option in (
        personal_option,
        click.option(
            "--device",
            type=click.Choice(["auto", "cpu", "cuda"]),
            default="auto",
            show_default=True,
            help="What the engine fomm runs on.",
        ),
        click.option(
            "--checkpoint",
            type=click.Path(path_type=Path),
            help="Your own vox-cpk.pth.tar, for the engine fomm; none ships.",
        ),
        click.option(
            "--engine",
            type=click.Choice(["first-order", "fomm"]),
            default="first-order",
            show_default=True,
            help="What draws the frames: docs/engines.md.",
        ),
    ):
        command = option(command)
    return command
