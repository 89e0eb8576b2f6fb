"""Protocol P1, self re-enactment: enrol on a clip's first 70 %, follow its last 30 %, compare.

Run it as a module: `python -m benchmarks.reenact --clips FOLDER`.
"""

import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import click
import cv2

from benchmarks import pages, trials
from benchmarks.clips import Clip, find_clips, split
from benchmarks.rows import ROWS, chosen_rows
from benchmarks.trials import Options, Trial
from capture.errors import CaptureError

ROOT = Path(__file__).resolve().parent.parent
CLIPS = ROOT.parent / "shared" / "data" / "clips"
SAMPLE = ROOT / "avatar" / "sample" / "person.mp4"
SEED = 0


def measure(clip: Clip, options: Options, *, sheets: tuple[Path, ...] = ()) -> dict[str, object]:
    """Run the protocol on one clip; returns its entry in the report.

    Args:
        clip: The footage.
        options: What is rendered and compared.
        sheets: Folders for the contact sheets.

    Raises:
        CaptureError: The clip cannot be enrolled or followed.
    """
    with tempfile.TemporaryDirectory() as scratch:
        parts = split(clip, Path(scratch))
        trial = Trial(
            name=clip.name,
            enrolment=parts.enrolment,
            driving=parts.test,
            truth=clip.path,
            truth_start=parts.enrolment_frames,
        )
        places = [folder / f"reenact-{clip.name}" for folder in sheets]
        entry = trials.run(trial, options, sheets=places)
    return {**entry, "group": clip.group.value, "enrolment_frames": parts.enrolment_frames}


def _attempt(
    clip: Clip, *, options: Options, sheets: Path, publish: Path | None
) -> dict[str, object]:
    """`measure`, with a failure as an entry of its own: no clip is left out of the report."""
    cv2.setNumThreads(1)
    folders = (sheets,) if publish is None or not clip.publishable else (sheets, publish)
    try:
        return measure(clip, options, sheets=folders)
    except CaptureError as error:
        return {"clip": clip.name, "group": clip.group.value, "failed": str(error)}


@click.command()
@click.option(
    "--clips",
    type=click.Path(exists=True, path_type=Path),
    default=CLIPS,
    help="Folder of clips, or one clip.",
)
@click.option("--only", multiple=True, help="Only clips whose file name holds this; repeatable.")
@click.option(
    "--sample/--no-sample", default=True, help="Also measure the embedded synthetic person."
)
@click.option(
    "--row",
    "rows",
    multiple=True,
    type=click.Choice([row.name for row in ROWS]),
    help="Only these engine settings and the engine as it comes; repeatable.",
)
@click.option("--minutes", default=3.0, show_default=True, help="Of personalisation; 0 for none.")
@click.option("--stride", default=5, show_default=True, help="Compare every Nth test frame.")
@click.option("--jobs", default=1, show_default=True, help="Clips measured side by side.")
@click.option("--size", default=512, show_default=True, help="Side of the rendered head crop, px.")
@click.option(
    "--sheets",
    type=click.Path(path_type=Path),
    default=ROOT / "out" / "sheets",
    help="Where the contact sheets of all clips go; not to be published.",
)
@click.option(
    "--publish",
    type=click.Path(path_type=Path),
    help="Where the sheets that may be published go as well.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=ROOT / "docs" / "benchmarks",
    help="Where reenact.json and reenact.md go.",
)
def main(
    clips: Path,
    only: tuple[str, ...],
    sample: bool,
    rows: tuple[str, ...],
    minutes: float,
    stride: int,
    jobs: int,
    size: int,
    sheets: Path,
    publish: Path | None,
    out: Path,
) -> None:
    """Measure self re-enactment and write reenact.json and reenact.md into --out."""
    options = Options(chosen_rows(rows, minutes=minutes), stride=stride, size=size, minutes=minutes)
    found = [] if clips.resolve() == SAMPLE else find_clips(clips, only=only)
    if sample and SAMPLE.is_file():
        found += find_clips(SAMPLE, synthetic=True)
    if not found:
        raise click.UsageError("There is no clip to measure.")
    settings = {
        "rows": [row.name for row in options.rows],
        "minutes": minutes,
        "stride": stride,
        "size": size,
        "crop_px": 256,
        "seed": SEED,
    }
    attempt = partial(_attempt, options=options, sheets=sheets, publish=publish)
    entries: list[dict[str, object]] = []
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for entry in pool.map(attempt, found):
            entries.append(entry)
            click.echo(pages.line(entry), err=True)
            pages.write(out, entries, settings=settings)


if __name__ == "__main__":
    sys.exit(main())
