"""When phones change, as an acoustic model hears it that knows nothing of their labels.

The model is the one `audio2motion` uses. A known sequence of phones is laid over its states by the
Viterbi algorithm (L. Rabiner, "A tutorial on hidden Markov models", 1989); its frames are 10 ms.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from audio2motion import features
from audio2motion.acoustic_model import load_acoustic_model
from audio2motion.opening import Opening, subtract_noise
from capture.audio import AudioClip

SAMPLE_RATE = 16000
FRAME_S = 0.01
"""Frame i is centred on i times this."""


def align(
    audio: AudioClip, phones: Sequence[str], *, likelihood_scale: float = 1.0
) -> NDArray[np.float64]:
    """Times at which a known sequence of phones changes, as the acoustic model hears it.

    Args:
        audio: Speech.
        phones: CMU names, `SIL` for silence; each is said, in this order.
        likelihood_scale: How much the sound counts against the lengths that states prefer.

    Returns:
        (n - 1,) seconds between neighbours.

    Raises:
        ValueError: The recording is too short for so many phones.
    """
    model = load_acoustic_model()
    samples = audio.resampled(SAMPLE_RATE).samples
    known = Opening.of(samples)
    power = features.mel_power(samples, warp=known.warp)
    clean = subtract_noise(power, known.noise, known.loud)
    static = features.raw_cepstra(np.log(clean + features.FLOOR))
    streams = features.with_deltas(static - known.cepstral_mean)
    index = [model.phones.index(phone) for phone in phones]
    scores = likelihood_scale * model.log_likelihoods(streams)[:, index].reshape(len(streams), -1)
    stay = np.log(np.maximum(model.stay[index], 1e-3)).reshape(-1)
    move = np.log(np.maximum(1 - model.stay[index], 1e-3)).reshape(-1)
    states = _viterbi(scores.astype(np.float64), stay, move)
    first = np.searchsorted(states, 3 * np.arange(1, len(phones)))
    return (first - 0.5) * FRAME_S


def _viterbi(
    scores: NDArray[np.float64], stay: NDArray[np.float64], move: NDArray[np.float64]
) -> NDArray[np.int64]:
    """(t,) the best path from the first state to the last, one step at a time."""
    frames, count = scores.shape
    if frames < count:
        raise ValueError(f"{frames} frames cannot hold {count} states")
    best = np.full(count, -np.inf)
    best[0] = scores[0, 0]
    moved = np.zeros((frames, count), bool)
    for frame in range(1, frames):
        entered = np.concatenate([[-np.inf], best[:-1] + move[:-1]])
        stayed = best + stay
        moved[frame] = entered > stayed
        best = np.maximum(entered, stayed) + scores[frame]
    path = np.empty(frames, np.int64)
    state = count - 1
    for frame in range(frames - 1, -1, -1):
        path[frame] = state
        state -= int(moved[frame, state])
    return path
