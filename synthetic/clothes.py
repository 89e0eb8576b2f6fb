"""Clothes of many kinds, draped on a person's shoulders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic import fabrics, kernels
from synthetic.clothes_body import NECK, Body, U, V, drape
from synthetic.clothes_collars import (
    CollarCut,
    collar,
    cords,
    ground_of,
    hood,
    lapels,
    open_line,
    placket,
    tie,
)  # fmt: skip
from synthetic.clothes_cut import Cloth, below, evenly, rims, split
from synthetic.fabrics import Fabric
from synthetic.person import Clothes, Colour
from synthetic.sweep import Mesh

_DOWN = np.linspace(0, 1, 40)


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Part of a garment made of one fabric."""

    vertices: NDArray[np.float32]
    """(v, 3) at rest; they do not move with the face."""
    faces: NDArray[np.int32]
    """(f, 3)."""
    weave: NDArray[np.float32]
    """(v, 3): u and v on the fabric in m, 0."""
    fabric: Fabric
    colour: Colour


@dataclass(frozen=True, slots=True, eq=False)
class Outfit:
    """All that is worn on the shoulders."""

    pieces: tuple[Piece, ...]
    bare: Callable[[NDArray[np.floating]], NDArray[np.float64]]
    """Metres by which skin points (n, 3) lie outside the edge of what covers them."""


def dress(body: Body, clothes: Clothes) -> Outfit:
    """Put clothes on a body.

    Raises:
        KeyError: `clothes.style` is not in `CLOTHES`.
    """
    return CLOTHES[clothes.style](body, clothes)


def piece_of(cloth: Cloth, fabric: Fabric, colour: Colour) -> Piece:
    """A piece from a cut cloth, whose values hold the fabric's coordinates."""
    weave = np.zeros((len(cloth.points), 3), np.float32)
    weave[:, :2] = cloth.values[:, [U, V]]
    return Piece(
        cloth.points.astype(np.float32), cloth.faces.astype(np.int32), weave, fabric, colour
    )


def normals_of(cloth: Cloth) -> NDArray[np.float64]:
    """(v, 3) unit normals."""
    return kernels.vertex_normals(cloth.points, cloth.faces.astype(np.int32))


def _tee(body: Body, clothes: Clothes) -> Outfit:
    field = _Neck(body)
    fabric = fabrics.jersey()
    return _knitted(body, clothes, field, fabric, fabrics.rib(ribs=14, size_m=0.03), _FLAT)


def _v_neck(body: Body, clothes: Clothes) -> Outfit:
    field = _Neck(body, v_depth=0.075)
    return _knitted(body, clothes, field, fabrics.jersey(), fabrics.jersey(), _FLAT)


def _scoop(body: Body, clothes: Clothes) -> Outfit:
    field = _Neck(body, lift=-0.022, scoop=0.030)
    return _knitted(body, clothes, field, fabrics.jersey(), fabrics.jersey(), _FLAT)


def _striped(body: Body, clothes: Clothes) -> Outfit:
    field = _Neck(body, lift=-0.012, scoop=0.006)
    fabric = fabrics.jersey(second=clothes.second)
    return _knitted(body, clothes, field, fabric, fabrics.jersey(), _FLAT)


def _jumper(body: Body, clothes: Clothes) -> Outfit:
    field = _Neck(body, lift=0.006)
    return _knitted(
        body, clothes, field, fabrics.knit(), fabrics.rib(), _ROUND, offset=0.0075, folds=0.004
    )


def _turtleneck(body: Body, clothes: Clothes) -> Outfit:
    field = _Neck(body, lift=0.046)
    return _knitted(
        body, clothes, field, fabrics.knit(loops=12, size_m=0.03), fabrics.rib(), _ROLL,
        folds=0.003,
    )  # fmt: skip


