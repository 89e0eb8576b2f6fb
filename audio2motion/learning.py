"""Getting to know a voice while it speaks, a little work at a time."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.features import HOP
from audio2motion.opening import Opening, WarpSearch

VOICED_FRAMES: Final = 150
"""Voiced frames that a voice is measured on: about 3 seconds of speech."""
_LONGEST_FRAMES = 1200


class Learner:
    """Collects sound until enough of it is a voice, then measures it.

    The search for the vocal-tract warp is the dear part; it goes one warp at a time, so that no
    push of a live stream has to wait long.
    """

    def __init__(self) -> None:
        self._pieces: list[NDArray[np.float32]] = []
        self._samples = 0
        self._voiced = 0
        self._search: WarpSearch | None = None

    def hear(self, samples: NDArray[np.float32], voiced: int) -> Opening | None:
        """Take (s,) more samples with their count of voiced frames; the voice, once it is known."""
        if self._search is not None:
            if not self._search.step():
                return None
            return Opening.of(self._search.samples, warp=self._search.best())
        self._pieces.append(samples.copy())
        self._samples += len(samples)
        self._voiced += voiced
        while self._samples > _LONGEST_FRAMES * HOP:
            self._samples -= len(self._pieces.pop(0))
        if self._voiced >= VOICED_FRAMES:
            self._search = WarpSearch(np.concatenate(self._pieces))
        return None
