"""Speech with exact phone times, from the `hibari-tts` package (English, female, Apache-2.0).

The package's ONNX graph computes each phone's length and throws it away; here it is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capture.audio import AudioClip

_UNIT_S = 0.025
_LATE_S = 0.070
"""Measured against a recogniser's alignment: the engine's labels run 70 to 80 ms late."""
_STRESS = "ˈˌː"
_SILENT = ' .,!?;:—…"“”()'
_DURATIONS = "/Round_output_0"


@dataclass(frozen=True, slots=True)
class Phone:
    """One speech sound."""

    symbol: str
    """In the engine's alphabet (IPA with capital letters for diphthongs); empty for silence."""
    start_s: float
    stop_s: float
    stressed: bool


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """Speech and what is said when."""

    audio: AudioClip
    phones: tuple[Phone, ...]
    text: str


def speak(text: str, *, seed: int, pause_s: float = 0.08, speed: float = 1.0) -> Utterance:
    """Say a text.

    Args:
        text: English; one breath per sentence.
        seed: For the noise in the voice.
        pause_s: Added between sentences.
        speed: 1 is the voice's own.
    """
    from hibari import Hibari, dsp

    engine = Hibari()
    session = _session_with_durations(Path(engine.model_path))
    rng = np.random.default_rng(seed)
    pieces: list[NDArray[np.float32]] = []
    phones: list[Phone] = []
    at = 0.0
    for sentence in engine.phonemize(text):
        symbols = ["", *(c for c in sentence if c in engine.vocab), ""]
        ids = np.array([engine.ids(sentence)], np.int64)
        outputs = session.run(None, {"ids": ids, "speed": np.array([speed], np.float32)})
        *acoustics, lengths = outputs
        samples = dsp.synth(*(array[0] for array in acoustics), rng)
        spoken = _phones(symbols, np.asarray(lengths, np.float64) * _UNIT_S, at)
        # The engine starts and ends each sentence with about 0.3 s of nothing.
        early = max(int((spoken[0].stop_s - at - 0.06) * engine.sample_rate), 0)
        late = int((spoken[-1].start_s - at + 0.16) * engine.sample_rate)
        samples = samples[early:late]
        end = at + len(samples) / engine.sample_rate
        phones += [_moved(p, -early / engine.sample_rate, at, end) for p in spoken]
        pieces += [samples, np.zeros(int(pause_s * engine.sample_rate), np.float32)]
        at += (len(samples) + len(pieces[-1])) / engine.sample_rate
    samples = np.concatenate(pieces)
    loudest = float(np.abs(samples).max())
    audio = AudioClip(
        samples=(samples * (0.7 / max(loudest, 1e-6))).astype(np.float32),
        sample_rate=engine.sample_rate,
    )
    return Utterance(audio=audio, phones=tuple(phones), text=text)


def _moved(phone: Phone, by_s: float, first_s: float, last_s: float) -> Phone:
    """A phone shifted in time and kept within its sentence."""
    start, stop = (min(max(time + by_s, first_s), last_s) for time in (phone.start_s, phone.stop_s))
    return Phone(phone.symbol, start, stop, phone.stressed)


def _session_with_durations(model: Path) -> Any:
    """The engine's session with one more output.

    A protobuf message given twice is merged, so appending a second `graph` that holds only an
    `output` entry adds that output; no `onnx` package is needed.
    """
    import onnxruntime

    value_info = _field(1, _DURATIONS.encode())
    extended = model.read_bytes() + _field(7, _field(12, value_info))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(extended, options, providers=["CPUExecutionProvider"])


def _field(number: int, payload: bytes) -> bytes:
    """A length-delimited protobuf field."""
    out = bytearray()
    for value in (number << 3 | 2, len(payload)):
        while value > 127:
            out.append(value & 127 | 128)
            value >>= 7
        out.append(value)
    return bytes(out) + payload


def _phones(symbols: Sequence[str], lengths: NDArray[np.float64], at: float) -> list[Phone]:
    """Phones from the engine's tokens.

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
    for symbol, start, stop, stress in zip(symbols, stops - lengths, stops, stressed, strict=True):
        if stop <= start:
            continue
        name = "" if not symbol or symbol in _SILENT else symbol
        begin, end = (max(at + float(t) - _LATE_S, 0.0) for t in (start, stop))
        if out and not name and not out[-1].symbol:
            out[-1] = Phone("", out[-1].start_s, end, stressed=False)
        else:
            out.append(Phone(name, begin, end, stress))
    return out
