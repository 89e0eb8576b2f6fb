"""Freckles, moles, blemishes, age spots and stubble on the skin chart."""

import numpy as np
from numpy.typing import NDArray

from synthetic.noise import fractal_noise
from synthetic.paint_chart import ChartGrid
from synthetic.person import Colour, Person

Field = NDArray[np.float32]
"""(h, w) over the chart."""


def freckles(grid: ChartGrid, amount: float, melanin: float, rng: np.random.Generator) -> Field:
    """(h, w, 3) factors of freckles, most on nose and cheeks, few on dark skin."""
    band = grid.spot(0.0, -0.028, 0.020, 0.017) + grid.spot(0.036, -0.024, 0.022, 0.015)
    where = np.clip(band, 0, 1) + 0.22 * grid.spot(0.0, 0.045, 0.05, 0.025) + 0.05
    patch = np.clip(0.75 + 0.9 * _noise(grid, 110, rng, 2), 0.05, 2)
    count = int(1500 * amount**1.2 * (1 - 0.65 * melanin))
    small = _dots(grid, where * patch, count, 0.00042, rng)
    large = _dots(grid, where * patch, int(0.22 * count), 0.00085, rng)
    share = np.clip(0.62 * small + 0.55 * large, 0, 0.9)[..., None]
    tint = np.array([0.34, 0.52, 0.60]) * (1 - 0.45 * melanin)
    return (1 - share * (0.45 + 0.4 * amount) * tint).astype(np.float32)


def moles(
    grid: ChartGrid, count: int, melanin: float, rng: np.random.Generator
) -> tuple[Field, Field]:
    """(h, w, 3) factors and (h, w) height in metres of so many moles."""
    factors = np.ones((*grid.shape, 3), np.float32)
    height = np.zeros(grid.shape, np.float32)
    weight = _weight(grid, np.ones(grid.shape, np.float32))
    # Not so near the front that a mole reads as a nostril or a lip's fault.
    weight *= 1 - 0.9 * grid.spot(0.0, -0.055, 0.012, 0.02)
    for row, column in _choose(grid, weight, count, rng):
        radius = rng.uniform(0.0006, 0.0016)
        tone = 1 - np.array([0.62, 0.76, 0.80]) * rng.uniform(0.6, 1.0) * (1 - 0.25 * melanin)
        window, away = _window(grid, row, column, 4 * radius, rng)
        inside = 1 / (1 + np.exp((away - radius) / (0.16 * radius)))
        factors[window] *= (1 - inside[..., None] * (1 - tone)).astype(np.float32)
        dome = np.clip(1 - (away / (1.15 * radius)) ** 2, 0, None)
        height[window] += (0.35 * radius * rng.uniform(0.1, 1.0) * dome).astype(np.float32)
    return factors, height


def blemishes(
    grid: ChartGrid, amount: float, melanin: float, rng: np.random.Generator
) -> tuple[Field, Field]:
    """(h, w, 3) factors and (h, w) height of pimples, their marks, and uneven patches."""
    where = (
        grid.spot(0.045, -0.052, 0.02, 0.022)
        + 0.7 * grid.spot(0.0, 0.045, 0.04, 0.018)
        + 0.9 * grid.spot(0.0, -0.088, 0.02, 0.012)
        + 0.3 * grid.spot(0.0, -0.035, 0.012, 0.012)
    )
    factors = np.ones((*grid.shape, 3), np.float32)
    height = np.zeros(grid.shape, np.float32)
    # Inflamed light skin is red; what stays on dark skin is darker skin.
    red = np.array([0.05, 0.42, 0.40]) * (1 - melanin) + np.array([0.32, 0.40, 0.40]) * melanin
    for row, column in _choose(grid, _weight(grid, where), int(46 * amount), rng):
        radius = rng.uniform(0.0008, 0.0021)
        window, away = _window(grid, row, column, 3.5 * radius, rng)
        halo = np.exp(-0.5 * (away / radius) ** 2)
        strength = rng.uniform(0.35, 1.0)
        factors[window] *= (1 - strength * halo[..., None] * red).astype(np.float32)
        if rng.random() < 0.4:
            height[window] += (0.16 * radius * np.exp(-1.5 * (away / radius) ** 2)).astype("f4")
    uneven = _noise(grid, 75, rng, 3)[..., None] * np.array([0.05, 0.11, 0.10])
    return factors * (1 + (0.25 + amount) * uneven).astype(np.float32), height


def age_spots(grid: ChartGrid, amount: float, melanin: float, rng: np.random.Generator) -> Field:
    """(h, w, 3) factors of flat brown spots with ragged borders, on temples and cheeks."""
    factors = np.ones((*grid.shape, 3), np.float32)
    where = (
        grid.spot(0.060, 0.008, 0.018, 0.028)
        + grid.spot(0.058, -0.035, 0.018, 0.022)
        + 0.6 * grid.spot(0.03, 0.06, 0.035, 0.022)
    )
    ragged = _noise(grid, 420, rng, 3)
    tint = np.array([0.30, 0.42, 0.50]) * (1 - 0.4 * melanin)
    for row, column in _choose(grid, _weight(grid, where), int(38 * amount), rng):
        radius = 0.0010 + 0.0034 * rng.random() ** 2.2
        window, away = _window(grid, row, column, 2.6 * radius, rng)
        edge = away / radius + 0.55 * ragged[window]
        inside = 1 / (1 + np.exp((edge - 1) / 0.12))
        strength = rng.uniform(0.35, 0.95)
        factors[window] *= (1 - strength * inside[..., None] * tint).astype(np.float32)
    return factors


