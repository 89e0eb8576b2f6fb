"""Sewn clothes: shirts, polos, jackets, hoodies."""

import numpy as np

from synthetic import fabrics
from synthetic.clothes_body import Body
from synthetic.clothes_collars import (
    CollarCut,
    collar,
    ground_of,
    lapels,
    placket,
    tie,
)
from synthetic.clothes_cut import Cloth, evenly
from synthetic.clothes_rolls import cords, hood
from synthetic.fabrics import Fabric
from synthetic.garment import (
    Neckline,
    Outfit,
    Piece,
    cut_body,
    neck_line,
    neck_rim,
    piece_of,
    solid,
)
from synthetic.person import Clothes, Colour

_DOWN = np.linspace(0, 1, 40)


def _shirt_body(
    body: Body, field: Neckline, fabric: Fabric, colour: Colour, *, offset: float
) -> tuple[Cloth, list[Piece]]:
    """The body of a shirt with its placket and buttons."""
    cloth = cut_body(body, field, offset=offset, slack=14, folds=0.0028)
    ground = ground_of(cloth)
    top = body.notch[1] - field.v_depth - 0.004
    line = np.stack([0 * _DOWN, top - 0.24 * _DOWN, np.full(len(_DOWN), body.notch[2])], axis=1)
    strip, buttons = placket(
        ground.lay(line, 0.0)[np.argsort(-line[:, 1])], 0.032, ground, buttons=3
    )
    shell = (0.75, 0.74, 0.70)
    return cloth, [
        piece_of(cloth, fabric, colour),
        piece_of(strip, fabric, colour),
        solid(buttons, fabrics.plain(), shell),
    ]


def shirt(body: Body, clothes: Clothes) -> Outfit:
    """A shirt with its top button open."""
    field = Neckline(body, lift=0.004, v_depth=0.034, v_wide=0.030)
    fabric = fabrics.poplin(second=clothes.second, check="check" if body.seed % 3 == 0 else "plain")
    cloth, pieces = _shirt_body(body, field, fabric, clothes.colour, offset=0.0060)
    fold = collar(neck_line(body, field, cloth), CollarCut(front_stand=0.022), ground_of(cloth))
    return Outfit((*pieces, piece_of(fold, fabric, clothes.colour)), field)


def polo(body: Body, clothes: Clothes) -> Outfit:
    """A polo shirt."""
    field = Neckline(body, lift=0.0, v_depth=0.050, v_wide=0.030)
    fabric = fabrics.pique()
    cloth, pieces = _shirt_body(body, field, fabric, clothes.colour, offset=0.0062)
    cut = CollarCut(stand=0.024, front_stand=0.010, fall=0.036, point=0.050, spread=0.018)
    fold = collar(neck_line(body, field, cloth), cut, ground_of(cloth))
    return Outfit(
        (*pieces, piece_of(fold, fabrics.rib(ribs=16, size_m=0.03), clothes.colour)), field
    )


def blazer(body: Body, clothes: Clothes) -> Outfit:
    """A jacket over an open shirt in the second colour."""
    inner = Neckline(body, lift=0.004, v_depth=0.030, v_wide=0.028)
    return _jacket(body, clothes, inner, with_tie=False)


def suit(body: Body, clothes: Clothes) -> Outfit:
    """A jacket, a shirt in the second colour, a tie."""
    return _jacket(body, clothes, Neckline(body, lift=0.006), with_tie=True)


def _jacket(body: Body, clothes: Clothes, inner: Neckline, *, with_tie: bool) -> Outfit:
    """A jacket over a shirt in the second colour."""
    poplin = fabrics.poplin()
    shirt, pieces = _shirt_body(body, inner, poplin, clothes.second, offset=0.0050)
    fold = collar(neck_line(body, inner, shirt), CollarCut(), ground_of(shirt))
    pieces.append(piece_of(fold, poplin, clothes.second))
    cloth = fabrics.twill()
    if with_tie:
        top = body.notch + np.array([0.0, 0.027, 0.010])
        line = np.stack([0 * _DOWN, top[1] - 0.26 * _DOWN, np.full(len(_DOWN), top[2])], axis=1)
        silk = np.array(clothes.colour)[[2, 0, 1]] * 0.5 + 0.02
        red, green, blue = (float(c) for c in silk)
        knot = tie(top, line, ground_of(shirt))
        pieces.append(piece_of(knot, fabrics.satin(), (red, green, blue)))
    outer = Neckline(body, lift=-0.010, v_depth=0.150, v_wide=0.060)
    jacket = cut_body(body, outer, offset=0.0135, slack=22, folds=0.0022)
    ground = ground_of(jacket)
    pieces.append(piece_of(jacket, cloth, clothes.colour))
    neck = neck_line(body, outer, jacket)
    cut = CollarCut(
        stand=0.020, front_stand=0.004, fall=0.046, point=0.040, spread=0.0, flare=0.004
    )
    pieces.append(piece_of(collar(neck, cut, ground), cloth, clothes.colour))
    rim = jacket.points[neck_rim(jacket)]
    for side in (1, -1):
        edge = rim[(outer.wedge(rim) > outer.round(rim)) & (side * rim[:, 0] > 0.001)]
        edge = edge[np.argsort(edge[:, 1])]
        at = np.linspace(0, len(edge) - 1, 40)
        line = np.stack([np.interp(at, np.arange(len(edge)), c) for c in edge.T], axis=1)
        pieces.append(piece_of(lapels(line, 0.072, ground, side), cloth, clothes.colour))
    return Outfit(tuple(pieces), inner)


def hoodie(body: Body, clothes: Clothes) -> Outfit:
    """A sweatshirt with a hood and drawstrings."""
    field = Neckline(body, lift=-0.004, scoop=0.014)
    fabric = fabrics.fleece()
    cloth = cut_body(body, field, offset=0.0105, slack=18, folds=0.0055)
    ground = ground_of(cloth)
    rim = evenly(cloth.points[neck_rim(cloth)], 120, smooth=0.006)
    front = int(np.argmin(np.where(rim[:, 2] > rim[:, 2].mean(), np.abs(rim[:, 0]), 1)))
    rim = np.roll(rim, -front, axis=0)
    starts = np.stack([rim[5], rim[-5]]) + np.array([0, -0.010, 0.0215])
    white = (0.62, 0.60, 0.56)
    return Outfit(
        (
            piece_of(cloth, fabric, clothes.colour),
            piece_of(hood(rim, ground, body.seed), fabric, clothes.colour),
            solid(cords(starts, ground, 0.13), fabrics.jersey(), white),
        ),
        field,
    )