def _shirt_body(
    body: Body, clothes: Clothes, field: "_Neck", fabric: Fabric, colour: Colour, *, offset: float
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


def _shirt(body: Body, clothes: Clothes) -> Outfit:
    field = _Neck(body, lift=0.004, v_depth=0.034, v_wide=0.030)
    fabric = fabrics.poplin(second=clothes.second, check="check" if body.seed % 3 == 0 else "plain")
    cloth, pieces = _shirt_body(body, clothes, field, fabric, clothes.colour, offset=0.0060)
    fold = collar(neck_line(body, field, cloth), CollarCut(front_stand=0.022), ground_of(cloth))
    return Outfit((*pieces, piece_of(fold, fabric, clothes.colour)), field)


def _polo(body: Body, clothes: Clothes) -> Outfit:
    field = _Neck(body, lift=0.0, v_depth=0.050, v_wide=0.030)
    fabric = fabrics.pique()
    cloth, pieces = _shirt_body(body, clothes, field, fabric, clothes.colour, offset=0.0062)
    cut = CollarCut(stand=0.024, front_stand=0.010, fall=0.036, point=0.050, spread=0.018)
    fold = collar(neck_line(body, field, cloth), cut, ground_of(cloth))
    return Outfit(
        (*pieces, piece_of(fold, fabrics.rib(ribs=16, size_m=0.03), clothes.colour)), field
    )


def _blazer(body: Body, clothes: Clothes) -> Outfit:
    inner = _Neck(body, lift=0.004, v_depth=0.030, v_wide=0.028)
    return _jacket(body, clothes, inner, with_tie=False)


def _suit(body: Body, clothes: Clothes) -> Outfit:
    return _jacket(body, clothes, _Neck(body, lift=0.006), with_tie=True)


def _jacket(body: Body, clothes: Clothes, inner: "_Neck", *, with_tie: bool) -> Outfit:
    """A jacket over a shirt in the second colour."""
    poplin = fabrics.poplin()
    shirt, pieces = _shirt_body(body, clothes, inner, poplin, clothes.second, offset=0.0050)
    fold = collar(neck_line(body, inner, shirt), CollarCut(), ground_of(shirt))
    pieces.append(piece_of(fold, poplin, clothes.second))
    cloth = fabrics.twill()
    if with_tie:
        top = body.notch + np.array([0.0, 0.004, 0.012])
        line = np.stack([0 * _DOWN, top[1] - 0.26 * _DOWN, np.full(len(_DOWN), top[2])], axis=1)
        silk = np.array(clothes.colour)[[2, 0, 1]] * 0.5 + 0.02
        red, green, blue = (float(c) for c in silk)
        knot = tie(top, line, ground_of(shirt))
        pieces.append(piece_of(knot, fabrics.satin(), (red, green, blue)))
    outer = _Neck(body, lift=-0.022, v_depth=0.150, v_wide=0.064)
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


def _hoodie(body: Body, clothes: Clothes) -> Outfit:
    field = _Neck(body, lift=-0.004, scoop=0.014)
    fabric = fabrics.fleece()
    cloth = cut_body(body, field, offset=0.0105, slack=18, folds=0.0055)
    ground = ground_of(cloth)
    rim = evenly(cloth.points[neck_rim(cloth)], 120, smooth=0.006)
    front = int(np.argmin(np.where(rim[:, 2] > rim[:, 2].mean(), np.abs(rim[:, 0]), 1)))
    rim = np.roll(rim, -front, axis=0)
    starts = np.stack([rim[5], rim[-5]]) + np.array([0, -0.002, 0.021])
    white = (0.62, 0.60, 0.56)
    return Outfit(
        (
            piece_of(cloth, fabric, clothes.colour),
            piece_of(hood(rim, ground, body.seed), fabric, clothes.colour),
            solid(cords(starts, ground, 0.13), fabrics.jersey(), white),
        ),
        field,
    )


@dataclass(frozen=True, slots=True)
class _Neck:
    """A neckline: a plane round the neck, lowered at the front to a scoop or a V."""

    body: Body
    lift: float = 0.0
    scoop: float = 0.0
    v_depth: float = 0.0
    v_wide: float = 0.062
    """Half the width of the V at the height of the notch and a little more."""

    def __call__(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """(n,) m outside the cloth's edge, negative where it covers."""
        return np.maximum(self.round(points), self.wedge(points))

    def round(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """(n,) m over the edge round the neck."""
        height = self.body.over_neckline(points, self.lift)
        bib = np.exp(-((points[:, 0] / 0.055) ** 4))
        return height + self.scoop * self._front(points) ** 2 * bib

    def wedge(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """(n,) m inside the V."""
        if not self.v_depth:
            return np.full(len(points), -1.0)
        tip = self.body.notch[1] - self.v_depth
        slope = self.v_wide / (self.v_depth + 0.03)
        wedge = ((points[:, 1] - tip) * slope - np.abs(points[:, 0])) / np.hypot(1, slope)
        return np.where(self._front(points) > 0.45, wedge, -1.0)

    def _front(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """(n,) 0 at the nape, 1 at the notch."""
        back, front = self.body.nape[2], self.body.notch[2]
        return np.clip((points[:, 2] - back) / (front - back), 0, 1)


_FLAT = ((0.000, 0.0014), (-0.0008, 0.0022), (-0.0165, 0.0022), (-0.0175, 0.0004))
_ROUND = (
    (0.000, 0.0020), (-0.002, 0.0050), (-0.007, 0.0064), (-0.014, 0.0056), (-0.0185, 0.0030),
    (-0.020, 0.0005),
)  # fmt: skip
_ROLL = (
    (0.000, 0.0035), (-0.002, 0.0062), (-0.006, 0.0078), (-0.020, 0.0082), (-0.040, 0.0092),
    (-0.0435, 0.0080), (-0.0445, 0.0010),
)  # fmt: skip
"""Bands about the neck: distance over the edge and thickness, from the edge outwards."""


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
            hem(body, collar, band_fabric, clothes.colour),
        ),
        bare=field,
    )


def cut_body(
    body: Body,
    field: Callable[[NDArray[np.floating]], NDArray[np.float64]],
    *,
    offset: float,
    slack: int,
    folds: float,
) -> Cloth:
    """A draped cloth cut along a neckline, clear of the neck however the head turns."""
    cloth = drape(body, offset=offset, slack=slack, folds=folds)
    cloth.values[:, NECK] = field(cloth.points)
    cloth = below(cloth, NECK, 0.0)
    near = np.exp(-((cloth.values[:, NECK] / 0.05) ** 2))
    cleared = body.clear(cloth.points, normals_of(cloth), 0.0022)
    return cloth.with_points(cloth.points + near[:, None] * (cleared - cloth.points))


def neck_line(body: Body, field: "_Neck", cloth: Cloth) -> NDArray[np.float64]:
    """(80, 3) where a collar is sewn on: from the left front round the nape to the right front."""
    rim = cloth.points[neck_rim(cloth)]
    return open_line(rim, field.wedge(rim) <= field.round(rim) + 1e-6, 80)


def solid(mesh: Mesh, fabric: Fabric, colour: Colour) -> Piece:
    """A piece from a mesh without coordinates of its own."""
    vertices, faces = mesh
    weave = np.stack([vertices[:, 0], vertices[:, 1], 0 * vertices[:, 0]], axis=1)
    return Piece(
        vertices.astype(np.float32),
        faces.astype(np.int32),
        weave.astype(np.float32),
        fabric,
        colour,
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


def hem(body: Body, cloth: Cloth, fabric: Fabric, colour: Colour) -> Piece:
    """A rolled edge along the neckline, with the inside of the cloth down to the skin."""
    rim = neck_rim(cloth)
    line = evenly(cloth.points[rim], 140, smooth=0.0015)
    normals = evenly(normals_of(cloth)[rim], 140, smooth=0.004)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    tangent = np.roll(line, -1, axis=0) - np.roll(line, 1, axis=0)
    inward = np.cross(tangent, normals)
    inward /= np.linalg.norm(inward, axis=1, keepdims=True)
    profile = np.array(
        [(-0.0016, 0.0004), (0.0, 0.0006), (0.0012, 0.0), (0.0016, -0.0012), (0.0008, -0.006)]
    )
    middle = line.mean(axis=0)
    sign = np.sign(np.einsum("nc,nc->n", inward, middle - line).sum())
    rings = [line + sign * a * inward + b * normals for a, b in profile]
    vertices = np.stack(rings, axis=1).reshape(-1, 3)
    count, around = len(line), len(profile)
    row, column = np.meshgrid(np.arange(count), np.arange(around - 1), indexing="ij")
    a, b = row * around + column, row * around + column + 1
    c, d = (row + 1) % count * around + column + 1, (row + 1) % count * around + column
    faces = np.concatenate(
        [np.stack([a, b, c], axis=-1).reshape(-1, 3), np.stack([a, c, d], axis=-1).reshape(-1, 3)]
    )
    outside = np.repeat(normals, around, axis=0)
    faces = _facing(vertices, faces, outside)
    weave = np.zeros((len(vertices), 3), np.float32)
    weave[:, 0] = np.repeat(np.arange(count) * 0.0027, around)
    return Piece(vertices.astype(np.float32), faces.astype(np.int32), weave, fabric, colour)


def _facing(
    vertices: NDArray[np.float64], faces: NDArray[np.int64], outward: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Faces wound so that most of them face along the vertices' `outward`."""
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    along = np.einsum("fc,fc->f", np.cross(b - a, c - a), outward[faces[:, 0]])
    return faces if along.sum() > 0 else faces[:, ::-1]


def neck_rim(cloth: Cloth) -> NDArray[np.int64]:
    """The rim at the neckline: the highest one."""
    return max(rims(cloth), key=lambda rim: cloth.values[rim, NECK].mean())


CLOTHES: dict[str, Callable[[Body, Clothes], Outfit]] = {
    "jumper": _jumper,
    "t-shirt": _tee,
    "v-neck": _v_neck,
    "scoop": _scoop,
    "striped": _striped,
    "turtleneck": _turtleneck,
    "shirt": _shirt,
    "polo": _polo,
    "hoodie": _hoodie,
    "blazer": _blazer,
    "suit": _suit,
}
"""What a `Clothes.style` may be."""
