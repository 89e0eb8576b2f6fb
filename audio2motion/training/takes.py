"""`Take`: one utterance of a synthesiser with the exact times of its phones."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio2motion.features import SAMPLE_RATE
from capture.audio import AudioClip

SILENCE = ""
"""How a phone that is none is written, whatever the engine calls it."""


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """n phones in s samples at 16 kHz."""

    samples: NDArray[np.float32]
    """(s,) in [-1, 1]."""
    phones: tuple[str, ...]
    """(n,) in `notation`, `SILENCE` where nothing is said."""
    bounds: NDArray[np.float64]
    """(n + 1,) seconds; phone i lasts from bounds[i] to bounds[i + 1]."""
    engine: str
    voice: str
    language: str
    notation: str
    """Which of `audio2motion.training.labels.NOTATIONS` the phones are written in."""
    text: str

    @property
    def duration_s(self) -> float:
        """Seconds of sound."""
        return len(self.samples) / SAMPLE_RATE


def take_from_audio(
    audio: AudioClip,
    segments: Sequence[tuple[str, float]],
    *,
    engine: str,
    voice: str,
    language: str,
    notation: str,
    text: str,
) -> Take:
    """A take from sound at any rate and (phone, stop in seconds) in order."""
    samples = audio.resampled(SAMPLE_RATE).samples
    loudest = float(np.abs(samples).max(initial=0.0))
    if loudest > 0:
        samples = samples * np.float32(0.6 / loudest)
    end = len(samples) / SAMPLE_RATE
    stops = np.minimum(np.maximum.accumulate([0.0, *(stop for _, stop in segments)]), end)
    stops[-1] = end if segments[-1][0] == SILENCE else stops[-1]
    phones = [phone for phone, _ in segments]
    if stops[-1] < end - 1e-6:
        phones, stops = [*phones, SILENCE], np.append(stops, end)
    return Take(
        np.asarray(samples, np.float32),
        tuple(phones),
        np.asarray(stops, np.float64),
        engine,
        voice,
        language,
        notation,
        text,
    )


def save_takes(path: Path, takes: Sequence[Take]) -> None:
    """Write takes as one .npz without pickles; appears only when it is complete."""
    about = [
        {
            "phones": take.phones,
            "engine": take.engine,
            "voice": take.voice,
            "language": take.language,
            "notation": take.notation,
            "text": take.text,
        }
        for take in takes
    ]
    pcm = [np.round(take.samples * 32767).astype(np.int16) for take in takes]
    unfinished = path.with_suffix(".part.npz")
    np.savez(
        unfinished,
        samples=np.concatenate(pcm),
        sizes=np.array([len(one) for one in pcm], np.int64),
        bounds=np.concatenate([take.bounds for take in takes]),
        about=np.array(json.dumps(about, ensure_ascii=False)),
    )
    unfinished.rename(path)


def load_takes(path: Path) -> list[Take]:
    """What `save_takes` wrote."""
    with np.load(path) as arrays:
        samples, bounds = arrays["samples"], arrays["bounds"]
        sizes, about = arrays["sizes"], json.loads(str(arrays["about"]))
    takes, at, bound = [], 0, 0
    for size, facts in zip(sizes, about, strict=True):
        phones = tuple(facts.pop("phones"))
        takes.append(
            Take(
                samples=samples[at : at + size].astype(np.float32) / np.float32(32767),
                phones=phones,
                bounds=bounds[bound : bound + len(phones) + 1],
                **facts,
            )
        )
        at, bound = at + int(size), bound + len(phones) + 1
    return takes
