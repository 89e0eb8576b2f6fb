"""Speech with exact phone times, in several voices."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from capture.audio import AudioClip
from synthetic.phone_times import settle
from synthetic.speech_engines import Spoken, open_engine, phonemize
from synthetic.voices import VOICES, Voice

SAMPLE_RATE = 24000
_STRESS = "ˈˌː"
_SILENT = ' .,!?;:—…"“”()'


@dataclass(frozen=True, slots=True)
class Phone:
    """One speech sound."""

    symbol: str
    """In the engine's alphabet (IPA with capital letters for diphthongs); empty for silence."""
    start_s: float
    stop_s: float
    stressed: bool
    word: int = -1
    """Which word of the text it belongs to; -1 for silence."""


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
            tuple(
                replace(p, start_s=p.start_s + by_s, stop_s=p.stop_s + by_s) for p in self.phones
            ),
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
        spoken = say(sentence, replace(voice, speed=voice.speed * speed))
        samples, said = _sentence(spoken, voice.register)
        end = at + len(samples) / SAMPLE_RATE
        phones += [_moved(p, at, at, end, words) for p in said]
        words += 1 + max((p.word for p in said), default=-1)
        pieces += [samples, np.zeros(int(pause_s * SAMPLE_RATE), np.float32)]
        at += (len(samples) + len(pieces[-1])) / SAMPLE_RATE
    samples = np.concatenate(pieces)
    loudest = float(np.abs(samples).max())
    audio = AudioClip(
        samples=(samples * (0.7 / max(loudest, 1e-6))).astype(np.float32), sample_rate=SAMPLE_RATE
    )
    return Utterance(audio=audio, phones=tuple(phones), text=text)


def _sentence(spoken: Spoken, register: float) -> tuple[NDArray[np.float32], list[Phone]]:
    """Samples at `SAMPLE_RATE` and phones of one sentence, in its own time.

    Played faster, a voice is higher and its speaker smaller; the lengths shrink with it.
    """
    rate = round(spoken.sample_rate * register)
    pace = spoken.sample_rate / rate
    phones = _phones(spoken.symbols, spoken.lengths_s * pace, spoken.late_s * pace)
    # Engines start and end each sentence with about 0.3 s of nothing.
    early = max(int((phones[0].stop_s - 0.06) * rate), 0) if not phones[0].symbol else 0
    late = int((phones[-1].start_s + 0.16) * rate)
    loudest = max(float(np.abs(spoken.samples).max()), 1.0)
    clip = AudioClip(spoken.samples[early:late] / np.float32(loudest), rate)
    samples = clip.resampled(SAMPLE_RATE).samples
    end = len(samples) / SAMPLE_RATE
    said = [_moved(phone, -early / rate, 0.0, end, 0) for phone in phones]
    return samples, _settled(said, AudioClip(samples, SAMPLE_RATE))


def _settled(phones: Sequence[Phone], audio: AudioClip) -> list[Phone]:
    """Phones with their times moved to where the sound changes."""
    bounds = np.array([*(phone.start_s for phone in phones), phones[-1].stop_s])
    there, bounds = settle([phone.symbol for phone in phones], bounds, audio)
    return [
        replace(phones[index], start_s=float(start), stop_s=float(stop))
        for index, start, stop in zip(there, bounds[:-1], bounds[1:], strict=True)
    ]


def _moved(phone: Phone, by_s: float, first_s: float, last_s: float, words: int) -> Phone:
    """A phone shifted in time and kept within its sentence; its word after `words` others."""
    start, stop = (min(max(time + by_s, first_s), last_s) for time in (phone.start_s, phone.stop_s))
    word = phone.word + words if phone.word >= 0 else -1
    return Phone(phone.symbol, start, stop, phone.stressed, word)


def _phones(symbols: Sequence[str], lengths: NDArray[np.float64], late_s: float) -> list[Phone]:
    """Phones from the engine's symbols.

    Stress marks and the spaces between words, in which nothing is heard, are shared out to their
    neighbours; silences are merged.
    """
    lengths = lengths.copy()
    stressed = [False] * len(symbols)
    for i, symbol in enumerate(symbols):
        between_words = symbol == " " and lengths[i] < 0.12
        if between_words or (symbol and symbol in _STRESS):
            before, after = max(i - 1, 0), min(i + 1, len(symbols) - 1)
            lengths[before] += lengths[i] / 2
            lengths[after] += lengths[i] / 2
            lengths[i] = 0.0
            stressed[after] = symbol in "ˈˌ"
    stops = np.cumsum(lengths)
    out: list[Phone] = []
    word, within = -1, False
    for symbol, start, stop, stress in zip(symbols, stops - lengths, stops, stressed, strict=True):
        silent = not symbol or symbol in _SILENT
        if silent or symbol not in _STRESS:
            word += not silent and not within
            within = not silent
        if stop <= start:
            continue
        begin, end = (max(float(t) - late_s, 0.0) for t in (start, stop))
        if silent and out and not out[-1].symbol:
            out[-1] = replace(out[-1], stop_s=end)
        else:
            out.append(Phone("" if silent else symbol, begin, end, stress, -1 if silent else word))
    return out
