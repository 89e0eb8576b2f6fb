"""Video files: what is in them, and their pictures at a constant rate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.decoding import Timing, decode_from, scan_timing, shown_frames
from capture.encoding import write_mp4, write_webm
from capture.errors import MediaError
from capture.media import decode, open_media, video_stream
from capture.orientation import UprightRgb
from capture.stills import is_still, read_still

__all__ = ["VideoInfo", "probe", "read_frames", "write_mp4", "write_webm"]

LARGEST_STILL_PX = 1920
"""Longer side of a photo as a frame; larger ones are reduced."""
STILL_RATE = Fraction(25)
"""Frames a second of a photo, which has one."""


@dataclass(frozen=True, slots=True)
class VideoInfo:
    """What a video file delivers."""

    width: int
    """px, upright, with square pixels."""
    height: int
    """px, upright."""
    fps: Fraction
    """The constant rate that `read_frames` delivers by default."""
    frame_count: int
    """Frames at `fps`, from the timestamps; damaged files may deliver fewer."""
    has_audio: bool
    duration_s: float
    rotation: int
    """Degrees clockwise by which the stored pictures are turned: 0, 90, 180 or 270."""
    variable_rate: bool
    """The stored pictures are not evenly spaced; `read_frames` resamples them by timestamp."""


def probe(path: Path | str) -> VideoInfo:
    """Look at a video: timestamps of the whole file, and its first picture.

    A photo is a video of one frame.

    Raises:
        MediaError: The file cannot be read, has no video track, or no picture can be decoded.
    """
    return _inspect(Path(path))[0]


def read_frames(
    path: Path | str, *, fps: Fraction | None = None, start: int = 0, stop: int | None = None
) -> Iterator[NDArray[np.uint8]]:
    """Stream the pictures of a video at a constant rate, upright.

    Uneven timestamps, gaps and other rates are resampled by repeating and leaving out pictures.
    The file is checked at the call; decoding happens as frames are taken.

    Args:
        path: Video file.
        fps: Rate to deliver; None for the file's own (`VideoInfo.fps`).
        start: First frame, counted at the delivered rate.
        stop: Frame to stop before; None for the end.

    Returns:
        (h, w, 3) uint8 RGB frames, contiguous, each the caller's to keep and change.

    Raises:
        MediaError: As `probe`, or while reading where no picture can be decoded any more.
        ValueError: `fps` is not positive, or `start`/`stop` do not make a range.
    """
    if fps is not None and fps <= 0:
        raise ValueError(f"fps: want a positive fraction, got {fps}")
    if start < 0 or (stop is not None and stop < start):
        raise ValueError(f"want 0 <= start <= stop, got start {start}, stop {stop}")
    info, timing = _inspect(Path(path))
    return _stream(Path(path), timing, Fraction(fps or info.fps), start, stop)


def _inspect(path: Path) -> tuple[VideoInfo, Timing]:
    if is_still(path):
        return _inspect_still(path)
    with open_media(path) as container:
        has_audio = bool(container.streams.audio)
        timing = scan_timing(container, video_stream(container, path))
    with open_media(path) as container:
        stream = video_stream(container, path)
        first = next(decode(container, stream), None)
        if first is None:
            raise MediaError(
                f"{path}: none of its pictures can be decoded (0 frames readable)",
                hint="The file is damaged or cut off. Copy or record it again.",
            )
        upright = UprightRgb(first, stream)
    info = VideoInfo(
        width=upright.width,
        height=upright.height,
        fps=timing.fps,
        frame_count=max(1, round(timing.duration_s * timing.fps)),
        has_audio=has_audio,
        duration_s=timing.duration_s,
        rotation=upright.rotation,
        variable_rate=timing.variable,
    )
    return info, timing


def _inspect_still(path: Path) -> tuple[VideoInfo, Timing]:
    height, width = read_still(path, largest_side=LARGEST_STILL_PX).shape[:2]
    timing = Timing(STILL_RATE, variable=False, start_s=0.0, duration_s=float(1 / STILL_RATE))
    info = VideoInfo(
        width=width,
        height=height,
        fps=STILL_RATE,
        frame_count=1,
        has_audio=False,
        duration_s=timing.duration_s,
        rotation=0,
        variable_rate=False,
    )
    return info, timing


def _stream(
    path: Path, timing: Timing, fps: Fraction, start: int, stop: int | None
) -> Iterator[NDArray[np.uint8]]:
    following = start
    upright: UprightRgb | None = None
    if stop is not None and start >= stop:
        return
    if is_still(path):
        if start == 0:
            yield read_still(path, largest_side=LARGEST_STILL_PX)
        return
    with open_media(path) as container:
        stream = video_stream(container, path)
        decoded = decode_from(container, stream, timing, float(start / fps))
        for frame, end in shown_frames(decoded, timing, fps):
            upright = upright or UprightRgb(frame, stream)
            if end <= following:
                continue
            picture = upright(frame)
            end = end if stop is None else min(end, stop)
            for _ in range(following, end - 1):
                yield picture.copy()
            yield picture
            following = end
            if following == stop:
                return
