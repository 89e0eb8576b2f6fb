"""Cepstra as the CMU Sphinx acoustic models expect them, 100 frames a second.

The recipe is SphinxBase's `fe` module with the `feat.params` of the `en-us` model: 16 kHz,
pre-emphasis 0.97, 25.6 ms Hamming windows every 10 ms, 512-point FFT, 25 unit-area triangular mel
filters from 130 to 6,800 Hz, natural logarithm, 13 orthonormal DCT coefficients liftered with 22,
then statics, deltas and double deltas (`1s_c_d_dd`).

Mean and noise, which fit neither long recordings nor live sound when they are those of a whole
utterance, are the business of `audio2motion.running`.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
"""Hz, the only rate the features are defined for."""
FRAME_RATE = 100
"""Feature frames a second; frame i is centred on time i / FRAME_RATE."""
HOP = SAMPLE_RATE // FRAME_RATE

REACH = 205
"""Samples to either side of a frame's centre that it sees; one more before, for pre-emphasis."""
MEL_BANDS = 25
CEPSTRA = 13

_WINDOW = 2 * REACH
_FFT = 512
_LOW_HZ, _HIGH_HZ = 130.0, 6800.0
_WARP_KNEE_HZ = 5400.0
_LIFTER = 22
_PRE_EMPHASIS = 0.97
_INT16_SCALE = 32768.0
FLOOR = np.float32(1e-4)
"""Added to powers before the logarithm."""
_BLOCK = 3000


def frame_count(samples: int) -> int:
    """How many feature frames `samples` samples at 16 kHz have."""
    return 1 + samples // HOP


def mel_power(samples: NDArray[np.float32], *, warp: float = 1.0) -> NDArray[np.float32]:
    """Power in the 25 mel bands.

    Args:
        samples: (s,) mono at 16 kHz in [-1, 1], at least one sample.
        warp: Vocal-tract length: frequencies of the bands are multiplied by it, so that above 1
            a short vocal tract (a child's) looks like an average one.

    Returns:
        (t, 25) in squared 16-bit units.
    """
    frames = frame_count(len(samples))
    power = np.empty((frames, MEL_BANDS), np.float32)
    for start in range(0, frames, _BLOCK):
        stop = min(frames, start + _BLOCK)
        piece = _padded(samples, start * HOP - REACH - 1, (stop - 1) * HOP + REACH)
        power[start:stop] = window_power(piece, warp=warp)
    return power


def window_power(piece: NDArray[np.float32], *, warp: float) -> NDArray[np.float32]:
    """(t, 25) power of consecutive frames; the first is centred on sample `REACH` + 1."""
    emphasised = (piece[1:] - _PRE_EMPHASIS * piece[:-1]) * np.float32(_INT16_SCALE)
    windows = np.lib.stride_tricks.sliding_window_view(emphasised, _WINDOW)[::HOP]
    spectrum = np.fft.rfft(windows * _hamming(), _FFT)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    return np.asarray(power.astype(np.float32) @ _mel_bank(warp), np.float32)


def log_energy(power: NDArray[np.float32]) -> NDArray[np.float32]:
    """(t,) mean log mel power in nepers: loudness weighted towards speech bands."""
    return np.asarray(np.log(power + FLOOR).mean(axis=1), np.float32)


def raw_cepstra(log_power: NDArray[np.float32]) -> NDArray[np.float32]:
    """(t, 13) liftered cepstra of (t, 25) log mel powers, mean and all."""
    return log_power @ _dct().T


def with_deltas(static: NDArray[np.float32]) -> NDArray[np.float32]:
    """(t, 3, 13) statics, deltas c[t+2] - c[t-2], and double deltas of (t, 13) cepstra."""
    frames = len(static)
    padded = np.pad(static, ((3, 3), (0, 0)), mode="edge")

    def at(offset: int) -> NDArray[np.float32]:
        return padded[3 + offset : 3 + offset + frames]

    double = (at(3) - at(-1)) - (at(1) - at(-3))
    return np.stack([static, at(2) - at(-2), double], axis=1)


def _padded(samples: NDArray[np.float32], start: int, stop: int) -> NDArray[np.float32]:
    """Samples from start to stop with zeros outside the clip."""
    inside = samples[max(0, start) : max(0, stop)]
    before = max(0, -start)
    return np.pad(inside, (before, stop - start - before - len(inside)))


@cache
def _hamming() -> NDArray[np.float32]:
    return np.hamming(_WINDOW).astype(np.float32)


@cache
def _mel_bank(warp: float) -> NDArray[np.float32]:
    """(257, 25) unit-area triangles whose edges are rounded to FFT bins, as SphinxBase does.

    The warp is linear up to `_WARP_KNEE_HZ` and ends at the same highest frequency (Eide and Gish
    1996).
    """
    bin_hz = SAMPLE_RATE / _FFT
    low, high = (2595 * np.log10(1 + hz / 700) for hz in (_LOW_HZ, _HIGH_HZ))
    edges = 700 * (10 ** (np.linspace(low, high, MEL_BANDS + 2) / 2595) - 1)
    above = _WARP_KNEE_HZ * warp + (edges - _WARP_KNEE_HZ) * (
        (_HIGH_HZ - _WARP_KNEE_HZ * warp) / (_HIGH_HZ - _WARP_KNEE_HZ)
    )
    edges = np.where(edges <= _WARP_KNEE_HZ, edges * warp, above)
    edges = np.round(edges / bin_hz) * bin_hz
    hz = np.arange(_FFT // 2 + 1) * bin_hz
    left, centre, right = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising, falling = (hz - left) / (centre - left), (right - hz) / (right - centre)
    bank = np.clip(np.minimum(rising, falling), 0, None) * 2 / (right - left)
    return np.asarray(bank.T, np.float32)


@cache
def _dct() -> NDArray[np.float32]:
    """(13, 25) orthonormal DCT-II with the sine lifter folded in."""
    order = np.arange(CEPSTRA)
    matrix = np.cos(np.pi / MEL_BANDS * np.outer(order, np.arange(MEL_BANDS) + 0.5))
    matrix *= np.sqrt(2 / MEL_BANDS)
    matrix[0] *= np.sqrt(0.5)
    lifter = 1 + _LIFTER / 2 * np.sin(order * np.pi / _LIFTER)
    return np.asarray(matrix * lifter[:, None], np.float32)
