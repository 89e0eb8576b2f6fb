"""Brow and lash strands, bound to the skin so that they follow its motion."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic.bust import Bust
from synthetic.eyeball import Eyeball
from synthetic.person import Hair, Person
from synthetic.strands import FrontProjection, Strands, quad_grid

BROW_STEPS, LASH_STEPS = 6, 7


@dataclass(frozen=True, slots=True, eq=False)
class BoundStrands:
    """Strands whose points are combinations of vertices, plus an offset in head axes."""

    strands: Strands
    matrix: Any
    """(s k, vertices) scipy.sparse."""
    offset: NDArray[np.float32]
    """(s k, 3)."""


def grow_brow(
    vertices: NDArray[np.float32],
    normals: NDArray[np.float32],
    surface: FrontProjection,
    eye: NDArray[np.float32],
    side: float,
    rng: np.random.Generator,
    *,
    hair: Hair,
) -> BoundStrands:
    """One brow over an eye centre; `side` is +1 for the subject's left."""
    from scipy import sparse

    count = int(560 * hair.brow_density * (0.7 + 0.6 * hair.brow_thickness))
    along = rng.beta(1.05, 1.15, count)
    knots = [0, 0.18, 0.6, 0.82, 1.0]
    x = np.interp(along, knots, [0.0105, 0.0185, 0.0395, 0.0485, 0.0555])
    x = x + hair.brow_gap_m * (1 - along)
    y = 0.0178 + 0.0027 * along + hair.brow_height_m
    y += 2 * hair.brow_arch * np.interp(along, knots, [0.0, 0.0013, 0.0058, 0.0046, 0.0])
    y += np.tan(np.deg2rad(hair.brow_tilt_degrees)) * (x - 0.031)
    half = np.interp(along, knots, [0.0032, 0.0040, 0.0033, 0.0022, 0.0006])
    half *= 0.5 + hair.brow_thickness
    across = np.clip(rng.normal(0, 0.5, count), -1, 1)
    y = y + across * half + eye[1]
    lift = np.interp(along, knots, [72, 48, 14, -14, -26]) - across * np.interp(
        along, knots, [10, 20, 24, 14, 6]
    )
    lift += (hair.brow_arch - 0.5) * np.interp(along, knots, [8, 16, 8, -18, -28])
    angle = np.deg2rad(lift + hair.brow_tilt_degrees + rng.normal(0, 7, count))
    length = np.interp(along, knots, [0.0058, 0.0078, 0.0085, 0.0075, 0.0048])
    length *= rng.uniform(0.65, 1.15, count) * (0.75 + 0.5 * hair.brow_thickness)
    t = np.linspace(0, 1, BROW_STEPS)
    bend = np.deg2rad(-16) * t[None, :] + angle[:, None]
    step = length[:, None] / (BROW_STEPS - 1)
    dx = np.cumsum(np.cos(bend) * step, axis=1) - np.cos(bend[:, :1]) * step
    dy = np.cumsum(np.sin(bend) * step, axis=1) - np.sin(bend[:, :1]) * step
    flat = np.stack([side * (x[:, None] + dx + abs(eye[0]) - 0.031), y[:, None] + dy], axis=-1)
    corners, weights, hit = surface(flat.reshape(-1, 2))
    hit = hit.reshape(count, BROW_STEPS).all(axis=1)
    matrix = sparse.csr_matrix(
        (weights.reshape(-1), (np.repeat(np.arange(len(corners)), 3), corners.reshape(-1))),
        (len(corners), len(vertices)),
    )
    normal = matrix @ normals
    rise = np.tile(0.0001 + 0.0009 * np.sin(t * 2.3), count)
    offset = (normal * rise[:, None]).astype(np.float32)
    keep = np.repeat(hit, BROW_STEPS)
    matrix, offset = matrix[keep], offset[keep]
    count = int(hit.sum())
    width = 0.00019 * (1 - 0.75 * t[None, :] ** 2) * rng.uniform(0.8, 1.3, (count, 1))
    shade = np.array(hair.brow_colour) * np.exp(rng.normal(0, 0.2, (count, 1, 1)))
    points = (matrix @ vertices + offset).reshape(count, BROW_STEPS, 3)
    strands = Strands(
        points=points.astype(np.float32),
        width=width.astype(np.float32),
        colour=np.repeat(shade, BROW_STEPS, axis=1).astype(np.float32),
        random=rng.random(count).astype(np.float32),
    )
    return BoundStrands(strands=strands, matrix=matrix, offset=offset)


