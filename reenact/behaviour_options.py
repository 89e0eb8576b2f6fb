"""Options of the command line that say how a speaking or waiting avatar behaves."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from audio2motion.behaviour import Manner
    from audio2motion.gains import Gains

GAIN = click.FloatRange(0, 3)
GENERATORS = ("diffusion", "vae", "procedural")
_PARTS = {
    "upper_face": "brows and moods above the mouth",
    "head": "the head's motion",
    "gaze": "glances away from the camera",
}
_LIPS = {"mouth": "the lips' shapes", "jaw": "opening the jaw"}


def behaviour_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add all of it; the command gets `gains` and `manner`."""
    return _with(command, {**_LIPS, **_PARTS}, generators=True)


def waiting_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add what means something without speech; the command gets `gains` and `manner`."""
    return _with(command, _PARTS, generators=False)


def _with(
    command: Callable[..., int], parts: dict[str, str], *, generators: bool
) -> Callable[..., int]:
    @functools.wraps(command)
    def with_behaviour(**given: Any) -> int:
        gains = {part: given.pop(f"{part}_gain") for part in parts}
        gains["blink_rate"] = given.pop("blink_rate")
        emotion = given.pop("emotion")
        generator = given.pop("behaviour") if generators else None
        made = read_manner(emotion=emotion, generator=generator)
        return command(gains=read_gains(gains), manner=made, **given)

    options = [
        click.option(
            f"--{part.replace('_', '-')}-gain",
            type=GAIN,
            default=1.0,
            show_default=True,
            help=f"Strength of {what}; 0 holds it still.",
        )
        for part, what in parts.items()
    ]
    options += [
        click.option(
            "--blink-rate",
            type=GAIN,
            default=1.0,
            show_default=True,
            help="How often it blinks, times the usual.",
        ),
        click.option(
            "--emotion",
            metavar="NAME[:0..1]",
            default="neutral",
            show_default=True,
            help="neutral, happy, sad, angry, surprised, calm; "
            "auto: as lively as the voice (arousal only).",
        ),
    ]
    if generators:
        options.append(
            click.option(
                "--behaviour",
                type=click.Choice(GENERATORS),
                default=GENERATORS[0],
                show_default=True,
                help="What moves the head: docs/behaviour.md.",
            )
        )
    decorated: Callable[..., int] = with_behaviour
    for option in reversed(options):
        decorated = option(decorated)
    return decorated


def read_gains(parts: dict[str, float]) -> Gains:
    """Make gains of what a person wrote.

    Raises:
        GainError: One is out of its range.
    """
    from audio2motion.gains import Gains

    return Gains(**parts)


def read_manner(*, emotion: str, generator: str | None) -> Manner:
    """Make a manner of what a person wrote; without a generator one of somebody who waits.

    Raises:
        MannerError: There is no such emotion.
    """
    from audio2motion.behaviour import Emotion, Manner

    feeling = Emotion.parse(emotion)
    if generator is not None:
        return Manner(generator=generator, emotion=feeling)
    from reenact.idling import WAITING

    return dataclasses.replace(WAITING, emotion=feeling)
