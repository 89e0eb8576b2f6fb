"""Speech with exact phone times, in several voices."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from audio2motion.text.phones import Phone, heard
from capture.audio import AudioClip
from synthetic.speech_engines import open_engine, phonemize
from synthetic.voices import VOICES, Voice

SAMPLE_RATE = 24000
_SILENT = ' .,!?;:—…"“”()'


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """Speech and what is said when."""

    audio: AudioClip
    phones: tuple[Phone, ...]
    text: str

    def words(self) -> list[tuple[str, float, float]]:
        """Words with start and stop in seconds.

        Empty where the text is not spoken word by word as it is written (figures, signs).
        """
        written = [word.strip(_SILENT) for word in self.text.split()]
        written = [word for word in written if word]
        times: dict[int, tuple[float, float]] = {}
        for phone in self.phones:
            if phone.word >= 0:
                start, _ = times.get(phone.word, (phone.start_s, 0.0))
                times[phone.word] = (start, phone.stop_s)
        if len(times) != len(written):
            return []
        return [(word, *times[key]) for word, key in zip(written, sorted(times), strict=True)]

    def later(self, by_s: float) -> "Utterance":
        """The same after a silence."""
        silence = np.zeros(round(by_s * self.audio.sample_rate), np.float32)
        return Utterance(
            AudioClip(np.concatenate([silence, self.audio.samples]), self.audio.sample_rate),
            tuple(phone.moved(by_s) for phone in self.phones),
            self.text,
        )


def speak(
    text: str,
    *,
    seed: int,
    pause_s: float = 0.08,
    speed: float = 1.0,
    voice: Voice = VOICES["heart"],
) -> Utterance:
    """Say a text.

    Args:
        text: English; one breath per sentence.
        seed: For the noise in the voice.
        pause_s: Added between sentences.
        speed: 1 is the voice's own.
        voice: Who says it; see `VOICES`.

    Raises:
        MissingBackendError: The voice's package is not installed.
    """
    say = open_engine(voice.engine, np.random.default_rng(seed))
    pieces: list[NDArray[np.float32]] = []
    phones: list[Phone] = []
    at, words = 0.0, 0
    for sentence in phonemize(text):
        spoken = say(sentence, voice, speed)
        samples, said = heard(spoken, sample_rate=SAMPLE_RATE, register=voice.register)
        phones += [_later(phone, at, words) for phone in said]
        words += 1 + max((p.word for p in said), default=-1)
        pieces += [samples, np.zeros(int(pause_s * SAMPLE_RATE), np.float32)]
        at += (len(samples) + len(pieces[-1])) / SAMPLE_RATE
    samples = np.concatenate(pieces)
    loudest = float(np.abs(samples).max())
    audio = AudioClip(
        samples=(samples * (0.7 / max(loudest, 1e-6))).astype(np.float32), sample_rate=SAMPLE_RATE
    )
    return Utterance(audio=audio, phones=tuple(phones), text=text)


def _later(phone: Phone, by_s: float, words: int) -> Phone:
    """A phone after other sentences; its word after `words` others."""
    moved = phone.moved(by_s)
    return replace(moved, word=phone.word + words) if phone.word >= 0 else moved
