"""Blinks, gaze and brows, with the statistics of people who talk to a camera.

Blinks: 21 a minute (interquartile range 13 to 36 over 39 real clips; 26 talking and 17 at rest in
Bentivoglio et al. 1997), log-normal intervals, 165 ms at half height, closing faster than opening.
Gaze: mostly at the camera, brief glances aside; the eyes turn against the head, as the
vestibulo-ocular reflex has it, so that a moving head keeps looking at the same point.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from audio2motion.prosody import Prosody
from audio2motion.smoothing import bump

_BLINKS_PER_MINUTE = 21.0
_INTERVAL_SIGMA = 0.6  # of the log of an interval
_REFRACTORY_S = 0.6
_SNAP_S = 0.6  # a blink this near to a phrase end moves onto it
_CLOSE_S, _SHUT_S, _OPEN_S = 0.08, 0.03, 0.19
_LID_SHUT = 0.96
_SQUINT_SHARE = 0.25

_FULL_GAZE_DEGREES = 30.0  # of a look coefficient of 1
_GLANCE_INTERVAL_S, _GLANCE_LENGTH_S = 4.5, 0.7
_GLANCE_DEGREES = np.array([7.0, 3.0])  # horizontal, vertical
_FIXATION_INTERVAL_S, _FIXATION_DEGREES = 0.9, 0.6
_SACCADE_S = 0.045
_LID_FOLLOWS_GAZE = 0.35

_BROW_SHARE = 0.35
_BROW_RAISE = {"browInnerUp": 0.30, "browOuterUpLeft": 0.22, "browOuterUpRight": 0.22}
_BROW_ONSET_S, _BROW_HOLD_S, _BROW_DECAY_S = 0.22, 0.15, 0.45


def blink_curves(
    prosody: Prosody, *, fps: Fraction, frames: int, rate_gain: float, rng: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    """Lid coefficients for n frames; every blink shuts both lids on at least one frame."""
    rate = float(fps)
    shut = np.zeros(frames)
    for time_s in _blink_times(frames / rate, prosody.phrase_ends, rate_gain, rng):
        peak_s = round(time_s * rate) / rate  # on a frame, or no frame may show closed eyes
        length = rng.lognormal(0, 0.15)
        first = max(0, int((peak_s - _CLOSE_S * length) * rate))
        last = int((peak_s + (_SHUT_S + _OPEN_S) * length) * rate) + 2
        times = np.arange(first, min(last, frames)) / rate - peak_s
        shape = bump(times, _CLOSE_S * length, _SHUT_S * length, _OPEN_S * length)
        shut[first:last] = np.maximum(shut[first:last], shape)
    lids = {f"eyeBlink{side}": _LID_SHUT * shut for side in ("Left", "Right")}
    return lids | {f"eyeSquint{side}": _SQUINT_SHARE * shut for side in ("Left", "Right")}


def _blink_times(
    duration_s: float, phrase_ends: NDArray[np.float64], rate_gain: float, rng: np.random.Generator
) -> list[float]:
    """Seconds of blinks: log-normal intervals after a refractory time, snapped to phrase ends."""
    if rate_gain == 0:
        return []
    mean_s = 60 / (_BLINKS_PER_MINUTE * rate_gain)
    refractory = min(_REFRACTORY_S, mean_s / 3)
    scale = np.log(mean_s - refractory) - _INTERVAL_SIGMA**2 / 2
    times: list[float] = []
    now = rng.uniform(0.3, 1.0) * mean_s - refractory
    while True:
        now += refractory
        nearest = phrase_ends[np.searchsorted(phrase_ends, now - _SNAP_S) :][:1]
        if len(nearest) and nearest[0] < now + _SNAP_S:
            now = max(now - _SNAP_S, float(nearest[0]) + 0.05)
        if now >= duration_s:
            return times
        if now >= 0 and (not times or now - times[-1] >= refractory):
            times.append(now)
        now += rng.lognormal(scale, _INTERVAL_SIGMA)


def gaze_curves(
    head_angles: NDArray[np.float64],
    *,
    fps: Fraction,
    gain: float,
    rng: np.random.Generator,
) -> dict[str, NDArray[np.float64]]:
    """Look coefficients for n frames.

    Args:
        head_angles: (n, 3) radians about +X, +Y, +Z, as `audio2motion.head.head_motion` returns.
        fps: Frames a second.
        gain: Factor on glances; the reflex against head turns stays.
        rng: Source of all chance.
    """
    target = gain * _gaze_targets(len(head_angles), float(fps), rng)
    head_yaw, head_down = np.degrees(head_angles[:, 1]), np.degrees(head_angles[:, 0])
    left = (target[:, 0] - head_yaw) / _FULL_GAZE_DEGREES  # towards the subject's left
    up = (target[:, 1] + head_down) / _FULL_GAZE_DEGREES
    curves = {
        "eyeLookOutLeft": left,
        "eyeLookInRight": left,
        "eyeLookInLeft": -left,
        "eyeLookOutRight": -left,
        "eyeLookUpLeft": up,
        "eyeLookUpRight": up,
        "eyeLookDownLeft": -up,
        "eyeLookDownRight": -up,
    }
    return {name: np.clip(values, 0, 1) for name, values in curves.items()}


def _gaze_targets(frames: int, rate: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """(n, 2) degrees to the subject's left and up, relative to the camera."""
    target = np.zeros((frames, 2))
    now, following_glance = 0.0, rng.lognormal(np.log(_GLANCE_INTERVAL_S), 0.5)
    at = np.arange(frames) / rate
    position = np.zeros(2)
    while now < frames / rate:
        if now >= following_glance:
            aim, stay = rng.normal(0, _GLANCE_DEGREES), rng.lognormal(np.log(_GLANCE_LENGTH_S), 0.4)
            following_glance = now + stay + rng.lognormal(np.log(_GLANCE_INTERVAL_S), 0.5)
        else:
            aim = rng.normal(0, _FIXATION_DEGREES, 2)
            stay = min(rng.lognormal(np.log(_FIXATION_INTERVAL_S), 0.5), following_glance - now)
        stay = max(stay, 2 * _SACCADE_S)
        first, last = int(np.ceil(now * rate)), int(np.ceil((now + stay) * rate))
        moved = np.clip((at[first:last] - now) / _SACCADE_S, 0, 1)[:, None]
        target[first:last] = position + (3 * moved**2 - 2 * moved**3) * (aim - position)
        position, now = aim, now + stay
    return target


