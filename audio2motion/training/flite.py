"""The `flite` synthesiser (CMU, free): five English voices with exact phone times."""

import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from audio2motion.training.programs import program
from audio2motion.training.takes import SILENCE, Take, take_from_audio
from capture.audio import AudioClip

VOICES = ("slt", "rms", "awb", "kal16", "kal")


def speak(voice: str, texts: Sequence[str], rng: np.random.Generator) -> Iterator[Take]:
    """Say each text, at a pace and a pitch drawn for it.

    Raises:
        MissingBackendError: The program is not installed.
    """
    command = [program("flite"), "-voice", voice, "-psdur"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "speech.wav"
        for text in texts:
            stretch = float(np.exp(rng.normal(0.0, 0.15)))
            said = subprocess.run(  # noqa: S603 - a program found on the path, our own text
                [
                    *command,
                    "--setf",
                    f"duration_stretch={stretch:.3f}",
                    "-t",
                    text,
                    "-o",
                    str(path),
                ],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            segments = [
                (SILENCE if phone == "pau" else phone, float(stop))
                for phone, stop in re.findall(r"(\S+?):([\d.]+)", said)
            ]
            yield take_from_audio(
                AudioClip.read(path),
                segments,
                engine="flite",
                voice=voice,
                language="en",
                notation="arpabet",
                text=text,
            )
