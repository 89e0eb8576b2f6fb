"""The compiled shading of an eye: sclera, and an iris seen through a refracting cornea."""

import numba
import numpy as np
from numpy.typing import NDArray

from synthetic.eyeball import IRIS_ANGLE

_IRIS_SIN = np.sin(IRIS_ANGLE)


@numba.njit(cache=True, fastmath=True, nogil=True, inline="always")
def harmonic_light(sh: NDArray[np.float32], c: int, x: float, y: float, z: float) -> float:
    """Irradiance / pi from order-2 harmonics (Ramamoorthi, Hanrahan, SIGGRAPH 2001)."""
    return (
        0.282095 * sh[0, c]
        + 0.325735 * (sh[1, c] * y + sh[2, c] * z + sh[3, c] * x)
        + 0.273137 * (sh[4, c] * x * y + sh[5, c] * y * z + sh[7, c] * x * z)
        + 0.078848 * sh[6, c] * (3 * z * z - 1)
        + 0.136569 * sh[8, c] * (x * x - y * y)
    )


@numba.njit(cache=True, fastmath=True, nogil=True)
def shade_eye(
    y: int, x: int, e: int,
    qx: float, qy: float, qz: float,
    vx: float, vy: float, vz: float,
    nx: float, ny: float, nz: float,
    clear: float, share: float,
    irises: NDArray[np.float32],
    frames: NDArray[np.float32],
    lights: NDArray[np.float32],
    sh: NDArray[np.float32],
    irradiance: NDArray[np.float32],
    albedo: NDArray[np.float32],
    gloss: NDArray[np.float32],
    scatter: NDArray[np.float32],
) -> None:  # fmt: skip
    """One pixel of an eye: sclera, and the iris seen through a refracting cornea."""
    frame = frames[e]
    ex = frame[0, 0] * vx + frame[1, 0] * vy + frame[2, 0] * vz
    ey = frame[0, 1] * vx + frame[1, 1] * vy + frame[2, 1] * vz
    ez = frame[0, 2] * vx + frame[1, 2] * vy + frame[2, 2] * vz
    size = np.sqrt(qx * qx + qy * qy + qz * qz)
    away = np.sqrt(qx * qx + qy * qy) / max(size, 1e-9)
    edge = away / _IRIS_SIN
    # The sclera: white in the middle, yellower and redder to the corners, veins.
    corner = min(1.0, max(0.0, (abs(qx) - 0.35) * 1.9))
    red = 0.66 - 0.03 * corner
    green = 0.615 - 0.15 * corner
    blue = 0.575 - 0.17 * corner
    ring = min(1.0, max(0.0, (1.12 - edge) / 0.2))
    red *= 1 - 0.28 * ring * ring
    green *= 1 - 0.24 * ring * ring
    blue *= 1 - 0.20 * ring * ring
    gx, gy, gz = nx, ny, nz
    iris = min(1.0, max(0.0, (1.03 - edge) / 0.09))
    iris = iris * iris * (3 - 2 * iris)
    if iris > 0.0 and qz > 0.0:
        # Refract the view into the eye (n = 1.336) and meet the iris plane.
        cx, cy, cz = qx * 1.25, qy * 1.25, qz
        inverse = 1.0 / np.sqrt(cx * cx + cy * cy + cz * cz)
        cx, cy, cz = cx * inverse, cy * inverse, cz * inverse
        cosine = cx * ex + cy * ey + cz * ez
        eta = 1 / 1.336
        k = 1 - eta * eta * (1 - cosine * cosine)
        bend = eta * cosine - np.sqrt(max(k, 0.0))
        tx, ty, tz = bend * cx - eta * ex, bend * cy - eta * ey, bend * cz - eta * ez
        plane = 0.905
        run = (plane - qz) / min(tz, -0.2)
        ix, iy = (qx + run * tx) / _IRIS_SIN, (qy + run * ty) / _IRIS_SIN
        cells = irises.shape[1]
        u = (ix * 0.96 * 0.5 + 0.5) * cells - 0.5
        v = (0.5 - iy * 0.96 * 0.5) * cells - 0.5
        u = min(max(u, 0.0), cells - 1.001)
        v = min(max(v, 0.0), cells - 1.001)
        a, b = int(u), int(v)
        fu, fv = u - a, v - b
        near = np.sqrt(ix * ix + iy * iy)
        # Light gathers on the side of the iris away from the lamp.
        lx = frame[0, 0] * lights[0, 0] + frame[1, 0] * lights[0, 1] + frame[2, 0] * lights[0, 2]
        ly = frame[0, 1] * lights[0, 0] + frame[1, 1] * lights[0, 1] + frame[2, 1] * lights[0, 2]
        gather = 1.0 - 0.75 * (ix * lx + iy * ly) * min(near, 1.0)
        for c in range(3):
            value = (
                irises[e, b, a, c] * (1 - fu) * (1 - fv)
                + irises[e, b, a + 1, c] * fu * (1 - fv)
                + irises[e, b + 1, a, c] * (1 - fu) * fv
                + irises[e, b + 1, a + 1, c] * fu * fv
            ) * max(gather, 0.25)
            if c == 0:
                red += (value - red) * iris
            elif c == 1:
                green += (value - green) * iris
            else:
                blue += (value - blue) * iris
    albedo[y, x, 0], albedo[y, x, 1], albedo[y, x, 2] = red, green, blue
    scatter[y, x] = 0.0
    nv = max(gx * vx + gy * vy + gz * vz, 0.05)
    fresnel = 0.03 + 0.97 * (1 - nv) ** 5
    rx, ry, rz = 2 * nv * gx - vx, 2 * nv * gy - vy, 2 * nv * gz - vz
    nl0 = gx * lights[0, 0] + gy * lights[0, 1] + gz * lights[0, 2]
    for c in range(3):
        light = max(0.0, harmonic_light(sh, c, gx, gy, gz)) * clear
        light += lights[0, 3 + c] * share * clear * max(0.0, (nl0 + 0.25) / 1.25)
        irradiance[y, x, c] = light
        gloss[y, x, c] = fresnel * clear * clear * 0.8 * max(0.0, harmonic_light(sh, c, rx, ry, rz))
    # The key light is a soft box: its mirror image is a bright rounded square.
    for box in range(2):
        dx, dy, dz = lights[box, 0], lights[box, 1], lights[box, 2]
        facing = rx * dx + ry * dy + rz * dz
        if facing <= 0.2:
            continue
        side = (rx * dz - rz * dx) / np.sqrt(dx * dx + dz * dz)
        rise = ry - dy * facing
        half = 0.20 if box == 0 else 0.13
        inside = min(1.0, max(0.0, (half - abs(side)) / 0.05)) * min(
            1.0, max(0.0, (half * 1.25 - abs(rise)) / 0.05)
        )
        power = 7.0 if box == 0 else 2.0
        for c in range(3):
            gloss[y, x, c] += (
                inside * power * fresnel * 4.0 * lights[box, 3 + c] * min(1.0, clear * 1.6)
            )
