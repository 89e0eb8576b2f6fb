"""Head motion that goes with speech: smooth noise, livelier when louder, nodding on accents.

Figures are of 39 real talking clips: rotation 2.9 / 3.6 / 3.4 degrees standard deviation (pitch,
yaw, roll), mean speed 7 / 7 / 5 degrees a second; speed correlates with energy (0.26) where angles
hardly do. The noise is stationary around the neutral pose, so it cannot drift.
"""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from audio2motion.features import FRAME_RATE
from audio2motion.prosody import Prosody
from audio2motion.smoothing import bump, smooth

_SPREAD_DEGREES = np.array([2.4, 3.4, 2.6])
_OCTAVES = ((1.2, 0.75), (0.42, 0.6), (0.22, 0.25))  # knot spacing in s of full pace, amplitude
_QUIET_PACE, _LOUD_PACE = 0.25, 1.4
_QUIET_SPREAD = 0.4
_NOD_DEGREES = 3.2
_NOD_SHARE = 0.55  # of accents that nod, more often the stronger ones
_NOD_ONSET_S, _NOD_HOLD_S, _NOD_DECAY_S = 0.20, 0.03, 0.36
_NECK_PIVOT_M = np.array([0.0, -0.09, -0.06])
_SWAY_M = np.array([0.0025, 0.0015, 0.003])


def head_motion(
    prosody: Prosody, *, fps: Fraction, frames: int, gain: float, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float64]]:
    """Head pose for n frames, about the identity.

    Args:
        prosody: Of the recording.
        fps: Frames a second.
        frames: n.
        gain: Factor on all angles and offsets.
        rng: Source of all chance.

    Returns:
        (n, 4) unit quaternions xyzw, (n, 3) metres, and the (n, 3) rotation in radians about
        +X (chin down), +Y (towards the subject's left) and +Z.
    """
    lively = smooth(prosody.activity, 0.8)
    pace = _QUIET_PACE + (_LOUD_PACE - _QUIET_PACE) * smooth(prosody.level, 0.35).clip(0, 1)
    phase = np.cumsum(pace) / FRAME_RATE
    at = np.arange(frames) / float(fps)
    clock = np.arange(len(phase)) / FRAME_RATE
    shown_phase = np.interp(at, clock, phase)
    spread = _QUIET_SPREAD + (1 - _QUIET_SPREAD) * np.interp(at, clock, lively)
    noise = np.stack([_smooth_noise(shown_phase, rng) for _ in range(6)], axis=1)
    noise *= spread[:, None]
    angles = np.radians(_SPREAD_DEGREES) * noise[:, :3]
    angles[:, 0] += np.radians(_nods(prosody.accents, at, rng))
    angles *= gain
    rotation = _quaternions(angles)
    sway = gain * _SWAY_M * noise[:, 3:]
    translation = sway + _NECK_PIVOT_M - _rotate(rotation, _NECK_PIVOT_M)
    return rotation.astype(np.float32), translation.astype(np.float32), angles


def _smooth_noise(phase: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """(n,) noise of about unit variance: Gaussian knots joined by cubic splines, three octaves."""
    total = np.zeros(len(phase))
    for spacing, amplitude in _OCTAVES:
        position = phase / spacing + rng.uniform()
        first = np.floor(position).astype(int)
        knots = rng.standard_normal(first.max(initial=0) + 4)
        weights = _spline_weights(position - first)
        values = sum(w * knots[first + k] for k, w in enumerate(weights))
        total += amplitude * np.asarray(values) / _SPLINE_DEVIATION
    return total


def _spline_weights(u: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Uniform cubic B-spline weights of the four knots around fraction `u` in [0, 1)."""
    return (
        (1 - u) ** 3 / 6,
        (3 * u**3 - 6 * u**2 + 4) / 6,
        (-3 * u**3 + 3 * u**2 + 3 * u + 1) / 6,
        u**3 / 6,
    )


_SPLINE_DEVIATION = 0.692  # of a B-spline through unit Gaussian knots, averaged over u


def _nods(
    accents: NDArray[np.float64], at: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """(n,) degrees of chin-down motion whose lowest points meet the stressed syllables."""
    degrees = np.zeros(len(at))
    step = at[1] - at[0] if len(at) > 1 else 1.0
    for time_s, strength in accents:
        chance, size = rng.uniform(), rng.lognormal(0, 0.35)
        if chance > _NOD_SHARE * (0.5 + strength):
            continue
        first = max(0, int((time_s - _NOD_ONSET_S) / step))
        last = int((time_s + _NOD_HOLD_S + _NOD_DECAY_S) / step) + 2
        shape = bump(at[first:last] - time_s, _NOD_ONSET_S, _NOD_HOLD_S, _NOD_DECAY_S)
        degrees[first:last] += _NOD_DEGREES * size * (0.4 + 0.6 * strength) * shape
    return degrees


def _quaternions(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 4) xyzw of rotations about +Y, then +X, then +Z of the head (yaw, pitch, roll)."""
    half = angles / 2
    (sx, sy, sz), (cx, cy, cz) = np.sin(half).T, np.cos(half).T
    # q = q_yaw * q_pitch * q_roll
    return np.stack(
        [
            cy * sx * cz + sy * cx * sz,
            sy * cx * cz - cy * sx * sz,
            cy * cx * sz - sy * sx * cz,
            cy * cx * cz + sy * sx * sz,
        ],
        axis=1,
    )


def _rotate(rotation: NDArray[np.float64], vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3) one vector under (n, 4) quaternions."""
    axis, w = rotation[:, :3], rotation[:, 3:]
    cross = np.cross(axis, vector)
    return vector + 2 * (w * cross + np.cross(axis, cross))
