"""Small media files, muxed without the code under test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray


def _encode_pictures(container, stream, pictures, ticks, time_base, duration) -> None:
    for index, (picture, tick) in enumerate(zip(pictures, ticks, strict=True)):
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = tick, time_base
        following = ticks[index + 1] if index + 1 < len(ticks) else tick + duration
        frame.duration = following - tick
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _encode_sound(container, stream, samples, rate, start_s) -> None:
    layout = "mono" if len(samples) == 1 else "stereo"
    frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
    frame.sample_rate, frame.time_base = rate, Fraction(1, rate)
    frame.pts = round(start_s * rate)
    container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


@pytest.fixture
def make_clip(tmp_path: Path) -> Callable[..., Path]:
    """`make_clip(pictures, ticks=…, time_base=…, rotation=…, sound=…, …)` writes a clip."""

    def make(
        pictures: Sequence[NDArray[np.uint8]],
        *,
        name: str = "clip.mp4",
        rate: Fraction = Fraction(25),
        ticks: Sequence[int] | None = None,
        time_base: Fraction | None = None,
        rotation: float = 0,
        mirrored: bool = False,
        pixel_aspect: Fraction | None = None,
        sound: NDArray[np.float32] | None = None,
        sound_rate: int = 48000,
        sound_start_s: float = 0.0,
    ) -> Path:
        path = tmp_path / name
        time_base = time_base or 1 / rate
        ticks = list(range(len(pictures))) if ticks is None else list(ticks)
        with av.open(str(path), "w") as container:
            video = container.add_stream("libx264", rate=rate)
            video.height, video.width = pictures[0].shape[:2]
            video.pix_fmt = "yuv420p"
            video.time_base = video.codec_context.time_base = time_base
            video.options = {"crf": "5", "preset": "ultrafast"}
            if pixel_aspect:
                video.codec_context.sample_aspect_ratio = pixel_aspect
            if rotation or mirrored:
                video.set_display_rotation(rotation, hflip=mirrored)
            if sound is not None:
                audio = container.add_stream("aac", rate=sound_rate)
                audio.layout = "mono" if len(sound) == 1 else "stereo"
            step = round(1 / (rate * time_base))
            _encode_pictures(container, video, pictures, ticks, time_base, step)
            if sound is not None:
                _encode_sound(container, audio, sound, sound_rate, sound_start_s)
        return path

    return make


@pytest.fixture
def grey_steps() -> Callable[[int], list[NDArray[np.uint8]]]:
    """`grey_steps(count)`: 32 x 32 pictures; picture k is grey level 20 + 8 k."""
    return lambda count: [np.full((32, 32, 3), 20 + 8 * k, np.uint8) for k in range(count)]


@pytest.fixture
def grey_index() -> Callable[[NDArray[np.uint8]], int]:
    """Which of `grey_steps` a decoded frame is."""
    return lambda frame: round((float(frame.mean()) - 20) / 8)
