"""Two neural synthesisers with natural voices: `hibari` and Piper's `joe`, by way of `synthetic`.

Each take is another speaker: register (vocal tract and pitch together), pitch and pace are drawn.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from audio2motion.training.takes import SILENCE, Take, take_from_audio

VOICES = ("hibari", "joe")


def speak(voice: str, texts: Sequence[str], rng: np.random.Generator) -> Iterator[Take]:
    """Say each text.

    Raises:
        MissingBackendError: The voice's package is not installed.
    """
    from synthetic.speech import speak as say
    from synthetic.voices import Voice

    for text in texts:
        low, high = (0.84, 1.08) if voice == "hibari" else (0.92, 1.12)
        drawn = Voice(
            engine=voice,
            register=float(rng.uniform(low, high)),
            pitch=float(rng.uniform(0.7, 1.15)),
            speed=float(np.exp(rng.normal(0.0, 0.1))),
        )
        utterance = say(text, seed=int(rng.integers(2**31)), voice=drawn)
        segments: list[tuple[str, float]] = []
        at = 0.0
        for phone in utterance.phones:
            if phone.start_s > at + 1e-6:
                segments.append((SILENCE, phone.start_s))
            segments.append((phone.symbol or SILENCE, phone.stop_s))
            at = phone.stop_s
        yield take_from_audio(
            utterance.audio,
            segments,
            engine=voice,
            voice=f"{voice}-{drawn.register:.2f}-{drawn.pitch:.2f}",
            language="en",
            notation="ipa",
            text=text,
        )
