"""Frames decoded once, kept as plain bytes on disk, read through a memory map."""

import hashlib
import logging
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from reenact.train.clips import Clip
from reenact.train.errors import TrainingError

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reel:
    """The frames of one clip. Holds no array: cheap to send to another process."""

    clip: Clip
    path: Path
    count: int
    side: int

    def frames(self) -> NDArray[np.uint8]:
        """(count, side, side, 3) RGB, read-only; pages are read as they are touched."""
        shape = (self.count, self.side, self.side, 3)
        return np.memmap(self.path, np.uint8, mode="r", shape=shape)


def decode_clips(
    clips: Iterable[Clip],
    cache: Path,
    *,
    side: int,
    on_progress: Callable[[Clip], None] | None = None,
) -> tuple[Reel, ...]:
    """Decode clips into a cache, one frame at a time; those already there are left as they are.

    Args:
        clips: What to decode. The middle square of a frame is taken.
        cache: Folder; a changed clip (size, time of change) is decoded anew.
        side: Of the stored frames in px.
        on_progress: Called after each clip that was decoded.

    Raises:
        MediaError: A clip cannot be read.
        TrainingError: A clip has fewer than two frames.
    """
    cache.mkdir(parents=True, exist_ok=True)
    reels = []
    for clip in clips:
        path = cache / f"{_fingerprint(clip, side)}.rgb"
        if not path.exists():
            _decode(clip, path, side)
            if on_progress:
                on_progress(clip)
        count = path.stat().st_size // (side * side * 3)
        if count < 2:
            raise TrainingError(
                f"{clip.path} has {count} frames", hint="A clip needs at least two."
            )
        reels.append(Reel(clip, path, count, side))
    return tuple(reels)


def square(frame: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """(side, side, 3) the middle square of an (h, w, 3) frame."""
    import cv2

    height, width = frame.shape[:2]
    edge = min(height, width)
    top, left = (height - edge) // 2, (width - edge) // 2
    middle = np.ascontiguousarray(frame[top : top + edge, left : left + edge])
    method = cv2.INTER_AREA if edge >= side else cv2.INTER_LINEAR
    return cv2.resize(middle, (side, side), interpolation=method)


def _fingerprint(clip: Clip, side: int) -> str:
    files = [clip.path / name for name in clip.stills] or [clip.path]
    facts = [(str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    return hashlib.sha256(f"1:{side}:{facts}".encode()).hexdigest()[:24]


def _decode(clip: Clip, path: Path, side: int) -> None:
    scratch = path.with_suffix(f".{secrets.token_hex(4)}.part")
    try:
        with scratch.open("wb") as file:
            for frame in _pictures(clip):
                file.write(square(frame, side).tobytes())
        scratch.replace(path)
    finally:
        scratch.unlink(missing_ok=True)
    log.info("decoded %s", clip.path)


def _pictures(clip: Clip) -> Iterator[NDArray[np.uint8]]:
    if not clip.stills:
        from capture.video import read_frames

        yield from read_frames(clip.path)
        return
    from PIL import Image

    for name in clip.stills:
        with Image.open(clip.path / name) as picture:
            yield np.asarray(picture.convert("RGB"))
