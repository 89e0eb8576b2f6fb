"""Curves with soft edges out of strengths in [0, 1], 100 frames a second, as they arrive."""

import numpy as np
from numpy.typing import NDArray


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
