"""Measures on everything that is not lips: how heads turn, how lids blink, what follows the voice.

Trackers jitter, and a jitter of a quarter of a degree alone reads as 10 degrees a second: angles
are first cleaned by a Wiener filter that is matched to each track's own noise, taken from the
highest quarter of its spectrum, where heads hardly move.
"""

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio2motion.behaviour.frames import ProsodyFrames
from audio2motion.behaviour.hearing import Hearing
from capture.arkit import ARKIT_INDEX
from capture.head_pose import to_matrices

Curve = NDArray[np.float64]

AXES = ("pitch", "yaw", "roll")
BAND_EDGES_HZ = np.array([0.15, 0.3, 0.5, 0.8, 1.2, 1.8, 2.6, 3.7, 5.0])
LID_SHUT = 0.5
_NOISE_BAND = 0.75  # of half the frame rate
_SMOOTHED_HZ = 0.6
_FLOOR_DB = -30.0
_SLOW_S = 0.6
_LAGS_S = np.arange(-0.2, 0.401, 0.04)


@dataclass(frozen=True, slots=True, eq=False)
class Moving:
    """A face in motion, real or made."""

    rate: float
    degrees: Curve
    """(n, 3) chin down, to the subject's left, roll."""
    lid: Curve
    """(n,) mean of both lids' coefficients."""

    @classmethod
    def of(cls, rate: float, rotation: NDArray[np.float32], face: NDArray[np.float32]) -> "Moving":
        """From (n, 4) quaternions and (n, 52) coefficients."""
        matrices = to_matrices(rotation).astype(np.float64)
        yaw = np.arctan2(matrices[:, 0, 2], matrices[:, 2, 2])
        pitch = np.arcsin(np.clip(-matrices[:, 1, 2], -1, 1))
        roll = np.arctan2(matrices[:, 1, 0], matrices[:, 1, 1])
        angles = np.degrees(np.unwrap(np.stack([pitch, yaw, roll], axis=1), axis=0))
        lids = [ARKIT_INDEX[f"eyeBlink{side}"] for side in ("Left", "Right")]
        return cls(rate, denoised(angles, rate), face[:, lids].mean(axis=1).astype(np.float64))


def denoised(angles: Curve, rate: float) -> Curve:
    """(n, 3) angles after a Wiener filter matched to the white noise in each."""
    frames = len(angles)
    frequencies = np.fft.rfftfreq(2 * frames, 1 / rate)
    high = frequencies > _NOISE_BAND * rate / 2
    width = max(3, round(_SMOOTHED_HZ / frequencies[1]))
    cleaned = []
    for angle in angles.T:
        mean = angle.mean()
        spectrum = np.fft.rfft(np.concatenate([angle, angle[::-1]]) - mean)
        power = np.abs(spectrum) ** 2
        noise = np.median(power[high]) / np.log(2)  # the median of an exponential distribution
        smooth = np.convolve(power, np.ones(width) / width, mode="same")
        gain = np.clip(1 - noise / np.maximum(smooth, 1e-12), 0, 1)
        cleaned.append(np.fft.irfft(spectrum * gain, 2 * frames)[:frames] + mean)
    return np.stack(cleaned, axis=1)


def figures(moving: Moving) -> dict[str, list[float]]:
    """Spread in degrees, mean and 95th percentile of speed in degrees a second; each (3,)."""
    speed = np.abs(np.diff(moving.degrees, axis=0)) * moving.rate
    return {
        "spread": moving.degrees.std(axis=0).tolist(),
        "speed": speed.mean(axis=0).tolist(),
        "speed_95": np.percentile(speed, 95, axis=0).tolist(),
    }


def spectrum_db(moving: Moving) -> Curve:
    """(bands, 3) power of the angular speed in bands between `BAND_EDGES_HZ`, in decibels."""
    speed = np.diff(moving.degrees, axis=0) * moving.rate
    window = np.hanning(len(speed))[:, None]
    power = np.abs(np.fft.rfft((speed - speed.mean(axis=0)) * window, axis=0)) ** 2
    power /= moving.rate * (window**2).sum() / 2
    frequencies = np.fft.rfftfreq(len(speed), 1 / moving.rate)
    bands = []
    for low, high in itertools.pairwise(BAND_EDGES_HZ):
        inside = (frequencies >= low) & (frequencies < high)
        mean = power[inside].mean(axis=0) if inside.any() else np.full(3, np.nan)
        bands.append(10 * np.log10(np.maximum(mean, 10 ** (_FLOOR_DB / 10))))
    return np.stack(bands)


