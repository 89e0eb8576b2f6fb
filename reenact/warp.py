"""The two warps of a frame, compiled: inside the face by the mesh, outside it by dense motion."""

import numba
import numpy as np
from numpy.typing import NDArray

DETAIL_POWER = 8
"""Exponent of the weights in the fine band: the heaviest reference nearly takes it all."""
COVERED = 0.999
"""Coverage from which on what lies below is not drawn."""
FLOOR = 0.02
"""Validity that every reference keeps, so that a pixel nobody shows still gets a colour."""


@numba.njit(cache=True, fastmath=True, nogil=True, inline="always")
def _sample(image: NDArray[np.uint8], x: float, y: float, channel: int) -> float:
    """Bilinear sample with clamped borders."""
    height, width = image.shape[:2]
    x = min(max(x, 0.0), width - 1.001)
    y = min(max(y, 0.0), height - 1.001)
    left, top = int(x), int(y)
    right, down = x - left, y - top
    upper = image[top, left, channel] * (1 - right) + image[top, left + 1, channel] * right
    lower = image[top + 1, left, channel] * (1 - right) + image[top + 1, left + 1, channel] * right
    return upper * (1 - down) + lower * down


@numba.njit(cache=True, fastmath=True, nogil=True)
def vertex_validity(
    driving: NDArray[np.float32], sources: NDArray[np.float32], faces: NDArray[np.int32]
) -> NDArray[np.float32]:
    """How well each source shows the surface around each vertex, (r, v) in [0, 1].

    A triangle counts as its area in the source over its area in the driven image, at most 1, and
    0 when it is turned over in the source; a vertex is the mean of its triangles.

    Args:
        driving: (v, 2) px.
        sources: (r, v, 2) px.
        faces: (f, 3).
    """
    count, vertices = sources.shape[0], sources.shape[1]
    total = np.zeros((count, vertices), np.float32)
    used = np.zeros(vertices, np.float32)
    for face in range(faces.shape[0]):
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        area = (driving[b, 0] - driving[a, 0]) * (driving[c, 1] - driving[a, 1]) - (
            driving[b, 1] - driving[a, 1]
        ) * (driving[c, 0] - driving[a, 0])
        if area <= 0.0:
            continue
        used[a] += 1
        used[b] += 1
        used[c] += 1
        for r in range(count):
            s = sources[r]
            shown = (s[b, 0] - s[a, 0]) * (s[c, 1] - s[a, 1]) - (s[b, 1] - s[a, 1]) * (
                s[c, 0] - s[a, 0]
            )
            value = min(max(shown / (area + 0.5), 0.0), 1.0)
            total[r, a] += value
            total[r, b] += value
            total[r, c] += value
    for r in range(count):
        for v in range(vertices):
            total[r, v] = total[r, v] / used[v] if used[v] > 0 else 0.0
    return total


