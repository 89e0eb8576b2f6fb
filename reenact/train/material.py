"""From a folder of clips to what is trained on and what is held out."""

import json
import logging
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


def gather(
    data: Path, out: Path, *, cache: Path | None, side: int, share: float, seed: int,
    process: Process,
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

    Raises:
        TrainingError: No folder, no clips, or too few people.
        MediaError: A clip cannot be read.
    """
    if not data.is_dir():
        raise TrainingError(f"{data} is no folder", hint="--data DIR")
    clips = find_clips(data)
    note, cache = out / RUN, cache or out / "frames"
    earlier = json.loads(note.read_text(encoding="utf-8"))["held_out"] if note.exists() else ()
    hidden = hold_out({c.person for c in clips}, share=share, seed=seed, always=earlier)
    process.wait()
    if process.is_first:
        decode_clips(clips, cache, side=side)
        out.mkdir(parents=True, exist_ok=True)
        people = sorted({clip.person for clip in clips} - hidden)
        content = {"held_out": sorted(hidden), "trained_on": people, "side": side, "seed": seed}
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
