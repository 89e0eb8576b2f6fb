"""Shards: what the front end makes of recordings, with what the network should make of that.

A shard is an .npz of one voice: `inputs` (t, 70) float16 as `audio2motion.front_end` tells,
`viseme` (t,) int8 index in `audio2motion.visemes.SHOWN` or -1, `curves` (t, k) float16, `geometry`
(t, 4) float16, `still` (t,) bool, `start` (u,) first frames of its recordings, and what it is:
`voice`, `language`, `engine`, `real`.
"""

import logging
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.articulation import ArticulationModel
from audio2motion.front_end import FrontEnd, SoundFrames
from audio2motion.opening import DEFAULT_OPENING, WARPS, Opening
from audio2motion.training import augmentation, recordings
from audio2motion.training.augmentation import Chances
from audio2motion.training.engines import HELD_OUT_ENGINE, HELD_OUT_LANGUAGES
from audio2motion.training.grid import Clip
from audio2motion.training.recordings import Recording
from audio2motion.training.takes import Take, load_takes

logger = logging.getLogger(__name__)

DEFAULT_SHARE: Final = 0.25
"""Of the recordings that are heard from the opening of a live stream."""
OTHER_WARP_SHARE: Final = 0.1
CLEAN_SHARE: Final = 0.15
EMPTY_SHARE: Final = 0.06
LARGEST_SPEED: Final = 0.13
"""Natural logarithm."""
VALID: Final = 16
"""One file of takes in so many is for validation."""


@dataclass(frozen=True, slots=True)
class About:
    """What a shard is."""

    voice: str
    language: str
    engine: str
    real: bool


def write_shard(path: Path, heard: Sequence[tuple[Recording, SoundFrames]], about: About) -> None:
    """Write a shard; it appears only when it is complete."""
    lengths = [len(frames) for _, frames in heard]
    unfinished = path.with_suffix(".part")
    with unfinished.open("wb") as file:
        np.savez(
            file,
            inputs=np.concatenate([f.inputs for _, f in heard]).astype(np.float16),
            viseme=np.concatenate([r.viseme for r, _ in heard]),
            curves=np.concatenate([r.curves for r, _ in heard]).astype(np.float16),
            geometry=np.concatenate([r.geometry for r, _ in heard]).astype(np.float16),
            still=np.concatenate([r.still for r, _ in heard]),
            start=np.cumsum([0, *lengths[:-1]]),
            voice=about.voice,
            language=about.language,
            engine=about.engine,
            real=about.real,
        )
    unfinished.rename(path)


def listen(recording: Recording, opening: Opening) -> tuple[Recording, SoundFrames]:
    """A recording with what the front end makes of it."""
    front = FrontEnd(opening)
    heard = SoundFrames.joined([front.push(recording.samples), front.finish()])
    return recording, heard


def draw_opening(samples: NDArray[np.float32], rng: np.random.Generator) -> Opening:
    """The recording's own, or that of a live stream, or one with a neighbouring warp."""
    chance = float(rng.random())
    if chance < DEFAULT_SHARE:
        return DEFAULT_OPENING
    opening = Opening.of(samples)
    if chance < DEFAULT_SHARE + OTHER_WARP_SHARE:
        nearest = int(np.argmin(np.abs(np.array(WARPS) - opening.warp)))
        moved = nearest + int(rng.choice([-1, 1]))
        opening = replace(opening, warp=WARPS[min(max(moved, 0), len(WARPS) - 1)])
    return opening


def grid_shard(
    path: Path, clips: Sequence[Clip], others: Sequence[NDArray[np.float32]], variant: int
) -> None:
    """All clips of the corpus in order; variant 0 as they were recorded, others disturbed."""
    rng = np.random.default_rng([variant, 5])
    heard = []
    for clip in clips:
        if variant == 0:
            recording = recordings.filmed(clip, factor=1.0)
            heard.append(listen(recording, Opening.of(recording.samples)))
            continue
        recording = recordings.filmed(clip, factor=_speed(rng))
        samples = augmentation.distorted(recording.samples, rng, others, Chances())
        recording = replace(recording, samples=samples)
        heard.append(listen(recording, draw_opening(samples, rng)))
    write_shard(path, heard, About("s1", "en", "grid", real=True))


def speech_shard(
    path: Path,
    takes: Sequence[Take],
    others: Sequence[NDArray[np.float32]],
    model: ArticulationModel,
    *,
    disturbed: bool,
    noise_db: float | None = None,
) -> None:
    """Takes of one voice, some in each recording.

    Args:
        path: Where to; its name seeds what is drawn.
        takes: Of one voice.
        others: Other people's speech, for babble.
        model: What mouths do.
        disturbed: Whether the sound is disturbed, as for training.
        noise_db: Speech over noise, for a test; undisturbed otherwise.
    """
    rng = np.random.default_rng(zlib.crc32(path.stem.encode()))
    heard: list[tuple[Recording, SoundFrames]] = []
    left = list(takes)
    while left:
        count = int(rng.integers(1, 4))
        group, left = left[:count], left[count:]
        factor = _speed(rng) if disturbed else 1.0
        recording = recordings.spoken(group, rng, model, factor=factor)
        samples = recording.samples
        if disturbed and rng.random() > CLEAN_SHARE:
            samples = augmentation.distorted(samples, rng, others, Chances())
        if noise_db is not None:
            kind = ("white", "pink", "babble")[len(heard) % 3]
            added = augmentation.noise(kind, len(samples), rng, others)
            samples = augmentation.with_noise(samples, added, noise_db)
        recording = replace(recording, samples=samples)
        opening = draw_opening(samples, rng) if disturbed else Opening.of(samples)
        heard.append(listen(recording, opening))
        if disturbed and rng.random() < EMPTY_SHARE:
            recording = recordings.empty(rng, others, model)
            silent = augmentation.distorted(recording.samples, rng, [], Chances(noisy=0.3))
            recording = replace(recording, samples=silent)
            heard.append(listen(recording, draw_opening(silent, rng)))
    first = takes[0]
    write_shard(path, heard, About(first.voice, first.language, first.engine, real=False))


def shard_names(take_file: str) -> list[str]:
    """Which shards are made of a file of takes, without ending."""
    engine, _, rest = take_file.partition("-")
    if engine == HELD_OUT_ENGINE:
        return [f"heldout-engine-{take_file}", f"heldout-engine-10dB-{take_file}"]
    if any(rest.startswith(f"{language}-") for language in HELD_OUT_LANGUAGES):
        return [f"heldout-language-{take_file}"]
    return [f"{'valid' if zlib.crc32(take_file.encode()) % VALID == 0 else 'train'}-{take_file}"]


def babble(folder: Path, *, files: int = 24) -> list[NDArray[np.float32]]:
    """Speech of some training voices."""
    names = [p for p in sorted(folder.glob("*.npz")) if shard_names(p.stem)[0].startswith("train")]
    chosen = np.random.default_rng(3).choice(len(names), min(files, len(names)), replace=False)
    return [np.concatenate([t.samples for t in load_takes(names[i])[:3]]) for i in chosen]


def _speed(rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(-LARGEST_SPEED, LARGEST_SPEED)))
