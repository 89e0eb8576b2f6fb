"""Which phone is heard when: posteriors of a free phone loop over the acoustic model.

Forward-backward through a loop of 42 three-state phones in which any phone may follow any other:
no words, no language model, so nothing assumes English beyond the sounds themselves. Against
exact phone times of four synthetic voices, 14 classes at 100 Hz, this reaches 0.74 frame accuracy
where a softmax over the same states reaches 0.63; a phone bigram would add one point and tie the
recogniser to one language.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio2motion import features
from audio2motion.acoustic_model import AcousticModel, load_acoustic_model
from audio2motion.visemes import viseme_probabilities

_LIKELIHOOD_SCALE = 0.25  # streams and frames are not independent, though the model thinks so
_CHUNK = 3000
WARPS = (0.84, 0.88, 0.92, 0.96, 1.0, 1.04, 1.08, 1.12, 1.16, 1.2)
"""Vocal-tract factors that are tried."""
_WARP_FRAMES = 300
_WARP_SPREAD = 0.1
_WARP_CONFIDENCE = 0.02  # per frame: neighbouring frames say nearly the same
_LOUD_NEPERS = 3.5
_NOT_SILENT_NEPERS = 2.5
_HEARD_NEPERS = 6.0
_SILENCE_PENALTY = 10.0
_LOOK_AHEAD = 150
_LEAST = 1e-20

Phones = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Viseme probabilities of t frames, 100 a second; columns as in `VISEMES`."""

    sequence: NDArray[np.float32]
    """(t, 14) given the whole recording: forward-backward through the phone loop."""
    instant: NDArray[np.float32]
    """(t, 14) given the frame alone: softer, and steadier on voices the model knows badly."""


def phone_evidence(power: NDArray[np.float32]) -> Evidence:
    """Which viseme is heard in every frame.

    Works through the recording in chunks, so that the working memory hardly grows with it.

    Args:
        power: (t, 25) mel powers from `audio2motion.features.mel_power`.
    """
    model = load_acoustic_model()
    streams = features.with_deltas(features.cepstra(features.subtract_noise(power)))
    sequence, instant = [], []
    for posteriors, softmax in _chunks(model, streams, _loud(power)):
        sequence.append(viseme_probabilities(posteriors, model.phones))
        instant.append(viseme_probabilities(softmax, model.phones))
    return Evidence(np.concatenate(sequence), np.concatenate(instant))


def estimate_warp(samples: NDArray[np.float32]) -> float:
    """Which vocal-tract warp makes a voice most likely under the acoustic model.

    The model heard mostly adults; without this a high voice is recognised 10 points worse (Lee and
    Rose 1996). One factor for the recording, drawn towards 1 where little is spoken.

    Args:
        samples: (s,) at 16 kHz.

    Returns:
        One of `WARPS`, for `audio2motion.features.mel_power`.
    """
    model = load_acoustic_model()
    part = _liveliest_part(samples)
    level = features.log_energy(features.mel_power(part))
    loud = np.flatnonzero(level > np.percentile(level, 95) - _LOUD_NEPERS)
    chosen = loud[:: max(1, len(loud) // _WARP_FRAMES)]
    spoken = [not (phone.startswith("+") or phone == "SIL") for phone in model.phones]
    scores = []
    for warp in WARPS:
        power = features.mel_power(part, warp=warp)
        streams = features.with_deltas(features.cepstra(features.subtract_noise(power)))
        likelihood = model.log_likelihoods(streams[chosen])[:, spoken].max(axis=(1, 2)).mean()
        prior = -0.5 * ((warp - 1) / _WARP_SPREAD) ** 2
        scores.append(_WARP_CONFIDENCE * len(loud) * likelihood + prior)
    return WARPS[int(np.argmax(scores))]


def _liveliest_part(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The 20 seconds with the most energy of a longer recording."""
    length = 20 * features.SAMPLE_RATE
    if len(samples) <= length:
        return samples
    starts = range(0, len(samples) - length + 1, length // 2)
    energies = [float(np.abs(samples[start : start + length]).mean()) for start in starts]
    start = starts[int(np.argmax(energies))]
    return samples[start : start + length]


def _loud(power: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(t,) frames that cannot be silence."""
    level = features.log_energy(power)
    loud = features.neighbourhood_percentile(level, 95.0)
    return (level > loud - _NOT_SILENT_NEPERS) & (level > _HEARD_NEPERS)


def _chunks(
    model: AcousticModel, streams: NDArray[np.float32], loud: NDArray[np.bool_]
) -> Iterator[tuple[Phones, Phones]]:
    """Loop and softmax posteriors (t, p), chunk by chunk.

    The forward state is carried from chunk to chunk; the future is cut after 1.5 s.
    """
    frames = len(streams)
    before: NDArray[np.float64] | None = None
    for start in range(0, frames, _CHUNK):
        stop = min(frames, start + _CHUNK)
        ahead = min(frames, stop + _LOOK_AHEAD)
        scores = model.log_likelihoods(streams[start:ahead]) * _LIKELIHOOD_SCALE
        # Voices unlike those the model knows can resemble its silence most of all.
        scores[loud[start:ahead], model.phones.index("SIL")] -= _SILENCE_PENALTY
        scores -= scores.max(axis=(1, 2), keepdims=True)
        emission = np.exp(scores.astype(np.float64)) + _LEAST
        forward = _forward(emission, model.stay, before)
        posterior = forward * _backward(emission, model.stay)
        before = forward[stop - start - 1]
        per_phone = posterior[: stop - start].sum(axis=2)
        best = np.exp(scores[: stop - start].max(axis=2))
        yield (
            np.asarray(per_phone / per_phone.sum(axis=1, keepdims=True), np.float32),
            best / best.sum(axis=1, keepdims=True),
        )


def _forward(
    emission: NDArray[np.float64], stay: NDArray[np.float64], before: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """(t, p, 3) scaled forward probabilities; `before` is the state one frame earlier."""
    phones = len(stay)
    leave = 1 - stay
    result = np.empty_like(emission)
    for index, likelihood in enumerate(emission):
        if before is None:
            state = np.zeros_like(stay)
            state[:, 0] = 1 / phones  # any phone, at its beginning
        else:
            state = before * stay
            moving = before * leave
            state[:, 1:] += moving[:, :-1]
            state[:, 0] += moving[:, -1].sum() / phones
        state *= likelihood
        before = state / state.sum()
        result[index] = before
    return result


def _backward(emission: NDArray[np.float64], stay: NDArray[np.float64]) -> NDArray[np.float64]:
    """(t, p, 3) scaled backward probabilities, uniform at the last frame."""
    phones = len(stay)
    leave = 1 - stay
    result = np.empty_like(emission)
    after = np.ones_like(stay)
    result[-1] = after
    for index in range(len(emission) - 2, -1, -1):
        ahead = after * emission[index + 1]
        state = ahead * stay
        state[:, :-1] += ahead[:, 1:] * leave[:, :-1]
        state[:, -1] += leave[:, -1] * (ahead[:, 0].sum() / phones)
        after = state / state.sum()
        result[index] = after
    return result
