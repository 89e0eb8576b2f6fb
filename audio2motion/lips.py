"""Mouth channels of a recording: fitted co-articulation, then the rules that must not be broken.

After Edwards et al. (JALI, 2016): bilabials close the lips, labiodentals bring the lower lip to the
teeth, in silence the lips rest. Regression alone blurs such short contacts; real ones reach 1 to
5 % of a talker's lip gap and last a frame or more.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from audio2motion.coarticulation import Sounds, SpeechMotionModel
from audio2motion.features import FRAME_RATE
from audio2motion.gains import Gains
from audio2motion.smoothing import bump, smooth

_CONTACT_PROBABILITY = 0.3  # of the class at its peak, to count as spoken
_CONTACT_EDGE = 0.2
_ONSET_S, _DECAY_S = 0.06, 0.06
_LABIODENTAL_BLEND = 0.8
_REST_BLEND_S = 0.12
_BEFORE_S, _AFTER_S = 0.35, 0.2


def mouth_curves(
    sounds: Sounds,
    activity: NDArray[np.float32],
    model: SpeechMotionModel,
    *,
    fps: Fraction,
    frames: int,
    gains: Gains,
) -> NDArray[np.float32]:
    """Mouth coefficients at the output's frame rate.

    Args:
        sounds: From `audio2motion.coarticulation.hear`.
        activity: (t,) in [0, 1], 1 where somebody speaks.
        model: The fitted dominance functions.
        fps: Output frames a second.
        frames: n, how many frames to make; frame k shows time k / fps.
        gains: `mouth` and `jaw` are used.

    Returns:
        (n, k) in [0, 1], columns are `model.names`.
    """
    lively = smooth(np.maximum(activity, _widened(activity)), _REST_BLEND_S)[:, None]
    curves = model.rest + lively * (model.curves(sounds.features) - model.rest)
    curves = model.rest + _channel_gains(model, gains) * (curves - model.rest)
    at = np.arange(frames) / float(fps) * FRAME_RATE
    source = np.arange(len(curves))
    shown = np.stack([np.interp(at, source, column) for column in curves.T], axis=1)
    for viseme, posture, strength in (
        ("FF", model.labiodental, _LABIODENTAL_BLEND),
        ("PP", model.closed, 1.0),
    ):
        contact = contact_curve(sounds.viseme(viseme) * activity, fps=fps, frames=frames)
        shown += strength * contact[:, None] * (posture - shown)
    return np.asarray(np.clip(shown, 0, 1), np.float32)


def contact_curve(
    probability: NDArray[np.float32], *, fps: Fraction, frames: int
) -> NDArray[np.float64]:
    """How far the lips are in contact for one class of sounds.

    Every stretch in which the class is likely becomes a contact that is complete on at least one
    output frame, however short the stretch and however slow the frame rate.

    Args:
        probability: (t,) of the class, 100 frames a second.
        fps: Output frames a second.
        frames: n.

    Returns:
        (n,) in [0, 1].
    """
    rate = float(fps)
    result = np.zeros(frames)
    for start_s, stop_s in _stretches(probability):
        middle = (start_s + stop_s) / 2
        hold = max(stop_s - start_s, 1 / rate)
        begin = middle - hold / 2
        first = max(0, int((begin - _ONSET_S) * rate))
        last = min(frames, int((begin + hold + _DECAY_S) * rate) + 2)
        times = np.arange(first, last) / rate - begin
        # a hair longer, so that rounding cannot lose the one frame a hold of 1 / fps contains
        shape = bump(times, _ONSET_S, hold + 1e-6, _DECAY_S)
        result[first:last] = np.maximum(result[first:last], shape)
    return result


def _stretches(probability: NDArray[np.float32]) -> list[tuple[float, float]]:
    """Start and stop in seconds where the class is likely, if it is certain enough at its peak."""
    likely = np.concatenate([[False], probability > _CONTACT_EDGE, [False]])
    edges = np.flatnonzero(likely[1:] != likely[:-1]).reshape(-1, 2)
    return [
        (start / FRAME_RATE, (stop - 1) / FRAME_RATE)
        for start, stop in edges
        if probability[start:stop].max() > _CONTACT_PROBABILITY
    ]


def _widened(activity: NDArray[np.float32]) -> NDArray[np.float32]:
    """Activity that begins earlier and ends later: lips part before sound and rest after it."""
    before, after = round(_BEFORE_S * FRAME_RATE), round(_AFTER_S * FRAME_RATE)
    padded = np.pad(activity, (after, before))
    windows = np.lib.stride_tricks.sliding_window_view(padded, before + after + 1)
    return np.asarray(windows.max(axis=1), np.float32)


def _channel_gains(model: SpeechMotionModel, gains: Gains) -> NDArray[np.float32]:
    """(k,) jaw for the jaw and what is coupled to it, mouth for the rest.

    `mouthClose` closes the lips over an open jaw: it means nothing but in proportion to it.
    """
    with_jaw = ("jawOpen", "mouthClose")
    return np.array([gains.jaw if n in with_jaw else gains.mouth for n in model.names], np.float32)
