"""Lashes along the lids' margins, bound to the bust so that they follow its motion."""

import numpy as np
from numpy.typing import NDArray

from synthetic.person import Person
from synthetic.strands import BoundStrands, Strands, quad_grid

LASH_STEPS = 7


def grow_lashes(
    coarse: NDArray[np.float32],
    quads: NDArray[np.int32],
    eye: NDArray[np.float32],
    person: Person,
    rng: np.random.Generator,
    *,
    upper: bool,
) -> BoundStrands:
    """Lashes along one of MakeHuman's lash strips.

    Args:
        coarse: (v, 3) the bust at rest.
        quads: (q, 4) the strip.
        eye: (3,) eyeball centre.
        person: Length and colour of the lashes, and what is worn on them.
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
    hair, worn = person.hair, person.makeup.liner
    count = int((230 if upper else 85) * (0.8 + 0.4 * hair.lash_length))
    root = np.sort(rng.uniform(0.015, 0.985, count))
    clump = np.round(root * count / 3.2) / (count / 3.2)
    longest = rng.uniform(0.65, 1.05, count) * (0.72 if upper else 0.45)
    longest *= (0.5 + 0.9 * hair.lash_length) * (1 + 0.15 * worn)
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
    width = (0.00013 + 0.00010 * worn) * (1.0 if upper else 0.7) * (1 - 0.85 * t[None, :] ** 1.5)
    pigment = np.minimum(np.array(hair.brow_colour) * 0.55, 0.05)
    colour = pigment * (1 - worn) + 0.008 * worn
    strands = Strands(
        points=(matrix @ coarse).reshape(count, LASH_STEPS, 3).astype(np.float32),
        width=np.repeat(width, count, axis=0).astype(np.float32),
        colour=np.broadcast_to(colour, (count, LASH_STEPS, 3)).astype(np.float32),
        random=rng.random(count).astype(np.float32),
    )
    curl = np.array([0.0, 0.0009 if upper else -0.0006, 0.0]) * (t**2)[:, None]
    offset = np.tile(curl, (count, 1)).astype(np.float32)
    return BoundStrands(strands=strands, matrix=matrix, offset=offset)


def islands(quads: NDArray[np.int32]) -> list[NDArray[np.int32]]:
    """Split quads into connected pieces."""
    from scipy import sparse

    count = int(quads.max()) + 1
    a, b = quads.reshape(-1), np.roll(quads, -1, axis=1).reshape(-1)
    graph = sparse.coo_matrix((np.ones(len(a)), (a, b)), (count, count))
    _, label = sparse.csgraph.connected_components(graph, directed=False)
    return [quads[label[quads[:, 0]] == which] for which in np.unique(label[quads[:, 0]])]
