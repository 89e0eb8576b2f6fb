"""Curls and coils: ringlets to the shoulder, locs, afros, tight coils."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.hair_growth import cut, gather, stray, wave
from synthetic.hair_long import Fall, fall
from synthetic.hair_scalp import SKULL_CENTRE, Roots, Scalp
from synthetic.noise import fractal_noise
from synthetic.person import Hair

Points = NDArray[np.float64]


def curly(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Ringlets to the shoulder."""
    shape = Fall(inward=-0.25, volume_m=0.045)
    points = fall(scalp, roots, hair, rng, shape, length=0.24, steps=64)
    points = cut(points, -hair.length_m - 0.010 + rng.normal(0, 0.020, len(roots)))
    points, locks = gather(points, rng, locks=210, tightness=(0.8, 0.97), onset=0.35)
    # Each curl leaves the crowd, so that there is shade between them.
    away = rng.normal(0, 0.008, (len(locks.guides), 3))[locks.member] * np.array([1, 0.3, 1])
    grown = np.linspace(0, 2, points.shape[1]).clip(0, 1)
    points = points + grown[None, :, None] * away[:, None]
    points = wave(
        points, rng, locks, amplitude_m=0.011, wavelength_m=0.050, onset_m=0.03, depth=0.8,
        jitter=0.2, vary=0.3,
    )  # fmt: skip
    return stray(points, rng, share=0.07, far_m=0.011, near_m=0.0009)


def locs(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Matted ropes to the shoulder."""
    shape = Fall(inward=0.0, volume_m=0.024)
    points = fall(scalp, roots, hair, rng, shape, length=0.28, steps=72)
    points, ropes = gather(points, rng, locks=150, tightness=(0.93, 0.98), onset=0.12)
    points = wave(
        points, rng, ropes, amplitude_m=0.003, wavelength_m=0.09, onset_m=0.05, jitter=0.0
    )
    # Strands wind round their rope, each at a place of its own.
    points = wave(
        points, rng, ropes, amplitude_m=0.0034, wavelength_m=0.016, onset_m=0.02, depth=1.0,
        jitter=3.0,
    )  # fmt: skip
    return stray(points, rng, share=0.05, far_m=0.004, near_m=0.0009, scale=220.0)


@dataclass(frozen=True, slots=True)
class Coil:
    """Hair that stands out from the head in coils."""

    length_m: float
    """From the scalp to the silhouette."""
    radius_m: float
    wavelength_m: float
    steps: int
    locks: int


def afro(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """A round cloud of coils."""
    return _coils(scalp, roots, rng, Coil(0.070, 0.0024, 0.0100, 44, 1670))


def afro_short(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """An afro of a few centimetres."""
    return _coils(scalp, roots, rng, Coil(0.034, 0.0022, 0.0085, 28, 1670))


def tight_coils(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Tight coils close to the head."""
    return _coils(scalp, roots, rng, Coil(0.013, 0.0016, 0.0060, 20, 2500))


def _coils(scalp: Scalp, roots: Roots, rng: np.random.Generator, coil: Coil) -> Points:
    """Helices about lines that lead away from the skull and wander on their way."""
    count = len(roots)
    outward = roots.points - SKULL_CENTRE
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    way = roots.normals + 1.1 * outward + np.array([0.0, 0.25, -0.10])
    way += rng.normal(0, 0.22, (count, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    # Around the face the cloud tapers, so that its edge is round from the side as well.
    reach = np.clip(0.30 + roots.above / 0.040, 0.30, 1.0)
    lump = 1 + 0.16 * fractal_noise(roots.average * 42, 8, 2)
    length = coil.length_m * reach * lump * rng.uniform(0.55, 1.0, count) ** 0.7
    t = np.linspace(0, 1, coil.steps)[None, :]
    along = t * length[:, None]
    points = roots.points[:, None] + along[..., None] * way[:, None]
    points, locks = gather(points, rng, locks=coil.locks, tightness=(0.45, 0.9), onset=0.7)
    wander = np.stack(
        [fractal_noise(points * 85 + 7.3 * axis, 12, 2) for axis in range(3)], axis=-1
    )
    grown = np.clip(along / 0.012, 0, 1)[..., None]
    points = points + 0.0045 * grown * wander * min(1.0, coil.length_m / 0.03)
    across = np.cross(way, [0.31, 0.17, 0.93])
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    other = np.cross(way, across)
    phase = locks.draw(rng, 0, 2 * np.pi) + rng.normal(0, 0.6, count)
    handed = np.sign(locks.draw(rng, -1, 1))
    period = coil.wavelength_m * rng.uniform(0.8, 1.25, count)
    turn = handed[:, None] * along / period[:, None] * 2 * np.pi + phase[:, None]
    size = coil.radius_m * rng.uniform(0.7, 1.3, (count, 1)) * np.clip(along / 0.006, 0, 1)
    return (
        points
        + (size * np.cos(turn))[..., None] * across[:, None]
        + (size * np.sin(turn))[..., None] * other[:, None]
    )
