"""The command that shows one frame before a video is rendered."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from avatar.console import (
    input_file,
    json_option,
    output_file,
    overwrite_option,
    weights_option,
)
from consent.home import home_option
from reenact.cli import show, size_option
from reenact.control_options import control_options
from reenact.picture_options import driving_crop_option, picture_options

if TYPE_CHECKING:
    from reenact.controls import Controls
    from reenact.picture import Picture


@click.command(short_help="Show the first frame that a driving video would make.")
@click.argument("subject_id", metavar="ID")
@input_file("--driving", required=True, help="The video whose face would move the avatar.")
@output_file("-o", "--out", required=True, help="The PNG to write.")
@click.option("--motion", type=click.Choice(["relative", "absolute"]), default="relative")
@click.option(
    "--region",
    type=click.Choice(["all", "expression", "pose", "lips", "eyes"]),
    default="all",
    help="What follows the driving video.",
)
@click.option("--face", type=click.IntRange(0), help="Which face of several; default: the largest.")
@driving_crop_option
@size_option
@control_options
@picture_options
@overwrite_option
@home_option
@weights_option
@json_option
def preview(
    subject_id: str,
    driving: Path,
    out: Path,
    motion: str,
    region: str,
    face: int | None,
    driving_crop: str | None,
    size: int,
    controls: Controls,
    picture: Picture,
    overwrite: bool,
    home: Path,
    as_json: bool,
) -> int:
    """Show source, driving frame with the followed face boxed, and the first frame of the result.

    It is a frame of the person: it needs the same consent as a video, and carries the same proof.

    \b
    Examples:
      avatar preview subject_5f… --driving clip.mp4 -o preview.png
      avatar preview subject_5f… --driving clip.mp4 -o preview.png --face 1 --crop 9:16
    """
    import consent
    import reenact as api

    with consent.Registry.open(home, create=False) as registry:
        result = api.preview(
            subject_id,
            driving=driving,
            out=out,
            permit=registry.authorize(subject_id, purpose=consent.Purpose.REENACT),
            registry=registry,
            motion=motion,
            region=region,
            controls=controls,
            size=size,
            face=face,
            driving_crop=driving_crop,
            picture=picture,
            overwrite=overwrite,
        )
    show(result, as_json=as_json)
    return 0
