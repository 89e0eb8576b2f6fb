"""From sounds to mouth coefficients: one fitted dominance function per sound and channel.

Cohen and Massaro (1993) blend targets of neighbouring sounds by dominance functions that rise
before and fall after each sound. Here the blend is linear: a channel is the sum over all sounds of
that sound's probability convolved with its dominance function, and the functions, 0.32 s to
either side, are fitted to tracked real speech (`audio2motion.fit`) instead of being drawn by hand.
Rounding that starts early and jaws that lag come out of the fit.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

import weights
from audio2motion import features
from audio2motion.phones import phone_evidence
from audio2motion.visemes import VISEMES

_BLOCK = 2048


@dataclass(frozen=True, slots=True, eq=False)
class SpeechMotionModel:
    """Dominance functions for k mouth channels and c sound features; n taps 10 ms apart."""

    names: tuple[str, ...]
    """(k,) ARKit coefficients that speech moves."""
    kernels: NDArray[np.float32]
    """(n, c, k) what a feature at a time adds to a channel; the middle tap is the same instant."""
    rest: NDArray[np.float32]
    """(k,) lips at rest."""
    bias: NDArray[np.float32]
    """(k,) added to the convolution."""
    closed: NDArray[np.float32]
    """(k,) lips pressed on p, b and m."""
    labiodental: NDArray[np.float32]
    """(k,) lower lip at the teeth on f and v."""

    def curves(self, sounds: NDArray[np.float32]) -> NDArray[np.float32]:
        """Mouth channels at 100 frames a second.

        Args:
            sounds: (t, c) from `sound_features`.

        Returns:
            (t, k), not yet limited to [0, 1].
        """
        taps, inputs, channels = self.kernels.shape
        half = taps // 2
        flat = self.kernels.reshape(taps * inputs, channels)
        padded = np.pad(sounds, ((half, half), (0, 0)), mode="edge")
        result = np.empty((len(sounds), channels), np.float32)
        for start in range(0, len(sounds), _BLOCK):
            stop = min(len(sounds), start + _BLOCK)
            block = padded[start : stop + 2 * half]
            windows = np.lib.stride_tricks.sliding_window_view(block, taps, axis=0)
            # (frames, c, n) -> (frames, n * c)
            result[start:stop] = windows.transpose(0, 2, 1).reshape(stop - start, -1) @ flat
        return result + self.bias


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


def hear(samples: NDArray[np.float32]) -> Sounds:
    """Recognise the sounds of (s,) samples at 16 kHz."""
    power = features.mel_power(samples)
    evidence = phone_evidence(power)
    level = features.relative_level(power)[:, None]
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
    numbers = {
        key: arrays[key].astype(np.float32)
        for key in ("kernels", "rest", "bias", "closed", "labiodental")
    }
    return SpeechMotionModel(names=tuple(str(name) for name in arrays["names"]), **numbers)
