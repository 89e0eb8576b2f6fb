"""Sound at another sample rate, and of one channel, as it arrives."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler

_MEMORY_S: Final = 10.0
_DEAD: Final = 1e-3  # of the louder channel's energy
_OPPOSED: Final = -0.5  # correlation below which two channels would cancel each other


class FrameResampler:
    """Planar float32 at one rate out of FFmpeg's frames, whose format may change in mid-stream."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        self._sample_rate = sample_rate
        self._channels = channels
        self._source: tuple[str, str, int] | None = None
        self._resampler: AudioResampler | None = None

    def push(self, frame: AudioFrame) -> NDArray[np.float32]:
        """(c, s) what is ready after one more frame."""
        import av

        frame.pts = None  # the caller keeps time; the resampler must not fill gaps as well
        source = (frame.format.name, frame.layout.name, frame.sample_rate)
        before = []
        if source != self._source:
            before.append(self.flush())
            layout = "stereo" if self._channels == 2 else "mono"
            self._resampler = av.AudioResampler("fltp", layout, self._sample_rate)
            self._source = source
        return self._joined(before, frame)

    def flush(self) -> NDArray[np.float32]:
        """(c, s) what the filter still holds."""
        return self._joined([], None)

    def _joined(
        self, blocks: list[NDArray[np.float32]], frame: AudioFrame | None
    ) -> NDArray[np.float32]:
        blocks.append(np.zeros((self._channels, 0), np.float32))
        if self._resampler is not None:
            for ready in self._resampler.resample(frame):
                block = ready.to_ndarray().astype(np.float32, copy=False)
                blocks.append(np.nan_to_num(block, nan=0, posinf=1, neginf=-1))
        return np.concatenate(blocks, axis=1)


class Resampler:
    """Mono samples from one rate to another; gives exactly round(s * to / from) for s samples."""

    def __init__(self, source_rate: int, target_rate: int) -> None:
        self._source_rate, self._target_rate = source_rate, target_rate
        self._frames = FrameResampler(target_rate, 1)
        self._received = 0
        self._given = 0

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """(m,) what is ready after (s,) more samples, limited to [-1, 1]."""
        if self._source_rate == self._target_rate or len(samples) == 0:
            return samples
        import av

        self._received += len(samples)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(samples[None]), format="fltp", layout="mono"
        )
        frame.sample_rate = self._source_rate
        return self._limited(self._frames.push(frame)[0])

    def finish(self) -> NDArray[np.float32]:
        """(m,) what was missing."""
        if self._source_rate == self._target_rate or self._received == 0:
            return np.zeros(0, np.float32)
        block = self._limited(self._frames.flush()[0])
        return np.pad(block, (0, self._wanted() - self._given))

    def _wanted(self) -> int:
        return round(self._received * self._target_rate / self._source_rate)

    def _limited(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        block = np.clip(block[: self._wanted() - self._given], -1, 1)
        self._given += len(block)
        return block


class Downmix:
    """One channel out of two: their mean, unless one is dead or they would cancel each other.

    A channel 30 dB below the other over the last seconds adds nothing but noise, and halves the
    voice.
    """

    def __init__(self, sample_rate: int) -> None:
        self._sample_rate = sample_rate
        self._energy = np.zeros(2)
        self._product = 0.0
        self._weights = np.array([0.5, 0.5])

    def push(self, block: NDArray[np.float32]) -> NDArray[np.float32]:
        """(s,) out of a (c, s) block, c being 1 or 2."""
        if len(block) == 1 or block.shape[1] == 0:
            return np.asarray(block[0], np.float32)
        length = block.shape[1]
        keep = math.exp(-length / (_MEMORY_S * self._sample_rate))
        left, right = block.astype(np.float64)
        self._energy = keep * self._energy + [left @ left, right @ right]
        self._product = keep * self._product + float(left @ right)
        before, self._weights = self._weights, self._chosen()
        if (before == self._weights).all():
            return np.asarray(self._weights @ block, np.float32)
        fade = np.linspace(before, self._weights, length, axis=1)
        return np.asarray((fade * block).sum(axis=0), np.float32)

    def _chosen(self) -> NDArray[np.float64]:
        louder = float(self._energy.max())
        if louder == 0:
            return self._weights
        cancel = self._product < _OPPOSED * math.sqrt(float(self._energy.prod()))
        least = louder if cancel else _DEAD * louder
        live = self._energy >= least
        if live.all() and cancel:
            live[1] = False
        return np.asarray(live / live.sum(), np.float64)
