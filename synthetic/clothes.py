"""Clothes of many kinds, draped on a person's shoulders."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic import fabrics, kernels
from synthetic.clothes_body import NECK, Body, U, V, drape
from synthetic.clothes_cut import Cloth, below, evenly, rims, split
from synthetic.fabrics import Fabric
from synthetic.person import Clothes, Colour


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


@dataclass(frozen=True, slots=True)
class _Neck:
    """A neckline: a plane round the neck, lowered at the front to a scoop or a V."""

    body: Body
    lift: float = 0.0
    scoop: float = 0.0
    v_depth: float = 0.0

    def __call__(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """(n,) m outside the cloth's edge, negative where it covers."""
        body = self.body
        height = body.over_neckline(points, self.lift)
        front = np.clip((points[:, 2] - body.nape[2]) / (body.notch[2] - body.nape[2]), 0, 1)
        x = np.abs(points[:, 0])
        if self.scoop:
            height = height + self.scoop * front**2 * np.exp(-((x / 0.055) ** 4))
        if self.v_depth:
            tip = body.notch[1] - self.v_depth
            slope = 0.062 / (self.v_depth + 0.03)
            wedge = ((points[:, 1] - tip) * slope - x) / np.hypot(1, slope)
            wedge = np.where(front > 0.45, wedge, -1.0)
            height = np.maximum(height, wedge)
        return height


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
    cloth = drape(body, offset=offset, slack=14, folds=folds)
    cloth.values[:, NECK] = field(cloth.points)
    cloth = below(cloth, NECK, 0.0)
    outward = normals_of(cloth)
    near = np.exp(-((cloth.values[:, NECK] / 0.05) ** 2))
    cleared = body.clear(cloth.points, outward, 0.0022)
    cloth = cloth.with_points(cloth.points + near[:, None] * (cleared - cloth.points))
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
    rim = _neck_rim(cloth)
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


def _neck_rim(cloth: Cloth) -> NDArray[np.int64]:
    """The rim at the neckline: the highest one."""
    return max(rims(cloth), key=lambda rim: cloth.values[rim, NECK].mean())


CLOTHES: dict[str, Callable[[Body, Clothes], Outfit]] = {
    "jumper": _jumper,
    "t-shirt": _tee,
    "v-neck": _v_neck,
    "scoop": _scoop,
    "striped": _striped,
    "turtleneck": _turtleneck,
}
"""What a `Clothes.style` may be."""
