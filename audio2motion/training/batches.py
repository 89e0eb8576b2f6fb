"""Windows of training material, drawn at random and disturbed.

Shards are described in `audio2motion.training.shards`. Their names say what they are for: those
that begin with `train` or `grid` are trained on, but for every tenth clip of the corpus.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from audio2motion.front_end import LEVEL, MEL, PHONES
from audio2motion.network import CONTEXT, LOOK_AHEAD
from audio2motion.training.grid import held_out
from audio2motion.visemes import SHOWN

Array = NDArray[np.float32]

STRIDE: Final = 4
"""Frames from one moment of a sample to the next: 40 ms, a picture of the cameras."""
WINDOW: Final = 24 * STRIDE
"""Frames that a sample spans."""
TRAINING: Final = ("train", "grid")
VALIDATION: Final = "valid"
AS_RECORDED: Final = "grid-0"
"""How the names of shards begin."""
REAL_SHARE: Final = 0.5
EMPTY_EMPHASIS: Final = 4.0
"""How much oftener noise and music without a voice are drawn than speech as long."""
PHONES_MISSING: Final = 0.1
SPECTRUM_MISSING: Final = 0.25
"""Shares of the samples."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Where an utterance lies."""

    shard: "Shard"
    start: int
    stop: int


@dataclass(frozen=True, slots=True, eq=False)
class Shard:
    """Everything of one voice."""

    name: str
    """Of its file."""
    inputs: NDArray[np.float16]
    viseme: NDArray[np.int8]
    motion: NDArray[np.float16]
    """(t, k + 4) coefficients, then geometry."""
    still: NDArray[np.bool_]
    start: NDArray[np.int64]
    voice: str
    language: str
    engine: str
    real: bool

    @classmethod
    def read(cls, path: Path) -> "Shard":
        """Read a shard from disk."""
        with np.load(path) as arrays:
            return cls(
                name=path.stem,
                inputs=arrays["inputs"],
                viseme=arrays["viseme"],
                motion=np.concatenate([arrays["curves"], arrays["geometry"]], axis=1),
                still=arrays["still"],
                start=arrays["start"],
                voice=str(arrays["voice"]),
                language=str(arrays["language"]),
                engine=str(arrays["engine"]),
                real=bool(arrays["real"]),
            )

    def utterances(self) -> list[Utterance]:
        """Its utterances in order."""
        stops = [*self.start[1:].tolist(), len(self.inputs)]
        return [Utterance(self, a, b) for a, b in zip(self.start.tolist(), stops, strict=True)]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """n samples of t moments, s = `STRIDE` frames apart."""

    inputs: Tensor
    """(n, s * t + 46, c)"""
    motion: Tensor
    """(n, t, k + 4), NaN where unknown."""
    viseme: Tensor
    """(n, t) class, -1 where unknown or beyond the utterance."""
    still: Tensor
    """(n, t) bool."""
    inside: Tensor
    """(n, t) bool: false beyond the utterance."""
    pressed: Tensor
    """(n, t) bool: inside p, b or m, not at its edges."""
    real: Tensor
    """(n,) bool: of a talker who was filmed."""


def to_train_on(shards: Iterable[Shard]) -> list[Utterance]:
    """Utterances of training shards, without the clips of the corpus that are held out."""
    return [
        utterance
        for shard in shards
        for index, utterance in enumerate(shard.utterances())
        if shard.name.startswith(TRAINING) and not (shard.real and held_out(index))
    ]


def to_judge_by(shards: Iterable[Shard]) -> tuple[list[Utterance], list[Utterance]]:
    """Held-out clips of the corpus as they were recorded, and utterances of held-out voices."""
    real = [
        utterance
        for shard in shards
        for index, utterance in enumerate(shard.utterances())
        if shard.name == AS_RECORDED and held_out(index)
    ]
    voices = [
        utterance
        for shard in shards
        for utterance in shard.utterances()
        if shard.name.startswith(VALIDATION)
    ]
    return real, voices


class Sampler:
    """Draws batches: half of them real talkers, the rest evenly over engines and voices.

    Args:
        utterances: To draw from.
        rng: Of which everything depends.
    """

    def __init__(self, utterances: Sequence[Utterance], rng: np.random.Generator) -> None:
        self.utterances = list(utterances)
        self._rng = rng
        self._share = shares(self.utterances)

    def draw(self, count: int) -> Batch:
        """A batch of `count` disturbed windows."""
        chosen = self._rng.choice(len(self.utterances), count, p=self._share)
        windows = [self._window(self.utterances[i]) for i in chosen]
        inputs = np.stack([window[0] for window in windows])
        disturb(inputs, self._rng)
        return _batch(inputs, windows, [self.utterances[i].shard.real for i in chosen])

    def _window(self, utterance: Utterance) -> tuple[NDArray[Any], ...]:
        length = utterance.stop - utterance.start
        offset = int(self._rng.integers(-20, max(length - WINDOW, 0) + 21))
        return cut(utterance, offset, WINDOW)


