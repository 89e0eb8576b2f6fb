"""Where somebody speaks in a recording, and how far the speech stands above the noise."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

import weights
from capture.audio import AudioClip

SAMPLE_RATE: Final = 16000
_FRAME_S: Final = 0.03
_STRICTNESS: Final = 1  # of 0 to 3
_ABOVE_FLOOR_DB: Final = 3.0
_MARGIN_S: Final = 0.3
_SHORTEST_RUN: Final = 4  # frames; a click is no speech
_FLOOR: Final = 1e-10  # power of digital silence: -100 dB


@dataclass(frozen=True, slots=True)
class SpeechActivity:
    """Speech in a recording; all zero where there is none."""

    start_s: float
    """Start of the window that holds all speech, with a margin of 0.3 s."""
    stop_s: float
    speech_seconds: float
    """Time with speech inside the window."""
    snr_db: float
    """Mean power of the speech over that of the quietest tenth of the recording, in dB.

    A recording without any pause shows no noise, so its ratio comes out too low.
    """


def speech_activity(audio: AudioClip) -> SpeechActivity:
    """Find speech with the WebRTC detector that pocketsphinx carries, and by level.

    A frame of 30 ms counts where both agree: the detector alone takes steady noise for speech in
    its first second, level alone takes any sound.

    Args:
        audio: At any rate; it is resampled to 16 kHz.

    Raises:
        MissingBackendError: pocketsphinx is not installed.
    """
    backend = weights.require("pocketsphinx", extra="", used_for="finding speech")
    samples = audio.resampled(SAMPLE_RATE).samples
    detector = backend.Vad(mode=_STRICTNESS, sample_rate=SAMPLE_RATE, frame_length=_FRAME_S)
    length = detector.frame_bytes // 2
    count = len(samples) // length
    frames = samples[: count * length].reshape(count, length)
    if count == 0:
        return SpeechActivity(0.0, 0.0, 0.0, 0.0)
    power = np.maximum((frames.astype(np.float64) ** 2).mean(axis=1), _FLOOR)
    floor = float(np.quantile(power, 0.1))
    loud = power > floor * 10 ** (_ABOVE_FLOOR_DB / 10)
    spoken = np.array([detector.is_speech(to_pcm(frame)) for frame in frames], bool)
    active = _without_short_runs(loud & spoken)
    if not active.any():
        return SpeechActivity(0.0, 0.0, 0.0, 0.0)
    where = np.flatnonzero(active)
    seconds = length / SAMPLE_RATE
    ratio = max(float(power[active].mean()) / floor - 1, _FLOOR)
    return SpeechActivity(
        start_s=max(0.0, float(where[0]) * seconds - _MARGIN_S),
        stop_s=min(len(samples) / SAMPLE_RATE, float(where[-1] + 1) * seconds + _MARGIN_S),
        speech_seconds=float(active.sum() * seconds),
        snr_db=10 * float(np.log10(ratio)),
    )


def to_pcm(samples: NDArray[np.float32]) -> bytes:
    """16-bit samples in the machine's byte order, as pocketsphinx wants them."""
    return (np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes()


def _without_short_runs(active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Clear runs of True that are shorter than speech."""
    kept = active.copy()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]])))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start < _SHORTEST_RUN:
            kept[start:stop] = False
    return kept
