"""`AudioClip`: mono sound in memory, and sound files as streams of blocks."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from capture.errors import MediaError
from capture.media import audio_stream, decode, find_video, open_media
from capture.resampling import Downmix, FrameResampler, Resampler

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer

logger = logging.getLogger(__name__)

_LONGEST_GAP_S: Final = 60.0
_SMALLEST_GAP_S: Final = 0.04
_BLOCK: Final = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class AudioClip:
    """Mono sound. Takes over the array it is given and makes it read-only."""

    samples: NDArray[np.float32]
    """(s,) in [-1, 1]."""
    sample_rate: int
    """Samples a second."""

    def __post_init__(self) -> None:
        if self.sample_rate <= 0:
            raise ValueError(f"sample_rate: want a positive number of Hz, got {self.sample_rate}")
        if self.samples.ndim != 1 or self.samples.dtype != np.float32:
            raise ValueError(
                f"samples: want float32 (s,), got {self.samples.dtype} {self.samples.shape}"
            )
        if not np.isfinite(self.samples).all():
            raise ValueError("samples: holds NaN or infinity")
        if np.abs(self.samples).max(initial=0.0) > 1:
            raise ValueError("samples: values lie outside [-1, 1]")
        self.samples.flags.writeable = False

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate

    @classmethod
    def read(cls, path: Path | str, *, sample_rate: int = 16000) -> AudioClip:
        """Read the first sound track of a sound or video file.

        All channels are mixed to one and resampled; a dead channel is left out. Of a video, time 0
        is the first picture: sound that starts later is preceded by silence, sound from before it
        is cut.

        Args:
            path: Any container and codec that FFmpeg reads.
            sample_rate: Hz of the result.

        Raises:
            MediaError: The file cannot be read, has no sound track, or the track is empty.
        """
        return cls(np.concatenate(list(read_mono(Path(path), sample_rate))), sample_rate)

    def resampled(self, sample_rate: int) -> AudioClip:
        """The same sound at another rate (`self` where the rate is the same)."""
        if sample_rate == self.sample_rate:
            return self
        return AudioClip(np.concatenate(list(self.blocks(sample_rate))), sample_rate)

    def blocks(self, sample_rate: int) -> Iterator[NDArray[np.float32]]:
        """Stream the sound at another rate as (s,) float32 blocks in [-1, 1]."""
        resampler = Resampler(self.sample_rate, sample_rate)
        for start in range(0, len(self.samples), _BLOCK):
            yield resampler.push(self.samples[start : start + _BLOCK])
        yield resampler.finish()

    def slice(self, start_s: float, stop_s: float) -> AudioClip:
        """The part from `start_s` to `stop_s` (seconds, limited to the clip), copied."""
        start = max(0, round(start_s * self.sample_rate))
        stop = max(start, round(stop_s * self.sample_rate))
        return AudioClip(self.samples[start:stop].copy(), self.sample_rate)


def read_mono(path: Path, sample_rate: int) -> Iterator[NDArray[np.float32]]:
    """Stream the first sound track of a file as (s,) float32 blocks in [-1, 1].

    What `AudioClip.read` reads, in flat memory; see there.

    Raises:
        MediaError: The file cannot be read, has no sound track, or the track is empty.
    """
    downmix, samples = Downmix(sample_rate), 0
    for block in read_blocks(path, sample_rate):
        samples += block.shape[1]
        yield np.clip(downmix.push(block), -1, 1)
    if samples == 0:
        raise MediaError(
            f"{path} has an audio track without sound in it", hint="Record the file again."
        )


def sound_seconds(path: Path) -> float:
    """How long the sound of a file is, as its header says; 0 if it does not.

    Raises:
        MediaError: The file cannot be read or has no sound track.
    """
    with open_media(path) as container:
        stream = audio_stream(container, path)
        if stream.duration is not None and stream.time_base is not None:
            return max(0.0, float(stream.duration * stream.time_base))
        return max(0.0, (container.duration or 0) / 1e6)


def read_blocks(path: Path, sample_rate: int) -> Iterator[NDArray[np.float32]]:
    """Stream the first sound track of a file, in step with its pictures.

    Time 0 is the first picture of a video, else the first sample. Gaps in the track's timestamps
    are filled with silence and overlaps cut, so that sound and picture stay together.

    Args:
        path: Sound or video file.
        sample_rate: Hz of the result.

    Yields:
        (c, s) float32 blocks; c is 1 for a mono track and 2 for all others. Values may exceed
        [-1, 1] a little.

    Raises:
        MediaError: The file cannot be read or has no sound track.
    """
    with open_media(path) as container:
        stream = audio_stream(container, path)
        channels = min(2, stream.codec_context.channels)
        resampler = FrameResampler(sample_rate, channels)
        position = 0.0  # seconds that were delivered or dropped
        surplus = 0  # samples of the result still to be dropped
        for frame, start in _timed(container, stream):
            gap = start - position
            if abs(gap) > (_SMALLEST_GAP_S if position else 0):
                position = start
                if abs(gap) > _LONGEST_GAP_S:
                    logger.warning("%s: a jump of %.1f s in the sound is ignored", path, gap)
                elif gap > 0:
                    yield np.zeros((channels, round(gap * sample_rate)), np.float32)
                else:
                    surplus += round(-gap * sample_rate)
            position += frame.samples / frame.sample_rate
            block = resampler.push(frame)
            cut = min(surplus, block.shape[1])
            surplus -= cut
            yield block[:, cut:]
        yield resampler.flush()


def _timed(container: InputContainer, stream: AudioStream) -> Iterator[tuple[AudioFrame, float]]:
    """Decoded frames with the time in seconds at which each starts."""
    video = find_video(container)
    origin = None
    if video is not None and video.start_time is not None and video.time_base is not None:
        origin = float(video.start_time * video.time_base)
    following = 0.0
    for frame in decode(container, stream):
        if frame.samples == 0:
            continue
        if frame.time is not None:
            origin = frame.time if origin is None else origin
            following = frame.time - origin
        yield frame, following
        following += frame.samples / frame.sample_rate
