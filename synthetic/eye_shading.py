"""The compiled shading of an eye: sclera, and an iris seen through a refracting cornea."""

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from synthetic.eyeball import IRIS_ANGLE
from synthetic.vectors import Vector, dot, harmonic_light, mirror, rotate_back, unit

_IRIS_SIN = np.sin(IRIS_ANGLE)
_IRIS_PLANE = 0.905
"""Distance of the iris from the eyeball's centre, in radii."""
_REFRACTIVE_INDEX = 1.336


@numba.njit(cache=True, fastmath=True, nogil=True)
def shade_eye(
    pixel: tuple[int, int],
    frame: NDArray[np.float32],
    iris: NDArray[np.float32],
    place: Vector,
    view: Vector,
    normal: Vector,
    clear: float,
    share: float,
    lights: NDArray[np.float32],
    sh: NDArray[np.float32],
    out: Any,
) -> None:
    """Fill the layers at one pixel of an eye.

    Args:
        pixel: Row and column.
        frame: (3, 3) eyeball axes to camera axes.
        iris: (m, m, 3) its picture.
        place: On the eyeball, its own axes, in radii.
        view: Unit, to the camera, camera axes.
        normal: Unit, camera axes.
        clear: Openness under the lids.
        share: Of the first light that reaches the eye.
        lights: (l, 6) direction and colour.
        sh: (9, 3) surroundings.
        out: `shading.Layers`.
    """
    y, x = pixel
    red, green, blue = _sclera(place)
    edge = np.sqrt(place[0] ** 2 + place[1] ** 2) / max(np.sqrt(dot(place, place)), 1e-9)
    mix = min(1.0, max(0.0, (1.03 - edge / _IRIS_SIN) / 0.09))
    mix = mix * mix * (3 - 2 * mix)
    if mix > 0.0 and place[2] > 0.0:
        lamp = rotate_back(frame, (lights[0, 0], lights[0, 1], lights[0, 2]))
        seen = _iris(iris, place, rotate_back(frame, view), lamp)
        red += (seen[0] - red) * mix
        green += (seen[1] - green) * mix
        blue += (seen[2] - blue) * mix
    out.albedo[y, x, 0], out.albedo[y, x, 1], out.albedo[y, x, 2] = red, green, blue
    out.scatter[y, x] = 0.0
    cosine = max(dot(normal, view), 0.05)
    fresnel = 0.03 + 0.97 * (1 - cosine) ** 5
    way = mirror(view, normal, cosine)
    facing = dot(normal, (lights[0, 0], lights[0, 1], lights[0, 2]))
    wrapped = share * clear * max(0.0, (facing + 0.25) / 1.25)
    for c in range(3):
        out.irradiance[y, x, c] = harmonic_light(sh, c, normal) * clear + lights[0, 3 + c] * wrapped
        out.gloss[y, x, c] = fresnel * clear * clear * 0.8 * harmonic_light(sh, c, way)
    for box in range(2):
        glare = _soft_box(way, lights[box], 0.20 if box == 0 else 0.13)
        glare *= (28.0 if box == 0 else 8.0) * fresnel * min(1.0, clear * 1.6)
        for c in range(3):
            out.gloss[y, x, c] += glare * lights[box, 3 + c]


@numba.njit(cache=True, fastmath=True, nogil=True, inline="always")
def _sclera(place: Vector) -> Vector:
    """White in the middle, yellower and redder to the corners, darker about the limbus."""
    corner = min(1.0, max(0.0, (abs(place[0]) - 0.35) * 1.9))
    edge = np.sqrt(place[0] ** 2 + place[1] ** 2) / max(np.sqrt(dot(place, place)), 1e-9)
    ring = min(1.0, max(0.0, (1.12 - edge / _IRIS_SIN) / 0.2)) ** 2
    return (
        (0.66 - 0.03 * corner) * (1 - 0.28 * ring),
        (0.615 - 0.15 * corner) * (1 - 0.24 * ring),
        (0.575 - 0.17 * corner) * (1 - 0.20 * ring),
    )


@numba.njit(cache=True, fastmath=True, nogil=True, inline="always")
def _iris(iris: NDArray[np.float32], place: Vector, view: Vector, lamp: Vector) -> Vector:
    """Refract the view at the cornea, meet the iris plane, look the picture up."""
    cornea = unit(place[0] * 1.25, place[1] * 1.25, place[2])
    cosine = dot(cornea, view)
    eta = 1 / _REFRACTIVE_INDEX
    bend = eta * cosine - np.sqrt(max(1 - eta * eta * (1 - cosine * cosine), 0.0))
    tx, ty = bend * cornea[0] - eta * view[0], bend * cornea[1] - eta * view[1]
    tz = bend * cornea[2] - eta * view[2]
    run = (_IRIS_PLANE - place[2]) / min(tz, -0.2)
    ix, iy = (place[0] + run * tx) / _IRIS_SIN, (place[1] + run * ty) / _IRIS_SIN
    cells = iris.shape[0]
    u = min(max((ix * 0.48 + 0.5) * cells - 0.5, 0.0), cells - 1.001)
    v = min(max((0.5 - iy * 0.48) * cells - 0.5, 0.0), cells - 1.001)
    a, b = int(u), int(v)
    fu, fv = u - a, v - b
    # Light gathers on the side of the iris away from the lamp.
    near = min(np.sqrt(ix * ix + iy * iy), 1.0)
    gather = max(1.0 - 0.75 * (ix * lamp[0] + iy * lamp[1]) * near, 0.25)
    one, two = (1 - fu) * (1 - fv) * gather, fu * (1 - fv) * gather
    three, four = (1 - fu) * fv * gather, fu * fv * gather
    p, q, r, s = iris[b, a], iris[b, a + 1], iris[b + 1, a], iris[b + 1, a + 1]
    return (
        one * p[0] + two * q[0] + three * r[0] + four * s[0],
        one * p[1] + two * q[1] + three * r[1] + four * s[1],
        one * p[2] + two * q[2] + three * r[2] + four * s[2],
    )


@numba.njit(cache=True, fastmath=True, nogil=True, inline="always")
def _soft_box(way: Vector, light: NDArray[np.float32], half: float) -> float:
    """A lamp's mirror image: a rounded square about the light's direction, 1 inside."""
    dx, dy, dz = light[0], light[1], light[2]
    facing = way[0] * dx + way[1] * dy + way[2] * dz
    if facing <= 0.2:
        return 0.0
    side = (way[0] * dz - way[2] * dx) / np.sqrt(dx * dx + dz * dz)
    rise = way[1] - dy * facing
    wide = min(1.0, max(0.0, (half - abs(side)) / 0.05))
    return wide * min(1.0, max(0.0, (half * 1.25 - abs(rise)) / 0.05))
