"""The command that lists the voices."""

from __future__ import annotations

import click

from avatar.console import emit, json_option


@click.command(short_help="List the voices that can say a text.")
@click.option("--language", help="Only those of a language, such as de.")
@json_option
def voices(language: str | None, as_json: bool) -> int:
    """List the voices that can say a text, with language, engine and licence.

    A Piper voice that you have as a file needs no entry: give its path, --voice voice.onnx.

    \b
    Examples:
      avatar voices
      avatar voices --language fr
    """
    from audio2motion.text.espeak_voice import INSTALL
    from audio2motion.text.voices import installed_voices
    from capture.errors import MissingBackendError

    listed = installed_voices()
    if not listed:
        raise MissingBackendError(
            "no voice is installed",
            hint=f"English: pip install 'countenance[voices]'. All languages: {INSTALL}",
        )
    wanted = (language or "").lower().replace("_", "-")
    for voice in listed:
        if not wanted or f"{voice.language}-".startswith(f"{wanted}-"):
            record = {
                "name": voice.name,
                "language": voice.language,
                "engine": voice.engine,
                "licence": voice.licence,
            }
            text = f"{voice.name:24} {voice.language:16} {voice.engine:10} {voice.licence}"
            emit(record, text, as_json=as_json)
    return 0
