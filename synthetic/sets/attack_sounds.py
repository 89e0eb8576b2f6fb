"""Sounds that do not belong to the picture."""

from collections.abc import Sequence

import numpy as np

from capture.audio import AudioClip

_FADE_S = 0.008


def shifted(audio: AudioClip, by_s: float) -> AudioClip:
    """Sound after a silence or, with a negative shift, without its beginning."""
    count = round(by_s * audio.sample_rate)
    silence = np.zeros(max(count, 0), np.float32)
    return AudioClip(np.concatenate([silence, audio.samples[max(-count, 0) :]]), audio.sample_rate)


def with_words(
    audio: AudioClip,
    spans: Sequence[tuple[float, float]],
    words: Sequence[AudioClip],
    *,
    gain: float,
) -> AudioClip:
    """Sound in which other words are cut in.

    Args:
        audio: Changed.
        spans: Start and stop of each word that is cut out, seconds, in order.
        words: What comes in its place; longer ones push what follows back.
        gain: Of the words, which come from another recording.
    """
    rate = audio.sample_rate
    pieces, at = [], 0
    for (start, stop), word in zip(spans, words, strict=True):
        first, last = round(start * rate), round(stop * rate)
        pieces += [audio.samples[at:first], _faded(word, gain)]
        at = last
    pieces.append(audio.samples[at:])
    return AudioClip(np.clip(np.concatenate(pieces), -1, 1).astype(np.float32), rate)


def _faded(word: AudioClip, gain: float) -> np.ndarray:
    edge = max(round(_FADE_S * word.sample_rate), 1)
    ramp = np.minimum(1, np.minimum(np.arange(len(word)), np.arange(len(word))[::-1]) / edge)
    return (word.samples * ramp * gain).astype(np.float32)