@numba.njit(cache=True, fastmath=True, nogil=True)
def warp_face(
    driving: NDArray[np.float32],
    sources: NDArray[np.float32],
    images: NDArray[np.uint8],
    coarse: NDArray[np.uint8],
    weights: NDArray[np.float32],
    opacity: NDArray[np.float32],
    faces: NDArray[np.int32],
    two_sided: NDArray[np.bool_],
    out: NDArray[np.float32],
    coverage: NDArray[np.float32],
) -> None:
    """Draw the driven mesh, each pixel a blend of the references, over nothing.

    Two bands: what is coarse is averaged by the weights, what is fine comes almost only from the
    heaviest reference, since pores and lashes of different frames never fall on each other
    (multi-band blending; Burt and Adelson, "A multiresolution spline", 1983).

    Args:
        driving: (v, 3) px and depth, smaller is nearer.
        sources: (r, v, 2) px in the references.
        images: (r, h, w, 3).
        coarse: (r, h, w, 3) the same, blurred.
        weights: (r, v) blend weights; they need not sum to 1.
        opacity: (v,) in [0, 1].
        faces: (f, 3).
        two_sided: (f,) faces that are drawn when turned over too: lips fold at the corners, and
            what lies below must not be seen through the fold.
        out: (h, w, 3) written: colours where the mesh is.
        coverage: (h, w) written: opacity where the mesh is, 0 elsewhere.
    """
    height, width = coverage.shape
    depth = np.full((height, width), np.float32(np.inf), np.float32)
    coverage[:] = 0
    count = sources.shape[0]
    active = np.empty(count, np.int64)
    blend = np.empty(count, np.float64)
    fine = np.empty(count, np.float64)
    for face in range(faces.shape[0]):
        a, b, c = faces[face, 0], faces[face, 1], faces[face, 2]
        ax, ay = driving[a, 0], driving[a, 1]
        bx, by = driving[b, 0], driving[b, 1]
        cx, cy = driving[c, 0], driving[c, 1]
        area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
        if area < 1e-6 and not (two_sided[face] and area < -1e-6):
            continue
        used = 0
        for r in range(count):
            if weights[r, a] + weights[r, b] + weights[r, c] > 1e-3:
                active[used] = r
                used += 1
        inverse = 1.0 / area
        x_start, x_stop = max(0, int(np.ceil(min(ax, bx, cx)))), int(np.floor(max(ax, bx, cx)))
        y_start, y_stop = max(0, int(np.ceil(min(ay, by, cy)))), int(np.floor(max(ay, by, cy)))
        for y in range(y_start, min(height - 1, y_stop) + 1):
            for x in range(x_start, min(width - 1, x_stop) + 1):
                second = ((x - ax) * (cy - ay) - (y - ay) * (cx - ax)) * inverse
                third = ((bx - ax) * (y - ay) - (by - ay) * (x - ax)) * inverse
                first = 1.0 - second - third
                if first < 0.0 or second < 0.0 or third < 0.0:
                    continue
                here = first * driving[a, 2] + second * driving[b, 2] + third * driving[c, 2]
                if here >= depth[y, x]:
                    continue
                depth[y, x] = here
                total = peak = 0.0
                for k in range(used):
                    r = active[k]
                    weight = first * weights[r, a] + second * weights[r, b] + third * weights[r, c]
                    blend[k] = weight
                    total += weight
                    fine[k] = weight**DETAIL_POWER
                    peak += fine[k]
                red = green = blue = 0.0
                for k in range(used):
                    share = blend[k] / total
                    if share < 0.004:
                        continue
                    detail = fine[k] / peak
                    r = active[k]
                    s = sources[r]
                    sx = first * s[a, 0] + second * s[b, 0] + third * s[c, 0]
                    sy = first * s[a, 1] + second * s[b, 1] + third * s[c, 1]
                    if detail > 0.01:
                        red += detail * _sample(images[r], sx, sy, 0)
                        green += detail * _sample(images[r], sx, sy, 1)
                        blue += detail * _sample(images[r], sx, sy, 2)
                    if abs(share - detail) > 0.01:
                        red += (share - detail) * _sample(coarse[r], sx, sy, 0)
                        green += (share - detail) * _sample(coarse[r], sx, sy, 1)
                        blue += (share - detail) * _sample(coarse[r], sx, sy, 2)
                if total > 0.0:
                    out[y, x, 0] = red
                    out[y, x, 1] = green
                    out[y, x, 2] = blue
                    coverage[y, x] = first * opacity[a] + second * opacity[b] + third * opacity[c]


