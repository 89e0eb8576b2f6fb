"""How much of each pixel of a rendered crop is the person: the mattes, moved like the pictures."""

import numba
import numpy as np
from numpy.typing import NDArray

from reenact.warp import COVERED, _sample

CRISP_FROM, CRISP_TO = 0.15, 0.85
"""References never fall on each other exactly: between these shares their mean becomes an edge."""
GHOST_FROM, GHOST_TO = 0.35, 0.75
"""From half a ghost on, what is drawn is the plate and no longer the person."""


@numba.njit(cache=True, fastmath=True, nogil=True)
def warp_matte(
    grids: NDArray[np.float32],
    step: int,
    mattes: NDArray[np.uint8],
    weights: NDArray[np.float32],
    near: NDArray[np.float32],
    coverage: NDArray[np.float32],
    out: NDArray[np.uint8],
) -> None:
    """Draw the matte of what `warp_face` and `warp_outside` draw.

    Args:
        grids: (r, g, g, 4) from `dense_motion`, the first for the source frame.
        step: Distance of the grid nodes in px.
        mattes: (r, h, w, 1) how much of a pixel is the person, in the order of the grids.
        weights: (r,) blend weights of the references near the face.
        near: (g, g) in [0, 1]: 1 where `weights` hold, 0 where the source frame alone does.
        coverage: (h, w) of the face, which is the person in any case.
        out: (h, w) written, 255 for the person.
    """
    height, width = out.shape
    for y in range(height):
        row, down = y // step, (y % step) / step
        for x in range(width):
            face = coverage[y, x]
            if face > COVERED:
                out[y, x] = 255
                continue
            column, right = x // step, (x % step) / step
            w00, w01 = (1 - down) * (1 - right), (1 - down) * right
            w10, w11 = down * (1 - right), down * right
            close = w00 * near[row, column] + w01 * near[row, column + 1]
            close += w10 * near[row + 1, column] + w11 * near[row + 1, column + 1]
            person = 0.0
            for r in range(grids.shape[0]):
                weight = close * weights[r] + (1.0 - close if r == 0 else 0.0)
                if weight < 1e-3:
                    continue
                g = grids[r]
                sx = w00 * g[row, column, 0] + w01 * g[row, column + 1, 0]
                sx += w10 * g[row + 1, column, 0] + w11 * g[row + 1, column + 1, 0]
                sy = w00 * g[row, column, 1] + w01 * g[row, column + 1, 1]
                sy += w10 * g[row + 1, column, 1] + w11 * g[row + 1, column + 1, 1]
                ghost = w00 * g[row, column, 3] + w01 * g[row, column + 1, 3]
                ghost += w10 * g[row + 1, column, 3] + w11 * g[row + 1, column + 1, 3]
                ghost = min(max((ghost - GHOST_FROM) / (GHOST_TO - GHOST_FROM), 0.0), 1.0)
                person += weight * _sample(mattes[r], sx, sy, 0) / 255.0 * (1.0 - ghost)
            person = min(max((person - CRISP_FROM) / (CRISP_TO - CRISP_FROM), 0.0), 1.0)
            out[y, x] = np.uint8(255.0 * (person + face * (1.0 - person)) + 0.5)
