"""From a folder of clips to what is trained on and what is held out."""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from reenact.train.clips import find_clips, hold_out
from reenact.train.errors import TrainingError
from reenact.train.frames import Reel, decode_clips
from reenact.train.processes import Process

log = logging.getLogger(__name__)

RUN = "run.json"
"""In a run's folder: who is held out, and what the run was made with."""


@dataclass(frozen=True, slots=True)
class Material:
    """Decoded clips."""

    training: tuple[Reel, ...]
    held_out: tuple[Reel, ...]

    @property
    def people(self) -> tuple[int, int]:
        """How many are trained on, and held out."""
        return tuple(len({r.clip.person for r in each}) for each in (self.training, self.held_out))  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class _People:
    """Of a run."""

    trained_on: set[str]
    """By the run, and by those it began from."""
    held_out: set[str]


def _people(note: Path) -> _People:
    """What `run.json` says; nobody where there is none."""
    content = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
    return _People(set(content.get("trained_on", ())), set(content.get("held_out", ())))


def gather(
    data: Path, out: Path, *, cache: Path | None, side: int, share: float, seed: int,
    process: Process, begun_from: Sequence[Path] = (),
) -> Material:  # fmt: skip
    """Find, divide and decode. The first process decodes while the others wait.

    Args:
        data: Folder of clips.
        out: Folder of the run; who is held out is noted there and stays held out.
        cache: Folder for decoded frames; None for one in `out`.
        side: Of the frames, px.
        share: Of the people to hold out.
        seed: Of their choice.
        process: This one.
        begun_from: Folders of runs whose weights are used: whom they saw is not held out.

    Raises:
        TrainingError: No folder, no clips, or too few people.
        MediaError: A clip cannot be read.
    """
    if not data.is_dir():
        raise TrainingError(f"{data} is no folder", hint="--data DIR")
    clips = find_clips(data)
    note, cache = out / RUN, cache or out / "frames"
    mine, others = _people(note), [_people(folder / RUN) for folder in begun_from]
    known = {clip.person for clip in clips}
    seen = mine.trained_on.union(*(each.trained_on for each in others))
    always = mine.held_out or set().union(*(each.held_out for each in others))
    hidden = hold_out(known, share=share, seed=seed, always=always, seen=seen)
    process.wait()
    if process.is_first:
        decode_clips(clips, cache, side=side)
        out.mkdir(parents=True, exist_ok=True)
        people = {"held_out": sorted(hidden), "trained_on": sorted(seen | (known - hidden))}
        content = {**people, "side": side, "seed": seed}
        note.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    process.wait()
    reels = decode_clips(clips, cache, side=side)
    material = Material(
        tuple(reel for reel in reels if reel.clip.person not in hidden),
        tuple(reel for reel in reels if reel.clip.person in hidden),
    )
    if process.is_first:
        log.info("%d clips; people trained on, held out: %d, %d", len(clips), *material.people)
    return material
