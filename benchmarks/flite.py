"""The flite synthesiser, whose phone times are exact: it calibrates whatever judges speech."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from capture.audio import AudioClip

Segments = list[tuple[str, float, float]]
"""Phone in flite's notation, start and stop in seconds."""


def speak_with_flite(voice: str, texts: Sequence[str]) -> Iterator[tuple[AudioClip, Segments]]:
    """Each text spoken, with its phones; nothing where the program is not installed."""
    program = shutil.which("flite")
    if program is None:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        for text in texts:
            command = [program, "-voice", voice, "-psdur", "-t", text, "-o", str(path)]
            said = subprocess.run(  # noqa: S603 - a program found on the path, our own text
                command, capture_output=True, text=True, check=True
            ).stdout
            segments, start = [], 0.0
            for phone, stop in re.findall(r"(\S+?):([\d.]+)", said):
                segments.append((phone, start, float(stop)))
                start = float(stop)
            yield AudioClip.read(path), segments
