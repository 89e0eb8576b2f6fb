"""Curves with soft edges out of strengths in [0, 1], 100 frames a second, as they arrive."""

import numpy as np
from numpy.typing import NDArray

_PEAK = (0.05, 0.15)  # probabilities at their peak: no contact, a contact
_NEAR_PEAK = (0.7, 0.95)  # of the peak: apart, touching


class Spread:
    """A strength that begins before it is there and ends after: its neighbours take part of it.

    Rise and fall are raised cosines: one clean velocity peak each. The curve lags `rise` frames
    behind what is pushed, and has the same bits however that is cut.
    """

    def __init__(self, *, rise: int, hold: int, fall: int) -> None:
        """All in frames; strengths of 1 stand out for `hold` frames before they fall."""
        before = 0.5 - 0.5 * np.cos(np.pi * np.arange(1, rise + 1) / (rise + 1))
        after = 0.5 + 0.5 * np.cos(np.pi * np.arange(1, fall + 1) / (fall + 1))
        shares = np.concatenate([before, np.ones(hold + 1), after])
        self._shares = shares[::-1].astype(np.float32)  # from the earliest neighbour to the latest
        self._rise = rise
        self._kept = np.zeros(hold + fall, np.float32)

    def push(self, strength: NDArray[np.float32]) -> NDArray[np.float32]:
        """The curve's next frames after (t,) more strengths; any t."""
        self._kept = np.concatenate([self._kept, strength])
        ready = max(0, len(self._kept) - len(self._shares) + 1)
        result = np.zeros(ready, np.float32)
        for offset, share in enumerate(self._shares):
            np.maximum(result, share * self._kept[offset : offset + ready], out=result)
        self._kept = self._kept[ready:]
        return result

    def finish(self) -> NDArray[np.float32]:
        """The frames that still waited, as if nothing followed."""
        return self.push(np.zeros(self._rise, np.float32))


class Peaks:
    """How near a probability is to its highest value of the last and next frames.

    A contact of the lips is as short as its peak, however unsure the recogniser is: near the peak
    the strength is 1 even where that is low, away from it 0 even where the probability is not.
    The curve lags `ahead` frames behind what is pushed, and has the same bits however that is cut.
    """

    def __init__(self, *, behind: int, ahead: int) -> None:
        """How many frames to either side may hold the peak."""
        self._behind, self._ahead = behind, ahead
        self._kept = np.zeros(behind, np.float32)

    def push(self, probability: NDArray[np.float32]) -> NDArray[np.float32]:
        """The next strengths after (t,) more probabilities; any t."""
        self._kept = np.concatenate([self._kept, probability])
        width = self._behind + self._ahead + 1
        if len(self._kept) < width:
            return np.zeros(0, np.float32)
        peak = np.lib.stride_tricks.sliding_window_view(self._kept, width).max(axis=1)
        own = self._kept[self._behind : self._behind + len(peak)]
        self._kept = self._kept[len(peak) :]
        near = smooth_step(own / np.maximum(peak, 1e-6), *_NEAR_PEAK)
        return near * smooth_step(peak, *_PEAK)

    def finish(self) -> NDArray[np.float32]:
        """The strengths that still waited, as if nothing followed."""
        return self.push(np.zeros(self._ahead, np.float32))


def smooth_step(values: NDArray[np.float32], low: float, high: float) -> NDArray[np.float32]:
    """From 0 at `low` to 1 at `high`, level at both ends."""
    share = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)