@numba.njit(cache=True, fastmath=True, nogil=True)
def warp_outside(
    grids: NDArray[np.float32],
    step: int,
    images: NDArray[np.uint8],
    mattes: NDArray[np.uint8],
    weights: NDArray[np.float32],
    near: NDArray[np.float32],
    plate: NDArray[np.uint8],
    coverage: NDArray[np.float32],
    out: NDArray[np.float32],
) -> None:
    """Draw what is around the face: hair, neck and shoulders over the background plate.

    Args:
        grids: (r, g, g, 4) from `dense_motion`, the first for the source frame.
        step: Distance of the grid nodes in px.
        images: (r, h, w, 3), in the order of the grids.
        mattes: (r, h, w, 1) how much of a pixel is the person.
        weights: (r,) blend weights of the references near the face; the first is the source frame.
        near: (g, g) in [0, 1]: 1 where `weights` hold, 0 where the source frame alone does.
        plate: (h, w, 3).
        coverage: (h, w) from `warp_face`: what is fully covered is skipped.
        out: (h, w, 3) written, but for what is covered.
    """
    height, width = out.shape[:2]
    for y in range(height):
        row, down = y // step, (y % step) / step
        for x in range(width):
            if coverage[y, x] > COVERED:
                continue
            column, right = x // step, (x % step) / step
            w00, w01 = (1 - down) * (1 - right), (1 - down) * right
            w10, w11 = down * (1 - right), down * right
            close = (
                w00 * near[row, column]
                + w01 * near[row, column + 1]
                + w10 * near[row + 1, column]
                + w11 * near[row + 1, column + 1]
            )
            still = (
                grids[0, row, column, 2]
                + grids[0, row, column + 1, 2]
                + grids[0, row + 1, column, 2]
                + grids[0, row + 1, column + 1, 2]
            )
            seen_twice = (
                grids[0, row, column, 3]
                + grids[0, row, column + 1, 3]
                + grids[0, row + 1, column, 3]
                + grids[0, row + 1, column + 1, 3]
            )
            if (
                still == 0.0 and close == 0.0 and seen_twice == 0.0
            ):  # far from the face: the source frame as it is
                for channel in range(3):
                    out[y, x, channel] = images[0, y, x, channel]
                continue
            red = green = blue = 0.0
            for r in range(grids.shape[0]):
                weight = close * weights[r] + (1.0 - close if r == 0 else 0.0)
                if weight < 1e-3:
                    continue
                g = grids[r]
                sx = w00 * g[row, column, 0] + w01 * g[row, column + 1, 0]
                sx += w10 * g[row + 1, column, 0] + w11 * g[row + 1, column + 1, 0]
                sy = w00 * g[row, column, 1] + w01 * g[row, column + 1, 1]
                sy += w10 * g[row + 1, column, 1] + w11 * g[row + 1, column + 1, 1]
                share = w00 * g[row, column, 2] + w01 * g[row, column + 1, 2]
                share += w10 * g[row + 1, column, 2] + w11 * g[row + 1, column + 1, 2]
                ghost = w00 * g[row, column, 3] + w01 * g[row, column + 1, 3]
                ghost += w10 * g[row + 1, column, 3] + w11 * g[row + 1, column + 1, 3]
                # where nothing moves the reference shows its own background, exactly
                behind = min(share * 8.0, 1.0)
                person = _sample(mattes[r], sx, sy, 0) / 255.0
                person = (person + (1.0 - person) * (1.0 - behind)) * (1.0 - ghost)
                red += weight * (
                    person * _sample(images[r], sx, sy, 0) + (1 - person) * plate[y, x, 0]
                )
                green += weight * (
                    person * _sample(images[r], sx, sy, 1) + (1 - person) * plate[y, x, 1]
                )
                blue += weight * (
                    person * _sample(images[r], sx, sy, 2) + (1 - person) * plate[y, x, 2]
                )
            out[y, x, 0], out[y, x, 1], out[y, x, 2] = red, green, blue


@numba.njit(cache=True, fastmath=True, nogil=True)
def lay_over(
    under: NDArray[np.float32],
    over: NDArray[np.float32],
    coverage: NDArray[np.float32],
    out: NDArray[np.uint8],
) -> None:
    """Alpha-blend `over` (h, w, 3) on `under` by `coverage` (h, w) into `out`, rounded."""
    for y in range(out.shape[0]):
        for x in range(out.shape[1]):
            alpha = coverage[y, x]
            for channel in range(3):
                if alpha > COVERED:  # nothing was drawn below
                    value = over[y, x, channel]
                else:
                    value = under[y, x, channel]
                    if alpha > 0.0:
                        value += alpha * (over[y, x, channel] - value)
                out[y, x, channel] = np.uint8(min(max(value + 0.5, 0.0), 255.0))
