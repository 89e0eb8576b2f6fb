"""Smoothing without visible lag."""

import math

import numpy as np
from numpy.typing import NDArray

RATE_CUTOFF_HZ = 1.0
"""Cutoff of the speed estimate; the value of the paper."""


class OneEuroFilter:
    """A low-pass filter whose cutoff rises with speed: calm at rest, no lag in motion.

    Casiez et al., "1 € Filter: A Simple Speed-based Low-pass Filter for Noisy Input in
    Interactive Systems", CHI 2012. All values of an array share one cutoff, so that a shape is
    not bent by its parts lagging differently.
    """

    def __init__(self, *, rate: float, cutoff: float, speed_gain: float) -> None:
        """Set it up.

        Args:
            rate: Frames a second.
            cutoff: Hz at rest.
            speed_gain: How much the cutoff rises, Hz for a unit a second.
        """
        self._rate, self._cutoff, self._speed_gain = rate, cutoff, speed_gain
        self._value: NDArray[np.float32] | None = None
        self._speed: NDArray[np.float32] | None = None

    def __call__(self, value: NDArray[np.float32]) -> NDArray[np.float32]:
        """Filter the next value; its shape must stay the same."""
        if self._value is None or self._speed is None:
            self._value, self._speed = value.copy(), np.zeros_like(value)
            return value
        speed = (value - self._value) * self._rate
        self._speed = self._speed + self._share(RATE_CUTOFF_HZ) * (speed - self._speed)
        fastest = float(np.sqrt((self._speed**2).mean()))
        share = self._share(self._cutoff + self._speed_gain * fastest)
        self._value = self._value + np.float32(share) * (value - self._value)
        return self._value

    def _share(self, cutoff: float) -> float:
        constant = 1 / (2 * math.pi * cutoff)
        return 1 / (1 + constant * self._rate)
