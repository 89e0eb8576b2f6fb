"""Opening media files for reading: one place for checks, limits and error messages.

Everything goes through PyAV, which brings its own FFmpeg libraries; no program is called. PyAV is
imported inside functions because importing this module has to stay cheap.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from capture.errors import MediaError

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.stream import VideoStream

logger = logging.getLogger(__name__)

CONTAINERS: Final = (
    "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpeg,mpegts,mpegvideo,m4v,h264,hevc,ivf,obu,flv,"
    "asf,ogg,gif,apng,mjpeg,mxf,dv,nut,yuv4mpegpipe,wav,w64,aiff,flac,mp3,aac,ac3,eac3,caf,au,amr,"
    "amrnb,amrwb,ape,wv,tta,alac"
)
"""Containers that are read. Playlists and device or image pseudo-formats are left out, because
they would make a file from a stranger open other files or addresses."""

DECODER_THREADS: Final = 2
LARGEST_PICTURE: Final = 1 << 26
"""Pixels, 8192 x 8192: damaged headers ask for more memory than there is."""
_READABLE_HINT: Final = "Give a video or sound file such as MP4, MOV, WebM, AVI, MPEG, WAV or FLAC."


def check_input(path: Path) -> None:
    """Check that `path` is a file with content that may be read.

    Raises:
        MediaError: It is missing, a folder, empty, or not readable.
    """
    try:
        if path.is_dir():
            raise MediaError(f"{path} is a folder, not a file", hint=_READABLE_HINT)
        if not path.exists():
            raise MediaError(f"{path} does not exist", hint="Check the path.")
        if path.is_file() and path.stat().st_size == 0:
            raise MediaError(f"{path} is empty (0 bytes)", hint="Copy or record the file again.")
    except OSError as error:  # a part of the path is a file, too long, not searchable
        reason = error.strerror or str(error)
        raise MediaError(f"{path} cannot be read: {reason}", hint="Check the path.") from error


@contextmanager
def open_media(path: Path) -> Iterator[InputContainer]:
    """Open a media file; errors of FFmpeg inside the block become `MediaError`.

    Only this file is opened: no playlist entries, no network addresses, whatever it is called.

    Raises:
        MediaError: The file is missing, empty, not media, or breaks while it is read.
    """
    import av

    check_input(path)
    try:
        opened = av.open(
            f"file:{path}",  # without the scheme a name with a colon reads as a protocol
            options={"protocol_whitelist": "file", "format_whitelist": CONTAINERS},
            metadata_errors="ignore",
        )
    except av.FFmpegError as error:
        raise MediaError(
            f"{path} is not a video or sound file, or it is damaged or cut off ({error.strerror})",
            hint=_READABLE_HINT,
        ) from error
    try:
        with opened as container:
            yield container
    except av.FFmpegError as error:
        raise MediaError(
            f"{path} breaks while it is read: {error.strerror}",
            hint="The file may be damaged or cut off. Copy or record it again.",
        ) from error


def video_stream(container: InputContainer, path: Path) -> VideoStream:
    """The picture track, set up to decode on a bounded number of threads.

    Raises:
        MediaError: The file has none (a cover picture in a sound file does not count), or one that
            cannot be decoded.
    """
    stream = find_video(container)
    if stream is None:
        raise MediaError(f"{path} has no video track", hint="Give a file with moving pictures.")
    if stream.codec_context is None:
        raise MediaError(f"{path}: its video codec is not supported", hint=_READABLE_HINT)
    if stream.width * stream.height > LARGEST_PICTURE:
        raise MediaError(
            f"{path}: pictures of {stream.width} x {stream.height} px are too large",
            hint="Scale the video down.",
        )
    stream.thread_type = "AUTO"
    stream.codec_context.thread_count = DECODER_THREADS
    return stream


def find_video(container: InputContainer) -> VideoStream | None:
    """The first video track that is not a cover picture."""
    from av.stream import Disposition

    for stream in container.streams.video:
        if not stream.disposition & Disposition.attached_pic:
            return stream
    return None


def audio_stream(container: InputContainer, path: Path) -> AudioStream:
    """The first sound track.

    Raises:
        MediaError: The file has none, or one that cannot be decoded.
    """
    if not container.streams.audio:
        raise MediaError(f"{path} has no audio track", hint="Give a file that has sound.")
    stream = container.streams.audio[0]
    if stream.codec_context is None or stream.codec_context.channels == 0:
        raise MediaError(f"{path}: its audio codec is not supported", hint=_READABLE_HINT)
    return stream


def packets(container: InputContainer, stream: VideoStream | AudioStream) -> Iterator[Any]:
    """Packets of one track up to the end of the file or to where the file breaks off.

    The last one is empty and flushes the decoder.
    """
    import av

    while True:
        try:
            yield from container.demux(stream)
        except IndexError:  # PyAV stumbles over a track that begins in mid-file; read on
            continue
        except (av.InvalidDataError, av.EOFError) as error:
            logger.warning("%s breaks off early: %s", container.name, error.strerror)
        return


def decode(container: InputContainer, stream: VideoStream | AudioStream) -> Iterator[Any]:
    """Frames of one track in presentation order; damaged ones are skipped."""
    import av

    skipped = 0
    flushed = False
    for packet in packets(container, stream):
        flushed = packet.size == 0
        try:
            frames = stream.decode(packet)
        except (av.InvalidDataError, av.PatchWelcomeError):
            skipped += 1
            continue
        for frame in frames:
            if frame.is_corrupt:
                skipped += 1
            else:
                yield frame
    if not flushed:
        yield from (frame for frame in stream.decode(None) if not frame.is_corrupt)
    if skipped:
        logger.warning("%s: %d damaged frames were left out", container.name, skipped)