def shares(utterances: Sequence[Utterance]) -> NDArray[np.float64]:
    """(u,) how often each is drawn: by length in a voice, voices by the root of their length."""
    length = np.array([one.stop - one.start for one in utterances], np.float64)
    voice = [(one.shard.real, one.shard.engine, one.shard.voice) for one in utterances]
    of_voice: dict[tuple[bool, str, str], float] = {}
    for key, frames in zip(voice, length, strict=True):
        of_voice[key] = of_voice.get(key, 0) + frames
    share = length * np.array([of_voice[key] ** -0.5 for key in voice])
    empty = [bool(one.shard.still[one.start : one.stop].all()) for one in utterances]
    share[empty] *= EMPTY_EMPHASIS
    real = np.array([key[0] for key in voice])
    if real.any() and not real.all():
        share[real] *= REAL_SHARE / share[real].sum()
        share[~real] *= (1 - REAL_SHARE) / share[~real].sum()
    return share / share.sum()


def cut(utterance: Utterance, offset: int, frames: int) -> tuple[NDArray[Any], ...]:
    """Inputs with context, motion, viseme, still and inside of `frames` frames from an offset.

    Beyond its ends an utterance repeats its first and last frame, as the runtime does.
    """
    shard = utterance.shard
    at = utterance.start + offset + np.arange(-CONTEXT, frames + LOOK_AHEAD)
    kept = np.clip(at, utterance.start, utterance.stop - 1)
    out = slice(CONTEXT, CONTEXT + frames)
    inside = (at == kept)[out]
    return (
        shard.inputs[kept].astype(np.float32),
        shard.motion[kept[out]].astype(np.float32),
        np.where(inside, shard.viseme[kept[out]], -1),
        shard.still[kept[out]],
        inside,
    )


def _batch(
    inputs: Array, windows: Sequence[tuple[NDArray[Any], ...]], real: Sequence[bool]
) -> Batch:
    moments = slice(None, None, STRIDE)
    _, motion, viseme, still, inside = (np.stack(parts) for parts in zip(*windows, strict=True))
    spoken = np.pad(viseme == SHOWN.index("PP"), ((0, 0), (1, 1)))
    pressed = spoken[:, :-2] & spoken[:, 1:-1] & spoken[:, 2:]
    return Batch(
        torch.from_numpy(inputs),
        torch.from_numpy(motion[:, moments]),
        torch.from_numpy(viseme[:, moments]).long(),
        torch.from_numpy(still[:, moments]),
        torch.from_numpy(inside[:, moments]),
        torch.from_numpy(pressed[:, moments]),
        torch.tensor(real),
    )


def disturb(inputs: NDArray[np.float32], rng: np.random.Generator) -> None:
    """Change (n, t, c) inputs in place, so that no single part of them is relied upon.

    Noise on the phones, tilt and gain of the spectrum, masks over bands and over short times; in
    some samples the phones are missing altogether, in more of them the spectrum, which tells
    talkers apart.
    """
    count, frames, _ = inputs.shape
    phones, mel = inputs[..., PHONES], inputs[..., MEL]
    amount = rng.uniform(0, 0.35, (count, 1, 1)).astype(np.float32)
    phones += amount * rng.standard_normal(phones.shape, np.float32)
    tilt = rng.normal(0, 0.15, (count, 1, 1)) * np.linspace(-1, 1, mel.shape[-1])
    mel += (tilt + rng.normal(0, 0.1, (count, 1, 1))).astype(np.float32)
    mel += 0.05 * rng.standard_normal(mel.shape, np.float32)
    inputs[..., LEVEL] += rng.normal(0, 0.05, (count, 1)).astype(np.float32)
    phone_middle, mel_middle = phones.mean(axis=(0, 1)), mel.mean(axis=(0, 1))
    for sample in range(count):
        for _ in range(2):
            band = int(rng.integers(0, mel.shape[-1]))
            bands = slice(band, band + int(rng.integers(0, 6)))
            mel[sample, :, bands] = mel_middle[bands]
        moment = int(rng.integers(0, frames))
        phones[sample, moment : moment + int(rng.integers(0, 12))] = phone_middle
        missing = rng.random()
        if missing < PHONES_MISSING:
            phones[sample] = phone_middle
        elif missing < PHONES_MISSING + SPECTRUM_MISSING:
            mel[sample] = mel_middle


def statistics(
    utterances: Sequence[Utterance],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and spread of the inputs (c,), every voice counting alike."""
    by_voice: dict[str, list[Utterance]] = {}
    for one in utterances:
        by_voice.setdefault(one.shard.engine + one.shard.voice, []).append(one)
    parts = [
        one.shard.inputs[one.start : one.stop].astype(np.float32)
        for spoken in by_voice.values()
        for one in spoken[:5]
    ]
    inputs = np.concatenate(parts)
    return inputs.mean(axis=0), np.maximum(inputs.std(axis=0), 0.02)
