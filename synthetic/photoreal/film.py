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
    rendered: NDArray[np.float32],
    backdrop: NDArray[np.float32],
    *,
    exposure: float,
    grain: float,
    seed: int,
) -> NDArray[np.uint8]:
    """(h, w, 3) sRGB.

    Shot noise grows with the root of the light, read noise is there in the dark (G. Healey,
    R. Kondepudy, "Radiometric CCD camera calibration and noise estimation", PAMI 1994).

    Args:
        rendered: (h, w, 4) linear, premultiplied.
        backdrop: (h, w, 3) linear, behind it.
        exposure: Factor.
        grain: 0 for none, 1 for a small sensor.
        seed: Of the noise.
    """
    alpha = np.clip(rendered[..., 3:], 0, 1)
    light = np.maximum(rendered[..., :3], 0) + backdrop * (1 - alpha)
    light = light * exposure
    rng = np.random.default_rng(seed)
    electrons = light * _FULL_WELL
    sigma = np.sqrt(electrons + _READ_NOISE**2) / _FULL_WELL
    # A sensor sees one colour per pixel and fills the others in: noise is wider than a pixel.
    noise = rng.normal(0, 1, (light.shape[0] + 1, light.shape[1] + 1, 3))
    noise = (noise[1:, 1:] + 0.6 * noise[:-1, 1:] + 0.6 * noise[1:, :-1]) / np.sqrt(1.72)
    return tone_map((light + grain * sigma * noise).astype(np.float32))


def seed_of(points: NDArray[np.floating]) -> int:
    """A seed that follows from where things are, so that equal frames have equal grain."""
    return zlib.crc32(np.ascontiguousarray(points, np.float32).tobytes())
