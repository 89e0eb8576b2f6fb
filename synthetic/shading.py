"""The compiled per-pixel shading of skin and mouth; eyes, cloth and metal have their own."""

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

from synthetic.eye_shading import shade_eye
from synthetic.layers import CLOTH, EYE_LEFT, EYE_RIGHT, METAL
from synthetic.shading_skin import shade_skin
from synthetic.vectors import Vector, blend, dot, harmonic_light, mirror, unit
from synthetic.worn_shading import shade_cloth, shade_metal

_TEAR_LINE_M = 0.0006
"""Height of the tears that stand on the lower lid."""


class Mesh(NamedTuple):
    """What is known at the vertices."""

    faces: NDArray[np.int32]
    """(f, 3)."""
    kinds: NDArray[np.uint8]
    """(f,) see `layers`."""
    position: NDArray[np.float32]
    """(v, 3) camera axes."""
    normal: NDArray[np.float32]
    """(v, 3) camera axes."""
    rest: NDArray[np.float32]
    """(v, 3) where skin detail is looked up; for eyes the eyeball's own axes in radii."""
    material: NDArray[np.float32]
    """(v, a) see `paint.ATTRIBUTES`."""
    openness: NDArray[np.float32]
    """(v,)."""
    reach: NDArray[np.float32]
    """(v, l) share of each light."""


class Setting(NamedTuple):
    """Lights and pictures that shading looks up."""

    lights: NDArray[np.float32]
    """(l, 6) direction and colour."""
    sh: NDArray[np.float32]
    """(9, 3) harmonics of the surroundings."""
    detail: NDArray[np.float32]
    """(n, n, 3) skin tile."""
    chart: NDArray[np.float32]
    """(h, w, 5) skin chart."""
    lips: NDArray[np.float32]
    """(5,) red, green, blue, roughness, width of the border as a share of the mask."""
    head: NDArray[np.float32]
    """(3, 3) head to camera axes."""
    irises: NDArray[np.float32]
    """(2, m, m, 3)."""
    whites: NDArray[np.float32]
    """(2, m, m, 3) see `paint_eye.paint_white`."""
    canthi: NDArray[np.float32]
    """(2, 3) inner corners of the eyes, from the eyeballs' centres, head axes, in radii."""
    eye_frames: NDArray[np.float32]
    """(2, 3, 3) eyeball axes to camera axes."""
    body: NDArray[np.float32]
    """(3, 3) figure to camera axes."""
    weaves: NDArray[np.float32]
    """(k, n, n, 4) tiles of fabrics."""
    fabrics: NDArray[np.float32]
    """(k, 6) parameters of fabrics."""
    pixel_m: float
    """Width of a pixel at the head."""


