"""Paints one person's skin chart from everything that is on the skin."""

import numpy as np
from numpy.typing import NDArray

from synthetic import paint_makeup, paint_spots, paint_wrinkles
from synthetic.brows import brow_veil
from synthetic.complexion import melanin_of
from synthetic.paint_chart import ChartGrid, SkinChart, slopes
from synthetic.person import Person


def paint_face(person: Person, grid: ChartGrid) -> SkinChart:
    """Paint a person's skin chart. Deterministic in the person's seed and the grid."""

    def rng(feature: int) -> np.random.Generator:
        # Own numbers for every feature: one more mole moves no freckle.
        return np.random.default_rng([person.seed, feature])

    skin, melanin = person.skin, melanin_of(person.skin.tone)
    mole, mole_height = paint_spots.moles(grid, skin.moles, melanin, rng(1))
    blemish, blemish_height = paint_spots.blemishes(grid, skin.blemishes, melanin, rng(2))
    lips, lip_height = paint_makeup.lip_creases(grid, person, melanin, rng(3))
    fold_height, folds = paint_wrinkles.wrinkle_relief(grid, skin.wrinkles, rng(4))
    net = paint_wrinkles.crepe(grid, skin.wrinkles, rng(5))
    colour = mole * blemish * lips * _hollows(fold_height + 1.5 * net)
    if skin.freckles > 0.02:
        colour *= paint_spots.freckles(grid, skin.freckles, melanin, rng(6))
    if skin.age_spots > 0.02:
        colour *= paint_spots.age_spots(grid, skin.age_spots, melanin, rng(7))
    if skin.stubble > 0.02:
        colour *= paint_spots.stubble(grid, person, rng(8))
    colour *= paint_makeup.lid_colour(grid, person)
    # Hairs too fine to draw, and what the others shade.
    colour *= 1 - 0.30 * brow_veil(person.hair, grid.points)[..., None].astype(np.float32)
    if person.makeup.blush > 0.02:
        colour *= paint_makeup.cheek_colour(grid, person)
    height = mole_height + blemish_height + lip_height + fold_height + net
    detail = np.concatenate([colour, slopes(height, grid.texel_m)], axis=-1)
    return SkinChart(detail=np.ascontiguousarray(detail, np.float32), folds=folds)


def _hollows(height_m: NDArray[np.floating]) -> NDArray[np.float32]:
    """(h, w, 3) factors: light that finds its way out of a furrow has met skin more often."""
    depth = np.clip(-height_m / 0.0010, 0, 1.2)[..., None]
    return (1 - depth * np.array([0.25, 0.36, 0.37])).astype(np.float32)
