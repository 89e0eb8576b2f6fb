"""From footage of drawn people to takes on disk, and back through memory maps."""

import json
import logging
from dataclasses import fields
from pathlib import Path

import numpy as np

from avatar.enrolling import build_likeness
from avatar.footage import read_footage
from capture.errors import CaptureError
from capture.video import read_frames
from reenact.engine import FirstOrderEngine
from reenact.generator.takes import Stage, Takes, gather
from reenact.mouth import MouthInterior
from reenact.train.clips import RECORD, Clip
from reenact.train.errors import TrainingError

log = logging.getLogger(__name__)

DONE = "takes.json"
"""Written last: how many takes there are, or why there are none."""
ROUNDS = 1
"""How often each frame is drawn, each time with other references left out."""
FEWEST = 12
"""Takes of a person that are worth keeping."""


def stage_clips(clips: tuple[Clip, ...], cache: Path, *, size: int, seed: int) -> dict[str, Takes]:
    """Takes of each clip, by person; made where they are not in the cache yet.

    Args:
        clips: Videos that the package `synthetic` made: nobody else's are taken, since an avatar
            is made of whom they show without anybody's consent.
        cache: Folder for the takes, one folder inside it for each clip.
        size: Side of the rendered head crop in px.
        seed: Of the references that are left out.

    Raises:
        TrainingError: A clip is of no synthetic person.
    """
    found = {}
    for number, clip in enumerate(clips):
        if not (clip.path.parent / RECORD).is_file():
            raise TrainingError(
                f"{clip.path} was not made by the package synthetic",
                hint="python -m synthetic make rehearsal -o DIR",
            )
        folder = cache / clip.path.parent.name
        if not (folder / DONE).is_file():
            folder.mkdir(parents=True, exist_ok=True)
            _stage(clip, folder, size=size, rng=np.random.default_rng([seed, number]))
            log.info("%s: staged (%d of %d)", folder.name, number + 1, len(clips))
        if json.loads((folder / DONE).read_text(encoding="utf-8"))["takes"]:
            found[clip.person] = load_takes(folder)
    return found


def _stage(clip: Clip, folder: Path, *, size: int, rng: np.random.Generator) -> None:
    try:
        footage = read_footage(clip.path)
        likeness = build_likeness(footage)
    except CaptureError as error:  # a drawn face that the tracker loses is no loss
        log.warning("%s is left out: %s", clip.path, error)
        _note(folder, 0)
        return
    asset = likeness.asset(subject_id=clip.person, record_id="synthetic")
    engine = FirstOrderEngine(asset.appearance, mouth=MouthInterior(asset), size=size)
    stage = Stage(engine, asset.appearance)
    track, rate = footage.track, float(footage.info.fps)
    wanted = set(stage.usable(track.landmarks, track.valid, fps=rate).tolist())
    rounds = []
    for _ in range(ROUNDS if len(wanted) >= FEWEST else 0):
        frames = (
            (index, frame) for index, frame in enumerate(read_frames(clip.path)) if index in wanted
        )
        takes = stage.draw(frames, track.landmarks, fps=rate, rng=rng)
        rounds.append(gather(takes, len(wanted)))
    if rounds:
        for each in fields(Takes):
            values = np.concatenate([getattr(takes, each.name) for takes in rounds])
            np.save(folder / f"{each.name}.npy", values, allow_pickle=False)
    _note(folder, sum(len(takes) for takes in rounds))


def _note(folder: Path, count: int) -> None:
    (folder / DONE).write_text(json.dumps({"takes": count}) + "\n", encoding="utf-8")


def load_takes(folder: Path) -> Takes:
    """Takes from disk; pictures stay there until they are looked at."""
    return Takes(
        **{
            each.name: np.load(folder / f"{each.name}.npy", mmap_mode="r", allow_pickle=False)
            for each in fields(Takes)
        }
    )
