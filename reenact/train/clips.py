"""Which clips there are, whom each shows, and who is held out.

A network that is judged on someone it has seen in training is judged too well, so people, not
clips, are divided, and a clip whose person is not known is refused.
"""

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from reenact.train.errors import TrainingError

SUFFIXES = {".mp4", ".mov", ".mkv", ".webm"}
RECORD = "item.json"
"""Beside a synthetic clip: says what it was made from, the person included."""
TRUTH = "truth.json"
"""Beside synthetic stills: says which were taken in one place, `shots` from `first` to `stop`."""


@dataclass(frozen=True, slots=True, order=True)
class Clip:
    """One person in one place: a video, or stills."""

    person: str
    path: Path
    """Of the video, or of the stills' folder."""
    stills: tuple[str, ...] = ()
    """File names; none for a video."""


def find_clips(folder: Path) -> tuple[Clip, ...]:
    """All clips below a folder, in the order of person and path: videos, and shots of stills.

    The person is the one that `item.json` beside the clip names (its seed and name); without that
    file, the first folder below `folder` on the way to the clip.

    Raises:
        TrainingError: There is no clip, or it cannot be told whom one shows.
    """
    paths = [path for path in sorted(folder.rglob("*")) if not _hidden(path, folder)]
    clips = [
        Clip(_person(path, folder), path)
        for path in paths
        if path.suffix.lower() in SUFFIXES and path.is_file()
    ]
    for path in paths:
        if path.name == TRUTH:
            shots = _shots(path)
            clips += [Clip(_person(path, folder), path.parent, stills) for stills in shots]
    if not clips:
        raise TrainingError(
            f"{folder} holds no clips",
            hint="Render some: python -m synthetic make talking -o DIR",
        )
    return tuple(sorted(clips))


def hold_out(
    people: Collection[str],
    *,
    share: float,
    seed: int,
    always: Collection[str] = (),
    seen: Collection[str] = (),
) -> frozenset[str]:
    """Choose the people that training never sees.

    Args:
        people: All.
        share: Of them, between 0 and 1; at least one person and never all.
        seed: Of the choice, which does not depend on the order of `people`.
        always: Held out by an earlier run: they stay so, and nobody else joins them.
        seen: Trained on by an earlier run whose weights are used: never held out.

    Raises:
        TrainingError: Nobody would be left to train on or to hold out.
    """
    if not 0 < share < 1:
        raise TrainingError(f"{share} is no share of the people", hint="--held-out 0.1")
    known, spoilt = set(people), set(seen)
    chosen = (set(always) & known) - spoilt
    if not chosen:
        new = sorted(known - spoilt, key=lambda name: _digest(f"{seed}:{name}"))
        chosen = set(new[: min(max(1, round(share * len(known))), len(known) - 1)])
    if not chosen or chosen == known:
        raise TrainingError(
            f"{len(known)} people, {len(known & spoilt)} of them seen by an earlier run, cannot be "
            "divided into some to train on and some held out",
            hint="Give clips of more people, at least two.",
        )
    return frozenset(chosen)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _shots(truth: Path) -> list[tuple[str, ...]]:
    """The stills of each shot that a truth lists; shots of a single still show no motion."""
    shots = json.loads(truth.read_text(encoding="utf-8")).get("shots", [])
    found = [
        tuple(f"{index:03d}.jpg" for index in range(shot["first"], shot["stop"])) for shot in shots
    ]
    return [stills for stills in found if len(stills) > 1]


def _person(path: Path, folder: Path) -> str:
    record = path.parent / RECORD
    if record.is_file():
        try:
            person = json.loads(record.read_text(encoding="utf-8"))["fields"]["person"]
            return f"{person['name']}-{person['seed']}"
        except (ValueError, KeyError, TypeError) as error:
            raise TrainingError(
                f"{record} does not name a person", hint="Make the item again, or remove it."
            ) from error
    inner = path.relative_to(folder).parts
    if len(inner) < 2:
        raise TrainingError(
            f"it cannot be told whom {path} shows",
            hint="Put each person's clips into a folder of their own.",
        )
    return inner[0]
