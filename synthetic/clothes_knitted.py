"""Knitted tops: T-shirts, jumpers, turtlenecks."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from synthetic import fabrics
from synthetic.clothes_body import NECK, Body, U, V, drape
from synthetic.clothes_cut import Cloth, below, split
from synthetic.clothes_rolls import roll_collar
from synthetic.fabrics import Fabric
from synthetic.garment import Neckline, Outfit, cut_body, hem, neck_rim, normals_of, piece_of
from synthetic.person import Clothes

_FLAT = ((0.000, 0.0014), (-0.0008, 0.0022), (-0.0165, 0.0022), (-0.0175, 0.0004))


_ROUND = (
    (0.000, 0.0020), (-0.002, 0.0050), (-0.007, 0.0064), (-0.014, 0.0056), (-0.0185, 0.0030),
    (-0.020, 0.0005),
)  # fmt: skip
"""Bands about the neck: distance over the edge and thickness, from the edge outwards."""


def tee(body: Body, clothes: Clothes) -> Outfit:
    """A round neck with a ribbed band."""
    field = Neckline(body)
    fabric = fabrics.jersey()
    return _knitted(body, clothes, field, fabric, fabrics.rib(ribs=14, size_m=0.03), _FLAT)


def v_neck(body: Body, clothes: Clothes) -> Outfit:
    """A V-neck."""
    field = Neckline(body, v_depth=0.075)
    return _knitted(body, clothes, field, fabrics.jersey(), fabrics.jersey(), _FLAT)


def scoop(body: Body, clothes: Clothes) -> Outfit:
    """A wide, low round neck."""
    field = Neckline(body, lift=-0.022, scoop=0.030)
    return _knitted(body, clothes, field, fabrics.jersey(), fabrics.jersey(), _FLAT)


def striped(body: Body, clothes: Clothes) -> Outfit:
    """A striped top."""
    field = Neckline(body, lift=-0.012, scoop=0.006)
    fabric = fabrics.jersey(second=clothes.second)
    return _knitted(body, clothes, field, fabric, fabrics.jersey(), _FLAT)


def jumper(body: Body, clothes: Clothes) -> Outfit:
    """A jumper with a ribbed collar."""
    field = Neckline(body, lift=0.006)
    return _knitted(
        body, clothes, field, fabrics.knit(), fabrics.rib(), _ROUND, offset=0.0075, folds=0.004
    )


def turtleneck(body: Body, clothes: Clothes) -> Outfit:
    """A rolled collar up the neck."""
    high, low = Neckline(body, lift=0.034), Neckline(body, lift=0.003)
    knit = fabrics.knit(loops=12, size_m=0.03)
    cloth = cut_body(body, low, offset=0.0060, slack=14, folds=0.003)
    skin = drape(body, offset=0.001, slack=2, folds=0.0)
    skin.values[:, NECK] = high(skin.points)
    skin = below(skin, NECK, 0.0)
    roll = roll_collar(cloth.points[neck_rim(cloth)], skin.points[neck_rim(skin)], body)
    return Outfit(
        (piece_of(cloth, knit, clothes.colour), piece_of(roll, fabrics.rib(), clothes.colour)),
        low,
    )


def _knitted(
    body: Body,
    clothes: Clothes,
    field: Callable[[NDArray[np.floating]], NDArray[np.float64]],
    fabric: Fabric,
    band_fabric: Fabric,
    band: Sequence[tuple[float, float]],
    *,
    offset: float = 0.0055,
    folds: float = 0.0035,
) -> Outfit:
    """A body of one fabric with a band about the neck."""
    cloth = cut_body(body, field, offset=offset, slack=14, folds=folds)
    width = band[-1][0]
    collar = _banded(split(cloth, NECK, width), band)
    chest = below(cloth, NECK, width)
    return Outfit(
        pieces=(
            piece_of(chest, fabric, clothes.colour),
            piece_of(collar, band_fabric, clothes.colour),
            hem(collar, band_fabric, clothes.colour),
        ),
        bare=field,
    )


def _banded(cloth: Cloth, band: Sequence[tuple[float, float]]) -> Cloth:
    """The part of a cloth next to the neckline, thickened to a band."""
    for at, _ in band[1:-1]:
        cloth = split(cloth, NECK, at)
    height = cloth.values[:, NECK]
    collar = cloth.keep((height[cloth.faces] >= band[-1][0] - 1e-9).all(axis=1))
    normals = normals_of(collar)
    height = collar.values[:, NECK]
    at, thick = np.array(band[::-1]).T
    values = collar.values.copy()
    # Ribs run across the band, so u goes round the neck.
    middle = collar.points.mean(axis=0)
    angle = np.arctan2(collar.points[:, 0], collar.points[:, 2] - middle[2])
    values[:, U], values[:, V] = angle * 0.065, height
    points = collar.points + np.interp(height, at, thick)[:, None] * normals
    return Cloth(points, collar.faces, values)
