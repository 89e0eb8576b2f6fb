"""The command that lets an avatar wait."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avatar.console import (
    json_option,
    overwrite_option,
    progress,
    quiet_option,
    weights_option,
)
from consent.home import home_option
from reenact.behaviour_options import waiting_options
from reenact.cli import FrameRate, show, size_option
from reenact.control_options import control_options
from reenact.engine_options import personal_option
from reenact.picture_options import out_option, picture_options

if TYPE_CHECKING:
    from audio2motion.behaviour import Manner
    from audio2motion.gains import Gains
    from reenact.controls import Controls
    from reenact.picture import Picture


@click.command(short_help="Let an avatar wait: breathe, blink and look about.")
@click.argument("subject_id", metavar="ID")
@click.option(
    "--seconds",
    type=click.FloatRange(0, 3600, min_open=True),
    default=10.0,
    show_default=True,
    help="Length of the video.",
)
@out_option
@size_option
@click.option("--fps", type=FrameRate(), default="25", show_default=True, help="Frames a second.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of all its motion.")
@waiting_options
@control_options
@picture_options
@personal_option
@overwrite_option
@home_option
@weights_option
@json_option
@quiet_option
def idle(
    subject_id: str,
    seconds: float,
    out: str,
    size: int,
    fps: Fraction,
    seed: int,
    gains: Gains,
    manner: Manner,
    controls: Controls,
    picture: Picture,
    personal: bool,
    overwrite: bool,
    home: Path,
    as_json: bool,
    quiet: bool,
) -> int:
    """Let an avatar wait: it breathes, blinks, looks about and sways a little, without sound.

    An avatar of a single photo is enough. Its consent must include speaking.

    \b
    Examples:
      avatar idle subject_5f… --seconds 20 -o waiting.mp4
      avatar idle subject_5f… -o waiting.mp4 --seed 3 --still --gaze camera
    """
    import consent
    import reenact as api

    with consent.Registry.open(home, create=False) as registry:
        permit = registry.authorize(subject_id, purpose=consent.Purpose.SPEAK)
        with progress("idle", quiet=quiet) as on_progress:
            result = api.idle(
                subject_id,
                seconds=seconds,
                out=out,
                permit=permit,
                registry=registry,
                size=size,
                fps=fps,
                seed=seed,
                gains=gains,
                manner=manner,
                controls=controls,
                picture=picture,
                personal=personal,
                overwrite=overwrite,
                on_progress=on_progress,
            )
    show(result, as_json=as_json)
    return 0
