"""Compiled loops of the renderer: normals, strands, shadow maps."""

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def vertex_normals(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    """(v, 3) area-weighted unit normals."""
    normals = np.zeros_like(vertices)
    for f in range(faces.shape[0]):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        ux = vertices[b, 0] - vertices[a, 0]
        uy = vertices[b, 1] - vertices[a, 1]
        uz = vertices[b, 2] - vertices[a, 2]
        vx = vertices[c, 0] - vertices[a, 0]
        vy = vertices[c, 1] - vertices[a, 1]
        vz = vertices[c, 2] - vertices[a, 2]
        nx, ny, nz = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for v in (a, b, c):
            normals[v, 0] += nx
            normals[v, 1] += ny
            normals[v, 2] += nz
    for v in range(normals.shape[0]):
        length = np.sqrt(normals[v, 0] ** 2 + normals[v, 1] ** 2 + normals[v, 2] ** 2)
        scale = 1.0 / max(length, 1e-20)
        normals[v, 0] *= scale
        normals[v, 1] *= scale
        normals[v, 2] *= scale
    return normals


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def turn(
    points: NDArray[np.float32],
    weight: NDArray[np.float32],
    axis: NDArray[np.float64],
    angle: float,
    pivot: NDArray[np.float64],
    shift: NDArray[np.float64],
) -> NDArray[np.float32]:
    """Turn points about an axis through `pivot` by weight * angle, move them by weight * shift.

    Rodrigues' formula; (n, 3).
    """
    out = np.empty_like(points)
    for i in range(points.shape[0]):
        x, y, z = points[i, 0] - pivot[0], points[i, 1] - pivot[1], points[i, 2] - pivot[2]
        theta = angle * weight[i]
        s, c = np.sin(theta), np.cos(theta)
        along = (axis[0] * x + axis[1] * y + axis[2] * z) * (1 - c)
        out[i, 0] = x * c + (axis[1] * z - axis[2] * y) * s + axis[0] * along
        out[i, 1] = y * c + (axis[2] * x - axis[0] * z) * s + axis[1] * along
        out[i, 2] = z * c + (axis[0] * y - axis[1] * x) * s + axis[2] * along
        out[i, 0] += pivot[0] + shift[0] * weight[i]
        out[i, 1] += pivot[1] + shift[1] * weight[i]
        out[i, 2] += pivot[2] + shift[2] * weight[i]
    return out


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def draw_strands(
    points: NDArray[np.float32],
    width: NDArray[np.float32],
    colour: NDArray[np.float32],
    image: NDArray[np.float32],
    depth: NDArray[np.float32],
    bias: float,
) -> None:
    """Draw ribbons that face the camera into a linear image.

    Args:
        points: (s, k, 3) x right, y down in px, depth (smaller is nearer).
        width: (s, k) px. Narrower than a pixel is drawn a pixel wide and blended.
        colour: (s, k, 3) linear radiance.
        image: (h, w, 3), changed in place.
        depth: (h, w), changed in place where a ribbon covers most of a pixel.
        bias: Depth by which a ribbon may lie behind a surface and still be seen.
    """
    height, columns = depth.shape
    for s in range(points.shape[0]):
        for k in range(points.shape[1] - 1):
            ax, ay, az = points[s, k, 0], points[s, k, 1], points[s, k, 2]
            bx, by, bz = points[s, k + 1, 0], points[s, k + 1, 1], points[s, k + 1, 2]
            wide = 0.5 * (width[s, k] + width[s, k + 1])
            alpha = min(1.0, wide / 0.95)
            half = max(wide, 0.95) * 0.5
            x0 = max(0, int(np.ceil(min(ax, bx) - half)))
            x1 = min(columns - 1, int(np.floor(max(ax, bx) + half)))
            y0 = max(0, int(np.ceil(min(ay, by) - half)))
            y1 = min(height - 1, int(np.floor(max(ay, by) + half)))
            dx, dy = bx - ax, by - ay
            square = dx * dx + dy * dy
            if square < 1e-8:
                continue
            inverse = 1.0 / square
            root = 1.0 / np.sqrt(square)
            for y in range(y0, y1 + 1):
                for x in range(x0, x1 + 1):
                    px, py = x - ax, y - ay
                    t = (px * dx + py * dy) * inverse
                    if t < -0.02 or t > 1.02:
                        continue
                    away = abs(px * dy - py * dx) * root
                    if away > half:
                        continue
                    z = az + (bz - az) * t
                    if z - bias > depth[y, x]:
                        continue
                    # A round cross-section: darker towards its sides.
                    shade = alpha
                    side = 1.0 - 0.35 * (away / half) ** 2 if wide > 1.6 else 0.93
                    for c in range(3):
                        value = (colour[s, k, c] * (1 - t) + colour[s, k + 1, c] * t) * side
                        image[y, x, c] += (value - image[y, x, c]) * shade
                    if shade > 0.45 and z < depth[y, x]:
                        depth[y, x] = z


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def splat_strands(
    points: NDArray[np.float32],
    width: NDArray[np.float32],
    frame: NDArray[np.float64],
    near: NDArray[np.float32],
    density: NDArray[np.float32],
) -> None:
    """Add strands to a light's view: nearest depth and optical thickness per texel.

    Args:
        points: (s, k, 3) metres.
        width: (s, k) metres.
        frame: (4, 3) light axes u, v, d (towards the light) and (u0, v0, texel size).
        near: (n, n) nearest depth (towards the light is smaller), changed in place.
        density: (n, n) thickness, changed in place.
    """
    size = near.shape[0]
    texel = frame[3, 2]
    for s in range(points.shape[0]):
        for k in range(points.shape[1] - 1):
            length = 0.0
            for c in range(3):
                length += (points[s, k + 1, c] - points[s, k, c]) ** 2
            length = np.sqrt(length)
            pieces = max(1, int(length / texel * 0.8))
            share = length / pieces * width[s, k] / (texel * texel)
            for piece in range(pieces):
                t = (piece + 0.5) / pieces
                x = points[s, k, 0] * (1 - t) + points[s, k + 1, 0] * t
                y = points[s, k, 1] * (1 - t) + points[s, k + 1, 1] * t
                z = points[s, k, 2] * (1 - t) + points[s, k + 1, 2] * t
                u = int((frame[0, 0] * x + frame[0, 1] * y + frame[0, 2] * z - frame[3, 0]) / texel)
                v = int((frame[1, 0] * x + frame[1, 1] * y + frame[1, 2] * z - frame[3, 1]) / texel)
                if u < 0 or v < 0 or u >= size or v >= size:
                    continue
                d = -(frame[2, 0] * x + frame[2, 1] * y + frame[2, 2] * z)
                if d < near[v, u]:
                    near[v, u] = d
                density[v, u] += share


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def light_through(
    points: NDArray[np.float32],
    frame: NDArray[np.float64],
    depth: NDArray[np.float32],
    near: NDArray[np.float32],
    density: NDArray[np.float32],
    bias: float,
    within: float,
    radius: float,
    taps: int,
) -> NDArray[np.float32]:
    """(n,) share of a light that reaches points: blocked by surfaces, thinned by hair.

    Args:
        points: (n, 3) metres.
        frame: As in `splat_strands`.
        depth: (m, m) nearest surface.
        near: (m, m) nearest strand.
        density: (m, m) optical thickness of the strands.
        bias: Metres by which a surface may be nearer and not count.
        within: For points inside hair: metres of hair in which light falls to 1 / e; 0 for
            points outside, for which all the strands in front count.
        radius: Blur of the shadow's edge in texels.
        taps: Samples in the blur.
    """
    size = depth.shape[0]
    out = np.empty(points.shape[0], np.float32)
    texel = frame[3, 2]
    around = np.zeros((taps, 2))
    for tap in range(taps):
        if taps > 1:
            reach = radius * np.sqrt((tap + 0.5) / taps)
            around[tap] = reach * np.cos(tap * 2.39996), reach * np.sin(tap * 2.39996)
    for i in range(points.shape[0]):
        x, y, z = points[i, 0], points[i, 1], points[i, 2]
        u = (frame[0, 0] * x + frame[0, 1] * y + frame[0, 2] * z - frame[3, 0]) / texel
        v = (frame[1, 0] * x + frame[1, 1] * y + frame[1, 2] * z - frame[3, 1]) / texel
        d = -(frame[2, 0] * x + frame[2, 1] * y + frame[2, 2] * z)
        total = 0.0
        for tap in range(taps):
            a, b = int(u + around[tap, 0]), int(v + around[tap, 1])
            if a < 0 or b < 0 or a >= size or b >= size:
                total += 1.0
                continue
            if depth[b, a] < d - bias:
                continue
            light = 1.0
            behind = d - near[b, a]
            if behind > 0.0:
                if within > 0.0:
                    light = np.exp(-behind / within)
                elif behind > 0.002:
                    light = np.exp(-1.1 * density[b, a])
            total += light
        out[i] = total / taps
    return out


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def shade_strands(
    points: NDArray[np.float32],
    colour: NDArray[np.float32],
    random: NDArray[np.float32],
    clear: NDArray[np.float32],
    reach: NDArray[np.float32],
    lights: NDArray[np.float32],
    sh: NDArray[np.float32],
    centre: NDArray[np.float32],
    translation: NDArray[np.float32],
    shine: float,
) -> NDArray[np.float32]:
    """(s, k, 3) radiance of strand points (s, k, 3), rotated to camera axes but not translated.

    Args:
        points: See above.
        colour: (s, k, 3).
        random: (s,).
        clear: (s, k) openness.
        reach: (s, k, l) share of each light.
        lights: (l, 6) direction and colour.
        sh: (9, 3) surroundings.
        centre: (3,) middle of the head, for the direction that a strand faces.
        translation: (3,) of camera axes.
        shine: Strength of the white highlight.
    """
    count, steps = points.shape[0], points.shape[1]
    out = np.empty((count, steps, 3), np.float32)
    for s in range(count):
        for k in range(steps):
            a, b = max(k - 1, 0), min(k + 1, steps - 1)
            tx = points[s, b, 0] - points[s, a, 0]
            ty = points[s, b, 1] - points[s, a, 1]
            tz = points[s, b, 2] - points[s, a, 2]
            inverse = 1.0 / max(np.sqrt(tx * tx + ty * ty + tz * tz), 1e-9)
            tx, ty, tz = tx * inverse, ty * inverse, tz * inverse
            vx = -(points[s, k, 0] + translation[0])
            vy = -(points[s, k, 1] + translation[1])
            vz = -(points[s, k, 2] + translation[2])
            inverse = 1.0 / np.sqrt(vx * vx + vy * vy + vz * vz)
            vx, vy, vz = vx * inverse, vy * inverse, vz * inverse
            nx = points[s, k, 0] - centre[0]
            ny = points[s, k, 1] - centre[1]
            nz = points[s, k, 2] - centre[2]
            along = nx * tx + ny * ty + nz * tz
            nx, ny, nz = nx - along * tx, ny - along * ty, nz - along * tz
            inverse = 1.0 / max(np.sqrt(nx * nx + ny * ny + nz * nz), 1e-6)
            nx, ny, nz = nx * inverse, ny * inverse, nz * inverse
            basis = (
                0.282095, 0.325735 * ny, 0.325735 * nz, 0.325735 * nx, 0.273137 * nx * ny,
                0.273137 * ny * nz, 0.078848 * (3 * nz * nz - 1), 0.273137 * nx * nz,
                0.136569 * (nx * nx - ny * ny),
            )  # fmt: skip
            tv = tx * vx + ty * vy + tz * vz
            shift = 0.10 + 0.14 * (random[s] - 0.5)
            outer = min(1.0, max(0.1, (clear[s, k] - 0.15) / 0.22))
            for c in range(3):
                ambient = 0.0
                for h in range(9):
                    ambient += basis[h] * sh[h, c]
                # The surroundings shine on black hair as well.
                returned = 1.05 * colour[s, k, c] + 0.3 * shine
                out[s, k, c] = returned * max(ambient, 0.0) * clear[s, k]
            for light in range(lights.shape[0]):
                lx, ly, lz = lights[light, 0], lights[light, 1], lights[light, 2]
                tl = tx * lx + ty * ly + tz * lz
                wrap = max(0.0, (nx * lx + ny * ly + nz * lz + 0.45) / 1.45)
                diffuse = np.sqrt(max(0.0, 1 - tl * tl)) * wrap * 0.75
                # Longitudinal lobes: theta_i + theta_r about a shift towards root or tip.
                angle = np.arcsin(min(max(tl, -1.0), 1.0)) + np.arcsin(min(max(tv, -1.0), 1.0))
                first = np.exp(-((angle - shift) ** 2) / 0.018)
                second = np.exp(-((angle + 1.4 * shift) ** 2) / 0.055)
                # Light from behind shines through the rim of the hair.
                back = max(0.0, -(lx * vx + ly * vy + lz * vz))
                through = np.exp(-(angle * angle) / 0.09) * back * back
                for c in range(3):
                    tinted = np.sqrt(max(colour[s, k, c], 0.0))
                    light_here = lights[light, 3 + c] * reach[s, k, light] * outer
                    out[s, k, c] += light_here * (
                        colour[s, k, c] * diffuse
                        + shine * first * wrap
                        + 0.55 * shine * 3.0 * tinted * second * wrap * (0.4 + random[s])
                        + 0.30 * tinted * through
                    )
    return out
