"""Makes the moving picture of the README: `python docs/moving_picture.py VIDEO OUT.webp`."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from pathlib import Path

import click

from capture.video import read_frames

RATE = Fraction(25, 2)


@click.command()
@click.argument("video", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--size", default=320, show_default=True, help="Height, px.")
@click.option("--seconds", default=6.0, show_default=True)
@click.option("--start", default=0.0, show_default=True, help="First second.")
@click.option("--quality", default=62, show_default=True)
def main(video: Path, out: Path, size: int, seconds: float, start: float, quality: int) -> None:
    """Write an animated WebP."""
    from PIL import Image

    first, count = int(start * RATE), int(seconds * RATE)
    pictures = []
    for frame in islice(read_frames(video, fps=RATE), first, first + count):
        picture = Image.fromarray(frame)
        width = round(picture.width * size / picture.height)
        pictures.append(picture.resize((width, size), Image.Resampling.LANCZOS))
    pictures[0].save(
        out,
        save_all=True,
        append_images=pictures[1:],
        duration=round(1000 / RATE),
        loop=0,
        quality=quality,
        method=6,
    )
    click.echo(f"{out}: {out.stat().st_size / 1e6:.2f} MB, {len(pictures)} pictures")


if __name__ == "__main__":
    main()
