"""Options of the command line that control the motion."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from reenact.controls import Controls

STRENGTH = click.FloatRange(0, 2)
_OPTIONS = (
    click.option(
        "--expression",
        type=STRENGTH,
        default=1.0,
        show_default=True,
        help="Strength of the expression; blinks and gaze keep theirs.",
    ),
    click.option(
        "--pose",
        type=STRENGTH,
        default=1.0,
        show_default=True,
        help="Strength of the head's motion.",
    ),
    click.option(
        "--eye-open",
        metavar="FACTOR|source",
        default="1",
        show_default=True,
        help="How far the lids are apart; 'source': as usual for the source, whoever drives.",
    ),
    click.option(
        "--lip-open",
        metavar="FACTOR|source",
        default="1",
        show_default=True,
        help="The same for the lips.",
    ),
    click.option(
        "--gaze",
        metavar="follow|camera|YAW,PITCH",
        default="follow",
        show_default=True,
        help="Where the eyes look; degrees to the picture's right and upwards.",
    ),
    click.option(
        "--view",
        metavar="YAW,PITCH,ROLL|KEYS|FILE",
        default="0,0,0",
        show_default=True,
        help="Turn the head, degrees: constant, '0:0,0,0 2:20,0,0', or a CSV file of such keys.",
    ),
    click.option("--still", is_flag=True, help="The head does not move; eyes and lips do."),
)


def control_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options that `reenact.controls.Controls` is made of; the command gets `controls`."""

    @functools.wraps(command)
    def with_controls(**given: Any) -> int:
        texts = {
            name: given.pop(name)
            for name in ("expression", "pose", "eye_open", "lip_open", "gaze", "view", "still")
        }
        return command(controls=read_controls(**texts), **given)

    decorated: Callable[..., int] = with_controls
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def read_controls(
    *,
    expression: float,
    pose: float,
    eye_open: str,
    lip_open: str,
    gaze: str,
    view: str,
    still: bool,
    folder: Path = Path(),
) -> Controls:
    """Make controls of what a person wrote.

    Args:
        expression: Strength.
        pose: Strength.
        eye_open: A factor or `source`.
        lip_open: The same.
        gaze: `follow`, `camera` or two angles.
        view: Three angles, key frames, or a CSV file of them.
        still: Whether the head keeps still.
        folder: What the file's path is relative to.

    Raises:
        ControlError: Something cannot be read or is out of its range.
    """
    from reenact.controls import Controls, parse_gaze, parse_opening
    from reenact.view import View

    return Controls(
        expression=expression,
        pose=pose,
        eye_open=parse_opening(eye_open),
        lip_open=parse_opening(lip_open),
        gaze=parse_gaze(gaze),
        view=View.load(folder / view) if view.lower().endswith(".csv") else View.parse(view),
        still=still,
    )
