"""The compiled shading of cloth and metal."""

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from synthetic.vectors import Vector, dot, harmonic_light, mirror, rotate, rotate_back, unit


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def shade_cloth(
    pixel: tuple[int, int],
    place: Vector,
    colour: Vector,
    normal: Vector,
    view: Vector,
    clear: float,
    reach: NDArray[np.float32],
    tile: NDArray[np.float32],
    fabric: NDArray[np.float32],
    body: NDArray[np.float32],
    lights: NDArray[np.float32],
    sh: NDArray[np.float32],
    out: Any,
) -> None:
    """Fill the layers at one pixel of cloth: a rough weave with fibres that stand off.

    Args:
        pixel: Row and column.
        place: u and v in metres on the cloth.
        colour: Of the yarn.
        normal: Unit, camera axes.
        view: Unit, to the camera.
        clear: Openness.
        reach: (l,) share of each light.
        tile: (n, n, 4) see `fabrics.Fabric`.
        fabric: (6,) see `fabrics.Fabric.parameters`.
        body: (3, 3) figure to camera axes.
        lights: (l, 6) direction and colour.
        sh: (9, 3) surroundings.
        out: `shading.Layers`.
    """
    y, x = pixel
    along, up, shade, second = _weave(tile, place[0] / fabric[0], place[1] / fabric[0])
    # The warp runs up the chest and back over the shoulders.
    n = rotate_back(body, normal)
    side = unit(n[2] + n[1], -n[0], -n[0])
    rise = (
        n[1] * side[2] - n[2] * side[1],
        n[2] * side[0] - n[0] * side[2],
        n[0] * side[1] - n[1] * side[0],
    )
    tilted = unit(
        n[0] - along * side[0] - up * rise[0],
        n[1] - along * side[1] - up * rise[1],
        n[2] - along * side[2] - up * rise[2],
    )
    bumped = rotate(body, tilted)
    cosine = max(dot(normal, view), 0.03)
    rim = fabric[1] * (1 - cosine) ** 3
    for m in range(3):
        yarn = (colour[m] + (fabric[3 + m] - colour[m]) * second) * shade
        out.albedo[y, x, m] = yarn
        ambient = harmonic_light(sh, m, bumped) * clear
        out.irradiance[y, x, m] = ambient
        out.gloss[y, x, m] = 0.45 * rim * (0.35 * yarn + 0.05) * ambient
    out.scatter[y, x] = 0.0
    for light in range(len(reach)):
        way = (lights[light, 0], lights[light, 1], lights[light, 2])
        facing, plain = dot(bumped, way), dot(normal, way)
        diffuse = max(0.0, (0.7 * facing + 0.3 * plain + 0.08) / 1.08)
        half = unit(way[0] + view[0], way[1] + view[1], way[2] + view[2])
        lobe = max(0.0, dot(bumped, half)) ** 14 * fabric[2] * 0.12 * max(plain, 0.0)
        halo = rim * max(0.0, (plain + 0.35) / 1.35)
        for m in range(3):
            here = lights[light, 3 + m] * reach[light]
            out.irradiance[y, x, m] += here * diffuse
            out.gloss[y, x, m] += here * (lobe + halo * (0.30 * out.albedo[y, x, m] + 0.02))


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", inline="always")
def _weave(
    tile: NDArray[np.float32], across: float, upwards: float
) -> tuple[float, float, float, float]:
    """Slopes, shade and second colour's share at a place in turns of the tile."""
    cells = tile.shape[0]
    u, v = across * cells, upwards * cells
    u0, v0 = np.floor(u), np.floor(v)
    fu, fv = u - u0, v - v0
    iu, iv = int(u0) % cells, int(v0) % cells
    ju, jv = (iu + 1) % cells, (iv + 1) % cells
    a, b, c, d = (1 - fu) * (1 - fv), fu * (1 - fv), (1 - fu) * fv, fu * fv
    p, q, r, s = tile[iv, iu], tile[iv, ju], tile[jv, iu], tile[jv, ju]
    return (
        a * p[0] + b * q[0] + c * r[0] + d * s[0],
        a * p[1] + b * q[1] + c * r[1] + d * s[1],
        a * p[2] + b * q[2] + c * r[2] + d * s[2],
        a * p[3] + b * q[3] + c * r[3] + d * s[3],
    )


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def shade_metal(
    pixel: tuple[int, int],
    colour: Vector,
    rough: float,
    normal: Vector,
    view: Vector,
    clear: float,
    reach: NDArray[np.float32],
    lights: NDArray[np.float32],
    sh: NDArray[np.float32],
    out: Any,
) -> None:
    """Fill the layers at one pixel of metal, which only mirrors; arguments as in `shade_cloth`."""
    y, x = pixel
    cosine = max(dot(normal, view), 0.05)
    way = mirror(view, normal, cosine)
    graze = (1 - cosine) ** 5
    sharp = 2.0 / max(rough, 0.05) ** 2
    out.scatter[y, x] = 0.0
    for m in range(3):
        out.albedo[y, x, m] = 0.0
        out.irradiance[y, x, m] = 0.0
        # A mirror shows surroundings with more contrast than their harmonics keep.
        around = 2.0 * harmonic_light(sh, m, way) * (0.3 + 0.7 * max(way[1] + 0.5, 0.0))
        out.gloss[y, x, m] = (colour[m] + (1 - colour[m]) * graze) * around * clear
    for light in range(len(reach)):
        lamp = (lights[light, 0], lights[light, 1], lights[light, 2])
        lobe = max(0.0, dot(way, lamp)) ** sharp * (0.8 + 0.02 * sharp)
        for m in range(3):
            out.gloss[y, x, m] += lights[light, 3 + m] * reach[light] * colour[m] * lobe
