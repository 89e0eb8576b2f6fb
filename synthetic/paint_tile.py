"""A small repeating tile of skin: pores, the fine net of lines, mottling."""

import numpy as np
from numpy.typing import NDArray

DETAIL_TILE_M = 0.045
"""Length of skin after which the tile repeats."""


def skin_detail(rng: np.random.Generator, size: int = 512) -> NDArray[np.float32]:
    """A tile of skin, (size, size, 3): slope along u and v, and mottling.

    The tile repeats every `DETAIL_TILE_M`. Pores and the fine net of lines are a height field made
    from band-passed noise, which wraps because it is made with an FFT.
    """
    pixel = DETAIL_TILE_M / size
    fine = _band(rng, size, 0.00045 / pixel, 0.5)
    pores = -np.clip(_band(rng, size, 0.0008 / pixel, 0.4) - 0.9, 0, None)
    lines = -(np.abs(_band(rng, size, 0.0016 / pixel, 0.35, stretch=2.2)) ** 0.7)
    height = 0.9 * pores + 0.18 * fine + 0.22 * lines
    slope_u = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * 0.5
    slope_v = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) * 0.5
    mottle = 0.55 * _band(rng, size, 0.0032 / pixel, 0.5) + 0.3 * _band(
        rng, size, 0.0011 / pixel, 0.5
    )
    return np.stack([slope_u, slope_v, mottle], axis=-1).astype(np.float32)


def for_pixels(tile: NDArray[np.float32], pixel_m: float) -> NDArray[np.float32]:
    """The tile without what is finer than pixels of this size on the skin, which would glitter."""
    import cv2

    sigma = 0.45 * pixel_m / (DETAIL_TILE_M / len(tile))
    if sigma < 0.4:
        return tile
    pad = int(3 * sigma) + 1
    wrapped = np.pad(tile, ((pad, pad), (pad, pad), (0, 0)), mode="wrap")
    return cv2.GaussianBlur(wrapped, (0, 0), sigma)[pad:-pad, pad:-pad].copy()


def _band(
    rng: np.random.Generator, size: int, period_px: float, width: float, stretch: float = 1.0
) -> NDArray[np.float64]:
    """Wrapping noise of unit variance about one spatial period."""
    spectrum = np.fft.fft2(rng.normal(size=(size, size)))
    fy, fx = np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size), indexing="ij")
    frequency = np.hypot(fx * stretch, fy) + 1e-9
    gain = np.exp(-0.5 * (np.log(frequency * period_px) / width) ** 2)
    noise = np.real(np.fft.ifft2(spectrum * gain))
    return noise / noise.std()