def stubble(grid: ChartGrid, person: Person, rng: np.random.Generator) -> Field:
    """(h, w, 3) factors of shaven or short facial hair: a cool veil, and roots."""
    amount = person.skin.stubble
    area = beard_area(grid)
    grain = rng.normal(size=grid.shape).astype(np.float32)
    fine = np.clip(1 + 0.65 * grain * min(1.0, grid.texel_m / 0.0005), 0.1, 2.2)
    patch = np.clip(0.9 + 0.35 * _noise(grid, 90, rng, 2), 0.3, 1.3)
    share = np.clip(amount * area * patch * (0.42 + 0.30 * fine), 0, 0.85)[..., None]
    return (1 - share * (1 - _hair_veil(person))).astype(np.float32)


def beard_area(grid: ChartGrid) -> Field:
    """(h, w) where a beard grows, 0 to 1: moustache, chin, cheeks, jaw and the upper neck."""
    import cv2

    outline = np.array([
        (0.0, -0.0475), (0.008, -0.0490), (0.0155, -0.0470), (0.021, -0.0490), (0.030, -0.0600),
        (0.042, -0.0640), (0.062, -0.0560), (0.082, -0.0380), (0.092, -0.0120), (0.096, 0.012),
        (0.108, 0.012), (0.109, -0.040), (0.108, -0.072), (0.085, -0.108), (0.050, -0.128),
        (0.0, -0.136),
    ])  # fmt: skip
    ring = np.concatenate([outline, outline[::-1] * np.array([-1.0, 1.0])])
    image = np.zeros(grid.shape, np.uint8)
    cv2.fillPoly(image, [np.rint(grid.texel(ring[:, 0], ring[:, 1]) * 16).astype(int)], 255, 8, 4)
    area = cv2.GaussianBlur(image.astype(np.float32) / 255, (0, 0), 0.0042 / grid.texel_m)
    bare = 0.85 * grid.spot(0.012, -0.0845, 0.006, 0.0042) + 0.35 * grid.spot(
        0.0, -0.0520, 0.0022, 0.005
    )
    lips = np.clip(grid.masks["lips"] * 1.6, 0, 1)
    return np.clip(area * (1 - np.clip(bare, 0, 1)) * (1 - lips), 0, 1).astype(np.float32)


def _hair_veil(person: Person) -> NDArray[np.float64]:
    """(3,) what stubble multiplies the skin by: dark hair under the skin looks blue-grey."""
    beard: Colour = person.beard.colour
    lightness = np.clip(np.mean(beard) / 0.25, 0, 1)
    dark = np.array([0.30, 0.36, 0.43])
    fair = np.clip(np.array(beard) * 1.5 / np.array(person.skin.tone), 0.4, 1.0)
    veil = dark * (1 - lightness) + fair * lightness
    return veil + (0.92 - veil) * 0.6 * person.beard.grey


def _noise(grid: ChartGrid, frequency: float, rng: np.random.Generator, octaves: int) -> Field:
    """(h, w) fractal noise over the face, a lattice cell per 1 / frequency m."""
    seed = int(rng.integers(1 << 30))
    out = np.zeros(grid.shape, np.float32)
    covered = grid.masks["skin"] > 0
    out[covered] = fractal_noise(grid.points[covered] * frequency, seed, octaves)
    return out


def _weight(grid: ChartGrid, where: Field) -> Field:
    """(h, w) density over open skin: not on lips, lids, or where there is no skin."""
    bare = (1 - np.clip(2 * grid.masks["lips"], 0, 1)) * (1 - 0.8 * grid.masks["eyelids"])
    return where * grid.masks["skin"] * bare


def _choose(
    grid: ChartGrid, weight: Field, count: int, rng: np.random.Generator
) -> list[tuple[int, int]]:
    """Rows and columns of `count` texels drawn by weight, the same at every texel size."""
    if count == 0:
        return []
    cumulative = np.cumsum(weight.reshape(-1), dtype=np.float64)
    flat = np.searchsorted(cumulative, rng.random(count) * cumulative[-1])
    return [(int(i) // grid.shape[1], int(i) % grid.shape[1]) for i in flat]


def _window(
    grid: ChartGrid, row: int, column: int, reach_m: float, rng: np.random.Generator
) -> tuple[tuple[slice, slice], NDArray[np.float64]]:
    """A window about a texel, and the distance of its texels, m, from a slightly oval middle."""
    reach = int(np.ceil(reach_m / grid.texel_m)) + 1
    rows = slice(max(row - reach, 0), row + reach + 1)
    columns = slice(max(column - reach, 0), column + reach + 1)
    y = (np.arange(*rows.indices(grid.shape[0])) - row)[:, None] * grid.texel_m
    x = (np.arange(*columns.indices(grid.shape[1])) - column)[None, :] * grid.texel_m
    oval, angle = rng.uniform(0.8, 1.25), rng.uniform(0, np.pi)
    a, b = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    return (rows, columns), np.hypot(a * oval, b / oval)


def _dots(
    grid: ChartGrid, where: Field, count: int, sigma_m: float, rng: np.random.Generator
) -> Field:
    """(h, w) soft dots of unit height, each a little different."""
    import cv2

    impulses = np.zeros(grid.shape, np.float32)
    for row, column in _choose(grid, _weight(grid, where), count, rng):
        impulses[row, column] += rng.uniform(0.3, 1.1)
    sigma = max(sigma_m / grid.texel_m, 0.5)
    return cv2.GaussianBlur(impulses, (0, 0), sigma) * np.float32(2 * np.pi * sigma * sigma)
