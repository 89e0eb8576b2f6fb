"""The compiled per-pixel shading of surfaces and eyes."""

import numba
import numpy as np
from numpy.typing import NDArray

from synthetic.eye_shading import harmonic_light, shade_eye
from synthetic.paint import DETAIL_TILE_M

SURFACE, EYE_LEFT, EYE_RIGHT = 0, 1, 2
"""Kinds of faces."""


@numba.njit(cache=True, fastmath=True, nogil=True, inline="always")
def _glint(nl: float, nv: float, nh: float, vh: float, rough: float, f0: float) -> float:
    """Cook-Torrance with GGX, times pi to match irradiance units."""
    a2 = rough**4
    d = nh * nh * (a2 - 1) + 1
    spread = a2 / (d * d)
    k = (rough + 1) ** 2 / 8
    visible = 1.0 / ((nl * (1 - k) + k) * (nv * (1 - k) + k))
    fresnel = f0 + (1 - f0) * (1 - vh) ** 5
    return spread * visible * fresnel * 0.25


@numba.njit(cache=True, fastmath=True, nogil=True)
def shade(
    face_index: NDArray[np.int32],
    barycentric: NDArray[np.float32],
    faces: NDArray[np.int32],
    kinds: NDArray[np.uint8],
    position: NDArray[np.float32],
    normal: NDArray[np.float32],
    rest: NDArray[np.float32],
    material: NDArray[np.float32],
    openness: NDArray[np.float32],
    reach: NDArray[np.float32],
    detail: NDArray[np.float32],
    irises: NDArray[np.float32],
    eye_frames: NDArray[np.float32],
    head: NDArray[np.float32],
    lights: NDArray[np.float32],
    sh: NDArray[np.float32],
    irradiance: NDArray[np.float32],
    albedo: NDArray[np.float32],
    gloss: NDArray[np.float32],
    scatter: NDArray[np.float32],
) -> None:
    """Fill the four output images from fragments.

    Args:
        face_index: (h, w) as from `avatar.raster`.
        barycentric: (h, w, 3).
        faces: (f, 3).
        kinds: (f,) SURFACE, EYE_LEFT or EYE_RIGHT.
        position: (v, 3) camera axes.
        normal: (v, 3) camera axes.
        rest: (v, 3) where skin detail is looked up, for eyes the eyeball's own axes in units of
            its radius.
        material: (v, 10) see `paint.ATTRIBUTES`.
        openness: (v,).
        reach: (v, l) share of each light.
        detail: (n, n, 4) skin tile.
        irises: (2, m, m, 3).
        eye_frames: (2, 3, 3) eyeball axes to camera axes.
        head: (3, 3) head to camera axes.
        lights: (l, 6) direction and colour.
        sh: (9, 3) surroundings.
        irradiance: (h, w, 3) output.
        albedo: (h, w, 3) output.
        gloss: (h, w, 3) output.
        scatter: (h, w) output.
    """
    height, width = face_index.shape
    tile = detail.shape[0]
    per_metre = tile / DETAIL_TILE_M
    count = lights.shape[0]
    m = np.empty(10, np.float32)
    for y in range(height):
        for x in range(width):
            f = face_index[y, x]
            if f < 0:
                continue
            i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
            wi, wj, wk = barycentric[y, x, 0], barycentric[y, x, 1], barycentric[y, x, 2]
            nx = wi * normal[i, 0] + wj * normal[j, 0] + wk * normal[k, 0]
            ny = wi * normal[i, 1] + wj * normal[j, 1] + wk * normal[k, 1]
            nz = wi * normal[i, 2] + wj * normal[j, 2] + wk * normal[k, 2]
            px = wi * position[i, 0] + wj * position[j, 0] + wk * position[k, 0]
            py = wi * position[i, 1] + wj * position[j, 1] + wk * position[k, 1]
            pz = wi * position[i, 2] + wj * position[j, 2] + wk * position[k, 2]
            qx = wi * rest[i, 0] + wj * rest[j, 0] + wk * rest[k, 0]
            qy = wi * rest[i, 1] + wj * rest[j, 1] + wk * rest[k, 1]
            qz = wi * rest[i, 2] + wj * rest[j, 2] + wk * rest[k, 2]
            scale = -1.0 / np.sqrt(px * px + py * py + pz * pz)
            vx, vy, vz = px * scale, py * scale, pz * scale
            length = 1.0 / max(np.sqrt(nx * nx + ny * ny + nz * nz), 1e-12)
            nx, ny, nz = nx * length, ny * length, nz * length
            for c in range(10):
                m[c] = wi * material[i, c] + wj * material[j, c] + wk * material[k, c]
            clear = wi * openness[i] + wj * openness[j] + wk * openness[k]

            if kinds[f] != SURFACE:
                e = kinds[f] - EYE_LEFT
                shade_eye(
                    y, x, e, qx, qy, qz, vx, vy, vz, nx, ny, nz, clear, wi * reach[i, 0]
                    + wj * reach[j, 0] + wk * reach[k, 0], irises, eye_frames, lights, sh,
                    irradiance, albedo, gloss, scatter,
                )  # fmt: skip
                continue

            red, green, blue = m[0], m[1], m[2]
            gx, gy, gz = nx, ny, nz
            if m[5] > 0.01 or m[7] > 0.01:
                turn = np.arctan2(qx, qz + 0.075)
                u = turn * 0.082 * per_metre
                v = qy * per_metre
                u0, v0 = np.floor(u), np.floor(v)
                fu, fv = u - u0, v - v0
                iu, iv = int(u0) % tile, int(v0) % tile
                ju, jv = (iu + 1) % tile, (iv + 1) % tile
                a, b = (1 - fu) * (1 - fv), fu * (1 - fv)
                c_, d_ = (1 - fu) * fv, fu * fv
                su = (
                    a * detail[iv, iu, 0]
                    + b * detail[iv, ju, 0]
                    + c_ * detail[jv, iu, 0]
                    + d_ * detail[jv, ju, 0]
                )
                sv = (
                    a * detail[iv, iu, 1]
                    + b * detail[iv, ju, 1]
                    + c_ * detail[jv, iu, 1]
                    + d_ * detail[jv, ju, 1]
                )
                mottle = (
                    a * detail[iv, iu, 2]
                    + b * detail[iv, ju, 2]
                    + c_ * detail[jv, iu, 2]
                    + d_ * detail[jv, ju, 2]
                )
                spot = (
                    a * detail[iv, iu, 3]
                    + b * detail[iv, ju, 3]
                    + c_ * detail[jv, iu, 3]
                    + d_ * detail[jv, ju, 3]
                )
                su *= 0.85 * m[5]
                sv *= 0.85 * m[5]
                ux, uz = np.cos(turn), -np.sin(turn)
                ox, oy, oz = su * ux, sv, su * uz
                gx -= head[0, 0] * ox + head[0, 1] * oy + head[0, 2] * oz
                gy -= head[1, 0] * ox + head[1, 1] * oy + head[1, 2] * oz
                gz -= head[2, 0] * ox + head[2, 1] * oy + head[2, 2] * oz
                length = 1.0 / np.sqrt(gx * gx + gy * gy + gz * gz)
                gx, gy, gz = gx * length, gy * length, gz * length
                red *= 1 + 0.04 * mottle * m[5]
                green *= 1 + 0.08 * mottle * m[5]
                blue *= 1 + 0.08 * mottle * m[5]
                spot *= m[7]
                red *= 1 - 0.22 * spot
                green *= 1 - 0.40 * spot
                blue *= 1 - 0.48 * spot
            if m[8] > 0.01:
                # Stocking stitch: columns of slanted loops.
                column = qx * 260.0
                side = column - np.floor(column) - 0.5
                row = qy * 230.0 + abs(side) * 1.6
                loop = row - np.floor(row) - 0.5
                groove = 0.5 + 0.5 * np.cos(side * 6.28318) * np.cos(loop * 6.28318)
                dark = 1 - m[8] * 0.34 * groove
                red, green, blue = red * dark, green * dark, blue * dark
                gx += m[8] * 0.16 * np.sin(side * 6.28318)
                gy += m[8] * 0.12 * np.sin(loop * 6.28318)
                length = 1.0 / np.sqrt(gx * gx + gy * gy + gz * gz)
                gx, gy, gz = gx * length, gy * length, gz * length
            albedo[y, x, 0], albedo[y, x, 1], albedo[y, x, 2] = red, green, blue
            nv = max(gx * vx + gy * vy + gz * vz, 0.04)
            wrap_r, wrap_g, wrap_b = 0.24 * m[6], 0.10 * m[6], 0.05 * m[6]
            rough = m[3]
            er, eg, eb, sr, sg, sb = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            for light in range(count):
                lx, ly, lz = lights[light, 0], lights[light, 1], lights[light, 2]
                share = wi * reach[i, light] + wj * reach[j, light] + wk * reach[k, light]
                nl = gx * lx + gy * ly + gz * lz
                soft = 0.5 * (nl + nx * lx + ny * ly + nz * lz)
                er += lights[light, 3] * share * max(0.0, (soft + wrap_r) / (1 + wrap_r))
                eg += lights[light, 4] * share * max(0.0, (soft + wrap_g) / (1 + wrap_g))
                eb += lights[light, 5] * share * max(0.0, (soft + wrap_b) / (1 + wrap_b))
                if nl > 0.0 and m[4] > 0.0:
                    hx, hy, hz = lx + vx, ly + vy, lz + vz
                    inverse = 1.0 / np.sqrt(hx * hx + hy * hy + hz * hz)
                    nh = (gx * hx + gy * hy + gz * hz) * inverse
                    vh = (vx * hx + vy * hy + vz * hz) * inverse
                    shine = 0.8 * _glint(nl, nv, nh, vh, min(rough * 1.12, 1.0), 0.028)
                    shine += 0.2 * _glint(nl, nv, nh, vh, rough * 0.62, 0.028)
                    shine *= nl * m[4] * share
                    sr += shine * lights[light, 3]
                    sg += shine * lights[light, 4]
                    sb += shine * lights[light, 5]
            # Light bounces between folds of coloured skin (Jimenez et al., GTAO, 2016).
            for c in range(3):
                base = red if c == 0 else green if c == 1 else blue
                lifted = max(
                    clear,
                    (
                        (clear * (2.0404 * base - 0.3324) + (0.6417 - 4.7951 * base)) * clear
                        + (2.7552 * base + 0.6903)
                    )
                    * clear,
                )
                light_here = max(0.0, harmonic_light(sh, c, gx, gy, gz)) * lifted
                irradiance[y, x, c] = light_here + (er if c == 0 else eg if c == 1 else eb)
            fresnel = 0.028 + 0.32 * (1 - nv) ** 5
            rx, ry, rz = 2 * nv * gx - vx, 2 * nv * gy - vy, 2 * nv * gz - vz
            mirror = clear * clear * m[4] * fresnel * (1 - 0.55 * rough)
            gloss[y, x, 0] = sr + mirror * max(0.0, harmonic_light(sh, 0, rx, ry, rz))
            gloss[y, x, 1] = sg + mirror * max(0.0, harmonic_light(sh, 1, rx, ry, rz))
            gloss[y, x, 2] = sb + mirror * max(0.0, harmonic_light(sh, 2, rx, ry, rz))
            scatter[y, x] = m[6]
