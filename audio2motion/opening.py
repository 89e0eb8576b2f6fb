"""What is known of a voice and a room before listening: the start of all running statistics.

A recording is measured on its liveliest 20 seconds, so that its first word is heard as well as its
last. A live stream starts from `DEFAULT_OPENING`, an average talker and microphone, and learns the
real ones from the first seconds of speech.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2motion import features, pitch
from audio2motion.acoustic_model import load_acoustic_model
from audio2motion.features import SAMPLE_RATE

LONGEST_S: Final = 20
"""Seconds of sound that are measured."""
WARPS: Final = (0.84, 0.88, 0.92, 0.96, 1.0, 1.04, 1.08, 1.12, 1.16, 1.2)
"""Vocal-tract factors that are tried."""
AUDIBLE_NEPERS: Final = 8.0
"""Frames this far below the loud ones, or further, tell nothing about the voice."""
NOISE_SHARE: Final = 0.05
LOUD_SHARE: Final = 0.95
"""Quantiles of log power taken for stationary noise and for loud speech."""
NOISE_SMOOTHING: Final = 15
"""Frames of power that are averaged before the floor is taken."""
QUIETEST_NEPERS: Final = 12.0
"""Noise this far below loud speech, or further, is none."""
DEAD_NEPERS: Final = 0.0
"""Mean log mel power below which there is no sound but digital silence."""

_NOISE_BIAS = 1.3  # a low quantile underestimates the mean of smoothed noise
_LARGEST_NOISE = 0.5  # of the loud frames: what never pauses may be a held vowel
_LEAST_GAIN = 0.1
_GAIN_SMOOTHING = 3
_WARP_FRAMES = 300
_WARP_SPREAD = 0.1
_WARP_CONFIDENCE = 0.02  # per frame: neighbouring frames say nearly the same
_VOICE_NEPERS = 3.5
_TYPICAL_FRAMES = 30.0  # weight of the average voice against the measured one


@dataclass(frozen=True, slots=True, eq=False)
class Opening:
    """Statistics that a `FrontEnd` starts from; powers in squared 16-bit units."""

    cepstral_mean: NDArray[np.float32]
    """(13,) of audible frames."""
    noise: NDArray[np.float32]
    """(25,) log power of stationary noise in each mel band."""
    loud: NDArray[np.float32]
    """(25,) log power that one audible frame in twenty exceeds, in each mel band."""
    level: float
    """Mean log mel power that one audible frame in twenty exceeds, in nepers."""
    pitch: float
    """Median log2 of the fundamental in Hz."""
    warp: float
    """Vocal-tract factor, see `audio2motion.features.mel_power`."""
    frames: float
    """Audible frames that this rests on: the more, the more slowly it is given up."""

    @classmethod
    def of(cls, samples: NDArray[np.float32], *, warp: float | None = None) -> "Opening":
        """Measure (s,) samples at 16 kHz: the liveliest 20 seconds of a longer recording.

        What a short or silent recording does not tell is taken from the average voice. The warp
        is searched for unless it is given.
        """
        part = liveliest_part(samples)
        if len(part) == 0 or not _alive(features.mel_power(part)).any():
            return DEFAULT_OPENING
        warp = estimate_warp(part) if warp is None else warp
        power = features.mel_power(part, warp=warp)
        measured, static, audible = _measure(power)
        frames = float(audible.sum())
        mean = static[audible].mean(axis=0)
        average = DEFAULT_OPENING.cepstral_mean.copy()
        average[0] = mean[0]  # the one that knows how loud the recording is
        share = frames / (frames + _TYPICAL_FRAMES)
        padded = np.pad(part, (pitch.REACH, pitch.REACH))
        hertz, _ = pitch.track(padded, features.frame_count(len(part)))
        hertz = hertz[np.isfinite(hertz)]
        return replace(
            measured,
            cepstral_mean=np.asarray(share * mean + (1 - share) * average, np.float32),
            pitch=float(np.median(np.log2(hertz))) if len(hertz) else DEFAULT_OPENING.pitch,
            warp=warp,
            frames=frames,
        )


DEFAULT_OPENING: Final = Opening(
    cepstral_mean=np.array(
        [65.6, 6.2, 1.0, 14.3, -4.2, 2.2, -3.9, -5.5, 0.6, 2.2, 0.3, -3.3, 1.5], np.float32
    ),
    noise=np.full(features.MEL_BANDS, 7.0, np.float32),
    loud=np.full(features.MEL_BANDS, 17.8, np.float32),
    level=16.0,
    pitch=7.4,
    warp=1.0,
    frames=50.0,
)
"""The mean of nine voices in seven languages, recorded close by in quiet rooms."""


def liveliest_part(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The 20 seconds with the most sound of a longer recording."""
    length = LONGEST_S * SAMPLE_RATE
    if len(samples) <= length:
        return samples
    starts = range(0, len(samples) - length + 1, length // 2)
    loudness = [float(np.abs(samples[start : start + length]).mean()) for start in starts]
    start = starts[int(np.argmax(loudness))]
    return samples[start : start + length]


def estimate_warp(samples: NDArray[np.float32]) -> float:
    """Which vocal-tract warp makes a voice most likely under the acoustic model.

    The model heard mostly adults; without this a high voice is recognised 10 points worse (Lee and
    Rose 1996). One factor for the recording, drawn towards 1 where little is spoken.

    Args:
        samples: (s,) at 16 kHz, not silent.

    Returns:
        One of `WARPS`.
    """
    search = WarpSearch(samples)
    while not search.step():
        pass
    return search.best()


class WarpSearch:
    """`estimate_warp`, one warp at a time."""

    def __init__(self, samples: NDArray[np.float32]) -> None:
        """(s,) at 16 kHz, not silent."""
        self.samples = samples
        level = features.log_energy(features.mel_power(samples))
        loud_level = np.quantile(level[level > DEAD_NEPERS], LOUD_SHARE)
        loud = np.flatnonzero(level > loud_level - _VOICE_NEPERS)
        self._chosen = loud[:: max(1, len(loud) // _WARP_FRAMES)]
        self._confidence = _WARP_CONFIDENCE * len(loud)
        self._scores: list[float] = []

    def step(self) -> bool:
        """Try the next warp; whether it was the last."""
        warp = WARPS[len(self._scores)]
        likelihood = _fit(features.mel_power(self.samples, warp=warp), self._chosen)
        prior = -0.5 * ((warp - 1) / _WARP_SPREAD) ** 2
        self._scores.append(self._confidence * likelihood + prior)
        return len(self._scores) == len(WARPS)

    def best(self) -> float:
        """The likeliest of those that were tried."""
        return WARPS[int(np.argmax(self._scores))]


def subtract_noise(
    power: NDArray[np.float32], noise: NDArray[np.float32], loud: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Take stationary noise out of mel powers: spectral subtraction, at most 10 dB.

    Args:
        power: (..., 25), frames in order.
        noise: (25,) log power of the noise.
        loud: (25,) log power of loud frames; the noise counts as 3 dB below them at most.

    Returns:
        (..., 25).
    """
    floor = np.minimum(_NOISE_BIAS * np.exp(noise), _LARGEST_NOISE * np.exp(loud))
    smooth = np.maximum(trailing_mean(power, _GAIN_SMOOTHING), 1e-9)
    return np.asarray(power * np.clip(1 - floor / smooth, _LEAST_GAIN, 1), np.float32)


def trailing_mean(values: NDArray[np.float32], width: int) -> NDArray[np.float32]:
    """(t, n) mean over a frame and the `width` - 1 before it; the first frame repeats."""
    padded = np.concatenate([np.repeat(values[:1], width - 1, axis=0), values])
    total = padded[width - 1 :].copy()
    for offset in range(width - 1):
        total += padded[offset : offset + len(values)]
    return np.asarray(total / np.float32(width), np.float32)


def _alive(power: NDArray[np.float32]) -> NDArray[np.bool_]:
    return features.log_energy(power) > DEAD_NEPERS


def _measure(
    power: NDArray[np.float32],
) -> tuple[Opening, NDArray[np.float32], NDArray[np.bool_]]:
    """Levels of (t, 25) powers, their cepstra without noise (t, 13), and which are audible (t,).

    What the opening says of mean and pitch is the average voice's.
    """
    log_power = np.log(power + features.FLOOR)
    log_smooth = np.log(trailing_mean(power, NOISE_SMOOTHING) + features.FLOOR)
    alive = _alive(power)
    highest = float(np.quantile(log_power.mean(axis=1)[alive], LOUD_SHARE))
    noise = np.quantile(log_smooth, NOISE_SHARE, axis=0).astype(np.float32)
    noise = np.maximum(noise, np.float32(highest - QUIETEST_NEPERS))
    loud = np.quantile(log_power[alive], LOUD_SHARE, axis=0).astype(np.float32)
    clean = np.log(subtract_noise(power, noise, loud) + features.FLOOR)
    level = clean.mean(axis=1)
    audible = level > np.quantile(level[alive], LOUD_SHARE) - AUDIBLE_NEPERS
    loud_level = float(np.quantile(level[audible], LOUD_SHARE))
    audible = level > loud_level - AUDIBLE_NEPERS
    measured = replace(
        DEFAULT_OPENING,
        noise=noise,
        loud=np.quantile(clean[audible], LOUD_SHARE, axis=0).astype(np.float32),
        level=loud_level,
    )
    return measured, features.raw_cepstra(clean), audible


def _fit(power: NDArray[np.float32], chosen: NDArray[np.intp]) -> float:
    """Mean log likelihood of the likeliest speech sound in the chosen frames."""
    model = load_acoustic_model()
    _, static, audible = _measure(power)
    streams = features.with_deltas(static - static[audible].mean(axis=0))
    spoken = [not (phone.startswith("+") or phone == "SIL") for phone in model.phones]
    return float(model.log_likelihoods(streams[chosen])[:, spoken].max(axis=(1, 2)).mean())
