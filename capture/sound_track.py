"""Sound that is written in step with pictures: cut into the encoder's frames, padded at the end."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from capture.audio import AudioClip, read_blocks

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream

SOUND_RATE: Final = 48000
_BLOCK: Final = 1024


def sound_blocks(audio: AudioClip | Path | None) -> Iterator[NDArray[np.float32]]:
    """(c, s) float32 blocks at `SOUND_RATE`.

    Raises:
        MediaError: The file has no sound that can be read.
    """
    if audio is None:
        return
    if isinstance(audio, AudioClip):
        yield from (block[None] for block in audio.blocks(SOUND_RATE))
    else:
        yield from read_blocks(Path(audio), SOUND_RATE)


class SoundTrack:
    """Cuts blocks of any length into frames, and continues them with silence."""

    def __init__(
        self, stream: AudioStream, blocks: Iterator[NDArray[np.float32]], channels: int
    ) -> None:
        self.stream = stream
        self._blocks = blocks
        self._waiting = np.zeros((channels, 0), np.float32)
        self._position = 0  # samples handed out

    def frames_up_to(self, end: int, *, last: bool) -> Iterator[AudioFrame]:
        """Frames up to sample `end`; the rest of fewer than `_BLOCK` only if it is the last."""
        while self._position < end:
            size = min(_BLOCK, end - self._position)
            if size < _BLOCK and not last:
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
        frame.sample_rate = SOUND_RATE
        frame.pts, frame.time_base = self._position, Fraction(1, SOUND_RATE)
        self._position += samples.shape[1]
        return frame
