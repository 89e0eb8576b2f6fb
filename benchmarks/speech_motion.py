"""Measures on motion that speech made: lips against real lips, closures, blinks, the head."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from audio2motion.corpus import lip_geometry
from audio2motion.network import GEOMETRY, LipFrames, load_lip_network
from capture.arkit import ARKIT_INDEX
from capture.head_pose import to_matrices
from capture.motion import MotionSequence
from capture.to_motion import to_motion
from capture.track import FaceTrack

Curve = NDArray[np.floating]

LARGEST_LAG_S = 0.2
LID_SHUT = 0.5
SILENT = 0.1
LIPS_APART = 0.03
"""Lip gap over the distance of the outer eye corners: about 3 mm."""


@dataclass(frozen=True, slots=True, eq=False)
class LipCurves:
    """Figures of a mouth over time, each relative to the distance of the outer eye corners."""

    times: Curve
    """(t,) seconds."""
    curves: dict[str, Curve]
    """`gap`, `width` and `jawOpen`, (t,) each."""


def tracked_lips(track: FaceTrack) -> LipCurves:
    """What a tracked face did."""
    gap, width = lip_geometry(track.landmarks, list(range(track.landmarks.shape[1])))
    jaw = track.blendshapes[:, ARKIT_INDEX["jawOpen"]]
    return LipCurves(track.timestamps, {"gap": gap, "width": width, "jawOpen": jaw})


def motion_lips(motion: MotionSequence) -> LipCurves:
    """What a motion does to lips, by the map measured on the talker of the fit.

    Gap and width are relative to coefficients of zero.
    """
    network = load_lip_network()
    columns = motion.blendshapes[:, [motion.names.index(name) for name in network.channels]]
    gap, width = (columns @ network.lip_map.T).T
    times = np.arange(len(motion)) / float(motion.fps)
    return LipCurves(times, {"gap": gap, "width": width, "jawOpen": motion.column("jawOpen")})


def network_lips(lips: LipFrames) -> LipCurves:
    """What the network itself says of lips, before any rule and any coefficient."""
    columns = {name: lips.geometry[:, GEOMETRY.index(name)] for name in ("gap", "width")}
    jaw = lips.curves[:, load_lip_network().channels.index("jawOpen")]
    return LipCurves(np.arange(len(lips)) / 100, {**columns, "jawOpen": jaw})


def best_lag(
    predicted: Curve,
    times: Curve,
    real: Curve,
    real_times: Curve,
    *,
    largest_s: float = LARGEST_LAG_S,
) -> tuple[float, float]:
    """Pearson's r at the best lag within 200 ms or `largest_s`, and that lag in seconds.

    A positive lag: the prediction moves later than the truth.
    """
    lags = np.arange(-largest_s, largest_s + 1e-6, 0.02)
    scores = [pearson(np.interp(real_times + lag, times, predicted), real) for lag in lags]
    best = int(np.argmax(scores))
    return scores[best], float(lags[best])


def pearson(a: Curve, b: Curve) -> float:
    """Correlation, 0 where a curve is flat."""
    if a.std() < 1e-9 or b.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def blink_figures(lid: Curve, fps: Fraction) -> dict[str, float]:
    """Blinks a minute, their width at half height in ms, and how far the lids close."""
    rate = float(fps)
    shut = np.concatenate([[False], lid > LID_SHUT, [False]])
    edges = np.flatnonzero(shut[1:] != shut[:-1]).reshape(-1, 2)
    widths = [_half_width(lid, int(a + np.argmax(lid[a:b]))) / rate * 1000 for a, b in edges]
    peaks = [float(lid[a:b].max()) for a, b in edges]
    return {
        "per_minute": len(edges) / (len(lid) / rate) * 60,
        "width_ms": float(np.median(widths)) if widths else float("nan"),
        "closure": float(np.median(peaks)) if peaks else float("nan"),
    }


def _half_width(lid: Curve, peak: int) -> float:
    """Frames between the crossings of half the peak, interpolated."""
    half = lid[peak] / 2
    left, right = peak, peak
    while left > 0 and lid[left] > half:
        left -= 1
    while right < len(lid) - 1 and lid[right] > half:
        right += 1
    before = (half - lid[left]) / max(lid[left + 1] - lid[left], 1e-6)
    after = (half - lid[right]) / max(lid[right - 1] - lid[right], 1e-6)
    return float(right - after - (left + before))


def head_figures(motion: MotionSequence) -> dict[str, list[float]]:
    """Spread in degrees, mean and 95th percentile of speed in degrees/s; pitch, yaw, roll each."""
    matrices = to_matrices(motion.head_rotation)
    pitch = np.arctan2(matrices[:, 2, 1], matrices[:, 2, 2])
    yaw = np.arcsin(np.clip(-matrices[:, 2, 0], -1, 1))
    roll = np.arctan2(matrices[:, 1, 0], matrices[:, 0, 0])
    angles = np.degrees(np.unwrap(np.stack([pitch, yaw, roll], axis=1), axis=0))
    kernel = np.ones(3) / 3  # trackers jitter from frame to frame
    smooth = np.stack([np.convolve(a, kernel, "valid") for a in angles.T], axis=1)
    speed = np.abs(np.diff(smooth, axis=0)) * float(motion.fps)
    return {
        "spread": smooth.std(axis=0).tolist(),
        "speed": speed.mean(axis=0).tolist(),
        "speed_95": np.percentile(speed, 95, axis=0).tolist(),
    }


def tracked_motion(track: FaceTrack, fps: Fraction) -> MotionSequence:
    """A track as motion, for the same measures."""
    return to_motion(track, fps=fps)


def longest_open_silence(motion: MotionSequence, activity: Curve) -> float:
    """Longest stretch in ms that the lips stay apart while nobody speaks.

    Args:
        motion: Of the recording.
        activity: (t,) in [0, 1], 1 where somebody speaks, 100 a second.
    """
    lips = motion_lips(motion)
    silent = np.interp(lips.times, np.arange(len(activity)) / 100, activity) < SILENT
    apart = np.concatenate([[False], silent & (lips.curves["gap"] > LIPS_APART), [False]])
    edges = np.flatnonzero(apart[1:] != apart[:-1]).reshape(-1, 2)
    return float(np.diff(edges).max(initial=0) / float(motion.fps) * 1000)
