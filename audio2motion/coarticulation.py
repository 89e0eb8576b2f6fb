"""From sounds to mouth coefficients: what is said around a moment decides how the mouth looks.

Cohen and Massaro (1993) blend the targets of neighbouring sounds by dominance functions that rise
before and fall after each sound. Here the blend is learned: the probabilities of all sounds in the
0.32 s to either side, seen through eleven raised-cosine windows, go through a network of two hidden
layers that was fitted to tracked real speech (`audio2motion.fit`). Rounding that starts early and
jaws that lag come out of the fit. On talkers it never heard it correlates better with the real
lips than a linear blend (gap 0.80 against 0.70).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

import weights
from audio2motion import features
from audio2motion.phones import estimate_warp, phone_evidence
from audio2motion.visemes import VISEMES

HALF_TAPS = 32
"""Frames of 10 ms to either side that co-articulation reaches."""
WINDOWS = 11
"""Raised cosines over those taps."""
_BLOCK = 1024
_LARGEST_INPUT = 4.0  # standard deviations; sounds never met in the fit must not fling the mouth


@dataclass(frozen=True, slots=True, eq=False)
class SpeechMotionModel:
    """A network from w windows of c sound features over h hidden units to k mouth channels."""

    names: tuple[str, ...]
    """(k,) ARKit coefficients that speech moves."""
    mean: NDArray[np.float32]
    """(w * c,) of the inputs."""
    scale: NDArray[np.float32]
    """(w * c,) their standard deviations."""
    layers: tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]
    """Matrices (in, out) and offsets (out,); rectified linear units between them."""
    rest: NDArray[np.float32]
    """(k,) lips at rest."""
    closed: NDArray[np.float32]
    """(k,) lips pressed on p, b and m."""
    labiodental: NDArray[np.float32]
    """(k,) lower lip at the teeth on f and v."""
    geometry: NDArray[np.float32]
    """(2, k) what a coefficient of 1 adds to lip gap and mouth width, over the distance of the
    outer eye corners: measured on the talker's own lips, not taken from a rig."""

    def curves(self, sounds: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mouth channels at 100 frames a second.

        Args:
            sounds: (t, c) the features of `hear`.

        Returns:
            (t, k), not yet limited to [0, 1].
        """
        result = np.empty((len(sounds), len(self.names)), np.float32)
        for start in range(0, len(sounds), _BLOCK):
            at = np.arange(start, min(len(sounds), start + _BLOCK))
            hidden = (context(sounds, at) - self.mean) / self.scale
            hidden = np.clip(hidden, -_LARGEST_INPUT, _LARGEST_INPUT)
            for matrix, offset in self.layers[:-1]:
                hidden = np.maximum(hidden @ matrix + offset, 0)
            matrix, offset = self.layers[-1]
            result[at] = hidden @ matrix + offset
        return result


def context(sounds: NDArray[np.float32], at: NDArray[np.int64]) -> NDArray[np.float32]:
    """(n, w * c) what is heard around n frames of (t, c) features, through the cosine windows."""
    taps = np.arange(-HALF_TAPS, HALF_TAPS + 1)
    around = np.clip(at + taps[:, None], 0, len(sounds) - 1)  # (taps, n)
    seen = np.tensordot(_cosine_windows(), sounds[around], axes=1)  # (w, n, c)
    return np.asarray(seen.transpose(1, 0, 2).reshape(len(at), -1), np.float32)


@lru_cache(maxsize=1)
def _cosine_windows() -> NDArray[np.float32]:
    """(w, taps) raised cosines, each summing to 1."""
    centres = np.linspace(-HALF_TAPS + 4, HALF_TAPS - 4, WINDOWS)
    spacing = centres[1] - centres[0]
    phase = (np.arange(-HALF_TAPS, HALF_TAPS + 1) - centres[:, None]) / spacing
    bumps = np.where(np.abs(phase) < 1, 0.5 + 0.5 * np.cos(np.pi * phase), 0)
    return np.asarray(bumps / bumps.sum(axis=1, keepdims=True), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Sounds:
    """What is heard, 100 frames a second."""

    visemes: NDArray[np.float32]
    """(t, 14) probabilities in the order of `VISEMES`, from the phone loop: sharp."""
    features: NDArray[np.float32]
    """(t, c) the input of `SpeechMotionModel.curves`."""
    power: NDArray[np.float32]
    """(t, 25) mel powers."""

    def viseme(self, name: str) -> NDArray[np.float32]:
        """(t,) probability of one class."""
        return self.visemes[:, VISEMES.index(name)]


def hear(samples: NDArray[np.float32], *, warp: float | None = None) -> Sounds:
    """Recognise the sounds of (s,) samples at 16 kHz; `warp` as estimated if None."""
    power = features.mel_power(samples)
    level = features.relative_level(power)[:, None]
    warp = estimate_warp(samples) if warp is None else warp
    evidence = phone_evidence(power if warp == 1 else features.mel_power(samples, warp=warp))
    return Sounds(
        visemes=evidence.sequence,
        features=np.concatenate([evidence.sequence, evidence.instant, level], axis=1),
        power=power,
    )


@lru_cache(maxsize=1)
def load_speech_motion() -> SpeechMotionModel:
    """The fitted model that ships with the package.

    Raises:
        weights.WeightsError: The file is missing or altered.
    """
    arrays = weights.open_arrays("speech-motion")
    numbers = {name: array for name, array in arrays.items() if name != "names"}
    numbers = {name: array.astype(np.float32) for name, array in numbers.items()}
    layers = sum(name.startswith("matrix_") for name in numbers)
    return SpeechMotionModel(
        names=tuple(str(name) for name in arrays["names"]),
        mean=numbers["mean"],
        scale=numbers["scale"],
        layers=tuple((numbers[f"matrix_{i}"], numbers[f"offset_{i}"]) for i in range(layers)),
        rest=numbers["rest"],
        closed=numbers["closed"],
        labiodental=numbers["labiodental"],
        geometry=numbers["geometry"],
    )
