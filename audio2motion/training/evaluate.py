"""How well a network does on utterances that it was not trained on.

Real talkers: Pearson's r of lip gap, mouth width and jawOpen in every clip, and the spread of the
prediction over the real one. Labelled voices: share of frames whose class is right, p, b and m on
which the lips close, and vowels in whose middle they do.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from audio2motion.corpus import CHANNELS
from audio2motion.network import GEOMETRY
from audio2motion.training.batches import Utterance, cut
from audio2motion.visemes import SHOWN, VISEMES, fourteen

CLOSED = 0.1
"""Of the range of the lip gap: below this the lips count as closed."""
VOWELS = ("aa", "E", "ih", "oh")
SHORTEST_VOWEL = 6
_SHAPES = {
    "gap": len(CHANNELS) + GEOMETRY.index("gap"),
    "width": len(CHANNELS) + GEOMETRY.index("width"),
    "jawOpen": CHANNELS.index("jawOpen"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """What a network makes of an utterance."""

    utterance: Utterance
    motion: NDArray[np.float32]
    """(t, k + 4)"""
    viseme: NDArray[np.int64]
    """(t,) likeliest class."""
    truth: NDArray[np.float32]
    """(t, k + 4)"""
    label: NDArray[np.int64]
    """(t,) true class, -1 where unknown."""


class Network(Protocol):
    """One network, or an average of several."""

    visemes: int

    def __call__(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Motion and logits of sounds for (n, t + 46, c) inputs."""
        ...


@torch.no_grad()
def speak(module: Network, utterances: Iterable[Utterance]) -> list[Spoken]:
    """Run a network over whole utterances."""
    found = []
    for one in utterances:
        length = one.stop - one.start
        inputs, truth, label, _, _ = cut(one, 0, length)
        motion, sound = module(torch.from_numpy(inputs)[None])
        classes = sound[0, :, : module.visemes].argmax(dim=1)
        shown, label = motion[0].numpy(), label.astype(np.int64)
        found.append(Spoken(one, shown, classes.numpy(), truth, label))
    return found


def real_figures(spoken: Sequence[Spoken]) -> dict[str, float]:
    """Mean r over the clips of real talkers, and spread, of each of the shapes."""
    figures = {}
    for name, column in _SHAPES.items():
        pairs = [(s.motion[:, column], s.truth[:, column]) for s in spoken]
        pairs = [(a[np.isfinite(b)], b[np.isfinite(b)]) for a, b in pairs]
        moving = [(a, b) for a, b in pairs if len(b) > 10 and b.std() > 1e-4]
        if moving:
            figures[name] = float(np.mean([np.corrcoef(a, b)[0, 1] for a, b in moving]))
            ratio = [a.std() / b.std() for a, b in moving]
            figures[f"{name}_spread"] = float(np.median(ratio))
    return figures


def voice_figures(spoken: Sequence[Spoken], gap_range: float) -> dict[str, float]:
    """Recognition (fourteen classes) and closures on voices with exact times."""
    joined = np.array([VISEMES.index(fourteen(name)) for name in SHOWN])
    right = np.concatenate([(joined[s.viseme] == joined[s.label])[s.label >= 0] for s in spoken])
    closed, bilabials, shut, vowels = 0, 0, 0, 0
    for one in spoken:
        gap = one.motion[:, _SHAPES["gap"]] / gap_range
        for name, start, stop in segments(one.label):
            if name == "PP":
                bilabials += 1
                closed += bool((gap[max(start - 2, 0) : stop + 2] <= CLOSED).any())
            elif name in VOWELS and stop - start >= SHORTEST_VOWEL:
                vowels += 1
                shut += bool(gap[(start + stop) // 2] <= CLOSED)
    return {
        "frames_right": float(right.mean()),
        "bilabials_closed": closed / max(bilabials, 1),
        "vowels_closed": shut / max(vowels, 1),
    }


def segments(labels: NDArray[np.int64]) -> list[tuple[str, int, int]]:
    """Class, first frame and end of every stretch of one known class."""
    edges = np.flatnonzero(np.diff(labels, prepend=-2, append=-2))
    return [
        (SHOWN[labels[start]], int(start), int(stop))
        for start, stop in itertools.pairwise(edges)
        if labels[start] >= 0
    ]


def score(figures: dict[str, dict[str, float]]) -> float:
    """One number to choose a network by; higher is better."""
    real, voices = figures.get("real", {}), figures.get("voices", {})
    total = sum(real.get(name, 0.0) for name in _SHAPES)
    total += voices.get("frames_right", 0.0) + 0.5 * voices.get("bilabials_closed", 0.0)
    return total - 0.5 * voices.get("vowels_closed", 0.0)