class Layers(NamedTuple):
    """What shading fills, (h, w, 3) each but for the last."""

    irradiance: NDArray[np.float32]
    albedo: NDArray[np.float32]
    gloss: NDArray[np.float32]
    scatter: NDArray[np.float32]
    """(h, w) share of light that spreads under the surface."""


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def shade(
    face_index: NDArray[np.int32],
    barycentric: NDArray[np.float32],
    mesh: Mesh,
    setting: Setting,
    out: Layers,
) -> None:
    """Fill the layers from fragments, (h, w) and (h, w, 3), as `avatar.raster` makes them."""
    height, width = face_index.shape
    material = np.empty(mesh.material.shape[1], np.float32)
    reach = np.empty(mesh.reach.shape[1], np.float32)
    for y in range(height):
        for x in range(width):
            f = face_index[y, x]
            if f < 0:
                continue
            i, j, k = mesh.faces[f, 0], mesh.faces[f, 1], mesh.faces[f, 2]
            a, b, c = barycentric[y, x, 0], barycentric[y, x, 1], barycentric[y, x, 2]
            corners, weights = (i, j, k), (a, b, c)
            n = blend(mesh.normal, corners, weights)
            normal = unit(n[0], n[1], n[2])
            p = blend(mesh.position, corners, weights)
            view = unit(-p[0], -p[1], -p[2])
            place = blend(mesh.rest, corners, weights)
            clear = a * mesh.openness[i] + b * mesh.openness[j] + c * mesh.openness[k]
            for light in range(len(reach)):
                reach[light] = (
                    a * mesh.reach[i, light] + b * mesh.reach[j, light] + c * mesh.reach[k, light]
                )
            kind = mesh.kinds[f]
            if kind == EYE_LEFT or kind == EYE_RIGHT:
                eye = kind - EYE_LEFT
                rim = _lid_rim(face_index, mesh.kinds, y, x, setting.head, setting.pixel_m)
                shade_eye((y, x), eye, place, view, normal, clear, reach[0], rim, setting, out)
                continue
            for m in range(len(material)):
                material[m] = (
                    a * mesh.material[i, m] + b * mesh.material[j, m] + c * mesh.material[k, m]
                )
            colour, bumped = (material[0], material[1], material[2]), normal
            if kind >= CLOTH:
                shade_cloth(
                    (y, x), place, colour, normal, view, clear, reach, setting.weaves[kind - CLOTH],
                    setting.fabrics[kind - CLOTH], setting.body, setting.lights, setting.sh, out,
                )  # fmt: skip
                continue
            if kind == METAL:
                shade_metal(
                    (y, x), colour, material[3], normal, view, clear, reach, setting.lights,
                    setting.sh, out,
                )  # fmt: skip
                continue
            if material[5] > 0.01 or material[9] > 0.02:
                colour, bumped = shade_skin(place, normal, view, material, setting)
            for m in range(3):
                out.albedo[y, x, m] = colour[m]
            out.scatter[y, x] = material[6]
            _light((y, x), colour, normal, bumped, view, material, clear, reach, setting, out)


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy")
def _lid_rim(
    face_index: NDArray[np.int32],
    kinds: NDArray[np.uint8],
    y: int,
    x: int,
    head: NDArray[np.float32],
    pixel_m: float,
) -> float:
    """How near a pixel of an eye is to the lower lid: 1 on it, 0 from a tear line's height."""
    reach = _TEAR_LINE_M / pixel_m
    height, width = face_index.shape
    for step in range(1, int(reach) + 2):
        row, column = round(y + step * head[1, 1]), round(x - step * head[0, 1])
        if row < 0 or column < 0 or row >= height or column >= width:
            return 0.0
        f = face_index[row, column]
        if f >= 0 and kinds[f] != EYE_LEFT and kinds[f] != EYE_RIGHT:
            return max(0.0, min(1.0, 1.0 - (step - 1) / reach))
    return 0.0


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", inline="always")
def _light(
    pixel: tuple[int, int],
    colour: Vector,
    normal: Vector,
    bumped: Vector,
    view: Vector,
    material: NDArray[np.float32],
    clear: float,
    reach: NDArray[np.float32],
    setting: Setting,
    out: Layers,
) -> None:
    """Diffuse light that wraps round scattering skin, highlights, and light from all around."""
    y, x = pixel
    rough, specular = material[3], material[4]
    wrap = (0.24 * material[6], 0.10 * material[6], 0.05 * material[6])
    cosine = max(dot(bumped, view), 0.04)
    out_way = mirror(view, bumped, cosine)
    sheen = clear * clear * specular * (1 - 0.55 * rough) * (0.024 + 0.20 * (1 - cosine) ** 5)
    for c in range(3):
        # Light bounces between folds of coloured skin (Jimenez et al., GTAO, 2016).
        base = colour[c]
        bounced = (clear * (2.0404 * base - 0.3324) + 0.6417 - 4.7951 * base) * clear
        lifted = max(clear, (bounced + 2.7552 * base + 0.6903) * clear)
        out.irradiance[y, x, c] = harmonic_light(setting.sh, c, bumped) * lifted
        out.gloss[y, x, c] = sheen * harmonic_light(setting.sh, c, out_way)
    for light in range(len(reach)):
        lights = setting.lights
        way = (lights[light, 0], lights[light, 1], lights[light, 2])
        facing = dot(bumped, way)
        soft = 0.5 * (facing + dot(normal, way))
        shine = 0.0
        if facing > 0.0 and specular > 0.0:
            half = unit(way[0] + view[0], way[1] + view[1], way[2] + view[2])
            nh, vh = dot(bumped, half), dot(view, half)
            shine = 0.84 * _glint(facing, cosine, nh, vh, min(rough * 1.12, 1.0))
            shine += 0.16 * _glint(facing, cosine, nh, vh, rough * 0.62)
            shine *= facing * specular
        for c in range(3):
            here = lights[light, 3 + c] * reach[light]
            out.irradiance[y, x, c] += here * max(0.0, (soft + wrap[c]) / (1 + wrap[c]))
            out.gloss[y, x, c] += here * shine


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", inline="always")
def _glint(nl: float, nv: float, nh: float, vh: float, rough: float) -> float:
    """Cook-Torrance with GGX for skin (F0 = 0.028), times pi to match irradiance units."""
    a2 = rough**4
    d = nh * nh * (a2 - 1) + 1
    k = (rough + 1) ** 2 / 8
    visible = 1.0 / ((nl * (1 - k) + k) * (nv * (1 - k) + k))
    fresnel = 0.028 + 0.972 * (1 - vh) ** 5
    return a2 / (d * d) * visible * fresnel * 0.25
