"""The command that lists the people of a video."""

from __future__ import annotations

from pathlib import Path

import click

from avatar.console import emit, json_option, output_file, overwrite_option, weights_option

THUMBNAIL_PX = 160


@click.command(short_help="List the faces of a video, as --face counts them.")
@click.argument("video", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@output_file("--sheet", help="Write a PNG with a thumbnail of each.")
@overwrite_option
@weights_option
@json_option
def faces(video: Path, sheet: Path | None, overwrite: bool, as_json: bool) -> int:
    """List the people of a video, the largest face first, as --face counts them.

    \b
    Examples:
      avatar faces meeting.mp4
      avatar faces meeting.mp4 --sheet faces.png --json
    """
    from capture.people import survey_people, thumbnails
    from capture.pictures import write_picture
    from capture.staging import staged_output

    people = survey_people(video)
    if sheet is not None:
        with staged_output(sheet, overwrite=overwrite) as part:
            write_picture(thumbnails(video, people, side=THUMBNAIL_PX), part)
    for number, person in enumerate(people):
        left, top, right, bottom = (round(side) for side in person.box.tolist())
        record = {
            "face": number,
            "box": [left, top, right - left, bottom - top],
            "share": round(person.share, 3),
            "frame": person.frame,
        }
        text = (
            f"face {number}: {right - left} x {bottom - top} px at {left},{top}, "
            f"in {person.share:.0%} of the frames looked at"
        )
        emit(record, text, as_json=as_json)
    return 0
