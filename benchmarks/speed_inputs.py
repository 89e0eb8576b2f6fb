"""Footage and speech of a given length and size for the speed benchmark.

A program of its own: the peak memory that Linux reports for a child includes what its parent held
when it was started, so the parent must not decode video itself.
"""

import wave
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from capture.audio import AudioClip
from capture.video import read_frames, write_mp4

FPS = Fraction(25)
SPEECH_HZ = 16000


def repeated(path: Path, count: int) -> Iterator[NDArray[np.uint8]]:
    """Yield `count` frames of a video at 25 fps, from the start again where it ends."""
    made = 0
    while made < count:
        for frame in read_frames(path, fps=FPS, stop=count - made):
            made += 1
            yield frame


def fitted(frame: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Scale a frame to fit into (height, width, 3) and continue its edges into the rest."""
    import cv2

    scale = min(width / frame.shape[1], height / frame.shape[0])
    size = (round(frame.shape[1] * scale), round(frame.shape[0] * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    inner = cv2.resize(frame, size, interpolation=method)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    right, bottom = width - size[0] - left, height - size[1] - top
    return cv2.copyMakeBorder(inner, top, bottom, left, right, cv2.BORDER_REPLICATE)


def make_video(source: Path, out: Path, *, width: int, height: int, seconds: int) -> None:
    """Write a silent clip of exactly this size and length at 25 fps."""
    frames = repeated(source, int(seconds * FPS))
    write_mp4((fitted(frame, width, height) for frame in frames), out, fps=FPS)


def make_speech(source: Path, out: Path, *, seconds: int) -> None:
    """Write speech of exactly this length as WAV, repeated as often as needed."""
    samples = AudioClip.read(source, sample_rate=SPEECH_HZ).samples
    count = seconds * SPEECH_HZ
    filled = np.tile(samples, -(-count // len(samples)))[:count]
    with wave.open(str(out), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SPEECH_HZ)
        file.writeframes((filled * 32767).astype("<i2").tobytes())


PATH = click.Path(path_type=Path)


@click.group()
def main() -> None:
    """Make the inputs of the speed benchmark."""


@main.command()
@click.argument("source", type=PATH)
@click.argument("out", type=PATH)
@click.option("--width", type=int, required=True)
@click.option("--height", type=int, required=True)
@click.option("--seconds", type=int, required=True)
def video(source: Path, out: Path, width: int, height: int, seconds: int) -> None:
    """Write footage."""
    make_video(source, out, width=width, height=height, seconds=seconds)


@main.command()
@click.argument("source", type=PATH)
@click.argument("out", type=PATH)
@click.option("--seconds", type=int, required=True)
def speech(source: Path, out: Path, seconds: int) -> None:
    """Write speech."""
    make_speech(source, out, seconds=seconds)


if __name__ == "__main__":
    main()
