"""Pictures out of a video track: when each is shown, and how it looks upright in RGB."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from capture.errors import MediaError
from capture.media import decode, packets

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

STANDARD_RATES: Final = tuple(
    Fraction(rate)
    for rate in ("24000/1001", "24", "25", "30000/1001", "30", "48", "50", "60000/1001", "60")
)
_FALLBACK_RATE: Final = Fraction(25)
_FASTEST_RATE: Final = 120
"""Frames a second, of a track with uneven timestamps."""
_FASTEST_DECLARED: Final = 1000
_LARGEST_JITTER: Final = 0.25
"""Frames. Timestamps nearer to an even grid than this count as constant."""
_RATE_TOLERANCE: Final = 0.02
_SEEK_MARGIN_S: Final = 1.0
"""Key frames are found by decoding time, which runs ahead of the time of showing."""
_INDEXED: Final = ("mov", "matroska")
"""Containers whose index makes seeking exact."""
_LONGEST_PAUSE_S: Final = 600
_FEW_FRAMES: Final = 10
"""Fewer say too little about the rate: believe the header."""


@dataclass(frozen=True, slots=True)
class Timing:
    """When the pictures of a track are shown."""

    fps: Fraction
    """The constant rate; of an uneven track the nearest usual one."""
    variable: bool
    """The pictures are not evenly spaced."""
    start_s: float
    """Timestamp of the first picture."""
    duration_s: float
    """From the first picture's start to the last one's end."""


def scan_timing(container: InputContainer, stream: VideoStream) -> Timing:
    """Read the timestamps of all pictures without decoding them. Leaves the container at its end.

    Headers are not trusted: counts and rates in them are often those of the recording app's wish.

    Raises:
        MediaError: The timestamps jump so far that the file must be damaged.
    """
    base = float(stream.time_base or 1)
    ticks: list[int] = []
    count = last_duration = 0
    last_tick = -1
    for packet in packets(container, stream):
        if packet.size == 0 or packet.is_discard:
            continue
        count += 1
        if packet.pts is not None:
            ticks.append(packet.pts)
            if packet.pts >= last_tick:
                last_tick, last_duration = packet.pts, packet.duration or 0
    declared = _declared_rates(stream)
    if len(ticks) < 2 or 2 * len(ticks) < count:  # a bare stream: no timestamps in it
        fps = declared[0] if declared else _FALLBACK_RATE
        start = ticks[0] * base if ticks else 0.0
        return Timing(fps, variable=False, start_s=start, duration_s=float(count / fps))
    seconds = np.sort(np.array(ticks, np.int64)) * base
    offsets = seconds - seconds[0]
    jump = float(np.diff(offsets).max())
    if jump > _LONGEST_PAUSE_S:
        raise MediaError(
            f"{container.name.removeprefix('file:')}: its timestamps jump by {jump:.0f} s",
            hint="The file is damaged or joined from others. Cut or re-encode it.",
        )
    for fps in declared:
        if np.abs(offsets * float(fps) - np.arange(len(offsets))).max() < _LARGEST_JITTER:
            end = len(offsets) / float(fps)
            return Timing(fps, variable=False, start_s=seconds[0], duration_s=end)
    fps = _nearest_rate(offsets, declared)
    last_s = min(last_duration * base, _LONGEST_PAUSE_S) or 1 / float(fps)
    end = float(offsets[-1]) + last_s
    return Timing(fps, variable=True, start_s=seconds[0], duration_s=end)


def _declared_rates(stream: VideoStream) -> list[Fraction]:
    """Plausible rates that the file states or FFmpeg derived, the likeliest first."""
    rates = (stream.guessed_rate, stream.average_rate, stream.base_rate)
    return list(dict.fromkeys(rate for rate in rates if rate and 0 < rate <= _FASTEST_DECLARED))


def _nearest_rate(offsets: NDArray[np.float64], declared: list[Fraction]) -> Fraction:
    """The constant rate that stands for uneven timestamps."""
    for rate in declared:  # a constant rate of which frames were dropped or lost
        slots = offsets * float(rate)
        typical_step = np.median(np.diff(np.rint(slots)))
        if np.abs(slots - np.rint(slots)).max() < _LARGEST_JITTER / 2 and (
            typical_step == 1 or len(slots) < _FEW_FRAMES
        ):
            return rate
    steps = np.diff(offsets)
    steps = steps[steps > 0]
    typical = 1 / float(np.median(steps)) if len(steps) else float(_FALLBACK_RATE)
    typical = min(max(typical, 1.0), float(_FASTEST_RATE))
    for candidates in (declared, STANDARD_RATES):
        if candidates:
            nearest = min(candidates, key=lambda rate: abs(float(rate) - typical))
            if abs(float(nearest) / typical - 1) < _RATE_TOLERANCE:
                return nearest
    return Fraction(typical).limit_denominator(1001)


def decode_from(
    container: InputContainer, stream: VideoStream, timing: Timing, offset_s: float
) -> Iterator[VideoFrame]:
    """Decode a track that was just opened, skipping what is surely not needed.

    Args:
        container: Open file.
        stream: Its picture track.
        timing: What `scan_timing` found.
        offset_s: The picture shown at this time after the first one, and all later ones, are
            among those that are yielded.
    """
    if offset_s > 2 * _SEEK_MARGIN_S and any(name in container.format.name for name in _INDEXED):
        base = stream.time_base or Fraction(1)
        wanted_s = timing.start_s + offset_s
        container.seek(round((wanted_s - _SEEK_MARGIN_S) / base), stream=stream)
        frames = decode(container, stream)
        first = next(frames, None)
        if first is not None and first.pts is not None and first.time <= wanted_s:
            yield first
            yield from frames
            return
        container.seek(round(timing.start_s / base), stream=stream)
    yield from decode(container, stream)


def shown_frames(
    frames: Iterable[VideoFrame], timing: Timing, fps: Fraction
) -> Iterator[tuple[VideoFrame, int]]:
    """Lay the pictures of a track on the grid of a constant rate.

    Every picture goes to the slot nearest to its timestamp and is shown until the next picture's
    slot; of pictures that share a slot the last one is shown. FFmpeg's `fps` filter rounds so.

    Yields:
        (picture, end): it is shown from where the last one ended to slot `end`, exclusive. The
        last picture may end where the one before it does: it begins after the clip's end.
    """
    held: VideoFrame | None = None
    held_slot = end = 0
    time, step = -1 / timing.fps, 1 / timing.fps
    for frame in frames:
        offset = None if frame.pts is None else frame.time - timing.start_s
        if offset is None:
            time += step
        elif timing.variable:
            time = Fraction(offset).limit_denominator(1_000_000)
            if frame.duration and frame.time_base:
                step = min(frame.duration * frame.time_base, Fraction(_LONGEST_PAUSE_S))
        else:  # timestamps are rounded to ticks: take the exact ones that they stand for
            time = max(time + step, round(offset * float(timing.fps)) * step)
        slot = _nearest(time * fps)
        if held is not None and slot > held_slot:
            yield held, slot
        held, held_slot, end = frame, slot, _nearest((time + step) * fps)
    if held is not None:
        yield held, max(end, 1)


def _nearest(value: Fraction) -> int:
    """Rounded half up, and never below 0: `round` would send every other half down."""
    return max(0, math.floor(value + Fraction(1, 2)))
