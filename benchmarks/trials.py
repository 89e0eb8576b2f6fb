"""One trial: a person is enrolled, driven by a video, and compared with the true frames."""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks import metrics
from benchmarks.baselines import SimilarityFace, StillFrame
from benchmarks.evaluation import EYES, TRUTH, Evaluation, Method, Setting
from benchmarks.judges import Judge
from benchmarks.openings import blink_frames, lid_gap
from benchmarks.placing import Placement, best_placement, place_video
from benchmarks.rows import SIMILARITY, STILL, Row
from benchmarks.sheets import Sheets
from benchmarks.subjects import Reenactment, reenact_person
from capture.landmarks import LIPS
from capture.track import FaceTrack
from capture.trackers.matte import PersonMatte
from capture.tracking import track_video
from capture.video import probe, read_frames
from reenact.compositor import FEATHER

CONSECUTIVE = 60
"""Frames in a row for the figures over time."""
IDENTITY_FRAMES = 12
SHEET_COLUMNS = 6
STRIP_SMOOTHING = 5.0
"""Frames."""

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Options:
    """What is rendered, and how thoroughly it is measured."""

    rows: tuple[Row, ...]
    stride: int = 5
    """Every so-manieth frame is compared."""
    size: int = 512
    """Side of the rendered head crop, px."""
    minutes: float = 0.0
    """Of personalisation."""


@dataclass(frozen=True, slots=True)
class Trial:
    """Who is enrolled from what, who drives, and what it should look like."""

    name: str
    enrolment: Path
    driving: Path
    truth: Path
    truth_start: int = 0
    """The frame of `truth` that corresponds to the first of `driving`."""
    motion: str = "absolute"
    other_person: bool = False
    """Whether somebody else drives. Landmarks and faces are then placed onto the truth, each clip
    as a whole: see `benchmarks.placing`."""


def run(trial: Trial, options: Options, *, sheets: Sequence[Path] = ()) -> dict[str, object]:
    """Render every row and compare it with the truth; returns the entry of the report.

    Args:
        trial: What.
        options: How.
        sheets: Where contact sheets go: folder and start of the files' names.

    Raises:
        CaptureError: The footage cannot be enrolled or followed.
    """
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        made = reenact_person(
            trial.enrolment,
            trial.driving,
            Path(scratch),
            rows=options.rows,
            motion=trial.motion,
            size=options.size,
            minutes=options.minutes,
        )
        rendered = time.perf_counter()
        track = track_video(trial.truth, start=trial.truth_start)
        places = _placements(made, track) if trial.other_person else {}
        methods: dict[str, Method] = {
            STILL: StillFrame(made.frame),
            SIMILARITY: SimilarityFace(made.frame, made.landmarks),
        }
        with Judge() as judge, PersonMatte() as segmenter:
            setting = _setting(trial, options, made, track, places, judge)
            evaluation = Evaluation(setting, methods, judge=judge, matte=segmenter.matte)
            for index, frames in enumerate(_frames(trial, made)):
                evaluation.add(index, frames)
            rows = evaluation.rows()
        if sheets:
            _draw(_frames(trial, made), setting, methods[SIMILARITY], sheets)
    return {
        "clip": trial.name,
        "truth": rows.pop(TRUTH),
        "rows": rows,
        "placement": {name: _in_crop(place, setting.crop) for name, place in places.items()},
        "test_frames": len(track),
        "sampled_frames": len(setting.sampled),
        "watched_frames": len(setting.watched),
        "fps": str(probe(trial.truth).fps),
        "face_px": round(setting.crop.side / metrics.CROP_SCALE),
        "learnt": made.learnt,
        "enrol_s": made.enrol_s,
        "render_fps": {name: one.frames / one.seconds for name, one in made.rendered.items()},
        "judge_s": time.perf_counter() - rendered,
        "seconds": time.perf_counter() - started,
    }