def brow_curves(
    prosody: Prosody, *, fps: Fraction, frames: int, gain: float, rng: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    """Brow coefficients for n frames: raised on some of the stressed syllables."""
    rate = float(fps)
    raised = np.zeros(frames)
    for time_s, strength in prosody.accents:
        chance, size = rng.uniform(), rng.lognormal(0, 0.3)
        if chance > _BROW_SHARE * (0.4 + strength):
            continue
        first = max(0, int((time_s - _BROW_ONSET_S) * rate))
        last = int((time_s + _BROW_HOLD_S + _BROW_DECAY_S) * rate) + 2
        times = np.arange(first, min(last, frames)) / rate - time_s
        shape = size * strength * bump(times, _BROW_ONSET_S, _BROW_HOLD_S, _BROW_DECAY_S)
        raised[first:last] = np.maximum(raised[first:last], shape)
    return {name: np.clip(gain * top * raised, 0, 1) for name, top in _BROW_RAISE.items()}


def lids_follow_gaze(curves: dict[str, NDArray[np.float64]]) -> None:
    """Lower the lids with eyes that look down, in place: lids ride on the eyeball."""
    for side in ("Left", "Right"):
        lid, down = curves[f"eyeBlink{side}"], curves[f"eyeLookDown{side}"]
        curves[f"eyeBlink{side}"] = lid + (1 - lid) * _LID_FOLLOWS_GAZE * down
