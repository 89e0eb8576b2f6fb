"""Curves with soft edges out of switches and strengths, 100 frames a second, as they arrive."""

import numpy as np
from numpy.typing import NDArray


class Envelope:
    """1 while a switch is on, with a rise that begins before and a hold and fall after.

    Rise and fall are raised cosines: one clean velocity peak each. The curve lags `rise` frames
    behind what is pushed, and has the same bits however that is cut.
    """

    def __init__(self, *, rise: int, hold: int, fall: int) -> None:
        """All in frames; the rise is complete when the switch goes on."""
        self._ahead = rise
        before = 0.5 + 0.5 * np.cos(np.pi * np.arange(rise + 2) / (rise + 1))
        after = 0.5 + 0.5 * np.cos(np.pi * np.arange(fall + 2) / (fall + 1))
        self._rising = before.astype(np.float32)
        self._falling = np.concatenate([np.ones(hold), after]).astype(np.float32)
        self._switch = np.zeros(0, np.bool_)  # from the first frame that was not given yet
        self._since = len(self._falling)  # frames from the last one that was on to that one

    def push(self, switch: NDArray[np.bool_]) -> NDArray[np.float32]:
        """The curve's next frames after (t,) more of the switch; any t."""
        self._switch = np.concatenate([self._switch, switch])
        return self._advance(max(0, len(self._switch) - self._ahead))

    def finish(self) -> NDArray[np.float32]:
        """The frames that still waited, as if the switch stayed off."""
        waiting = len(self._switch)
        self._switch = np.pad(self._switch, (0, self._ahead))
        return self._advance(waiting)

    def _advance(self, ready: int) -> NDArray[np.float32]:
        if ready == 0:
            return np.zeros(0, np.float32)
        at = np.arange(len(self._switch))
        last = np.maximum.accumulate(np.where(self._switch, at, -self._since))[:ready]
        far = len(at) + len(self._rising)
        coming = np.where(self._switch, at, far)[::-1]
        following = np.minimum.accumulate(coming)[::-1][:ready]
        at = at[:ready]
        rising = self._rising[np.minimum(following - at, len(self._rising) - 1)]
        falling = self._falling[np.minimum(at - last, len(self._falling) - 1)]
        self._since = min(ready - int(last[-1]), len(self._falling))
        self._switch = self._switch[ready:]
        return np.maximum(rising, falling)


class Spread:
    """A strength that begins and ends softly: neighbours within some frames take part of it.

    The curve lags `reach` frames behind what is pushed, and has the same bits however that is cut.
    """

    def __init__(self, reach: int) -> None:
        """Half width in frames of the raised cosine that each strength is widened to."""
        self._reach = reach
        shares = 0.5 + 0.5 * np.cos(np.pi * np.arange(-reach, reach + 1) / (reach + 1))
        self._shares = shares.astype(np.float32)
        self._kept = np.zeros(reach, np.float32)

    def push(self, strength: NDArray[np.float32]) -> NDArray[np.float32]:
        """The curve's next frames after (t,) more strengths; any t."""
        self._kept = np.concatenate([self._kept, strength])
        ready = max(0, len(self._kept) - 2 * self._reach)
        result = np.zeros(ready, np.float32)
        for offset, share in enumerate(self._shares):
            np.maximum(result, share * self._kept[offset : offset + ready], out=result)
        self._kept = self._kept[ready:]
        return result

    def finish(self) -> NDArray[np.float32]:
        """The frames that still waited, as if nothing followed."""
        return self.push(np.zeros(self._reach, np.float32))
