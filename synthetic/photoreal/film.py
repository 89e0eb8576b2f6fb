"""From radiance to the picture a camera would have kept."""

import zlib

import numpy as np
from numpy.typing import NDArray

from synthetic.render import tone_map

_FULL_WELL = 9000.0
"""Electrons of a pixel at radiance 1: a small sensor indoors."""
_READ_NOISE = 6.0
"""Electrons."""


def develop(
    radiance: NDArray[np.float32], *, exposure: float, grain: float, seed: int
) -> NDArray[np.uint8]:
    """(h, w, 3) sRGB.

    Shot noise grows with the root of the light, read noise is there in the dark (G. Healey,
    R. Kondepudy, "Radiometric CCD camera calibration and noise estimation", PAMI 1994).

    Args:
        radiance: (h, w, 3) linear.
        exposure: Factor.
        grain: 0 for none, 1 for a small sensor.
        seed: Of the noise.
    """
    light = np.maximum(radiance, 0) * exposure
    rng = np.random.default_rng(seed)
    sigma = np.sqrt(light * _FULL_WELL + _READ_NOISE**2) / _FULL_WELL
    # A sensor sees one colour per pixel and fills the others in: noise is wider than a pixel.
    noise = rng.normal(0, 1, (light.shape[0] + 1, light.shape[1] + 1, 3))
    noise = (noise[1:, 1:] + 0.6 * noise[:-1, 1:] + 0.6 * noise[1:, :-1]) / np.sqrt(1.72)
    return tone_map((light + grain * sigma * noise).astype(np.float32))


def seed_of(points: NDArray[np.floating]) -> int:
    """A seed that follows from where things are, so that equal frames have equal grain."""
    return zlib.crc32(np.ascontiguousarray(points, np.float32).tobytes())
