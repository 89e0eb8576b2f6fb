"""What moves the head and brows: who speaks when, how loudly, at what pitch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio2motion import features
from audio2motion.coarticulation import Sounds
from audio2motion.features import FRAME_RATE
from audio2motion.smoothing import smooth

_LOW_PITCH_HZ, _HIGH_PITCH_HZ = 70.0, 400.0
_PITCH_RATE = 4000  # Hz; the fundamental needs no more
_PITCH_WINDOW = 200  # samples at that rate: 50 ms, 3.5 periods of the lowest voice
_VOICED = 0.5
_AUDIBLE_NEPERS = 4.0  # mean log mel power of a whisper 30 cm from a quiet microphone
_ABOVE_NOISE_NEPERS = 0.7
_SHORT_S = 2.0
_ACCENT_SPACING_S = 0.35
_LEAST_PROMINENCE = 0.4
_PAUSE_S = 0.25


@dataclass(frozen=True, slots=True, eq=False)
class Prosody:
    """100 frames a second."""

    activity: NDArray[np.float32]
    """(t,) in [0, 1]: 1 where somebody speaks."""
    level: NDArray[np.float32]
    """(t,) smoothed loudness, 1 for the recording's loud frames, 0 in silence."""
    pitch: NDArray[np.float32]
    """(t,) fundamental in Hz, NaN where unvoiced."""
    accents: NDArray[np.float64]
    """(a, 2) time in seconds and strength in [0, 1] of stressed syllables."""
    phrase_ends: NDArray[np.float64]
    """(m,) seconds at which speech stops for a quarter of a second or longer."""


def analyse(samples: NDArray[np.float32], sounds: Sounds) -> Prosody:
    """Prosody of (s,) samples at 16 kHz whose sounds are known."""
    activity = speech_activity(sounds)
    level = smooth(features.relative_level(sounds.power).clip(0, 1), 0.06) * activity
    pitch = track_pitch(samples, len(activity))
    return Prosody(
        activity=activity,
        level=level,
        pitch=pitch,
        accents=find_accents(level, pitch),
        phrase_ends=_phrase_ends(activity),
    )


def speech_activity(sounds: Sounds) -> NDArray[np.float32]:
    """(t,) 1 where there is speech: not silence to the recogniser, and above floor and noise."""
    level = features.log_energy(sounds.power)
    floor = features.neighbourhood_percentile(level, 5.0)
    loud = features.neighbourhood_percentile(level, 95.0)
    threshold = floor + _ABOVE_NOISE_NEPERS
    if len(level) < _SHORT_S * FRAME_RATE:
        # A word cut out of a recording has no floor of its own below it.
        threshold = np.minimum(threshold, loud - 2 * _ABOVE_NOISE_NEPERS)
    audible = (level > _AUDIBLE_NEPERS) & (level > threshold)
    speech = smooth((1 - sounds.viseme("sil")) * audible, 0.08) > 0.35
    return smooth(_close_gaps(speech, round(_PAUSE_S * FRAME_RATE)).astype(np.float32), 0.06)


def track_pitch(samples: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """Fundamental frequency by the normalised autocorrelation (Boersma 1993), 70 to 400 Hz.

    Args:
        samples: (s,) at 16 kHz.
        frames: t, how many frames to return.

    Returns:
        (t,) Hz, NaN where unvoiced.
    """
    decimation = features.SAMPLE_RATE // _PITCH_RATE
    whole = len(samples) // decimation * decimation
    low = samples[:whole].reshape(-1, decimation).mean(axis=1)
    hop = _PITCH_RATE // FRAME_RATE
    padded = np.pad(low, (_PITCH_WINDOW // 2, _PITCH_WINDOW + hop * 2))
    taper = np.hanning(_PITCH_WINDOW)
    size = 2 * _PITCH_WINDOW
    taper_correlation = np.fft.irfft(np.abs(np.fft.rfft(taper, size)) ** 2)
    first, last = round(_PITCH_RATE / _HIGH_PITCH_HZ), round(_PITCH_RATE / _LOW_PITCH_HZ)
    lags = np.arange(first, last + 1)
    result = np.full(frames, np.nan, np.float32)
    windows = np.lib.stride_tricks.sliding_window_view(padded, _PITCH_WINDOW)[::hop]
    for start in range(0, min(frames, len(windows)), 4096):
        block = windows[start : min(frames, start + 4096)]
        centred = (block - block.mean(axis=1, keepdims=True)) * taper
        correlation = np.fft.irfft(np.abs(np.fft.rfft(centred, size)) ** 2)
        scale = np.maximum(correlation[:, :1], 1e-7)
        score = correlation[:, lags] / scale / (taper_correlation[lags] / taper_correlation[0])
        score = score - 0.1 * np.log2(lags / first)  # prefer the shorter of equal periods
        best = score.argmax(axis=1)
        voiced = (score.max(axis=1) > _VOICED) & (correlation[:, 0] > 1e-5)
        result[start : start + len(block)][voiced] = (_PITCH_RATE / lags[best])[voiced]
    return result


def find_accents(level: NDArray[np.float32], pitch: NDArray[np.float32]) -> NDArray[np.float64]:
    """(a, 2) times and strengths of stressed syllables: peaks of loudness and pitch together."""
    semitones = np.zeros(len(level))
    voiced = np.isfinite(pitch)
    if voiced.any():
        semitones[voiced] = 12 * np.log2(pitch[voiced] / np.median(pitch[voiced]))
    rise = smooth(np.clip(semitones, -6, 6).astype(np.float32), 0.08)
    prominence = level * (1 + 0.12 * rise.clip(-4, 6))
    half = round(_ACCENT_SPACING_S * FRAME_RATE)
    padded = np.pad(prominence, half, constant_values=-1)
    highest = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1).max(axis=1)
    kept = np.flatnonzero((prominence == highest) & (prominence > _LEAST_PROMINENCE))
    strength = np.clip((prominence[kept] - _LEAST_PROMINENCE) / 0.8, 0, 1)
    return np.stack([kept / FRAME_RATE, strength], axis=1)


def _close_gaps(speech: NDArray[np.bool_], shortest: int) -> NDArray[np.bool_]:
    """Fill pauses shorter than `shortest` frames between stretches of speech."""
    filled = speech.copy()
    spoken = np.flatnonzero(speech)
    for gap in np.flatnonzero(np.diff(spoken) > 1):
        if spoken[gap + 1] - spoken[gap] <= shortest:
            filled[spoken[gap] : spoken[gap + 1]] = True
    return filled


def _phrase_ends(activity: NDArray[np.float32]) -> NDArray[np.float64]:
    speech = activity > 0.5
    return np.flatnonzero(speech[:-1] & ~speech[1:]) / FRAME_RATE
