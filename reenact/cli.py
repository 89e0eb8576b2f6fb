"""The commands that make frames: demo, speak, reenact, batch."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from avatar.console import (
    emit,
    input_file,
    json_option,
    output_file,
    overwrite_option,
    progress,
    quiet_option,
    weights_option,
)
from consent.home import home_option
from reenact.behaviour_options import behaviour_options
from reenact.control_options import control_options
from reenact.engine_options import engine_options, personal_option
from reenact.picture_options import driving_crop_option, out_option, picture_options
from reenact.speech_options import speech_options

if TYPE_CHECKING:
    from audio2motion.behaviour import Manner
    from audio2motion.gains import Gains
    from reenact.controls import Controls
    from reenact.picture import Picture
    from reenact.result import RenderResult

EXIT_BATCH_FAILED = 7


class FrameRate(click.ParamType):
    """A positive frame rate: 25, 29.97 or 30000/1001."""

    name = "rate"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Fraction:
        """Parse the rate exactly."""
        try:
            rate = Fraction(str(value))
        except (ValueError, ZeroDivisionError):
            self.fail(f"{value!r} is not a frame rate; write 25 or 30000/1001", param, ctx)
        if not 1 <= rate <= 240:
            self.fail(f"{value} is not between 1 and 240 frames a second", param, ctx)
        return rate


class AudioSource(click.ParamType):
    """The words `driving` and `none`, or an existing file."""

    name = "driving|none|file"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str | Path:
        """Return the word, or the path."""
        if value in ("driving", "none"):
            return str(value)
        if not Path(str(value)).is_file():
            self.fail(f"{value} is neither 'driving', 'none' nor a file", param, ctx)
        return Path(str(value))


size_option = click.option(
    "--size",
    type=click.IntRange(128, 1024),
    default=512,
    show_default=True,
    help="Side of the rendered head crop, px.",
)


def describe(result: RenderResult) -> Mapping[str, object]:
    """Return a result as plain data."""
    return {
        "output": str(result.output),
        "sidecar": str(result.sidecar),
        "frames": result.frames,
        "fps": str(result.fps),
        "seconds": result.seconds,
        "device": result.device,
        "weights": list(result.weights),
        "warnings": list(result.warnings),
        "timings": dict(result.timings),
    }


def show(result: RenderResult, *, as_json: bool) -> None:
    """Print a result; warnings go to stderr."""
    for warning in result.warnings:
        click.echo(f"Warning: {warning}", err=True)
    emit(describe(result), str(result.output), as_json=as_json)


@click.command(short_help="Enrol the embedded synthetic person and let it speak.")
@output_file("-o", "--out", default="demo.mp4", show_default=True, help="The video to write.")
@overwrite_option
@weights_option
@json_option
@quiet_option
def demo(out: Path, overwrite: bool, as_json: bool, quiet: bool) -> int:
    """Enrol the embedded synthetic person in a temporary home and let it speak.

    \b
    Examples:
      avatar demo
      avatar demo -o out/demo.mp4 --overwrite
    """
    from reenact.demo import run_demo

    with progress("demo", quiet=quiet) as on_progress:
        result = run_demo(out, overwrite=overwrite, on_progress=on_progress)
    show(result, as_json=as_json)
    return 0


@click.command(short_help="Let an avatar speak a recording or a text.")
@click.argument("subject_id", metavar="ID")
@speech_options
@out_option
@size_option
@click.option("--fps", type=FrameRate(), default="25", show_default=True, help="Frames a second.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of blinks and head motion.")
@behaviour_options
@control_options
@picture_options
@personal_option
@overwrite_option
@home_option
@weights_option
@json_option
@quiet_option
def speak(
    subject_id: str,
    speech: Mapping[str, Any],
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
    """Let an avatar speak a recording, or a text in a voice that is installed.

    \b
    Examples:
      avatar speak subject_5f… --audio speech.wav -o out.mp4
      avatar speak subject_5f… --audio talk.mp3 -o out.mp4 --fps 30000/1001 --seed 7
      avatar speak subject_5f… --audio talk.mp3 -o out.mp4 --still --gaze camera
      avatar speak subject_5f… --text "Hello! [smile] I am new here." -o out.mp4
      avatar speak subject_5f… --text-file rede.txt --language de -o out.mp4
      avatar speak subject_5f… --audio talk.mp3 -o out.mp4 --emotion happy:0.6 --head-gain 0.5
    """
    import consent
    import reenact as api

    with consent.Registry.open(home, create=False) as registry:
        permit = registry.authorize(subject_id, purpose=consent.Purpose.SPEAK)
        with progress("speak", quiet=quiet) as on_progress:
            result = api.speak(
                subject_id,
                **speech,
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


@click.command(short_help="Let an avatar follow another video.")
@click.argument("subject_id", metavar="ID")
@input_file("--driving", required=True, help="The video whose face moves the avatar.")
@out_option
@click.option(
    "--motion",
    type=click.Choice(["relative", "absolute"]),
    default="relative",
    show_default=True,
    help="Changes since the driving person's neutral frame, or poses as they are.",
)
@click.option(
    "--region",
    type=click.Choice(["all", "expression", "pose", "lips", "eyes"]),
    default="all",
    show_default=True,
    help="What follows the driving video.",
)
@click.option(
    "--audio",
    type=AudioSource(),
    default="driving",
    show_default=True,
    help="The sound of the output.",
)
@click.option("--face", type=click.IntRange(0), help="Which face of several; default: the largest.")
@driving_crop_option
@size_option
@engine_options
@control_options
@picture_options
@overwrite_option
@home_option
@weights_option
@json_option
@quiet_option
def reenact(
    subject_id: str,
    driving: Path,
    out: str,
    motion: str,
    region: str,
    controls: Controls,
    picture: Picture,
    personal: bool,
    audio: str | Path,
    face: int | None,
    driving_crop: str | None,
    size: int,
    engine: str,
    checkpoint: Path | None,
    device: str,
    overwrite: bool,
    home: Path,
    as_json: bool,
    quiet: bool,
) -> int:
    """Let an avatar follow another video.

    \b
    Examples:
      avatar reenact subject_5f… --driving clip.mp4 -o out.mp4
      avatar reenact subject_5f… --driving clip.mp4 -o out.mp4 --region lips --audio none
      avatar reenact subject_5f… --driving clip.mp4 -o out.mp4 --view "0:0,0,0 2:20,0,0"
      avatar reenact subject_5f… --driving clip.mp4 -o out.mp4 --engine fomm --checkpoint vox.tar
    """
    import consent
    import reenact as api

    with consent.Registry.open(home, create=False) as registry:
        permit = registry.authorize(subject_id, purpose=consent.Purpose.REENACT)
        with progress("reenact", quiet=quiet) as on_progress:
            result = api.reenact(
                subject_id,
                driving=driving,
                out=out,
                permit=permit,
                registry=registry,
                motion=motion,
                region=region,
                controls=controls,
                picture=picture,
                personal=personal,
                audio=audio,
                size=size,
                face=face,
                driving_crop=driving_crop,
                engine=engine,
                checkpoint=checkpoint,
                device=device,
                overwrite=overwrite,
                on_progress=on_progress,
            )
    show(result, as_json=as_json)
    return 0


@click.command(short_help="Render the jobs of a table, one after another.")
@click.argument("table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--out",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the videos and results.jsonl.",
)
@click.option("--workers", type=click.IntRange(1, 256), default=1, show_default=True)
@click.option("--resume", is_flag=True, help="Skip the jobs whose output is there and whole.")
@home_option
@weights_option
@json_option
@quiet_option
def batch(
    table: Path, folder: Path, workers: int, resume: bool, home: Path, as_json: bool, quiet: bool
) -> int:
    """Render the jobs of a table. A job that fails stops no other; the exit code is then 7.

    \b
    Columns of the table (CSV with a header line; paths relative to its folder):
      command  speak or reenact          subject  the avatar's id
      input    speech or driving video   id       name of the output (optional)
      size, fps, seed (speak), motion, region, audio, engine, checkpoint (reenact): optional
      expression, pose, eye_open, lip_open, gaze, view, still (yes): optional

    \b
    Examples:
      avatar batch jobs.csv -o videos
      avatar batch jobs.csv -o videos --workers 2 --resume
    """
    from reenact.batch import run_batch

    with progress("batch", quiet=quiet, unit="jobs") as on_progress:
        outcomes = run_batch(
            table,
            folder,
            home=home,
            workers=workers,
            resume=resume,
            on_progress=on_progress,
        )
    for outcome in outcomes:
        problem = f": {outcome.error}" if outcome.error else ""
        text = f"{outcome.status:8} row {outcome.row} {outcome.output or outcome.label}{problem}"
        emit(outcome.as_record(), text, as_json=as_json)
    count = {
        status: sum(outcome.status == status for outcome in outcomes)
        for status in ("done", "skipped", "failed")
    }
    click.echo(", ".join(f"{number} {status}" for status, number in count.items()), err=True)
    return EXIT_BATCH_FAILED if count["failed"] else 0
