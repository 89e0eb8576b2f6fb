"""Texels that no picture shows: from the other side of the face, else spread from around them."""

import numpy as np
from numpy.typing import NDArray

from avatar.head_model import HeadModel
from avatar.texture_views import TexelGrid, lid_trust

DILATION_PX = 12
LID_TONE = 0.95
"""Brightness of closed lids relative to the face."""
_LEAST = 1e-6
_FORGETTING = 0.02
"""Pull of unknown texels towards what the mesh says, relative to known ones."""
_HAIRLINE_BOND = 0.01
"""How much colour crosses the hairline, relative to elsewhere."""


def mirror_fill(
    grid: TexelGrid,
    model: HeadModel,
    colours: NDArray[np.float32],
    trust: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Blend in the other half of the face where it was seen better.

    Args:
        grid: Texels of the skin.
        model: Knows each vertex's mirror image.
        colours: (size, size, 3).
        trust: (size, size) in [0, 1].

    Returns:
        Colours and trust; a mirrored texel keeps a third of its trust.
    """
    import cv2

    size = grid.size
    where = grid.interpolate(model.uv[model.mirror])
    x = where[..., 0] * size - 0.5
    y = (1.0 - where[..., 1]) * size - 0.5
    other_trust = cv2.remap(trust, x, y, cv2.INTER_LINEAR) * grid.covered
    other = cv2.remap(colours, x, y, cv2.INTER_LINEAR)
    # The two halves are lit differently: bring the mirrored one to the tone found here.
    spread = size / 24.0
    ratio = _tone(colours, trust, spread) / np.maximum(_tone(other, other_trust, spread), 0.02)
    other = other * np.clip(ratio, 0.6, 1.6)
    own = np.clip(trust / 0.12, 0.0, 1.0)
    amount = (1.0 - own) * np.clip(other_trust / 0.12, 0.0, 1.0)
    mixed = (own[..., None] * colours + amount[..., None] * other) / np.maximum(
        own + amount, _LEAST
    )[..., None]
    return np.where((own + amount)[..., None] > _LEAST, mixed, colours), np.maximum(
        trust, other_trust / 3.0
    )


def _tone(
    colours: NDArray[np.float32], weight: NDArray[np.float32], spread: float
) -> NDArray[np.float32]:
    """Heavily blurred colours, counting only texels with weight."""
    import cv2

    small = (len(weight) // 4, len(weight) // 4)
    known = np.clip(weight / 0.12, 0.0, 1.0)
    part = cv2.resize(colours * known[..., None], small, interpolation=cv2.INTER_AREA)
    whole = cv2.resize(known, small, interpolation=cv2.INTER_AREA)
    part = cv2.GaussianBlur(part, (0, 0), spread / 4.0)
    whole = cv2.GaussianBlur(whole, (0, 0), spread / 4.0)
    total = (part * whole[..., None]).sum(axis=(0, 1)) / max(float((whole**2).sum()), _LEAST)
    local = (part + 0.02 * total) / (whole + 0.02)[..., None]
    return cv2.resize(local, colours.shape[1::-1], interpolation=cv2.INTER_LINEAR)


def fill_unseen(
    grid: TexelGrid,
    model: HeadModel,
    colours: NDArray[np.float32],
    known: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Continue the skin over texels that nothing shows.

    Colours first spread over the mesh, which knows no seams of the atlas, and hardly across the
    hairline, so that the crown takes the hair's colour and the neck the skin's. What the known
    texels differ from that decays into the unknown ones.

    Args:
        grid: Texels of the skin.
        model: Topology.
        colours: (size, size, 3).
        known: (size, size) in [0, 1].

    Returns:
        (size, size, 3), `colours` where known is 1.
    """
    known = known * grid.covered
    base = grid.interpolate(_spread_over_mesh(grid, model, colours, known))
    difference = np.where(known[..., None] > 0.0, colours - base, 0.0).astype(np.float32)
    difference = spread_fill(difference, np.maximum(known, _FORGETTING))
    return np.where(grid.covered[..., None], base + difference, colours).astype(np.float32)


def _spread_over_mesh(
    grid: TexelGrid,
    model: HeadModel,
    colours: NDArray[np.float32],
    known: NDArray[np.float32],
) -> NDArray[np.float32]:
    """(v, 3) vertex colours: near what is known, as smooth as possible elsewhere."""
    from scipy.sparse import coo_matrix, diags
    from scipy.sparse.linalg import splu

    points = int(model.weld.max()) + 1
    corners = model.weld[grid.corners]  # (p, 3)
    share = grid.barycentric * known[grid.covered][:, None]
    weight = np.bincount(corners.ravel(), share.ravel(), points)
    seen = np.stack(
        [
            np.bincount(corners.ravel(), (share * colours[grid.covered][:, [c]]).ravel(), points)
            for c in range(3)
        ],
        axis=1,
    )
    faces = model.weld[grid.faces]
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    scalp = np.zeros(points)
    scalp[model.weld] = scalp_mask(model)
    bond = np.where(scalp[edges[:, 0]] == scalp[edges[:, 1]], 1.0, _HAIRLINE_BOND)
    adjacency = coo_matrix((bond, (edges[:, 0], edges[:, 1])), shape=(points, points))
    adjacency = adjacency + adjacency.T
    degree = np.asarray(adjacency.sum(axis=1)).ravel()
    # Confidence of a vertex saturates: a hundred texels say no more than ten.
    trust = np.minimum(weight, 10.0)
    mean = seen.sum(axis=0) / max(float(weight.sum()), _LEAST)
    # Around an open eye only shadow is seen; the lid itself is rather as bright as the face.
    anchor = np.full(points, 1e-5)
    anchor[model.weld] += 0.4 * (1.0 - lid_trust(model, np.zeros(len(model.names), np.float32)))
    matrix = diags(degree + trust + anchor) - adjacency
    right = seen / np.maximum(weight, _LEAST)[:, None] * trust[:, None]
    right += anchor[:, None] * (LID_TONE * mean)
    return splu(matrix.tocsc()).solve(right)[model.weld].astype(np.float32)


def scalp_mask(model: HeadModel) -> NDArray[np.bool_]:
    """(v,) the vertices of the mean head that hair usually covers."""
    x, y, z = np.abs(model.vertices[:, 0]), model.vertices[:, 1], model.vertices[:, 2]
    hairline = 0.075 - 0.9 * np.maximum(0.0, x - 0.045) - 0.25 * np.maximum(0.0, -0.035 - z)
    behind = (z < -0.085) & (y > -0.075) & (x < 0.072)
    return ((y > hairline) & (x < 0.074)) | behind


def spread_fill(colours: NDArray[np.float32], known: NDArray[np.float32]) -> NDArray[np.float32]:
    """Smooth continuation into unknown texels by a pyramid (push-pull).

    After S. Gortler et al., "The Lumigraph", SIGGRAPH 1996, section 3.4.

    Args:
        colours: (h, w, 3).
        known: (h, w) in [0, 1].

    Returns:
        (h, w, 3): `colours` where known is 1, a membrane between them elsewhere.
    """
    import cv2

    weight = np.clip(known, 0.0, 1.0)
    levels = [(colours * weight[..., None], weight)]
    while max(levels[-1][1].shape) > 1:
        values, weight = levels[-1]
        size = (max(1, weight.shape[1] // 2), max(1, weight.shape[0] // 2))
        values = 4.0 * cv2.resize(values, size, interpolation=cv2.INTER_AREA)
        weight = 4.0 * cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
        scale = np.minimum(1.0, 1.0 / np.maximum(weight, _LEAST))
        levels.append((values * scale[..., None], weight * scale))
    values, weight = levels.pop()
    filled = values / np.maximum(weight, _LEAST)[..., None]
    while levels:
        values, weight = levels.pop()
        above = cv2.resize(filled, weight.shape[::-1], interpolation=cv2.INTER_LINEAR)
        filled = values + (1.0 - weight)[..., None] * above
    return filled.astype(np.float32)


def dilate_islands(texture: NDArray[np.float32], covered: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Carry the islands' colours over their borders, so that filtering never meets a void."""
    import cv2

    texture = np.where(covered[..., None], texture, 0.0)
    weight = covered.astype(np.float32)
    for _ in range(DILATION_PX // 2):
        total = cv2.blur(weight, (5, 5))
        spread = cv2.blur(texture * weight[..., None], (5, 5))
        grown = (total > _LEAST) & (weight == 0.0)
        texture = np.where(grown[..., None], spread / np.maximum(total, _LEAST)[..., None], texture)
        weight = np.maximum(weight, grown.astype(np.float32))
    return texture.astype(np.float32)
