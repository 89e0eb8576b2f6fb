"""Seeded gradient noise in three dimensions."""

import numba
import numpy as np
from numpy.typing import NDArray


@numba.njit(cache=True, inline="always")
def _hash(x: int, y: int, z: int, seed: int) -> int:
    h = (x * 73856093) ^ (y * 19349663) ^ (z * 83492791) ^ (seed * 2654435761)
    h &= 0xFFFFFFFF
    h ^= h >> 15
    h = (h * 2246822519) & 0xFFFFFFFF
    h ^= h >> 13
    h = (h * 3266489917) & 0xFFFFFFFF
    return (h ^ (h >> 16)) & 0xFFFFFFFF


@numba.njit(cache=True, inline="always")
def _dot_gradient(h: int, x: float, y: float, z: float) -> float:
    k = h & 15
    u = x if k < 8 else y
    v = y if k < 4 else (x if k == 12 or k == 14 else z)
    return (u if (h & 1) == 0 else -u) + (v if (h & 2) == 0 else -v)


@numba.njit(cache=True)
def _noise(points: NDArray[np.float64], seed: int, octaves: int, out: NDArray[np.float64]) -> None:
    for i in range(points.shape[0]):
        total, amplitude, frequency = 0.0, 1.0, 1.0
        for octave in range(octaves):
            px, py, pz = (
                points[i, 0] * frequency,
                points[i, 1] * frequency,
                points[i, 2] * frequency,
            )
            fx, fy, fz = np.floor(px), np.floor(py), np.floor(pz)
            ix, iy, iz = int(fx), int(fy), int(fz)
            x, y, z = px - fx, py - fy, pz - fz
            u = x * x * x * (x * (x * 6 - 15) + 10)
            v = y * y * y * (y * (y * 6 - 15) + 10)
            w = z * z * z * (z * (z * 6 - 15) + 10)
            value = 0.0
            for corner in range(8):
                cx, cy, cz = corner & 1, (corner >> 1) & 1, (corner >> 2) & 1
                h = _hash(ix + cx, iy + cy, iz + cz, seed + octave)
                share = (u if cx else 1 - u) * (v if cy else 1 - v) * (w if cz else 1 - w)
                value += share * _dot_gradient(h, x - cx, y - cy, z - cz)
            total += amplitude * value
            amplitude *= 0.5
            frequency *= 2.03
        out[i] = total


def fractal_noise(points: NDArray[np.floating], seed: int, octaves: int = 1) -> NDArray[np.float64]:
    """Perlin noise summed over octaves, about [-1, 1].

    K. Perlin, "Improving noise", SIGGRAPH 2002.

    Args:
        points: (..., 3) positions; one lattice cell per unit.
        seed: Any integer.
        octaves: Each doubles the frequency and halves the amplitude.
    """
    flat = np.ascontiguousarray(points, np.float64).reshape(-1, 3)
    out = np.empty(len(flat))
    _noise(flat, int(seed), octaves, out)
    return out.reshape(points.shape[:-1])