def spectral_distance(a: Curve, b: Curve, *, level: bool) -> float:
    """Log-spectral distance in decibels of two (bands, 3) spectra, with their levels or without."""
    difference = a - b
    if not level:
        difference = difference - np.nanmean(difference, axis=0)
    return float(np.sqrt(np.nanmean(difference**2)))


def blinks(moving: Moving) -> dict[str, float]:
    """Blinks a minute and their median width at half height in ms."""
    lid = moving.lid - np.percentile(moving.lid, 20)
    shut = np.concatenate([[False], lid > LID_SHUT * max(0.6, lid.max()), [False]])
    starts, stops = np.flatnonzero(shut[1:] != shut[:-1]).reshape(-1, 2).T
    widths = [_width(lid, int(a + np.argmax(lid[a:b]))) for a, b in zip(starts, stops, strict=True)]
    return {
        "per_minute": 60 * moving.rate * len(starts) / len(lid),
        "width_ms": 1000 / moving.rate * float(np.median(widths)) if widths else float("nan"),
    }


def _width(lid: Curve, peak: int) -> float:
    """Frames between the crossings of half the peak, interpolated."""
    half, left, right = lid[peak] / 2, peak, peak
    while left > 0 and lid[left] > half:
        left -= 1
    while right < len(lid) - 1 and lid[right] > half:
        right += 1
    before = (half - lid[left]) / max(lid[left + 1] - lid[left], 1e-6)
    after = (half - lid[right]) / max(lid[right - 1] - lid[right], 1e-6)
    return float(right - after - (left + before))


def with_voice(moving: Moving, prosody: ProsodyFrames) -> dict[str, float]:
    """How the head follows the voice.

    Returns:
        `nods`: correlation of fast chin-down motion with the accents of the voice at the best lag
        from -200 to 400 ms; `energy`: of the head's speed with loudness, both over a third of a
        second; `pitch`: absolute, of fast pitch motion with the voice's pitch.
    """
    accents, pace, semitones, voiced = _voice_curves(prosody, moving)
    chin = _fast(moving.degrees[:, 0], moving.rate)
    lags = np.round(_LAGS_S * moving.rate).astype(int)
    speed = np.linalg.norm(np.diff(moving.degrees, axis=0, prepend=moving.degrees[:1]), axis=1)
    return {
        "nods": max(_correlation(np.roll(accents, lag), chin) for lag in lags),
        "energy": _correlation(_slow(speed, moving.rate, 0.3), _slow(pace, moving.rate, 0.3)),
        "pitch": abs(_correlation(semitones[voiced], chin[voiced])),
    }


def _voice_curves(
    prosody: ProsodyFrames, moving: Moving
) -> tuple[Curve, Curve, Curve, NDArray[np.bool_]]:
    hearing, pace, semitones, voiced = Hearing(), [], [], []
    for level, pitch in zip(prosody.level.tolist(), prosody.pitch.tolist(), strict=True):
        hearing.listen(level, pitch)
        now = hearing.now()
        pace.append(min(level, 1.0))
        semitones.append(now.semitones)
        voiced.append(now.voiced > 0.5)
    times = np.arange(len(moving.lid)) / moving.rate
    clock = np.arange(len(prosody)) / 100
    accents = np.zeros(len(times))
    for accent in hearing.accents:
        accents += accent.strength * np.exp(-0.5 * ((times - accent.time_s) / 0.1) ** 2)
    return (
        accents,
        np.interp(times, clock, pace),
        np.interp(times, clock, semitones),
        np.interp(times, clock, voiced) > 0.5,
    )


def _slow(values: Curve, rate: float, width_s: float) -> Curve:
    half = max(1, round(width_s * rate))
    window = np.hanning(2 * half + 1)
    return np.convolve(np.pad(values, half, mode="edge"), window / window.sum(), mode="valid")


def _fast(values: Curve, rate: float) -> Curve:
    return values - _slow(values, rate, _SLOW_S)


def _correlation(a: Curve, b: Curve) -> float:
    if len(a) < 3 or a.std() < 1e-9 or b.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def diversity(seeds: list[Moving]) -> float:
    """Median distance of a motion to its nearest neighbour of other seeds, over its own spread.

    1.41 between independent motions of one distribution, 0 between equal ones.
    """
    moves = np.stack([one.degrees - one.degrees.mean(axis=0) for one in seeds])
    nearest = []
    for index, move in enumerate(moves):
        others = np.delete(moves, index, axis=0)
        distances = np.sqrt(((others - move) ** 2).mean(axis=(1, 2)))
        nearest.append(float(distances.min() / np.sqrt((move**2).mean())))
    return float(np.median(nearest))
