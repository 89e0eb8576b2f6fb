"""Options of the command line that say what the output's picture shows."""

from __future__ import annotations

import functools
from collections.abc import Callable

import click

out_option = click.option(
    "-o",
    "--out",
    metavar="FILE|PATTERN|FOLDER/",
    required=True,
    help="The video to write: .mp4 or .webm; or pictures: name_%05d.png or folder/.",
)

driving_crop_option = click.option(
    "--driving-crop",
    metavar="auto|X,Y,W,H",
    help="Where in the driving video the face is looked for, px; auto: around the face.",
)

_OPTIONS = (
    click.option(
        "--background",
        default="keep",
        show_default=True,
        metavar="keep|blur|#RRGGBB|FILE",
        help="What stands behind the person.",
    ),
    click.option("--alpha", is_flag=True, help="No background: transparent WebM or PNG pictures."),
    click.option(
        "--crop",
        default="full",
        show_default=True,
        metavar="full|head|square|W:H",
        help="What of the source frame is shown.",
    ),
    click.option(
        "--scale",
        type=click.FloatRange(0.05, 16),
        default=1.0,
        show_default=True,
        help="Output px for one px of the source frame.",
    ),
    click.option(
        "--output-size",
        metavar="HEIGHT|WxH",
        help="Of the output, px, instead of --scale.",
    ),
    click.option(
        "--preview", is_flag=True, help="Every second frame, small: a look within seconds."
    ),
)


def picture_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add what the output's picture shows; the command gets it as `picture`."""

    @functools.wraps(command)
    def gathered(
        *,
        background: str,
        alpha: bool,
        crop: str,
        scale: float,
        output_size: str | None,
        preview: bool,
        **rest: object,
    ) -> int:
        from reenact.picture import Picture, parse_size

        picture = Picture(
            background=background,
            alpha=alpha,
            crop=crop,
            scale=scale,
            output_size=None if output_size is None else parse_size(output_size),
            preview=preview,
        )
        return command(picture=picture, **rest)

    for option in reversed(_OPTIONS):
        gathered = option(gathered)
    return gathered
