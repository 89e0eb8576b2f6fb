"""Prosody of a whole recording, as a stream would hear it."""

import numpy as np
from numpy.typing import NDArray

from audio2motion.behaviour.frames import ProsodyFrames
from audio2motion.features import SAMPLE_RATE

_PIECE = 10 * SAMPLE_RATE


def hear_prosody(samples: NDArray[np.float32]) -> ProsodyFrames:
    """Loudness and pitch of (s,) samples at 16 kHz, 1 + s // 160 frames."""
    from audio2motion.front_end import FrontEnd
    from audio2motion.opening import Opening

    front_end = FrontEnd(Opening.of(samples))
    pieces = [
        front_end.push(samples[start : start + _PIECE]) for start in range(0, len(samples), _PIECE)
    ]
    pieces.append(front_end.finish())
    return ProsodyFrames(
        np.concatenate([piece.level for piece in pieces]),
        np.concatenate([piece.pitch for piece in pieces]),
    )
