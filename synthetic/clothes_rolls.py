"""Soft things round the neck: rolled collars, hoods and their drawstrings."""

import numpy as np
from numpy.typing import NDArray

from synthetic.clothes_body import Body
from synthetic.clothes_collars import UP, Ground, grid_cloth
from synthetic.clothes_cut import Cloth
from synthetic.noise import fractal_noise
from synthetic.sweep import Mesh, blob, join, rounded, smooth_line, sweep


def roll_collar(bottom: NDArray[np.float64], top: NDArray[np.float64], body: Body) -> Cloth:
    """A collar up the neck, folded over to the outside.

    Args:
        bottom: (b, 3) closed line of the seam.
        top: (t, 3) closed line on the skin where the fold is.
        body: What the collar must be clear of.
    """
    count = 120
    middle = 0.5 * (bottom.mean(axis=0) + top.mean(axis=0))
    low, high = (_by_azimuth(line, middle, count) for line in (bottom, top))
    angle = np.linspace(-np.pi, np.pi, count, endpoint=False)
    outward = np.stack([np.sin(angle), 0 * angle, np.cos(angle)], axis=1)
    profile = np.array(
        [(-0.15, 2.0), (0.3, 1.4), (0.7, 1.4), (0.96, 1.8), (1.03, 3.2), (1.02, 4.8), (0.94, 6.4),
         (0.75, 7.0), (0.5, 7.2), (0.2, 7.4), (-0.10, 7.2), (-0.16, 6.4), (-0.14, 2.0)]
    )  # fmt: skip
    sag = 0.0014 * fractal_noise(outward * 2.2, body.seed + 31, 2)
    share = profile[:, 0][None, :, None]
    grid = low[:, None] * (1 - share) + high[:, None] * share
    grid = grid + (profile[:, 1] * 1e-3)[:, None] * outward[:, None] + sag[:, None, None] * UP
    flat = grid.reshape(-1, 3)
    directions = np.repeat(outward, len(profile), axis=0)
    pushed = np.einsum("nc,nc->n", body.clear(flat, directions, 0.0012) - flat, directions)
    push = np.minimum(pushed.reshape(count, -1)[:, :5].max(axis=1), 0.005)
    push = np.maximum(push, np.roll(push, 1))
    for _ in range(6):
        push = (np.roll(push, 1) + 2 * push + np.roll(push, -1)) / 4
    grid = grid + push[:, None, None] * outward[:, None]
    closed = np.concatenate([grid, grid[:1]])
    around = np.linspace(0, 0.40, count + 1)
    u = np.repeat(around[:, None], len(profile), axis=1)
    v = np.repeat(np.linspace(0, 0.08, len(profile))[None], count + 1, axis=0)
    return grid_cloth(closed, u, v, np.concatenate([outward, outward[:1]]), slice(6, 10))


def _by_azimuth(
    line: NDArray[np.float64], middle: NDArray[np.float64], count: int
) -> NDArray[np.float64]:
    """A closed line (n, 3) as `count` points at even azimuths about `middle`, smoothed."""
    angle = np.arctan2(line[:, 0] - middle[0], line[:, 2] - middle[2])
    harmonics = np.arange(6)
    at = np.linspace(-np.pi, np.pi, count, endpoint=False)

    def basis(azimuth: NDArray[np.float64]) -> NDArray[np.float64]:
        phase = azimuth[:, None] * harmonics
        return np.concatenate([np.cos(phase), np.sin(phase[:, 1:])], axis=1)

    radius = np.hypot(line[:, 0] - middle[0], line[:, 2] - middle[2])
    values = np.stack([radius, line[:, 1]], axis=1)
    series = np.linalg.lstsq(basis(angle), values, rcond=None)[0]
    radius, height = (basis(at) @ series).T
    x, z = middle[0] + np.sin(at) * radius, middle[2] + np.cos(at) * radius
    return np.stack([x, height, z], axis=1)


def hood(line: NDArray[np.float64], ground: Ground, seed: int) -> Cloth:
    """A hood that lies down round the neck; `line` (n, 3) closed, begins at the front."""
    n = len(line)
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    back = (0.5 - 0.5 * np.cos(angle)) ** 1.3
    tangent = np.roll(line, -1, axis=0) - np.roll(line, 1, axis=0)
    outward = np.cross(tangent, UP)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    if np.einsum("nc,nc->n", outward, line - line.mean(axis=0)).sum() < 0:
        outward = -outward
    high, deep = 0.020 + 0.030 * back, 0.020 + 0.045 * back
    profile = np.array(
        [(0.02, -0.3), (-0.05, 0.2), (-0.02, 0.7), (0.12, 0.95), (0.34, 1.0), (0.62, 0.86),
         (0.86, 0.52), (0.98, 0.10), (0.98, -0.30), (0.80, -0.55), (0.5, -0.6)]
    )  # fmt: skip
    grid = (
        line[:, None]
        + (profile[:, 0] * deep[:, None])[..., None] * outward[:, None]
        + (profile[:, 1] * high[:, None])[..., None] * UP
    )
    soft = fractal_noise(grid * np.array([38.0, 38.0, 38.0]), seed + 21, 2)
    grid = grid + (0.0045 * soft)[..., None] * (outward[:, None] + 0.4 * UP)
    flat = ground.lift(grid[:, 5:].reshape(-1, 3), 0.003)
    grid[:, 5:] = flat.reshape(grid[:, 5:].shape)
    closed = np.concatenate([grid, grid[:1]])
    u = np.repeat(np.linspace(0, 0.5, n + 1)[:, None], grid.shape[1], axis=1)
    v = np.repeat(np.linspace(0, 0.1, grid.shape[1])[None], n + 1, axis=0)
    return grid_cloth(closed, u, v, np.concatenate([outward, outward[:1]]), slice(4, 9))


def cords(starts: NDArray[np.float64], ground: Ground, length: float) -> Mesh:
    """Drawstrings that hang from `starts` (k, 3)."""
    meshes = []
    for start in starts:
        drop = np.linspace(0, 1, 14)[:, None]
        sway = 0.004 * np.sin(drop * 5 + start[0] * 90)
        line = start + drop * np.array([0.1 * start[0], -length, 0.0]) + sway * [1, 0, 0]
        line[1:] = ground.lay(line[1:], 0.0026)
        line = smooth_line(line, 30)
        meshes.append(
            sweep(line, np.array([1.0, 0, 0]), rounded(0.0042, 0.0042, points=7, power=1))
        )
        axes = np.diag([0.0028, 0.0062, 0.0028])
        meshes.append(blob(line[-1], axes, rings=5))
    return join(meshes)
