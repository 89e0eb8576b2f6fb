"""Protocol P1, self re-enactment: enrol on a clip's first 70 %, follow its last 30 %, compare.

Run it as a module: `python -m benchmarks.reenact --clips FOLDER`.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import click
import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks import metrics, pages
from benchmarks.baselines import SimilarityFace, StillFrame
from benchmarks.clips import Clip, Parts, find_clips, split
from benchmarks.evaluation import Method, Setting, evaluate
from benchmarks.judges import Judge
from benchmarks.sheets import Sheets
from benchmarks.subjects import SelfReenactment, self_reenact
from capture.errors import CaptureError
from capture.landmarks import LEFT_EYE, LIPS, RIGHT_EYE
from capture.tracking import track_video
from capture.video import read_frames
from reenact.compositor import FEATHER

ROOT = Path(__file__).resolve().parent.parent
CLIPS = ROOT.parent / "shared" / "data" / "clips"
SAMPLE = ROOT / "avatar" / "sample" / "person.mp4"
STILL, SIMILARITY, ENGINE = "still source frame", "similarity-warped face", "first-order engine"
CONSECUTIVE = 60
"""Frames in a row for the figures over time."""
IDENTITY_FRAMES = 12
SHEET_COLUMNS = 6
STRIP_SMOOTHING = 5.0
"""Frames."""
SEED = 0

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Options:
    """How thoroughly to measure."""

    stride: int
    size: int
    sheets: Path | None
    publish: Path | None


def measure(clip: Clip, options: Options) -> dict[str, object]:
    """Run the protocol on one clip; returns its entry in the report.

    Raises:
        CaptureError: The clip cannot be enrolled or followed.
    """
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        parts = split(clip, folder)
        made = self_reenact(parts.enrolment, parts.test, folder, size=options.size)
        track = track_video(parts.test)
        crop = metrics.HeadCrop.around(track.boxes)
        with Judge() as judge:
            setting = Setting(
                crop=crop,
                landmarks=track.landmarks[:, :, :2],
                valid=track.valid,
                sampled=frozenset(np.flatnonzero(track.valid)[:: options.stride].tolist()),
                consecutive=_middle(len(track), CONSECUTIVE),
                border=_border(made),
                identity=_identity(parts, judge),
            )
            methods: dict[str, Method] = {
                STILL: StillFrame(made.frame),
                SIMILARITY: SimilarityFace(made.frame, made.landmarks),
            }
            pairs = _pairs(clip, parts, made)
            figures = evaluate(pairs, setting, methods, engine=ENGINE, judge=judge)
        sheet_folders = _sheet_folders(clip, options)
        if sheet_folders:
            _draw(clip, parts, made, setting, methods[SIMILARITY], sheet_folders)
    return {
        "clip": clip.name,
        "group": clip.group.value,
        "enrolment_frames": parts.enrolment_frames,
        "test_frames": parts.test_frames,
        "sampled_frames": len(setting.sampled),
        "fps": str(parts.fps),
        "face_px": round(crop.side / metrics.CROP_SCALE),
        "rows": figures,
        "enrol_s": made.enrol_s,
        "render_fps": made.frames / made.render_s,
        "seconds": time.perf_counter() - started,
    }


def _middle(total: int, count: int) -> range:
    start = max((total - count) // 2, 0)
    return range(start, min(start + count, total))


def _border(made: SelfReenactment) -> NDArray[np.bool_]:
    width = max(round(FEATHER * made.crop_side), 2)
    return metrics.border_band(made.frame.shape[:2], made.crop_corner, made.crop_side, width)


def _pairs(clip: Clip, parts: Parts, made: SelfReenactment) -> Iterator[tuple[Image, Image]]:
    """The original's frames, not the copy that drove, beside the engine's."""
    truth = read_frames(clip.path, start=parts.enrolment_frames)
    return zip(truth, read_frames(made.output), strict=False)


def _identity(parts: Parts, judge: Judge) -> NDArray[np.float64]:
    """(128,) median descriptor of frames spread over the enrolment part."""
    step = max(parts.enrolment_frames // IDENTITY_FRAMES, 1)
    faces = []
    for index, frame in enumerate(read_frames(parts.enrolment)):
        if index % step == 0:
            points = judge.landmarks(frame)
            if points is not None:
                faces.append(judge.descriptor(frame, points))
    if not faces:
        return np.full(128, np.nan)
    return np.median(faces, axis=0)


def _sheet_folders(clip: Clip, options: Options) -> list[Path]:
    folders = [] if options.sheets is None else [options.sheets]
    if options.publish is not None and clip.publishable:
        folders.append(options.publish)
    return folders


def _draw(
    clip: Clip,
    parts: Parts,
    made: SelfReenactment,
    setting: Setting,
    similarity: Method,
    folders: list[Path],
) -> None:
    """Write the clip's contact sheets."""
    crop, points = setting.crop, setting.landmarks
    sheets = Sheets(side=crop.side, extent=crop.side / metrics.CROP_SCALE)
    moments = np.flatnonzero(setting.valid).tolist()
    chosen = {
        moments[index] for index in np.linspace(0, len(moments) - 1, SHEET_COLUMNS).astype(int)
    }
    middle = setting.consecutive[len(setting.consecutive) // 2]
    heights = {
        "mouth": _smooth(points[:, LIPS, 1].mean(axis=1)),
        "eyes": _smooth(points[:, np.concatenate([RIGHT_EYE, LEFT_EYE]), 1].mean(axis=1)),
    }
    for index, (truth, output) in enumerate(_pairs(clip, parts, made)):
        frames = {"truth": truth, ENGINE: output}
        if index in chosen:
            moved = similarity.render(points[index])
            whole = {"truth": truth, SIMILARITY: moved, ENGINE: output}
            sheets.add(whole, crop.corners[index], points[index])
        if index in setting.consecutive:
            rows = {part: round(float(height[index])) for part, height in heights.items()}
            sheets.add_lines(frames, crop.corners[middle], rows)
    for folder in folders:
        sheets.write(folder, f"reenact-{clip.name}")


def _smooth(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows of the strips follow the face, but not the tremor that they shall show."""
    return cv2.GaussianBlur(
        values[:, None], (0, 0), STRIP_SMOOTHING, borderType=cv2.BORDER_REPLICATE
    )[:, 0]


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
    stride: int,
    jobs: int,
    size: int,
    sheets: Path,
    publish: Path | None,
    out: Path,
) -> None:
    """Measure self re-enactment and write reenact.json and reenact.md into --out."""
    options = Options(stride=stride, size=size, sheets=sheets, publish=publish)
    found = [] if clips.resolve() == SAMPLE else find_clips(clips, only=only)
    if sample and SAMPLE.is_file():
        found += find_clips(SAMPLE, synthetic=True)
    entries: list[dict[str, object]] = []
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for entry in pool.map(partial(_attempt, options=options), found):
            entries.append(entry)
            click.echo(pages.line(entry, engine=ENGINE, still=STILL), err=True)
            pages.write(
                out, entries, engine=ENGINE, still=STILL, stride=stride, size=size, seed=SEED
            )


def _attempt(clip: Clip, *, options: Options) -> dict[str, object]:
    """`measure`, with a failure as an entry of its own: no clip is left out of the report."""
    cv2.setNumThreads(1)
    try:
        return measure(clip, options)
    except CaptureError as error:
        return {"clip": clip.name, "group": clip.group.value, "failed": str(error)}


if __name__ == "__main__":
    sys.exit(main())
