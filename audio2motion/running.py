"""Statistics of a voice and a room that follow the sound, block by block."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.opening import (
    AUDIBLE_NEPERS,
    DEAD_NEPERS,
    LOUD_SHARE,
    NOISE_SHARE,
    QUIETEST_NEPERS,
    Opening,
)

_MEMORY_FRAMES: Final = 1000.0  # of audible sound: the cepstral mean forgets with 10 s
_NOISE_RATE = 0.04  # nepers a frame; rises 0.2, falls 3.8 nepers a second
_LOUD_RATE = 0.02
_PITCH_RATE = 0.005  # octaves a voiced frame
_WIDEST_NEPERS, _NARROWEST_NEPERS = 5.0, 2.0
_AFTER_SUBTRACTION = 0.7  # nepers of noise that subtraction takes away on average
_TRUSTED_FRAMES = 300.0
_FASTEST = 6.0


class Running:
    """Mean cepstra, noise, loudness and pitch up to the last whole block of frames.

    Quantiles follow by stochastic approximation: up a little when exceeded, down a little when
    not, in the proportion that balances at the quantile.
    """

    def __init__(self, opening: Opening) -> None:
        self.mean = opening.cepstral_mean.astype(np.float64)
        """(13,)"""
        self.noise = opening.noise.astype(np.float64)
        """(25,) log power."""
        self.loud = opening.loud.astype(np.float64)
        """(25,) log power."""
        self.level = float(opening.level)
        """Nepers."""
        self.pitch = float(opening.pitch)
        """log2 Hz."""
        self._frames = float(opening.frames)

    def hear(
        self,
        log_smooth: NDArray[np.float32],
        log_clean: NDArray[np.float32],
        static: NDArray[np.float32],
    ) -> None:
        """Follow one block.

        Args:
            log_smooth: (b, 25) log of power averaged over time.
            log_clean: (b, 25) log power without the noise.
            static: (b, 13) cepstra of it.
        """
        level = log_clean.mean(axis=1)
        haste = min(_FASTEST, max(1.0, _TRUSTED_FRAMES / max(self._frames, 1.0)))
        alive = log_smooth.mean(axis=1) > DEAD_NEPERS
        below = log_smooth < self.noise
        self.noise += haste * _NOISE_RATE * (NOISE_SHARE - below).sum(axis=0)
        self.noise = np.maximum(self.noise, self.level - QUIETEST_NEPERS)
        audible = alive & (level > self.level - AUDIBLE_NEPERS)
        heard = int(audible.sum())
        if heard == 0:
            return
        below = log_clean[audible] < self.loud
        self.loud += haste * _LOUD_RATE * (LOUD_SHARE - below).sum(axis=0)
        self.level += haste * _LOUD_RATE * float((LOUD_SHARE - (level[audible] < self.level)).sum())
        self._frames = min(self._frames + heard, _MEMORY_FRAMES)
        off = static[audible].astype(np.float64) - self.mean
        self.mean += off.sum(axis=0) / self._frames

    def hear_pitch(self, hertz: NDArray[np.float32]) -> None:
        """Follow (b,) fundamentals, NaN where unvoiced."""
        voiced = hertz[np.isfinite(hertz)]
        self.pitch += _PITCH_RATE * float(np.sign(np.log2(voiced) - self.pitch).sum())

    @property
    def quiet(self) -> float:
        """Nepers of mean log power at which speech is over: 5 below loud, less in noise."""
        noise = float(self.noise.mean()) - _AFTER_SUBTRACTION
        return min(max(self.level - _WIDEST_NEPERS, noise), self.level - _NARROWEST_NEPERS)

    def noise_and_loud(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """(25,) log powers for `audio2motion.opening.subtract_noise`."""
        return self.noise.astype(np.float32), self.loud.astype(np.float32)
