"""`Recording`: sound and, 100 times a second, what a network should make of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.articulation import ArticulationModel, articulate
from audio2motion.features import FRAME_RATE, SAMPLE_RATE, frame_count
from audio2motion.phonetics import SILENCE, Segment, joined
from audio2motion.training import augmentation
from audio2motion.training.grid import Clip
from audio2motion.training.labels import frame_visemes, segments
from audio2motion.training.takes import Take
from audio2motion.visemes import SHOWN

BEFORE_S: Final = 0.25
AFTER_S: Final = 0.2
"""How long before and after speech a mouth is not yet, or no longer, still."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """t frames, frame i at i / 100 s."""

    samples: NDArray[np.float32]
    """(s,) at 16 kHz; t = 1 + s // 160."""
    viseme: NDArray[np.int8]
    """(t,) index in `SHOWN`, -1 where unknown."""
    curves: NDArray[np.float32]
    """(t, k) in the order of `audio2motion.corpus.CHANNELS`."""
    geometry: NDArray[np.float32]
    """(t, 4) gap, width, protrusion, jaw over the distance of the eyes, relative to rest."""
    still: NDArray[np.bool_]
    """(t,) nobody speaks, nor has just done or soon will."""


def spoken(
    takes: Sequence[Take], rng: np.random.Generator, model: ArticulationModel, *, factor: float
) -> Recording:
    """Takes of one voice one after the other, with pauses, played `factor` times as fast."""
    pieces: list[NDArray[np.float32]] = []
    found: list[Segment] = []
    at = 0
    for take in takes:
        pause = np.zeros(int(SAMPLE_RATE * _pause(rng)), np.float32)
        samples = augmentation.faster(take.samples, factor)
        # faster() rounds: its real factor is what counts
        real = len(take.samples) / len(samples)
        begin = (at + len(pause)) / SAMPLE_RATE
        found += [
            Segment(s.sound, begin + s.start_s / real, begin + s.stop_s / real)
            for s in segments(take)
        ]
        pieces += [pause, samples]
        at += len(pause) + len(samples)
    samples = np.concatenate([*pieces, np.zeros(int(SAMPLE_RATE * _pause(rng)), np.float32)])
    frames = frame_count(len(samples))
    mouth = articulate(found, frames, model=model)
    return Recording(
        samples,
        frame_visemes(found, frames),
        mouth.curves,
        mouth.geometry,
        still(found, frames),
    )


def filmed(clip: Clip, *, factor: float) -> Recording:
    """A clip of the corpus, played `factor` times as fast."""
    samples = augmentation.faster(clip.samples, factor)
    real = len(clip.samples) / len(samples)
    frames = frame_count(len(samples))
    at = np.arange(frames) * real
    known = np.arange(len(clip.curves))
    found = [Segment(s.sound, s.start_s / real, s.stop_s / real) for s in clip.segments]
    motion = [
        np.stack([np.interp(at, known, column) for column in columns.T], axis=1)
        for columns in (clip.curves, clip.geometry)
    ]
    unknown = np.full(frames, -1, np.int8)
    return Recording(
        samples,
        frame_visemes(found, frames) if found else unknown,
        motion[0].astype(np.float32),
        motion[1].astype(np.float32),
        still(found, frames) if found else np.zeros(frames, np.bool_),
    )


def empty(
    rng: np.random.Generator, others: Sequence[NDArray[np.float32]], model: ArticulationModel
) -> Recording:
    """Noise, music or nothing at all: whatever sounds, nobody speaks."""
    count = int(SAMPLE_RATE * float(rng.uniform(3, 10)))
    kind = str(rng.choice(["white", "pink", "music", "music", "hum", "silence"]))
    samples = np.zeros(count, np.float32)
    if kind != "silence":
        samples = augmentation.noise(kind, count, rng, others)
        loudness = np.sin(np.arange(count) / SAMPLE_RATE * float(rng.uniform(0.2, 3)))
        samples = samples * (1 + float(rng.uniform(0, 0.9)) * loudness.astype(np.float32))
    samples = np.asarray(samples, np.float32)
    mouth = articulate([], frame_count(count), model=model)
    frames = len(mouth.curves)
    return Recording(
        samples,
        np.full(frames, SHOWN.index("sil"), np.int8),
        mouth.curves,
        mouth.geometry,
        np.ones(frames, np.bool_),
    )


def still(found: Sequence[Segment], frames: int) -> NDArray[np.bool_]:
    """(t,) where nobody speaks, nor has just done or soon will."""
    result = np.ones(frames, np.bool_)
    for segment in joined(found):
        if segment.sound != SILENCE:
            first = int((segment.start_s - BEFORE_S) * FRAME_RATE)
            last = int((segment.stop_s + AFTER_S) * FRAME_RATE) + 1
            result[max(first, 0) : max(last, 0)] = False
    return result


def _pause(rng: np.random.Generator) -> float:
    """Seconds: mostly short, sometimes long."""
    return float(rng.uniform(0.1, 0.5) if rng.random() < 0.7 else rng.uniform(0.5, 2.5))
