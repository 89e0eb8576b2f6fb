"""The voice `heart` of the `hibari-tts` package, and its spelling of English.

Symbols are `hibari`'s: IPA, with capital letters for diphthongs. English, female, Apache-2.0.
"""

# ruff: noqa: RUF001 (phonetic symbols)

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np

from audio2motion.text.phones import Spoken
from audio2motion.text.sessions import open_session
from capture.errors import MissingBackendError

PACKAGE: Final = "hibari"
IPA: Final = {
    "A": "eɪ", "I": "aɪ", "O": "oʊ", "W": "aʊ", "Y": "ɔɪ", "Q": "əʊ", "ʤ": "dʒ", "ʧ": "tʃ",
    "T": "ɾ", "ᵊ": "ə", "ɜ": "ɜː", "ɑ": "ɑː", "ɔ": "ɔː", "u": "uː", "i": "iː",
}  # fmt: skip
"""eSpeak's spelling of the symbols that it spells otherwise."""
_UNIT_S = 0.025
_LATE_S = 0.056
"""Measured against the alignment of an acoustic model: see `benchmarks/synthetic_speech.py`."""


def is_installed() -> bool:
    """Whether the package is there."""
    return find_spec(PACKAGE) is not None


def need_package(used_for: str) -> None:
    """Check that the package is there.

    Raises:
        MissingBackendError: It is not.
    """
    if not is_installed():
        raise MissingBackendError(
            f"{used_for} needs hibari, which is not installed",
            hint="Install it with: pip install hibari-tts",
        )


def sentences(text: str) -> list[str]:
    """Sentences of an English text in the engine's alphabet."""
    spelled: list[str] = _package().phonemize(text)
    return spelled


def spelled(text: str) -> str:
    """A piece of an English sentence in the engine's alphabet."""
    return " ".join(sentences(text))


class HibariVoice:
    """Says a phonemised sentence.

    Args:
        rng: For the noise in the voice.

    Raises:
        MissingBackendError: The package is not installed.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        need_package("The voice heart")
        self._rng = rng

    def speak(self, parts: Sequence[str], *, speed: float = 1.0, pitch: float = 1.0) -> Spoken:
        """Say a sentence that comes in parts.

        Args:
            parts: In the engine's alphabet, blanks between words included.
            speed: 1 is the engine's own.
            pitch: Factor on the fundamental.
        """
        from hibari import dsp

        package = _package()
        symbols = [(c, i) for i, part in enumerate(parts) for c in part if c in package.vocab]
        ids = np.array([package.ids("".join(parts))], np.int64)
        outputs = _session().run(None, {"ids": ids, "speed": np.array([speed], np.float32)})
        *acoustics, lengths = (np.asarray(array) for array in outputs)
        *spectra, fundamental = (array[0] for array in acoustics)
        samples = dsp.synth(*spectra, fundamental * pitch, self._rng)
        return Spoken(
            np.asarray(samples, np.float32),
            package.sample_rate,
            ("", *(symbol for symbol, _ in symbols), ""),
            lengths.astype(np.float64).reshape(-1) * _UNIT_S,
            _LATE_S,
            (0, *(part for _, part in symbols), len(parts) - 1),
        )


def model_path() -> Path:
    """The voice's ONNX file."""
    return Path(_package().model_path)


@lru_cache(maxsize=1)
def _package() -> Any:
    need_package("English")
    from hibari import Hibari

    return Hibari()


@lru_cache(maxsize=1)
def _session() -> Any:
    return open_session(model_path(), "/Round_output_0")