def grow_lashes(
    coarse: NDArray[np.float32],
    quads: NDArray[np.int32],
    eye: NDArray[np.float32],
    rng: np.random.Generator,
    *,
    upper: bool,
) -> BoundStrands:
    """Lashes along one of MakeHuman's lash strips.

    Args:
        coarse: (v, 3) the bust at rest.
        quads: (q, 4) the strip.
        eye: (3,) eyeball centre.
        rng: For the spread.
        upper: Upper lashes are longer and denser.
    """
    from scipy import sparse

    grid = quad_grid(quads)
    if grid.shape[0] > grid.shape[1]:
        grid = grid.T
    reach = np.linalg.norm(coarse[grid] - eye, axis=2).mean(axis=1)
    if reach[0] > reach[-1]:
        grid = grid[::-1]
    rows, columns = grid.shape
    count = 200 if upper else 80
    root = np.sort(rng.uniform(0.015, 0.985, count))
    clump = np.round(root * count / 3.2) / (count / 3.2)
    longest = rng.uniform(0.65, 1.05, count) * (0.72 if upper else 0.45)
    t = np.linspace(0, 1, LASH_STEPS)
    pull = np.where(rng.random(count) < 0.75, 0.75, 0.2)
    across = root[:, None] + (clump - root)[:, None] * pull[:, None] * t**1.3
    across = np.clip(across + rng.normal(0, 0.006, (count, 1)) * t, 0, 1) * (columns - 1)
    up = t[None, :] * longest[:, None] * (rows - 1)
    i = np.minimum(across.astype(int), columns - 2)
    j = np.minimum(up.astype(int), rows - 2)
    u, v = across - i, up - j
    index = np.stack([grid[j, i], grid[j, i + 1], grid[j + 1, i], grid[j + 1, i + 1]], axis=-1)
    weight = np.stack([(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v], axis=-1)
    points = count * LASH_STEPS
    matrix = sparse.csr_matrix(
        (weight.reshape(-1), (np.repeat(np.arange(points), 4), index.reshape(-1))),
        (points, len(coarse)),
    )
    width = (0.00021 if upper else 0.00012) * (1 - 0.85 * t[None, :] ** 1.5)
    strands = Strands(
        points=(matrix @ coarse).reshape(count, LASH_STEPS, 3).astype(np.float32),
        width=np.repeat(width, count, axis=0).astype(np.float32),
        colour=np.full((count, LASH_STEPS, 3), 0.012, np.float32),
        random=rng.random(count).astype(np.float32),
    )
    curl = np.array([0.0, 0.0009 if upper else -0.0006, 0.0]) * (t**2)[:, None]
    offset = np.tile(curl, (count, 1)).astype(np.float32)
    return BoundStrands(strands=strands, matrix=matrix, offset=offset)


def grow_brows_and_lashes(
    bust: Bust,
    rest: NDArray[np.float32],
    skin: Any,
    points: NDArray[np.float32],
    normals: NDArray[np.float32],
    eyes: tuple[Eyeball, Eyeball],
    person: Person,
    rng: np.random.Generator,
) -> tuple[BoundStrands, ...]:
    """All of a person's brows and lashes, bound to the bust's coarse vertices."""
    surface = FrontProjection(points, skin.triangles())
    out = []
    lash_quads = bust.part("lashes")
    for eye, side in zip(eyes, (1.0, -1.0), strict=True):
        brow = grow_brow(points, normals, surface, eye.centre, side, rng, hair=person.hair)
        out.append(BoundStrands(brow.strands, (brow.matrix @ skin.matrix).tocsr(), brow.offset))
        mine = lash_quads[side * rest[lash_quads][:, :, 0].mean(axis=1) > 0]
        for strip in islands(mine):
            upper = rest[strip][:, :, 1].mean() > eye.centre[1] + 0.001
            out.append(grow_lashes(rest, strip, eye.centre, rng, upper=bool(upper)))
    return tuple(out)


def islands(quads: NDArray[np.int32]) -> list[NDArray[np.int32]]:
    """Split quads into connected pieces."""
    from scipy import sparse

    count = int(quads.max()) + 1
    a, b = quads.reshape(-1), np.roll(quads, -1, axis=1).reshape(-1)
    graph = sparse.coo_matrix((np.ones(len(a)), (a, b)), (count, count))
    _, label = sparse.csgraph.connected_components(graph, directed=False)
    return [quads[label[quads[:, 0]] == which] for which in np.unique(label[quads[:, 0]])]
