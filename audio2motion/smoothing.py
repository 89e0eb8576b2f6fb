"""Zero-phase smoothing of curves at 100 frames a second."""

import numpy as np
from numpy.typing import NDArray

from audio2motion.features import FRAME_RATE


def smooth(values: NDArray[np.floating], width_s: float) -> NDArray[np.float32]:
    """(t,) convolved with a Hann window whose half height is `width_s` wide; edges repeat."""
    half = max(1, round(width_s * FRAME_RATE))
    window = np.hanning(2 * half + 1)[1:-1]
    padded = np.pad(values.astype(np.float64), (half - 1, half - 1), mode="edge")
    return np.asarray(np.convolve(padded, window / window.sum(), mode="valid"), np.float32)


def bump(
    times: NDArray[np.float64], onset: float, hold: float, decay: float
) -> NDArray[np.float64]:
    """(t,) a rise over `onset` before 0, 1 from 0 to `hold`, a fall over `decay`; all in seconds.

    Rise and fall are raised cosines: one clean velocity peak each.
    """
    rising = 0.5 + 0.5 * np.cos(np.pi * np.clip(-times / onset, 0, 1))
    falling = 0.5 + 0.5 * np.cos(np.pi * np.clip((times - hold) / decay, 0, 1))
    return np.minimum(rising, falling)
