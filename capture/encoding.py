"""Writing films that browsers play, as a stream: H.264 with AAC in MP4, VP9 with Opus in WebM."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from capture.audio import AudioClip
from capture.errors import MediaError
from capture.sound_track import SOUND_RATE, SoundTrack, sound_blocks
from capture.staging import write_error

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import OutputContainer
    from av.packet import Packet
    from av.video.stream import VideoStream

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
    if not 1 <= crf <= 51:
        raise ValueError(f"crf: want 1 to 51, got {crf}")
    film = _Film(
        container="mp4",
        muxing={"movflags": "+faststart"},
        codec="libx264",
        coding={"crf": str(crf), "preset": preset},
        pixels="yuv420p",
        sound="aac",
    )
    return _write(frames, Path(out), film, channels=3, fps=Fraction(fps), audio=audio)


def write_webm(
    frames: Iterable[NDArray[np.uint8]],
    out: Path | str,
    *,
    fps: Fraction,
    audio: AudioClip | Path | None = None,
    crf: int = 24,
    speed: int = 6,
    transparent: bool = False,
) -> int:
    """Encode frames into a WebM file, like `write_mp4`.

    Args:
        frames: (h, w, 3) uint8 RGB, or (h, w, 4) with straight alpha if `transparent`.
        out: The file; overwritten.
        fps: Frames a second; WebM keeps times to the millisecond.
        audio: Sound in memory, or a file whose sound track is streamed in.
        crf: VP9's constant rate factor, 0 (finest) to 63.
        speed: VP9's, 5 (slowest) to 8.
        transparent: Keep alpha, as a second VP9 picture beside each picture. Browsers show it;
            of FFmpeg's decoders only libvpx reads it.

    Returns:
        The number of frames written.

    Raises:
        MediaError: No frames, the sound cannot be read, or the file cannot be written.
        ValueError: As of `write_mp4`.
    """
    if not 0 <= crf <= 63:
        raise ValueError(f"crf: want 0 to 63, got {crf}")
    film = _Film(
        container="webm",
        codec="libvpx-vp9",
        coding={
            "crf": str(crf),
            "b": "0",
            "deadline": "realtime",  # a quarter more bytes in a ninth of the time
            "cpu-used": str(speed),
            "row-mt": "1",
            "lag-in-frames": "0",  # looking ahead would hold 25 large pictures, twice
            "auto-alt-ref": "0",  # hidden frames have no alpha beside them
        },
        pixels="yuva420p" if transparent else "yuv420p",
        sound="libopus",
        metadata={"alpha_mode": "1"} if transparent else {},
    )
    channels = 4 if transparent else 3
    return _write(frames, Path(out), film, channels=channels, fps=Fraction(fps), audio=audio)


@dataclass(frozen=True, slots=True)
class _Film:
    """A container, and how pictures and sound are coded in it, in FFmpeg's words."""

    container: str
    codec: str
    coding: Mapping[str, str]
    pixels: str
    sound: str
    muxing: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, str] = field(default_factory=dict)


def _write(
    frames: Iterable[NDArray[np.uint8]],
    out: Path,
    film: _Film,
    *,
    channels: int,
    fps: Fraction,
    audio: AudioClip | Path | None,
) -> int:
    if not 0 < fps <= _FASTEST_RATE or max(fps.numerator, fps.denominator) > _LARGEST_TIMESCALE:
        raise ValueError(f"fps: want a positive fraction that a film can hold, got {fps}")
    iterator = iter(frames)
    first = next(iterator, None)
    if first is None:
        raise MediaError(f"{out}: there are no frames to write", hint="Check the input's length.")
    if first.ndim != 3 or first.shape[2] != channels or 0 in first.shape:
        raise ValueError(f"frames: want (h, w, {channels}), got {first.shape}")
    blocks = sound_blocks(audio)
    opening = next(blocks, None)  # opens the sound file before the output is made
    with _FilmWriter(out, first.shape, film, fps=fps) as writer:
        if opening is not None:
            writer.add_sound(chain([opening], blocks), channels=len(opening))
        for frame in chain([first], iterator):
            writer.write(frame)
    return writer.count


class _FilmWriter:
    """One film being written. A context manager: leaving it completes the file."""

    def __init__(self, out: Path, shape: tuple[int, ...], film: _Film, *, fps: Fraction) -> None:
        import av
        from av.video.reformatter import Interpolation, VideoReformatter

        self.count = 0
        self._film = film
        self._out = out
        self._shape = shape
        self._fps = fps
        self._reformatter = VideoReformatter()
        self._scaling = Interpolation.BICUBIC | Interpolation.ACCURATE_RND  # else it darkens
        self._sound: SoundTrack | None = None
        with _reported(out):
            self._container: OutputContainer = av.open(
                f"file:{out}", "w", format=film.container, options=dict(film.muxing)
            )
            self._video = cast("VideoStream", self._container.add_stream(film.codec, rate=fps))
        height, width = shape[:2]
        self._padding = ((0, height % 2), (0, width % 2), (0, 0))
        video = self._video
        video.height, video.width = height + height % 2, width + width % 2
        video.pix_fmt = film.pixels
        video.time_base = video.codec_context.time_base = 1 / fps
        video.options = dict(film.coding)
        video.metadata.update(film.metadata)
        video.codec_context.thread_count = _ENCODER_THREADS
        video.color_range = _LIMITED_RANGE
        video.colorspace = video.color_primaries = video.color_trc = _BT709

    def __enter__(self) -> _FilmWriter:
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
        """Mux (c, s) blocks at `SOUND_RATE` alongside. Call before the first frame."""
        stream = cast("AudioStream", self._container.add_stream(self._film.sound, rate=SOUND_RATE))
        stream.layout = "mono" if channels == 1 else "stereo"
        stream.bit_rate = _BIT_RATE_PER_CHANNEL * channels
        self._sound = SoundTrack(stream, blocks, channels)

    def write(self, frame: NDArray[np.uint8]) -> None:
        """Append one uint8 frame, (h, w, 3) RGB or (h, w, 4) RGBA."""
        import av

        if frame.shape != self._shape or frame.dtype != np.uint8:
            raise ValueError(
                f"frame {self.count}: want uint8 {self._shape}, got {frame.dtype} {frame.shape}"
            )
        if self._padding[0][1] or self._padding[1][1]:
            frame = np.pad(frame, self._padding, mode="edge")
        picture = self._reformatter.reformat(
            av.VideoFrame.from_ndarray(
                np.ascontiguousarray(frame), format="rgb24" if frame.shape[2] == 3 else "rgba"
            ),
            format=self._film.pixels,
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
        for frame in self._sound.frames_up_to(round(end_s * SOUND_RATE), last=last):
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
