"""Paints the pictures of an eye: the iris with its fibres, and the white with its veins."""

import numpy as np
from numpy.typing import NDArray

from synthetic.eyeball import IRIS_ANGLE
from synthetic.noise import fractal_noise
from synthetic.person import Eyes, Person


def paint_iris(eyes: Eyes, rng: np.random.Generator, size: int = 256) -> NDArray[np.float32]:
    """Linear RGB of the iris disc, (size, size, 3), the limbus at 0.96 of the half width.

    Fibres run outwards and fork; about the pupil they end in a ruff of another colour, the
    collarette, and the rim is dark. Brown irises hide the fibres under pigment.

    Args:
        eyes: Colours of the outer iris and of the zone about the pupil, size of the pupil.
        rng: For the fibres.
        size: Pixels.
    """
    axis = (np.arange(size) + 0.5) / size * 2 - 1
    x, y = np.meshgrid(axis, axis)
    radius = np.hypot(x, y) / 0.96
    angle = np.arctan2(y, x)
    pupil = eyes.pupil_m / 0.0062
    wheel = np.stack([np.cos(angle), np.sin(angle)], axis=-1)

    def noise(around: float, outwards: float, octaves: int) -> NDArray[np.float64]:
        place = np.concatenate([wheel * around, radius[..., None] * outwards], axis=-1)
        return fractal_noise(place, int(rng.integers(1 << 30)), octaves)

    fine, broad, sector = noise(17, 2.0, 3), noise(5, 2.5, 2), noise(1.2, 0.8, 2)
    iris, inner = np.array(eyes.iris), np.array(eyes.inner)
    brown = np.clip(1.6 - 9 * iris[2], 0, 1) * np.clip(2.2 - 14 * iris.mean(), 0, 1)
    collarette = pupil + 0.20 + 0.07 * broad + 0.04 * sector
    zone = 1 / (1 + np.exp((radius - collarette) / 0.05))
    zone = np.clip(zone + 0.25 * np.clip(sector - 0.15, 0, 1), 0, 1)[..., None]
    colour = 0.78 * (iris * (1 - zone) + inner * zone)
    colour = colour + 0.22 * (colour.mean(axis=-1, keepdims=True) - colour)
    pale = np.clip(0.5 + 1.3 * fine + 0.5 * broad, 0, 1)[..., None]
    # Between fibres one sees the darker layer behind; fibres are paler, and greyer, than both.
    depth = 1 - 0.45 * brown
    colour = colour * (1 + depth * (1.15 * pale - 0.55))
    colour = colour + depth * 0.05 * (1 - brown) * pale**2
    ruff = np.exp(-(((radius - collarette) / 0.045) ** 2))[..., None]
    colour = colour * (1 + 0.45 * ruff)
    crypts = np.clip(noise(6, 6, 1) - 0.32, 0, 1)[..., None] * np.clip(1 - zone, 0, 1)
    colour = colour * (1 - 1.3 * depth * crypts)
    rings = np.sin(38 * radius + 2.2 * broad) * np.clip((radius - 0.6) / 0.2, 0, 1)
    colour = colour * (1 - 0.07 * rings)[..., None]
    limbus = np.clip((radius - 0.74 - 0.03 * broad) / 0.26, 0, 1) ** 1.6
    colour = colour * (1 - 0.86 * limbus)[..., None]
    edge = 1 / (1 + np.exp(-(radius - pupil - 0.012 * fine) / 0.018))
    colour = colour * edge[..., None] + 0.003 * (1 - edge[..., None])
    return np.clip(colour, 0.002, 0.8).astype(np.float32)


def paint_white(person: Person, rng: np.random.Generator, size: int = 256) -> NDArray[np.float32]:
    """Linear RGB of the front of the eyeball, (size, size, 3), seen along its axis.

    Columns run along +X and rows along -Y, from -1 to 1 radius.

    Args:
        person: Redness of the eyes; age and melanin yellow the white.
        rng: For the veins.
        size: Pixels.
    """
    axis = (np.arange(size) + 0.5) / size * 2 - 1
    x, y = np.meshgrid(axis, -axis)
    red = person.eyes.redness
    old = np.clip((person.age_years - 35) / 45, 0, 1)
    white = np.array([0.515, 0.465, 0.435]) * (1 - old * np.array([0.07, 0.10, 0.20]))
    dark = np.clip(1 - np.mean(person.skin.tone) / 0.3, 0, 1)
    white = white * (1 - 0.8 * dark * np.array([0.10, 0.15, 0.22]))
    patch = fractal_noise(np.stack([x, y, 0 * x], axis=-1) * 5, int(rng.integers(1 << 30)), 3)
    corner = np.clip((np.abs(x) - 0.42) * 1.7 + 0.12 * patch, 0, 1)
    flush = (0.14 + 0.60 * corner) * (0.40 + 0.85 * red) + 0.05 * patch
    colour = white * (1 - flush[..., None] * np.array([0.07, 0.32, 0.34]))
    veins = _veins(red, rng, size)[..., None]
    colour = colour * (1 - veins * np.array([0.16, 0.62, 0.60]) * (0.55 + 0.45 * red))
    edge = np.hypot(x, y) / np.sin(IRIS_ANGLE)
    ring = np.clip((1.16 - edge) / 0.22, 0, 1) ** 2
    colour = colour * (1 - ring[..., None] * np.array([0.34, 0.30, 0.25]))
    return colour.astype(np.float32)


def _veins(red: float, rng: np.random.Generator, size: int) -> NDArray[np.float32]:
    """(size, size) vessels that wander from the corners towards the iris and fork."""
    import cv2

    image = np.zeros((size, size), np.float32)
    stop = np.sin(IRIS_ANGLE) * 1.18
    tips = []
    for side in (-1.0, 1.0):
        for _ in range(int(6 + 9 * red)):
            start = np.array([side * rng.uniform(0.86, 0.98), rng.normal(0, 0.26)])
            tips.append((start, np.arctan2(-0.3 * start[1], -side), rng.uniform(0.5, 1.0), 0))
    while tips:
        place, heading, strength, generation = tips.pop()
        layer = np.zeros((size, size), np.uint8)
        while np.hypot(*place) > stop and strength > 0.12 and abs(place).max() < 1:
            heading += rng.normal(0, 0.34)
            # Drawn back towards the iris, so that no vessel turns in circles.
            home = np.arctan2(-0.3 * place[1], -place[0])
            heading += 0.22 * np.sin(home - heading)
            after = place + 0.035 * np.array([np.cos(heading), np.sin(heading)])
            ends = [
                tuple(np.rint(((p * [1, -1] + 1) * size / 2 - 0.5) * 16).astype(int).tolist())
                for p in (place, after)
            ]
            cv2.line(layer, *ends, float(np.rint(255 * strength)), 1, cv2.LINE_AA, shift=4)
            place, strength = after, strength * 0.955
            if generation < 3 and rng.random() < 0.10:
                turn = rng.choice([-1, 1]) * rng.uniform(0.4, 0.9)
                tips.append((place, heading + turn, 0.75 * strength, generation + 1))
        image = np.maximum(image, layer.astype(np.float32) / 255)
    return np.clip(cv2.GaussianBlur(image, (0, 0), 0.7) * 1.15, 0, 1)
