"""Protocol P2, cross identity with truth: one synthetic person driven by another's performance.

Both make the same motion in front of the same camera, so what a perfect re-enactment looks like is
known. Run it as a module: `python -m benchmarks.cross_identity`. The footage is rendered once and
kept.
"""

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import click
import cv2

from benchmarks import cross_page, trials
from benchmarks.cross_footage import COUPLES, SIZE_PX, Pair, make_pairs
from benchmarks.rows import ROWS, chosen_rows
from benchmarks.trials import Options, Trial
from capture.errors import CaptureError

ROOT = Path(__file__).resolve().parent.parent
SEED = 0


def measure(pair: Pair, options: Options, *, sheets: tuple[Path, ...] = ()) -> dict[str, object]:
    """Run the protocol on one pair; returns its entry in the report.

    Args:
        pair: Who is shown, who drives.
        options: What is rendered and compared.
        sheets: Folders for the contact sheets.

    Raises:
        CaptureError: The footage cannot be enrolled or followed.
    """
    trial = Trial(
        name=pair.name,
        enrolment=pair.enrolment,
        driving=pair.driving,
        truth=pair.truth,
        motion="relative",
        other_person=True,
    )
    places = [folder / f"cross-{pair.name}" for folder in sheets]
    return {**trials.run(trial, options, sheets=places), "motion": pair.motion}


def _attempt(pair: Pair, *, options: Options, sheets: tuple[Path, ...]) -> dict[str, object]:
    """`measure`, with a failure as an entry of its own."""
    cv2.setNumThreads(1)
    try:
        return measure(pair, options, sheets=sheets)
    except CaptureError as error:
        return {"clip": pair.name, "motion": pair.motion, "failed": str(error)}


@click.command()
@click.option(
    "--couples",
    type=click.IntRange(1, len(COUPLES)),
    default=2,
    show_default=True,
    help="Of people who drive each other; each gives two pairs.",
)
@click.option("--only", multiple=True, help="Only pairs whose name holds this; repeatable.")
@click.option(
    "--row",
    "rows",
    multiple=True,
    type=click.Choice([row.name for row in ROWS]),
    help="Only these engine settings and the engine as it comes; repeatable.",
)
@click.option("--minutes", default=0.0, show_default=True, help="Of personalisation; 0 for none.")
@click.option("--stride", default=5, show_default=True, help="Compare every Nth frame.")
@click.option("--jobs", default=1, show_default=True, help="Pairs measured side by side.")
@click.option(
    "--frame", default=SIZE_PX, show_default=True, help="Width and height of the footage, px."
)
@click.option("--size", default=512, show_default=True, help="Side of the rendered head crop, px.")
@click.option(
    "--footage",
    type=click.Path(path_type=Path),
    default=ROOT / "out" / "cross",
    help="Where the rendered footage is kept.",
)
@click.option(
    "--sheets",
    type=click.Path(path_type=Path),
    default=ROOT / "out" / "sheets",
    help="Where the contact sheets go.",
)
@click.option(
    "--publish",
    type=click.Path(path_type=Path),
    help="Where they go as well: nobody in them exists.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=ROOT / "docs" / "benchmarks",
    help="Where cross_identity.json and cross_identity.md go.",
)
def main(
    couples: int,
    only: tuple[str, ...],
    rows: tuple[str, ...],
    minutes: float,
    stride: int,
    jobs: int,
    frame: int,
    size: int,
    footage: Path,
    sheets: Path,
    publish: Path | None,
    out: Path,
) -> None:
    """Measure cross-identity re-enactment; write cross_identity.json and .md into --out."""
    options = Options(chosen_rows(rows, minutes=minutes), stride=stride, size=size, minutes=minutes)
    pairs = make_pairs(footage, couples=couples, size=frame, seed=SEED, workers=jobs)
    pairs = [pair for pair in pairs if not only or any(part in pair.name for part in only)]
    if not pairs:
        raise click.UsageError(f"No pair is named {' or '.join(only)}.")
    settings = {
        "rows": [row.name for row in options.rows],
        "minutes": minutes,
        "stride": stride,
        "size": size,
        "frame_px": frame,
        "crop_px": 256,
        "seed": SEED,
    }
    folders = (sheets,) if publish is None else (sheets, publish)
    attempt = partial(_attempt, options=options, sheets=folders)
    entries: list[dict[str, object]] = []
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for entry in pool.map(attempt, pairs):
            entries.append(entry)
            click.echo(cross_page.line(entry), err=True)
            cross_page.write(out, entries, settings=settings)


if __name__ == "__main__":
    sys.exit(main())
