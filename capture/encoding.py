"""Writing MP4 files that every browser plays: H.264 with AAC, as a stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from capture.audio import AudioClip, read_blocks
from capture.errors import MediaError
from capture.staging import write_error

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

AAC_RATE: Final = 48000
_AAC_BLOCK: Final = 1024
_BIT_RATE_PER_CHANNEL: Final = 96_000
_ENCODER_THREADS: Final = 2
_FASTEST_RATE: Final = 1000
_LARGEST_TIMESCALE: Final = 2**31 - 1
_BT709: Final = 1
_LIMITED_RANGE: Final = 1


def write_mp4(
    frames: Iterable[NDArray[np.uint8]],
    out: Path | str,
    *,
    fps: Fraction,
    audio: AudioClip | Path | None = None,
    crf: int = 18,
    preset: str = "veryfast",
) -> int:
    """Encode frames, and sound beside them, into an MP4 that can start playing while it loads.

    Memory does not grow with the length: sound is read and written in step with the pictures, and
    cut or continued with silence to end with them. Writes straight to `out`; use
    `capture.staging.staged_output` so that a failure leaves nothing behind.

    Args:
        frames: (h, w, 3) uint8 RGB, all of one size. Odd sizes are padded to even ones by
            repeating the last column and row, as 4:2:0 needs.
        out: The file; overwritten.
        fps: Frames a second; kept exactly.
        audio: Sound in memory, or a file whose sound track is streamed in.
        crf: x264's constant rate factor, 1 (finest; 0 would need a profile that browsers lack)
            to 51.
        preset: x264's speed preset.

    Returns:
        The number of frames written.

    Raises:
        MediaError: No frames, the sound cannot be read, or the file cannot be written.
        ValueError: A frame has another shape or dtype than expected, or `fps` or `crf` is out of
            range.
    """
    if not 0 < fps <= _FASTEST_RATE or max(fps.numerator, fps.denominator) > _LARGEST_TIMESCALE:
        raise ValueError(f"fps: want a positive fraction that MP4 can hold, got {fps}")
    if not 1 <= crf <= 51:
        raise ValueError(f"crf: want 1 to 51, got {crf}")
    iterator = iter(frames)
    first = next(iterator, None)
    if first is None:
        raise MediaError(f"{out}: there are no frames to write", hint="Check the input's length.")
    blocks = _sound_blocks(audio)
    opening = next(blocks, None)  # opens the sound file before the output is made
    with Mp4Writer(Path(out), first.shape, fps=Fraction(fps), crf=crf, preset=preset) as writer:
        if opening is not None:
            writer.add_sound(chain([opening], blocks), channels=len(opening))
        for frame in chain([first], iterator):
            writer.write(frame)
    return writer.count


def _sound_blocks(audio: AudioClip | Path | None) -> Iterator[NDArray[np.float32]]:
    """(c, s) float32 blocks at `AAC_RATE`."""
    if audio is None:
        return
    if isinstance(audio, AudioClip):
        yield from (block[None] for block in audio.blocks(AAC_RATE))
    else:
        yield from read_blocks(Path(audio), AAC_RATE)


class Mp4Writer:
    """One MP4 being written. A context manager: leaving it completes the file."""

    def __init__(
        self, out: Path, shape: tuple[int, ...], *, fps: Fraction, crf: int, preset: str
    ) -> None:
        import av
        from av.video.reformatter import Interpolation, VideoReformatter

        if len(shape) != 3 or shape[2] != 3 or 0 in shape:
            raise ValueError(f"frames: want (h, w, 3), got {shape}")
        self.count = 0
        self._out = out
        self._shape = shape
        self._fps = fps
        self._reformatter = VideoReformatter()
        self._scaling = Interpolation.BICUBIC | Interpolation.ACCURATE_RND  # else it darkens
        self._sound: _SoundTrack | None = None
        with _reported(out):
            self._container: OutputContainer = av.open(
                f"file:{out}", "w", format="mp4", options={"movflags": "+faststart"}
            )
            self._video: VideoStream = self._container.add_stream("libx264", rate=fps)
        height, width = shape[:2]
        self._padding = ((0, height % 2), (0, width % 2), (0, 0))
        video = self._video
        video.height, video.width = height + height % 2, width + width % 2
        video.pix_fmt = "yuv420p"
        video.time_base = video.codec_context.time_base = 1 / fps
        video.options = {"crf": str(crf), "preset": preset}
        video.codec_context.thread_count = _ENCODER_THREADS
        video.color_range = _LIMITED_RANGE
        video.colorspace = video.color_primaries = video.color_trc = _BT709

    def __enter__(self) -> Mp4Writer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            with _reported(self._out) if kind is None else _ignored():
                self._container.close()

    def add_sound(self, blocks: Iterator[NDArray[np.float32]], *, channels: int) -> None:
        """Mux (c, s) blocks at `AAC_RATE` alongside. Call before the first frame."""
        stream = self._container.add_stream("aac", rate=AAC_RATE)
        stream.layout = "mono" if channels == 1 else "stereo"
        stream.bit_rate = _BIT_RATE_PER_CHANNEL * channels
        self._sound = _SoundTrack(stream, blocks, channels)

    def write(self, frame: NDArray[np.uint8]) -> None:
        """Append one (h, w, 3) uint8 RGB frame."""
        import av

        if frame.shape != self._shape or frame.dtype != np.uint8:
            raise ValueError(
                f"frame {self.count}: want uint8 {self._shape}, got {frame.dtype} {frame.shape}"
            )
        if self._padding[0][1] or self._padding[1][1]:
            frame = np.pad(frame, self._padding, mode="edge")
        picture = self._reformatter.reformat(
            av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24"),
            format="yuv420p",
            dst_colorspace=_BT709,
            dst_color_range=_LIMITED_RANGE,
            interpolation=self._scaling,
            threads=1,
        )
        picture.pts, picture.time_base, picture.duration = self.count, 1 / self._fps, 1
        with _reported(self._out):
            self._mux(self._video.encode(picture))
        self.count += 1
        self._sound_up_to(self.count / self._fps)

    def _sound_up_to(self, end_s: Fraction, *, last: bool = False) -> None:
        if self._sound is None:
            return
        for frame in self._sound.frames_up_to(round(end_s * AAC_RATE), last=last):
            with _reported(self._out):
                self._mux(self._sound.stream.encode(frame))

    def _finish(self) -> None:
        self._sound_up_to(self.count / self._fps, last=True)
        with _reported(self._out):
            if self._sound is not None:
                self._mux(self._sound.stream.encode(None))
            self._mux(self._video.encode(None))

    def _mux(self, encoded: list[Packet[Any]]) -> None:
        for packet in encoded:
            self._container.mux(packet)


class _SoundTrack:
    """Cuts blocks of any length into AAC frames, and continues them with silence."""

    def __init__(
        self, stream: AudioStream, blocks: Iterator[NDArray[np.float32]], channels: int
    ) -> None:
        self.stream = stream
        self._blocks = blocks
        self._waiting = np.zeros((channels, 0), np.float32)
        self._position = 0  # samples handed out

    def frames_up_to(self, end: int, *, last: bool) -> Iterator[AudioFrame]:
        """Frames up to sample `end`; the rest of fewer than `_AAC_BLOCK` only if it is the last."""
        while self._position < end:
            size = min(_AAC_BLOCK, end - self._position)
            if size < _AAC_BLOCK and not last:
                return
            yield self._frame(self._take(size))

    def _take(self, size: int) -> NDArray[np.float32]:
        while self._waiting.shape[1] < size:
            block = next(self._blocks, None)
            if block is None:
                block = np.zeros((len(self._waiting), size), np.float32)
            self._waiting = np.concatenate([self._waiting, block], axis=1)
        taken, self._waiting = self._waiting[:, :size], self._waiting[:, size:]
        return np.ascontiguousarray(np.clip(taken, -1, 1))

    def _frame(self, samples: NDArray[np.float32]) -> AudioFrame:
        import av

        layout = "mono" if len(samples) == 1 else "stereo"
        frame = av.AudioFrame.from_ndarray(samples, format="fltp", layout=layout)
        frame.sample_rate = AAC_RATE
        frame.pts, frame.time_base = self._position, Fraction(1, AAC_RATE)
        self._position += samples.shape[1]
        return frame


@contextmanager
def _reported(out: Path) -> Iterator[None]:
    """Errors of the writer's own FFmpeg calls become `MediaError`."""
    import av

    try:
        yield
    except OSError as error:
        raise write_error(out, error) from error
    except av.FFmpegError as error:
        raise MediaError(
            f"{out} cannot be encoded: {error.strerror}", hint="Check size, preset and crf."
        ) from error


@contextmanager
def _ignored() -> Iterator[None]:
    """Closing a file that is given up: its errors would hide the one that matters."""
    import av

    with suppress(OSError, av.FFmpegError):
        yield