def _setting(
    trial: Trial,
    options: Options,
    made: Reenactment,
    track: FaceTrack,
    places: Mapping[str, Placement],
    judge: Judge,
) -> Setting:
    points = track.landmarks[:, :, :2]
    gaps = np.where(track.valid, lid_gap(points), np.nan)
    width = max(round(FEATHER * made.crop_side), 2)
    own = _described(trial.enrolment, judge)
    driver = _described(trial.driving, judge) if trial.other_person else None
    return Setting(
        crop=metrics.HeadCrop.around(track.boxes),
        landmarks=points,
        valid=track.valid,
        sampled=frozenset(np.flatnonzero(track.valid)[:: options.stride].tolist()),
        consecutive=_around(gaps, CONSECUTIVE),
        watched=blink_frames(gaps, float(probe(trial.truth).fps)),
        border=metrics.border_band(made.frame.shape[:2], made.crop_corner, made.crop_side, width),
        faces=own,
        places=places,
        driver=None if driver is None else np.median(driver, axis=0),
    )


def _around(gaps: NDArray[np.float64], count: int) -> range:
    """`count` frames in a row around the firmest closure of the eyes, or the middle."""
    known = np.isfinite(gaps)
    centre = int(np.where(known, gaps, np.inf).argmin()) if known.any() else len(gaps) // 2
    start = int(np.clip(centre - count // 2, 0, max(len(gaps) - count, 0)))
    return range(start, min(start + count, len(gaps)))


def _placements(made: Reenactment, track: FaceTrack) -> dict[str, Placement]:
    """By row, the source frame's own as well."""
    truth = track.landmarks[track.valid, :, :2]
    still = np.broadcast_to(made.landmarks, truth.shape)
    found = {name: place_video(each.output, track) for name, each in made.rendered.items()}
    return {STILL: best_placement(still, truth), **found}


def _in_crop(place: Placement, crop: metrics.HeadCrop) -> dict[str, float]:
    """A placement's figures, those in px of the frame in px of the crop."""
    px = metrics.CROP_PX / crop.side
    return {
        name: value if name in ("scale", "roll") else value * px
        for name, value in place.figures.items()
    }


def _frames(trial: Trial, made: Reenactment) -> Iterator[dict[str, Image]]:
    """The true frames (the original's, not the copy that drove) beside the engine's."""
    truth = read_frames(trial.truth, start=trial.truth_start)
    outputs = (read_frames(each.output) for each in made.rendered.values())
    for true, *pictures in zip(truth, *outputs, strict=False):
        yield {TRUTH: true, **dict(zip(made.rendered, pictures, strict=True))}


def _described(path: Path, judge: Judge) -> NDArray[np.float64]:
    """(n, 128) descriptors of faces in frames spread over a video."""
    step = max(probe(path).frame_count // IDENTITY_FRAMES, 1)
    faces = []
    for index, frame in enumerate(read_frames(path)):
        if index % step == 0 and (points := judge.landmarks(frame)) is not None:
            faces.append(judge.descriptor(frame, points))
    return np.stack(faces) if faces else np.full((1, 128), np.nan)


def _draw(
    pictures: Iterator[dict[str, Image]],
    setting: Setting,
    similarity: Method,
    places: Sequence[Path],
) -> None:
    """Write the contact sheets."""
    crop, points = setting.crop, setting.landmarks
    sheets = Sheets(side=crop.side, extent=crop.side / metrics.CROP_SCALE)
    moments = np.flatnonzero(setting.valid).tolist()
    chosen = {
        moments[index] for index in np.linspace(0, len(moments) - 1, SHEET_COLUMNS).astype(int)
    }
    chosen.add(int(np.where(setting.valid, lid_gap(points), np.inf).argmin()))
    middle = setting.consecutive[len(setting.consecutive) // 2]
    heights = {
        "mouth": _smooth(points[:, LIPS, 1].mean(axis=1)),
        "eyes": _smooth(points[:, EYES, 1].mean(axis=1)),
    }
    for index, frames in enumerate(pictures):
        if index in chosen:
            moved = {TRUTH: frames[TRUTH], SIMILARITY: similarity.render(points[index])}
            sheets.add({**moved, **frames}, crop.corners[index], points[index])
        if index in setting.consecutive:
            rows = {part: round(float(height[index])) for part, height in heights.items()}
            sheets.add_lines(frames, crop.corners[middle], rows)
    for place in places:
        sheets.write(place.parent, place.name)


def _smooth(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The rows of the strips follow the face, but not the tremor that they shall show."""
    return cv2.GaussianBlur(
        values[:, None], (0, 0), STRIP_SMOOTHING, borderType=cv2.BORDER_REPLICATE
    )[:, 0]
