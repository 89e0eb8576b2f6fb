"""The compiled shading of an eye: the white, the tear line, an iris behind a refracting cornea."""

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from synthetic.eyeball import IRIS_ANGLE
from synthetic.vectors import Vector, dot, harmonic_light, mirror, rotate, rotate_back, unit

_IRIS_SIN = np.sin(IRIS_ANGLE)
_IRIS_PLANE = 0.905 + 0.9 * (np.cos(IRIS_ANGLE) - np.cos(0.43))
"""Distance of the iris from the eyeball's centre, in radii."""
_REFRACTIVE_INDEX = 1.336


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def shade_eye(
    pixel: tuple[int, int],
    eye: int,
    place: Vector,
    view: Vector,
    normal: Vector,
    clear: float,
    share: float,
    rim: float,
    setting: Any,
    out: Any,
) -> None:
    """Fill the layers at one pixel of an eye.

    Args:
        pixel: Row and column.
        eye: 0 left, 1 right.
        place: On the eyeball, its own axes, in radii.
        view: Unit, to the camera, camera axes.
        normal: Unit, camera axes.
        clear: Openness under the lids.
        share: Of the first light that reaches the eye.
        rim: 1 on the lower lid, 0 from a tear line's height above it.
        setting: `shading.Setting`.
        out: `shading.Layers`.
    """
    y, x = pixel
    frame, lights, sh = setting.eye_frames[eye], setting.lights, setting.sh
    red, green, blue = _look_up(setting.whites[eye], place[0], place[1])
    # The caruncle stays with the head, whatever the eye looks at.
    at = rotate_back(setting.head, rotate(frame, place))
    corner = setting.canthi[eye]
    away = (at[0] - corner[0]) ** 2 + (0.8 * (at[1] - corner[1])) ** 2 + (at[2] - corner[2]) ** 2
    pink = min(1.0, max(0.0, (0.36 - np.sqrt(away)) / 0.18))
    pink = pink * pink * (3 - 2 * pink)
    red, green, blue = (
        red + (0.46 - red) * 0.8 * pink,
        green + (0.215 - green) * 0.8 * pink,
        blue + (0.195 - blue) * 0.8 * pink,
    )
    edge = np.sqrt(place[0] ** 2 + place[1] ** 2) / max(np.sqrt(dot(place, place)), 1e-9)
    mix = min(1.0, max(0.0, (1.04 - edge / _IRIS_SIN) / 0.12))
    mix = mix * mix * (3 - 2 * mix)
    if mix > 0.0 and place[2] > 0.0:
        lamp = rotate_back(frame, (lights[0, 0], lights[0, 1], lights[0, 2]))
        seen = _iris(setting.irises[eye], place, rotate_back(frame, view), lamp)
        red += (seen[0] - red) * mix
        green += (seen[1] - green) * mix
        blue += (seen[2] - blue) * mix
    out.albedo[y, x, 0], out.albedo[y, x, 1], out.albedo[y, x, 2] = red, green, blue
    # Light wanders in the white, too, and warms it beside the lids.
    out.scatter[y, x] = 0.45 * (1 - mix)
    shade = clear * np.sqrt(clear)
    facing = dot(normal, (lights[0, 0], lights[0, 1], lights[0, 2]))
    wrapped = share * shade * max(0.0, (facing + 0.25) / 1.25)
    for c in range(3):
        out.irradiance[y, x, c] = harmonic_light(sh, c, normal) * shade + lights[0, 3 + c] * wrapped
    _wet((y, x), normal, view, clear, rim + 0.35 * pink, setting, out)


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", inline="always")
def _wet(
    pixel: tuple[int, int],
    normal: Vector,
    view: Vector,
    clear: float,
    rim: float,
    setting: Any,
    out: Any,
) -> None:
    """Reflections of lamps and surroundings in the film of tears, which rises at the lower lid."""
    y, x = pixel
    lights, sh, head = setting.lights, setting.sh, setting.head
    tilt = 0.9 * min(rim, 1.0)
    surface = unit(
        normal[0] + tilt * head[0, 1], normal[1] + tilt * head[1, 1], normal[2] + tilt * head[2, 1]
    )
    cosine = max(dot(surface, view), 0.05)
    fresnel = 0.03 + 0.97 * (1 - cosine) ** 5
    way = mirror(view, surface, cosine)
    film = fresnel * clear * clear * (0.8 + 0.3 * min(rim, 1.0))
    for c in range(3):
        out.gloss[y, x, c] = film * harmonic_light(sh, c, way)
    for box in range(min(2, len(lights))):
        half = (0.20 if box == 0 else 0.13) + 0.25 * min(rim, 1.0)
        glare = _soft_box(way, lights[box], half) * (1 - 0.90 * min(rim, 1.0))
        glare *= (28.0 if box == 0 else 8.0) * fresnel * min(1.0, clear * 1.6)
        for c in range(3):
            out.gloss[y, x, c] += glare * lights[box, 3 + c]


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", inline="always")
def _look_up(picture: NDArray[np.float32], x: float, y: float) -> Vector:
    """Bilinear colour of a square picture at a place in [-1, 1], y up."""
    cells = picture.shape[0]
    u = min(max((0.5 * x + 0.5) * cells - 0.5, 0.0), cells - 1.001)
    v = min(max((0.5 - 0.5 * y) * cells - 0.5, 0.0), cells - 1.001)
    a, b = int(u), int(v)
    fu, fv = u - a, v - b
    one, two, three, four = (1 - fu) * (1 - fv), fu * (1 - fv), (1 - fu) * fv, fu * fv
    p, q, r, s = picture[b, a], picture[b, a + 1], picture[b + 1, a], picture[b + 1, a + 1]
    return (
        one * p[0] + two * q[0] + three * r[0] + four * s[0],
        one * p[1] + two * q[1] + three * r[1] + four * s[1],
        one * p[2] + two * q[2] + three * r[2] + four * s[2],
    )


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", inline="always")
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
    # Light gathers on the side of the iris away from the lamp.
    near = min(np.sqrt(ix * ix + iy * iy), 1.0)
    gather = max(1.0 - 0.75 * (ix * lamp[0] + iy * lamp[1]) * near, 0.25)
    red, green, blue = _look_up(iris, 0.96 * ix, 0.96 * iy)
    return red * gather, green * gather, blue * gather


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", inline="always")
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
