"""Three-vectors as tuples, for compiled loops."""

import numba
import numpy as np
from numpy.typing import NDArray

Vector = tuple[float, float, float]


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", inline="always")
def dot(a: Vector, b: Vector) -> float:
    """Inner product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", inline="always")
def unit(x: float, y: float, z: float) -> Vector:
    """Normalise; zero stays zero."""
    scale = 1.0 / max(np.sqrt(x * x + y * y + z * z), 1e-12)
    return x * scale, y * scale, z * scale


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", inline="always")
def mirror(direction: Vector, normal: Vector, cosine: float) -> Vector:
    """Reflect a direction that points away from the surface about its normal."""
    return (
        2 * cosine * normal[0] - direction[0],
        2 * cosine * normal[1] - direction[1],
        2 * cosine * normal[2] - direction[2],
    )


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", inline="always")
def rotate(matrix: NDArray[np.float32], v: Vector) -> Vector:
    """Apply a (3, 3) matrix."""
    return (
        matrix[0, 0] * v[0] + matrix[0, 1] * v[1] + matrix[0, 2] * v[2],
        matrix[1, 0] * v[0] + matrix[1, 1] * v[1] + matrix[1, 2] * v[2],
        matrix[2, 0] * v[0] + matrix[2, 1] * v[1] + matrix[2, 2] * v[2],
    )


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", inline="always")
def rotate_back(matrix: NDArray[np.float32], v: Vector) -> Vector:
    """Apply a (3, 3) rotation's inverse."""
    return (
        matrix[0, 0] * v[0] + matrix[1, 0] * v[1] + matrix[2, 0] * v[2],
        matrix[0, 1] * v[0] + matrix[1, 1] * v[1] + matrix[2, 1] * v[2],
        matrix[0, 2] * v[0] + matrix[1, 2] * v[1] + matrix[2, 2] * v[2],
    )


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", inline="always")
def blend(values: NDArray[np.float32], corners: tuple[int, int, int], weights: Vector) -> Vector:
    """Three columns of (v, 3) values, weighted over a triangle's corners."""
    i, j, k = corners
    a, b, c = weights
    return (
        a * values[i, 0] + b * values[j, 0] + c * values[k, 0],
        a * values[i, 1] + b * values[j, 1] + c * values[k, 1],
        a * values[i, 2] + b * values[j, 2] + c * values[k, 2],
    )


@numba.njit(cache=True, fastmath=True, nogil=True, error_model="numpy", inline="always")
def harmonic_light(sh: NDArray[np.float32], c: int, v: Vector) -> float:
    """Irradiance / pi from order-2 harmonics (Ramamoorthi, Hanrahan, SIGGRAPH 2001)."""
    x, y, z = v
    light = (
        0.282095 * sh[0, c]
        + 0.325735 * (sh[1, c] * y + sh[2, c] * z + sh[3, c] * x)
        + 0.273137 * (sh[4, c] * x * y + sh[5, c] * y * z + sh[7, c] * x * z)
        + 0.078848 * sh[6, c] * (3 * z * z - 1)
        + 0.136569 * sh[8, c] * (x * x - y * y)
    )
    return max(0.0, light)
