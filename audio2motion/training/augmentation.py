"""What happens to speech between a mouth and a network: seeded changes of a recording's sound.

Only `faster` changes times; everything else keeps every sample where it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2motion.features import SAMPLE_RATE

Samples = NDArray[np.float32]

NOISES: Final = ("white", "pink", "babble", "music", "hum")
_QUIET: Final = 1e-4


@dataclass(frozen=True, slots=True)
class Chances:
    """How often each change is made."""

    filtered: float = 0.6
    reverberant: float = 0.3
    noisy: float = 0.55
    coded: float = 0.25
    clipped: float = 0.08
    whispered: float = 0.04


def distorted(
    samples: Samples, rng: np.random.Generator, others: Sequence[Samples], chances: Chances
) -> Samples:
    """A recording as some microphone in some room hears it.

    Args:
        samples: (s,) at 16 kHz.
        rng: Draws what happens.
        others: Other people's speech, for babble.
        chances: How often what happens.
    """
    if rng.random() < chances.whispered:
        samples = whispered(samples, rng)
    if rng.random() < chances.filtered:
        samples = filtered(samples, rng)
    if rng.random() < chances.reverberant:
        samples = reverberant(samples, rng)
    if rng.random() < chances.noisy:
        kind = str(rng.choice(NOISES))
        samples = with_noise(
            samples, noise(kind, len(samples), rng, others), float(rng.uniform(0, 30))
        )
    if rng.random() < chances.coded:
        samples = coded(samples, str(rng.choice(CODECS)), rng)
    if rng.random() < chances.clipped:
        samples = clipped(samples, float(rng.uniform(0.1, 0.5)))
    loudest = float(np.abs(samples).max(initial=0.0))
    level = 10 ** (float(rng.uniform(-26, -1)) / 20)
    return np.asarray(samples * (level / max(loudest, _QUIET)), np.float32)


def faster(samples: Samples, factor: float) -> Samples:
    """Played at another speed: pitch, vocal tract and tempo change together, times shrink."""
    from scipy.signal import resample_poly

    up, down = 100, round(100 * factor)
    return np.asarray(resample_poly(samples, up, down), np.float32)


def filtered(samples: Samples, rng: np.random.Generator) -> Samples:
    """Through a random smooth frequency response of some 10 dB."""
    from scipy.signal import oaconvolve

    bands = np.linspace(0, 1, 9)
    gains = np.cumsum(rng.normal(0, 3.0, 9))
    response = 10 ** (np.interp(np.linspace(0, 1, 129), bands, gains - gains.mean()) / 20)
    kernel = np.fft.fftshift(np.fft.irfft(response)) * np.hanning(256)
    return np.asarray(oaconvolve(samples, kernel, mode="same"), np.float32)


def reverberant(samples: Samples, rng: np.random.Generator) -> Samples:
    """In a room: decaying noise after the direct sound, which keeps its time."""
    from scipy.signal import oaconvolve

    decay_s, ratio_db = float(rng.uniform(0.15, 0.7)), float(rng.uniform(0, 15))
    times = np.arange(int(decay_s * SAMPLE_RATE)) / SAMPLE_RATE
    tail = rng.normal(size=len(times)) * 10 ** (-3 * times / decay_s)
    tail[: int(0.003 * SAMPLE_RATE)] = 0
    tail *= 10 ** (-ratio_db / 20) / max(float(np.linalg.norm(tail)), _QUIET)
    tail[0] = 1.0
    return np.asarray(oaconvolve(samples, tail)[: len(samples)], np.float32)


def with_noise(samples: Samples, added: Samples, ratio_db: float) -> Samples:
    """Speech over noise; the ratio counts where somebody speaks."""
    power = np.square(samples, dtype=np.float64)
    speech = power[power > 1e-3 * power.max(initial=0.0)]
    if len(speech) == 0:
        return samples
    scale = np.sqrt(speech.mean() / 10 ** (ratio_db / 10))
    scale /= max(float(np.sqrt(np.square(added, dtype=np.float64).mean())), 1e-9)
    return np.asarray(samples + scale * added, np.float32)


def noise(kind: str, count: int, rng: np.random.Generator, others: Sequence[Samples]) -> Samples:
    """(count,) of one of `NOISES`."""
    if kind == "babble" and others:
        total = np.zeros(count, np.float32)
        for _ in range(int(rng.integers(3, 7))):
            voice = others[int(rng.integers(len(others)))]
            repeated = np.resize(np.roll(voice, int(rng.integers(len(voice)))), count)
            total += repeated * np.float32(rng.uniform(0.5, 1.0))
        return total
    if kind == "music":
        return _music(count, rng)
    if kind == "hum":
        times = np.arange(count) / SAMPLE_RATE
        base = float(rng.choice([50.0, 60.0, 120.0, 200.0]))
        waves = [np.sin(2 * np.pi * base * h * times + rng.uniform(0, 6)) / h for h in range(1, 9)]
        return np.asarray(np.sum(waves, axis=0) + 0.1 * rng.normal(size=count), np.float32)
    white = rng.normal(size=count)
    if kind == "white":
        return np.asarray(white, np.float32)
    spectrum = np.fft.rfft(white)
    spectrum /= np.sqrt(np.maximum(np.arange(len(spectrum)), 20.0))
    return np.asarray(np.fft.irfft(spectrum, count), np.float32)


def _music(count: int, rng: np.random.Generator) -> Samples:
    """Chords of plucked and held tones over a beat."""
    total = np.zeros(count)
    beat = int(float(rng.uniform(0.25, 0.7)) * SAMPLE_RATE)
    scale = 55.0 * 2 ** (float(rng.uniform(0, 1)))
    for start in range(0, count, beat):
        length = min(int(rng.integers(1, 4)) * beat, count - start)
        times = np.arange(length) / SAMPLE_RATE
        fade = np.exp(-times * float(rng.uniform(0.5, 6.0)))
        for _ in range(int(rng.integers(1, 4))):
            hertz = scale * 2 ** (int(rng.integers(0, 36)) / 12)
            for harmonic in range(1, 6):
                wave = np.sin(2 * np.pi * hertz * harmonic * times + rng.uniform(0, 6))
                total[start : start + length] += fade * wave / harmonic**1.5
        if rng.random() < 0.5:
            hit = rng.normal(size=length) * np.exp(-times * 40)
            total[start : start + length] += 1.5 * hit
    return np.asarray(total, np.float32)


def clipped(samples: Samples, share: float) -> Samples:
    """Overdriven: whatever exceeds this share of the peak is cut."""
    limit = share * float(np.abs(samples).max(initial=0.0))
    return np.clip(samples, -limit, limit)


CODECS: Final = ("telephone", "mu-law", "dull", "holes", "coarse")


def coded(samples: Samples, kind: str, rng: np.random.Generator) -> Samples:
    """Through something like one of `CODECS`; without their delay."""
    from scipy.signal import butter, sosfiltfilt

    peak = max(float(np.abs(samples).max(initial=0.0)), _QUIET)
    if kind == "telephone":
        narrow = butter(4, (300, 3400), "bandpass", fs=SAMPLE_RATE, output="sos")
        return _mu_law(np.asarray(sosfiltfilt(narrow, samples), np.float32))
    if kind == "dull":
        low = butter(4, float(rng.uniform(2500, 7000)), fs=SAMPLE_RATE, output="sos")
        return np.asarray(sosfiltfilt(low, samples), np.float32)
    if kind == "holes":
        return _with_holes(samples, rng)
    if kind == "coarse":
        steps = 2 ** int(rng.integers(5, 9))
        return np.asarray(np.round(samples / peak * steps) / steps * peak, np.float32)
    return _mu_law(samples)


def _mu_law(samples: Samples) -> Samples:
    peak = max(float(np.abs(samples).max(initial=0.0)), _QUIET)
    squeezed = np.sign(samples) * np.log1p(255 * np.abs(samples) / peak) / np.log(256)
    rounded = np.round(squeezed * 127) / 127
    return np.asarray(np.sign(rounded) * (256 ** np.abs(rounded) - 1) / 255 * peak, np.float32)


def _with_holes(samples: Samples, rng: np.random.Generator) -> Samples:
    """Spectral bins that a codec short of bits drops."""
    from scipy.signal import istft, stft

    _, _, spectrum = stft(samples, nperseg=512)
    size = np.abs(spectrum)
    least = np.quantile(size, float(rng.uniform(0.5, 0.85)), axis=0, keepdims=True)
    _, back = istft(np.where(size >= least, spectrum, 0), nperseg=512)
    return np.resize(np.asarray(back, np.float32), len(samples))


def whispered(samples: Samples, rng: np.random.Generator, *, order: int = 18) -> Samples:
    """The same spectral envelope, excited by noise (linear prediction in 20 ms frames)."""
    from scipy.linalg import solve_toeplitz
    from scipy.signal import lfilter

    hop, size = 160, 320
    window = np.hanning(size + 1)[:-1]
    result = np.zeros(len(samples) + size)
    for start in range(0, len(samples) - size, hop):
        frame = samples[start : start + size] * window
        power = np.fft.irfft(np.abs(np.fft.rfft(frame, 2 * size)) ** 2)[: order + 1]
        if power[0] < 1e-7:
            continue
        power[0] *= 1.001
        prediction = solve_toeplitz(power[:order], power[1:])
        gain = np.sqrt(max(power[0] - prediction @ power[1:], 0) / size)
        breath = lfilter([gain], np.concatenate([[1], -prediction]), rng.normal(size=size))
        result[start : start + size] += breath * window
    return np.asarray(result[: len(samples)], np.float32)
