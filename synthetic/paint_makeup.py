"""Lids, lips and cheeks on the skin chart: what grows there, and what is worn."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthetic.paint_chart import ChartGrid
from synthetic.person import Colour, Person

Field = NDArray[np.float32]
"""(h, w) over the chart."""
_EYE_ARC_M, _EYE_Y_M = 0.0268, -0.0012


def lid_colour(grid: ChartGrid, person: Person) -> Field:
    """(h, w, 3) factors about the eyes: the dark roots of the lashes, eyeshadow and liner."""
    makeup = person.makeup
    away, above = _from_lids(grid)
    roots = 0.62 * above * np.exp(-((away / 0.0009) ** 2))
    roots = roots + 0.22 * (1 - above) * np.exp(-(((away - 0.0014) / 0.0006) ** 2))
    factors = 1 - roots[..., None] * np.array([0.75, 0.90, 0.90])
    margin = (1 - above) * np.exp(-((away / 0.0009) ** 2))
    factors = factors * (1 + margin[..., None] * np.array([0.14, -0.10, -0.08]))
    out = 1 - _step(away, 0.0075, 0.0145)
    # Deeper in the outer corner and in the crease, gone towards the nose.
    outer = np.clip((np.abs(grid.arc()) - 0.0145) / 0.010, 0, 1)[None, :]
    shadow = 0.30 * np.exp(-((away / 0.0022) ** 2)) * (1 - above) + out * above
    shadow = makeup.eyeshadow * shadow * (0.35 + 0.65 * outer) * grid.masks["skin"]
    factors = factors * _over(person.skin.tone, makeup.eyeshadow_colour, 0.85 * shadow)
    wing = np.clip((np.abs(grid.arc()) - _EYE_ARC_M) / 0.015, -1, 1)[None, :]
    thick = 0.0011 + 0.0007 * wing
    line = above * (1 - _step(away, 0.6 * thick, 1.25 * thick))
    low = (1 - above) * 0.45 * np.exp(-((away / 0.0007) ** 2)) * np.clip(wing + 0.4, 0, 1)
    return _with(factors, 1 - 0.94 * makeup.liner * np.clip(line + low, 0, 1))


def cheek_colour(grid: ChartGrid, person: Person) -> Field:
    """(h, w, 3) factors of blush, from the apple of the cheek up to the temple."""
    apple = grid.spot(0.043, -0.036, 0.014, 0.010)
    rise = grid.spot(0.060, -0.022, 0.014, 0.009)
    share = person.makeup.blush * np.clip(apple + 0.75 * rise, 0, 1)
    tone = np.array(person.skin.tone)
    rosy = tone * np.array([1.02, 0.50, 0.58]) + np.array([0.05, 0.0, 0.008])
    return _over(person.skin.tone, (float(rosy[0]), float(rosy[1]), float(rosy[2])), 0.75 * share)


def lip_creases(
    grid: ChartGrid, person: Person, melanin: float, rng: np.random.Generator
) -> tuple[Field, Field]:
    """(h, w, 3) factors and (h, w) height in metres of the lips' upright creases."""
    import cv2

    lips = grid.masks["lips"]
    noise = rng.normal(size=(2, *grid.shape)).astype(np.float32)
    along = 0.0022 / grid.texel_m
    fine = cv2.GaussianBlur(noise[0], (0, 0), max(0.00040 / grid.texel_m, 0.5), sigmaY=along)
    wide = cv2.GaussianBlur(noise[1], (0, 0), 0.0011 / grid.texel_m, sigmaY=1.6 * along)
    field = 0.6 * fine / fine.std() + 0.7 * wide / wide.std()
    creases = np.clip(-field, 0, 2.2) * np.clip(2.2 * lips - 0.7, 0, 1)
    age = 0.6 + 0.9 * person.skin.wrinkles
    height = -6.5e-5 * age * creases
    covered = 1 - 0.7 * person.makeup.lipstick
    factors = 1 - covered * 0.10 * creases[..., None] * np.array([0.5, 1.0, 0.9])
    # The upper lip is darker, most of all where skin is dark; the lower one pales in its middle.
    upper = lips * _step(grid.height(), -0.0685, -0.0655)[:, None]
    factors = factors * (
        1 - covered * upper[..., None] * (0.06 + 0.22 * melanin) * np.array([0.8, 1.0, 1.0])
    )
    middle = lips * grid.spot(0.0, -0.0735, 0.010, 0.0035) * covered
    factors = factors * (1 + middle[..., None] * np.array([0.10, 0.10, 0.12]) * (0.5 + melanin))
    return factors.astype(np.float32), height.astype(np.float32)


def _from_lids(grid: ChartGrid) -> tuple[Field, Field]:
    """(h, w) distance from the open eyes, m, far elsewhere; and 1 above them, 0 below."""
    import cv2

    near = grid.spot(_EYE_ARC_M, _EYE_Y_M, 0.0125, 0.0085) > 0.25
    opening = near & (grid.masks["skin"] == 0)
    away = cv2.distanceTransform((~opening).astype(np.uint8), cv2.DIST_L2, 5) * grid.texel_m
    # Corners of the eye are the ends of the line between upper and lower lid.
    arc = np.abs(grid.arc())[None, :]
    level = _EYE_Y_M - 0.0015 + 0.045 * (arc - _EYE_ARC_M)
    above = _step(
        grid.height()[:, None] - level, -0.0012, 0.0012 + 0.12 * np.clip(arc - 0.037, 0, 1)
    )
    return away.astype(np.float32), above.astype(np.float32)


def _over(base: Colour, worn: Colour, share: Field) -> Field:
    """Factors that take a base colour to what is worn over it, by shares (h, w)."""
    ratio = np.array(worn) / np.maximum(np.array(base), 1e-3)
    return (1 + share[..., None] * (ratio - 1)).astype(np.float32)


def _with(factors: NDArray[np.floating], grey: NDArray[np.floating]) -> Field:
    return (factors * grey[..., None]).astype(np.float32)


def _step(values: NDArray[np.floating], low: ArrayLike, high: ArrayLike) -> Field:
    t = np.clip((values - np.asarray(low)) / (np.asarray(high) - np.asarray(low)), 0, 1)
    return t * t * (3 - 2 * t)
