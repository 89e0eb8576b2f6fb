"""The compiled look-up of skin: pores from a repeating tile, features from the person's chart."""

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from synthetic.paint_chart import CYLINDER_RADIUS_M, CYLINDER_Z_M, LEFT_M, TOP_M, WIDTH_M
from synthetic.paint_tile import DETAIL_TILE_M
from synthetic.vectors import Vector, dot, rotate, unit

_PORES, _LIPS, _CHART = 5, 7, 9
"""Columns of a material; see `paint.ATTRIBUTES`."""


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def shade_skin(
    place: Vector,
    normal: Vector,
    view: Vector,
    material: NDArray[np.float32],
    setting: Any,
) -> tuple[Vector, Vector]:
    """Colour and normal of skin at one pixel. Where lips are, the material becomes the lips'.

    Args:
        place: On the average head, m; where the chart and the tile are looked up.
        normal: Unit, camera axes.
        view: Unit, to the camera, camera axes.
        material: (a,) of the pixel, changed in place.
        setting: `shading.Setting`.
    """
    x, z = place[0], place[2] - CYLINDER_Z_M
    turn = np.arctan2(x, z)
    arc = turn * CYLINDER_RADIUS_M
    lips = setting.lips
    if material[_LIPS] > 0.02:
        t = min(1.0, max(0.0, (material[_LIPS] - 0.46) / lips[4] + 0.5))
        t = t * t * (3 - 2 * t)
        for c in range(3):
            material[c] += (lips[c] - material[c]) * t
        material[3] += (lips[3] - material[3]) * t
        material[4] += 0.05 * t
        material[_PORES] *= 1 - 0.8 * t
    # Relief is foreshortened at the rim, where it would only glitter.
    facing = min(1.0, 0.12 + 1.5 * max(dot(normal, view), 0.0))
    depth = 1.05 * material[_PORES] * facing
    u, v = arc / DETAIL_TILE_M, place[1] / DETAIL_TILE_M
    across, along, mottle = _tile(setting.detail, u, v)
    across, along = across * depth, along * depth
    mottle *= material[_PORES]
    red = material[0] * (1 + 0.045 * mottle)
    green = material[1] * (1 + 0.10 * mottle)
    blue = material[2] * (1 + 0.10 * mottle)
    material[3] *= 1 + 0.10 * mottle
    weight = material[_CHART]
    if weight > 0.02:
        chart = setting.chart
        texel = WIDTH_M / chart.shape[1]
        column = (arc - LEFT_M) / texel - 0.5
        row = (TOP_M - place[1]) / texel - 0.5
        i, j = int(row), int(column)
        if row >= 0 and column >= 0 and i < chart.shape[0] - 1 and j < chart.shape[1] - 1:
            fv, fu = row - i, column - j
            a, b, c, d = (1 - fu) * (1 - fv), fu * (1 - fv), (1 - fu) * fv, fu * fv
            one, two = chart[i, j], chart[i, j + 1]
            three, four = chart[i + 1, j], chart[i + 1, j + 1]
            red *= 1 + weight * (a * one[0] + b * two[0] + c * three[0] + d * four[0] - 1)
            green *= 1 + weight * (a * one[1] + b * two[1] + c * three[1] + d * four[1] - 1)
            blue *= 1 + weight * (a * one[2] + b * two[2] + c * three[2] + d * four[2] - 1)
            deep = weight * facing
            across += deep * (a * one[3] + b * two[3] + c * three[3] + d * four[3])
            along += deep * (a * one[4] + b * two[4] + c * three[4] + d * four[4])
    inverse = 1.0 / max(np.sqrt(x * x + z * z), 1e-6)
    tilt = rotate(setting.head, (across * z * inverse, along, -across * x * inverse))
    out = dot(tilt, normal)
    bumped = unit(
        normal[0] * (1 + out) - tilt[0], normal[1] * (1 + out) - tilt[1],
        normal[2] * (1 + out) - tilt[2],
    )  # fmt: skip
    return (red, green, blue), bumped


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", inline="always")
def _tile(tile: NDArray[np.float32], u: float, v: float) -> Vector:
    """The repeating tile at a place given in its own lengths."""
    size = tile.shape[0]
    u, v = u * size, v * size
    u0, v0 = np.floor(u), np.floor(v)
    fu, fv = u - u0, v - v0
    iu, iv = int(u0) % size, int(v0) % size
    ju, jv = (iu + 1) % size, (iv + 1) % size
    a, b, c, d = (1 - fu) * (1 - fv), fu * (1 - fv), (1 - fu) * fv, fu * fv
    one, two, three, four = tile[iv, iu], tile[iv, ju], tile[jv, iu], tile[jv, ju]
    return (
        a * one[0] + b * two[0] + c * three[0] + d * four[0],
        a * one[1] + b * two[1] + c * three[1] + d * four[1],
        a * one[2] + b * two[2] + c * three[2] + d * four[2],
    )
