"""What an avatar says, as widgets of the browser application."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any


def speech_widgets(gr: Any, voices: Sequence[tuple[str, str]]) -> tuple[Any, Any, Any]:
    """Add a recording, a text and its voice; `spoken` reads their values.

    Args:
        gr: The module gradio, inside a `Blocks`.
        voices: What a person reads and the name of every voice that is installed.
    """
    audio = gr.Audio(label="Speech", type="filepath", sources=["upload", "microphone"], buttons=[])
    text = gr.Textbox(
        label="Or a text; [smile], [look left], [nod] and others direct the face",
        value="",
        lines=3,
    )
    voice = gr.Dropdown(
        [("The best that is installed", ""), *voices], value="", label="Voice of the text"
    )
    return audio, text, voice


def spoken(gr: Any, audio: str | None, text: str, voice: str) -> dict[str, Any]:
    """Return what is to be said, as `Studio.speak` takes it.

    Raises:
        gradio.Error: Neither or both of a recording and a text are given.
    """
    if audio and text.strip():
        raise gr.Error(
            "Remove the recording or the text.", title="One of both", print_exception=False
        )
    if text.strip():
        return {"text": text, "voice": voice or None}
    if not audio:
        raise gr.Error(
            "The speech, or a text, is missing.", title="One more thing", print_exception=False
        )
    return {"audio": Path(audio)}
