"""What all garments are made with: necklines, pieces of cloth, hems."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic import kernels
from synthetic.clothes_body import NECK, Body, U, V, drape
from synthetic.clothes_collars import open_line
from synthetic.clothes_cut import Cloth, below, evenly, rims
from synthetic.fabrics import Fabric
from synthetic.person import Colour
from synthetic.sweep import Mesh


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


def piece_of(cloth: Cloth, fabric: Fabric, colour: Colour) -> Piece:
    """A piece from a cut cloth, whose values hold the fabric's coordinates."""
    weave = np.zeros((len(cloth.points), 3), np.float32)
    weave[:, :2] = cloth.values[:, [U, V]]
    return Piece(
        cloth.points.astype(np.float32), cloth.faces.astype(np.int32), weave, fabric, colour
    )


def normals_of(cloth: Cloth) -> NDArray[np.float64]:
    """(v, 3) unit normals."""
    normals = kernels.vertex_normals(cloth.points.astype(np.float32), cloth.faces.astype(np.int32))
    return normals.astype(np.float64)


@dataclass(frozen=True, slots=True)
class Neckline:
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


def neck_line(body: Body, field: Neckline, cloth: Cloth) -> NDArray[np.float64]:
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


def hem(cloth: Cloth, fabric: Fabric, colour: Colour) -> Piece:
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
