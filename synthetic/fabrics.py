"""Fabrics: a small repeating tile of slopes, shade and pattern for each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.person import Colour

TILE = 128


@dataclass(frozen=True, slots=True, eq=False)
class Fabric:
    """How a cloth looks close up."""

    tile: NDArray[np.float32]
    """(TILE, TILE, 4): slope along u and v, shade factor, share of the second colour."""
    size_m: float
    """Width of the tile."""
    fuzz: float = 0.3
    """Fibres that stand off and catch light at grazing angles, 0 to 1."""
    shine: float = 0.1
    """Strength of a broad highlight, 0 to 1."""
    second: Colour = (0.0, 0.0, 0.0)

    def parameters(self) -> list[float]:
        """Size, fuzz, shine and second colour, as `cloth_shading` takes them."""
        return [self.size_m, self.fuzz, self.shine, *self.second]


def _grid() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Coordinates u and v, [0, 1)."""
    ramp = np.arange(TILE) / TILE
    v, u = np.meshgrid(ramp, ramp, indexing="ij")
    return u, v


def _tile(
    height: NDArray[np.float64],
    depth: float,
    shade: NDArray[np.float64],
    second: NDArray[np.float64] | float = 0.0,
) -> NDArray[np.float32]:
    """A tile from a height field in units of `depth` pixels."""
    u = depth * 0.5 * (np.roll(height, -1, 1) - np.roll(height, 1, 1))
    v = depth * 0.5 * (np.roll(height, -1, 0) - np.roll(height, 1, 0))
    return np.stack([u, v, shade, np.broadcast_to(second, shade.shape)], axis=-1).astype(np.float32)


def _noise(seed: int, period: float) -> NDArray[np.float64]:
    """Wrapping noise of unit variance, band-passed about `period` pixels."""
    rng = np.random.default_rng(seed)
    spectrum = np.fft.fft2(rng.normal(size=(TILE, TILE)))
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(TILE), np.fft.fftfreq(TILE))) + 1e-9
    noise = np.real(np.fft.ifft2(spectrum * np.exp(-2 * np.log(frequency * period) ** 2)))
    return noise / noise.std()


def knit(*, loops: int = 10, size_m: float = 0.042) -> Fabric:
    """Stocking stitch: columns of slanted loops."""
    u, v = _grid()
    side = u * loops % 1 - 0.5
    loop = v * loops * 0.9 // 1
    loop = (v * loops + np.abs(side) * 1.5) % 1 - 0.5
    groove = 0.5 + 0.5 * np.cos(2 * np.pi * side) * np.cos(2 * np.pi * loop)
    ridge = np.cos(2 * np.pi * side) * 0.5 + np.cos(2 * np.pi * loop) * 0.35
    shade = 1.04 - 0.34 * groove + 0.03 * _noise(3, 3)
    return Fabric(_tile(-ridge - 0.1 * _noise(4, 4), 1.0, shade), size_m, fuzz=0.55, shine=0.02)


def rib(*, ribs: int = 8, size_m: float = 0.032) -> Fabric:
    """Ribs along v."""
    u, _ = _grid()
    wave = np.abs(np.sin(np.pi * u * ribs)) ** 0.8
    shade = 0.66 + 0.38 * wave + 0.02 * _noise(5, 3)
    return Fabric(_tile(wave + 0.05 * _noise(6, 4), 2.6, shade), size_m, fuzz=0.4, shine=0.02)


def jersey(*, second: Colour | None = None, stripe: float = 0.42, size_m: float = 0.030) -> Fabric:
    """Fine single knit; with a second colour, stripes along u once a tile."""
    u, v = _grid()
    column = np.cos(2 * np.pi * u * 26)
    slub = _noise(7, 7) * 0.5 + _noise(8, 2.5)
    shade = 1 + 0.025 * column + 0.022 * slub
    share: NDArray[np.float64] | float = 0.0
    if second is not None:
        edge = (v - 0.5 + 0.004 * _noise(9, 4)) / 0.012
        share = np.clip(0.5 + edge, 0, 1) * np.clip(0.5 + (0.5 + stripe - v) / 0.012, 0, 1)
    height = 0.12 * column + 0.10 * slub
    return Fabric(
        _tile(height, 1.0, shade, share), size_m, fuzz=0.28, shine=0.05,
        second=second or (0.0, 0.0, 0.0),
    )  # fmt: skip


def pique(*, size_m: float = 0.030) -> Fabric:
    """A polo shirt's waffle."""
    u, v = _grid()
    dots = np.cos(2 * np.pi * (u + v) * 14) * np.cos(2 * np.pi * (u - v) * 14)
    return Fabric(_tile(-dots, 0.30, 1 + 0.07 * dots + 0.02 * _noise(10, 4)), size_m, 0.25, 0.05)


def poplin(*, second: Colour | None = None, check: str = "plain", size_m: float = 0.036) -> Fabric:
    """A shirt's smooth weave: plain, or with fine `stripes` or a `check` of the second colour."""
    u, v = _grid()
    slub = _noise(11, 9) * 0.4 + _noise(12, 2.5)
    share: NDArray[np.float64] | float = 0.0
    if second is not None and check == "stripes":
        share = np.clip((np.cos(2 * np.pi * u * 6) - 0.72) * 6, 0, 1)
    elif second is not None and check == "check":
        across, along = (np.clip((np.cos(2 * np.pi * a * 3) - 0.1) * 5, 0, 1) for a in (u, v))
        share = 0.5 * (across + along)
    return Fabric(
        _tile(0.10 * slub, 1.0, 1 + 0.012 * slub, share), size_m, fuzz=0.10, shine=0.12,
        second=second or (0.0, 0.0, 0.0),
    )  # fmt: skip


def fleece(*, size_m: float = 0.045) -> Fabric:
    """Sweatshirt cloth: soft, a little mottled."""
    mottle = _noise(13, 10) * 0.6 + _noise(14, 3)
    return Fabric(_tile(0.35 * mottle, 1.0, 1 + 0.05 * mottle), size_m, fuzz=0.5, shine=0.0)


def twill(*, size_m: float = 0.026) -> Fabric:
    """A suit's worsted: fine diagonals, flecked."""
    u, v = _grid()
    diagonal = np.cos(2 * np.pi * (u + v) * 16)
    fleck = _noise(15, 2.2)
    shade = 1 + 0.06 * diagonal + 0.07 * fleck
    return Fabric(_tile(0.25 * diagonal + 0.1 * fleck, 1.0, shade), size_m, fuzz=0.22, shine=0.06)


def satin(*, size_m: float = 0.02) -> Fabric:
    """A tie's silk: fine diagonal ribs with a sheen."""
    u, v = _grid()
    diagonal = np.cos(2 * np.pi * (u - v) * 10)
    return Fabric(_tile(0.2 * diagonal, 1.0, 1 + 0.05 * diagonal), size_m, fuzz=0.05, shine=0.9)


def plain() -> Fabric:
    """Buttons, cords: nothing but their colour."""
    flat = np.zeros((TILE, TILE))
    return Fabric(_tile(flat, 0.0, flat + 1), 0.05, fuzz=0.0, shine=0.5)
