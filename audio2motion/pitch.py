"""Fundamental frequency by the normalised autocorrelation (Boersma 1993), 70 to 400 Hz."""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.features import HOP, SAMPLE_RATE

REACH: Final = 400
"""Samples at 16 kHz to either side of a frame's centre that its pitch is measured on."""

_RATE = 4000  # Hz; the fundamental needs no more
_DECIMATION = SAMPLE_RATE // _RATE
_WINDOW = 2 * REACH // _DECIMATION  # 50 ms: 3.5 periods of the lowest voice
_LOW_HZ, _HIGH_HZ = 70.0, 400.0
_FIRST, _LAST = round(_RATE / _HIGH_HZ), round(_RATE / _LOW_HZ)
_VOICED = 0.5
_SHORTER_PERIOD = 0.1  # an octave must be this much less periodic before the lower one wins
_LEAST_POWER = 1e-5


def track(
    samples: NDArray[np.float32], frames: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Pitch of frames that are 10 ms apart.

    Args:
        samples: (s,) at 16 kHz; the first frame is centred on sample `REACH`.
        frames: t; s must be at least (t - 1) * 160 + 2 * `REACH`.

    Returns:
        (t,) Hz, NaN where unvoiced, and (t,) how periodic the sound is, from 0 to 1.
    """
    whole = len(samples) // _DECIMATION * _DECIMATION
    low = samples[:whole].reshape(-1, _DECIMATION).mean(axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(low, _WINDOW)[:: HOP // _DECIMATION]
    windows = windows[:frames]
    centred = (windows - windows.mean(axis=1, keepdims=True)) * np.hanning(_WINDOW)
    spectrum = np.fft.rfft(centred, 2 * _WINDOW)
    correlation = np.fft.irfft(np.square(spectrum.real) + np.square(spectrum.imag))
    power = correlation[:, 0]
    lags, taper, preference = _lags()
    scale = np.maximum(power, 1e-7)[:, None]
    periodicity = correlation[:, _FIRST - 1 : _LAST + 2] / scale / taper
    score = periodicity[:, 1:-1] - preference
    best = score.argmax(axis=1)
    rows = np.arange(len(best))
    before, peak, after = (periodicity[rows, best + k] for k in range(3))
    bend = before - 2 * peak + after
    offset = np.where(bend < -1e-6, 0.5 * (before - after) / np.minimum(bend, -1e-6), 0)
    hz = _RATE / (lags[best] + np.clip(offset, -0.5, 0.5))
    strength = np.where(power > _LEAST_POWER, score[rows, best].clip(0, 1), 0)
    hz = np.where(strength > _VOICED, hz, np.nan)
    return np.asarray(hz, np.float32), np.asarray(strength, np.float32)


@cache
def _lags() -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Lags searched, the taper's own correlation around them, the bias against long periods."""
    taper = np.fft.irfft(np.abs(np.fft.rfft(np.hanning(_WINDOW), 2 * _WINDOW)) ** 2)
    lags = np.arange(_FIRST, _LAST + 1)
    shape = taper[_FIRST - 1 : _LAST + 2] / taper[0]
    return lags, shape, _SHORTER_PERIOD * np.log2(lags / _FIRST)
