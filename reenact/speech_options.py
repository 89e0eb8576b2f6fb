"""Options of the command line that say what an avatar speaks: a recording or a text."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from avatar.console import input_file

_OPTIONS = (
    input_file("--audio", help="The speech, in any format."),
    click.option("--text", help="What to say instead, with directions such as [smile]."),
    input_file("--text-file", help="The same from a file, UTF-8."),
    click.option(
        "--voice", help="Who says it: joe, heart, espeak:LANGUAGE or a Piper voice (.onnx)."
    ),
    click.option("--language", help="Of the text, such as de. Default: the voice's, or English."),
)


def speech_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add them; the command gets `speech`, as keyword arguments for `reenact.speak`."""

    @functools.wraps(command)
    def with_speech(
        *,
        audio: Path | None,
        text: str | None,
        text_file: Path | None,
        voice: str | None,
        language: str | None,
        **given: Any,
    ) -> int:
        if sum(each is not None for each in (audio, text, text_file)) != 1:
            raise click.UsageError("Give exactly one of --audio, --text and --text-file.")
        if audio is not None and (voice is not None or language is not None):
            raise click.UsageError("--voice and --language are for a text.")
        if text_file is not None:
            text = read_text(text_file)
        speech = {"audio": audio, "text": text, "voice": voice, "language": language}
        return command(speech=speech, **given)

    decorated: Callable[..., int] = with_speech
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def read_text(path: Path) -> str:
    """Read a text that is to be said.

    Raises:
        TextError: The file cannot be read as UTF-8.
    """
    from audio2motion.errors import TextError

    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise TextError(
            f"{path} cannot be read: {error.strerror}", hint="Give a text file."
        ) from error
    except UnicodeDecodeError as error:
        raise TextError(f"{path} is no text in UTF-8", hint="Save it as UTF-8.") from error
