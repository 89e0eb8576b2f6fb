"""The simpler ways from sound to lips that the network has to be better than.

Energy: loudness opens the mouth. Rules: a hand-set jaw for each class of sounds. Ridge: a linear
map from the phones heard around a frame, fitted to the real talker. All see the same columns of the
front end as the network does, and no more of the future.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.acoustic_model import load_acoustic_model
from audio2motion.corpus import CHANNELS
from audio2motion.front_end import LEVEL, PHONES
from audio2motion.network import CONTEXT, GEOMETRY, LOOK_AHEAD
from audio2motion.smoothing import smooth
from audio2motion.training.batches import Utterance
from audio2motion.visemes import viseme_probabilities

Array = NDArray[np.float32]

# Hand-set jaw for each viseme, the classic recipe: sil PP FF TH DD kk CH SS RR aa E ih oh ou
RULE_JAW: Final = (0, 0, 0.07, 0.12, 0.12, 0.15, 0.15, 0.09, 0.18, 0.6, 0.42, 0.16, 0.42, 0.12)
WINDOWS: Final = 9
"""Raised cosines over what the network sees."""
PENALTY: Final = 30.0
SHAPES: Final = ("gap", "jawOpen", "width")
_COLUMNS = [
    len(CHANNELS) + GEOMETRY.index("gap"),
    CHANNELS.index("jawOpen"),
    len(CHANNELS) + GEOMETRY.index("width"),
]


def phone_posteriors(inputs: Array) -> Array:
    """(t, 42) probabilities back from the columns of a front end."""
    shares = np.exp(4 * inputs[:, PHONES] - 4)
    return np.asarray(shares / shares.sum(axis=1, keepdims=True), np.float32)


def energy(inputs: Array) -> Array:
    """(t,) loudness opens the mouth."""
    return smooth(inputs[:, LEVEL], 0.06)


def rules(inputs: Array) -> Array:
    """(t,) a hand-set jaw for each viseme, smoothed."""
    phones = load_acoustic_model().phones
    visemes = viseme_probabilities(phone_posteriors(inputs), phones)
    return smooth(visemes @ np.array(RULE_JAW, np.float32), 0.08)


@dataclass(frozen=True, slots=True, eq=False)
class Ridge:
    """A linear map from phones and loudness around a frame to lips."""

    matrix: Array
    """(w * 43 + 1, 3), the last row a constant."""

    @classmethod
    def fit(cls, utterances: list[Utterance]) -> "Ridge":
        """Least squares with a penalty, on the pictures of real talkers."""
        size = WINDOWS * 43 + 1
        gram, cross = np.zeros((size, size)), np.zeros((size, len(SHAPES)))
        for one in utterances:
            part = slice(one.start, one.stop)
            seen = _seen(one.shard.inputs[part].astype(np.float32))[::4]
            gram += seen.T @ seen
            cross += seen.T @ one.shard.motion[part, :][::4, _COLUMNS].astype(np.float64)
        penalty = PENALTY * np.eye(size)
        penalty[-1, -1] = 0
        return cls(np.asarray(np.linalg.solve(gram + penalty, cross), np.float32))

    def lips(self, inputs: Array) -> Array:
        """(t, 3) the `SHAPES` for (t, c) columns of a front end."""
        return np.asarray(_seen(inputs) @ self.matrix, np.float32)


def _seen(inputs: Array) -> Array:
    """(t, w * 43 + 1) phones and loudness through raised cosines, and a constant."""
    sounds = np.concatenate([phone_posteriors(inputs), inputs[:, LEVEL : LEVEL + 1]], axis=1)
    taps = np.arange(-CONTEXT, LOOK_AHEAD + 1)
    centres = np.linspace(-CONTEXT + 3, LOOK_AHEAD - 3, WINDOWS)
    phase = (taps - centres[:, None]) / (centres[1] - centres[0])
    bumps = np.where(np.abs(phase) < 1, 0.5 + 0.5 * np.cos(np.pi * phase), 0)
    bumps /= bumps.sum(axis=1, keepdims=True)
    padded = np.pad(sounds, ((CONTEXT, LOOK_AHEAD), (0, 0)), mode="edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, len(taps), axis=0)  # (t, 43, taps)
    seen = (around @ bumps.T.astype(np.float32)).reshape(len(inputs), -1)
    return np.concatenate([seen, np.ones((len(inputs), 1), np.float32)], axis=1)
