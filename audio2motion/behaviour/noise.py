"""Smooth noise that goes on for ever without drifting: Gaussian knots joined by cubic splines."""

import math

import numpy as np
from numpy.typing import NDArray

_SPLINE_DEVIATION = 0.692  # of a B-spline through unit Gaussian knots, averaged over time


class SmoothNoise:
    """(d,) independent noises of about unit variance, of several octaves."""

    def __init__(
        self, dimensions: int, octaves: tuple[tuple[float, float], ...], rng: np.random.Generator
    ) -> None:
        """Start it.

        Args:
            dimensions: d.
            octaves: Spacing of the knots, in units of what `advance` is given, and amplitude; of
                all octaves the squares of the amplitudes should sum to 1.
            rng: Source of the knots.
        """
        self._octaves, self._rng = octaves, rng
        self._positions = [float(rng.uniform()) for _ in octaves]
        self._knots = [rng.standard_normal((4, dimensions)) for _ in octaves]

    def advance(self, step: float) -> NDArray[np.float64]:
        """(d,) the noise `step` later."""
        total = np.zeros(self._knots[0].shape[1])
        for index, (spacing, amplitude) in enumerate(self._octaves):
            position = self._positions[index] + step / spacing
            while position >= 1:
                position -= 1
                fresh = self._rng.standard_normal((1, len(total)))
                self._knots[index] = np.concatenate([self._knots[index][1:], fresh])
            self._positions[index] = position
            for weight, knot in zip(_weights(position), self._knots[index], strict=True):
                total += amplitude / _SPLINE_DEVIATION * weight * knot
        return total


def _weights(u: float) -> tuple[float, float, float, float]:
    """Uniform cubic B-spline weights of the four knots around fraction `u` in [0, 1)."""
    return (
        math.pow(1 - u, 3) / 6,
        (3 * u**3 - 6 * u**2 + 4) / 6,
        (-3 * u**3 + 3 * u**2 + 3 * u + 1) / 6,
        u**3 / 6,
    )
