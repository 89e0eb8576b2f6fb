"""Lights, their shadow maps, and how much of the surroundings each vertex sees."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.raster import rasterize
from synthetic import kernels
from synthetic.strands import Strands

HALF_EXTENT_M = 0.36


@dataclass(frozen=True, slots=True)
class Light:
    """A distant soft light."""

    direction: tuple[float, float, float]
    """Towards the light, in camera axes (x right, y up, z to the camera)."""
    colour: tuple[float, float, float]
    """Irradiance on a surface that faces it."""
    softness_m: float = 0.006
    """Half width of the shadow's edge."""

    def unit(self) -> NDArray[np.float64]:
        """(3,) the direction, normalised."""
        direction = np.array(self.direction)
        return direction / np.linalg.norm(direction)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Soft light from all around: three colours and a window."""

    above: tuple[float, float, float] = (0.62, 0.66, 0.74)
    around: tuple[float, float, float] = (0.34, 0.33, 0.33)
    below: tuple[float, float, float] = (0.20, 0.17, 0.15)
    window: tuple[float, float, float] = (0.75, 0.68, 0.58)
    window_direction: tuple[float, float, float] = (-0.75, 0.35, 0.55)
    up: tuple[float, float, float] = (0.0, 1.0, 0.0)
    """Which way is up, unit, in camera axes."""

    def radiance(self, directions: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n, 3) linear radiance from unit directions (n, 3)."""
        up = directions @ np.array(self.up)[:, None]
        above, around, below = (np.array(c) for c in (self.above, self.around, self.below))
        out = around + np.clip(up, 0, 1) * (above - around) + np.clip(-up, 0, 1) * (below - around)
        window = np.array(self.window_direction) / np.linalg.norm(self.window_direction)
        facing = np.clip(directions @ window, 0, 1)[:, None]
        return out + np.array(self.window) * facing**4

    def harmonics(self) -> NDArray[np.float64]:
        """(9, 3) spherical harmonics of the radiance, order 2."""
        directions = sphere_directions(2048)
        basis = harmonic_basis(directions)
        return basis.T @ self.radiance(directions) * (4 * np.pi / len(directions))


def sphere_directions(count: int) -> NDArray[np.float64]:
    """(count, 3) unit vectors, evenly spread (Fibonacci lattice)."""
    index = np.arange(count) + 0.5
    y = 1 - 2 * index / count
    angle = np.pi * (1 + 5**0.5) * index
    ring = np.sqrt(1 - y * y)
    return np.stack([ring * np.cos(angle), y, ring * np.sin(angle)], axis=1)


def harmonic_basis(n: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 9) real spherical harmonics up to order 2 of unit vectors (n, 3)."""
    x, y, z = n.T
    return np.stack(
        [
            np.full(len(n), 0.282095),
            0.488603 * y,
            0.488603 * z,
            0.488603 * x,
            1.092548 * x * y,
            1.092548 * y * z,
            0.315392 * (3 * z * z - 1),
            1.092548 * x * z,
            0.546274 * (x * x - y * y),
        ],
        axis=1,
    )


@dataclass(frozen=True, slots=True, eq=False)
class ShadowMap:
    """What a distant light sees."""

    frame: NDArray[np.float64]
    """(4, 3) axes u, v, towards the light; (u0, v0, texel m)."""
    depth: NDArray[np.float32]
    near: NDArray[np.float32]
    density: NDArray[np.float32]

    def reaching(
        self,
        points: NDArray[np.float32],
        *,
        bias_m: float,
        within_m: float,
        radius_m: float,
        taps: int = 12,
    ) -> NDArray[np.float32]:
        """(n,) share of the light at points (n, 3); see `kernels.light_through`."""
        return kernels.light_through(
            np.ascontiguousarray(points, np.float32),
            self.frame,
            self.depth,
            self.near,
            self.density,
            bias_m,
            within_m,
            radius_m / self.frame[3, 2],
            taps,
        )


def shadow_map(
    direction: NDArray[np.float64],
    vertices: NDArray[np.float32],
    faces: NDArray[np.int32],
    strands: list[Strands],
    *,
    size: int,
) -> ShadowMap:
    """Render the scene from a distant light.

    Args:
        direction: (3,) unit, towards the light.
        vertices: (v, 3) metres, around the origin.
        faces: (f, 3) that cast shadows.
        strands: That cast soft shadows.
        size: Texels on a side.
    """
    helper = np.array([0.0, 1.0, 0.0]) if abs(direction[1]) < 0.9 else np.array([1.0, 0.0, 0.0])
    u = np.cross(helper, direction)
    u /= np.linalg.norm(u)
    v = np.cross(direction, u)
    texel = 2 * HALF_EXTENT_M / size
    centre = np.array([0.0, -0.04, -0.06])
    origin = np.array([u @ centre - HALF_EXTENT_M, v @ centre - HALF_EXTENT_M, texel])
    frame = np.stack([u, v, direction, origin])
    flat = np.stack(
        [
            (vertices @ u.astype(np.float32) - origin[0]) / texel - 0.5,
            (vertices @ v.astype(np.float32) - origin[1]) / texel - 0.5,
            -(vertices @ direction.astype(np.float32)),
        ],
        axis=1,
    )
    depth = rasterize(flat.astype(np.float32), faces, size, size).depth
    near = np.full((size, size), np.inf, np.float32)
    density = np.zeros((size, size), np.float32)
    for group in strands:
        kernels.splat_strands(group.points, group.width, frame, near, density)
    return ShadowMap(frame=frame, depth=depth, near=near, density=density)


def ambient_occlusion(
    points: NDArray[np.float32],
    normals: NDArray[np.float32],
    vertices: NDArray[np.float32],
    faces: NDArray[np.int32],
    strands: list[Strands],
    *,
    directions: int = 128,
    size: int = 256,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How open the hemisphere over each point is, and the mean open direction.

    Returns:
        (n,) cosine-weighted openness in [0, 1] and (n, 3) unit bent normals.
    """
    open_light = np.zeros(len(points))
    weight = np.zeros(len(points))
    bent = np.zeros((len(points), 3))
    for direction in sphere_directions(directions):
        facing = np.clip(normals @ direction, 0, None)
        lit = shadow_map(direction, vertices, faces, strands, size=size)
        reach = lit.reaching(points, bias_m=0.004, within_m=0.0, radius_m=0.003, taps=4) * facing
        open_light += reach
        weight += facing
        bent += reach[:, None] * direction
    length = np.maximum(np.linalg.norm(bent, axis=1, keepdims=True), 1e-6)
    openness = open_light / np.maximum(weight, 1e-6)
    return openness.astype(np.float32), (bent / length).astype(np.float32)


def strand_openness(
    strands: Strands,
    vertices: NDArray[np.float32],
    faces: NDArray[np.int32],
    *,
    directions: int = 48,
) -> NDArray[np.float32]:
    """(s, k) mean share of all-round light that reaches strand points through the hair."""
    points = np.ascontiguousarray(strands.points.reshape(-1, 3))
    total = np.zeros(len(points), np.float32)
    for direction in sphere_directions(directions):
        lit = shadow_map(direction, vertices, faces, [strands], size=192)
        total += lit.reaching(points, bias_m=0.006, within_m=0.007, radius_m=0.0, taps=1)
    return (total / directions).reshape(strands.points.shape[:2])
