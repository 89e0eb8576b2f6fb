"""Paints skin, mouth and cloth: per-vertex material, and a small tile of skin detail."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.noise import fractal_noise
from synthetic.person import Person, Skin

ATTRIBUTES = (
    "red", "green", "blue", "roughness", "specular", "pore", "scatter", "freckle", "knit",
    "interior",
)  # fmt: skip
"""Columns of a material array. `scatter` is the share of light that spreads under the surface,
`interior` marks what lies behind the lips."""
DETAIL_TILE_M = 0.045


def blank(count: int, **values: float) -> NDArray[np.float32]:
    """(count, attributes) a plain material with some columns set."""
    material = np.zeros((count, len(ATTRIBUTES)), np.float32)
    for name, value in values.items():
        material[:, ATTRIBUTES.index(name)] = value
    return material


@dataclass(frozen=True, slots=True)
class FaceMarks:
    """Where features are, in the frame of one person at rest."""

    eyes: NDArray[np.float32]
    """(2, 3) eyeball centres, left first."""
    mouth: NDArray[np.float32]
    """(3,) middle of the lip line."""
    nose: NDArray[np.float32]
    """(3,) tip."""
    chin: NDArray[np.float32]
    """(3,)"""


def _at(x: float, y: float, z: float) -> NDArray[np.float64]:
    return np.array([x, y, z])


def _blob(
    points: NDArray[np.float32], centre: NDArray[np.floating], radius: tuple[float, float, float]
) -> NDArray[np.float64]:
    return np.exp(-0.5 * (((points - centre) / np.array(radius)) ** 2).sum(axis=1))


def paint_skin(
    points: NDArray[np.float32],
    masks: dict[str, NDArray[np.float32]],
    scalp: NDArray[np.float64],
    marks: FaceMarks,
    person: Person,
) -> NDArray[np.float32]:
    """(n, attributes) the skin at fine vertices `points` (n, 3).

    Args:
        points: At rest.
        masks: `lips`, `eyelids`, `ears` at the same vertices.
        scalp: (n,) distance above the hairline, m.
        marks: Where features are.
        person: Tone, redness, freckles, lips, hair colour.
    """
    skin = person.skin
    material = blank(len(points), roughness=0.47, specular=1.0, pore=1.0, scatter=1.0)
    tone = np.tile(np.array(skin.tone), (len(points), 1))
    mottle = fractal_noise(points * 55, person.seed, 3)[:, None]
    tone *= 1 + 0.05 * mottle * np.array([0.4, 1.0, 1.0])
    tone *= _flush(points, marks, masks, skin)
    for eye in marks.eyes:
        outer = np.array([np.sign(eye[0]) * 0.004, 0, 0.012])
        crescent = _blob(points, eye + outer + _at(0, -0.0165, 0), (0.012, 0.0048, 0.02))
        tone *= 1 - skin.under_eye * crescent[:, None] * np.array([0.22, 0.30, 0.24])
        socket = _blob(points, eye + _at(0, 0.011, 0.01), (0.014, 0.006, 0.02))
        tone *= 1 - 0.16 * socket[:, None] * np.array([0.7, 1.0, 1.0])
        ridge = eye + _at(np.sign(eye[0]) * 0.003, 0.0215, 0.012)
        brow = _blob(points, ridge, (0.017, 0.0032, 0.02))
        tone *= 1 - 0.25 * person.hair.brow_density * brow[:, None]
    tone *= 1 - masks["eyelids"][:, None] * np.array([0.06, 0.15, 0.11])
    under = np.clip((scalp + 0.001) / 0.012, 0, 1)[:, None]
    roots = np.array(person.hair.colour) * 0.75 + 0.12 * np.array(skin.tone)
    tone = tone * (1 - 0.93 * under) + roots * 0.93 * under
    lips = np.clip(masks["lips"] * 1.15 - 0.05, 0, 1)
    streak = fractal_noise(points * np.array([900, 120, 300]), person.seed + 3, 2)
    lip_colour = np.array(skin.lips) * (1 + 0.10 * streak[:, None])
    tone = tone * (1 - lips[:, None]) + lip_colour * lips[:, None]
    material[:, :3] = np.clip(tone, 0.004, 0.95)
    oily = _blob(points, marks.nose, (0.016, 0.018, 0.02)) + 0.8 * _blob(
        points, marks.nose + _at(0, 0.085, -0.03), (0.034, 0.02, 0.03)
    )
    roughness = 0.50 - 0.11 * skin.oiliness * np.clip(oily, 0, 1)
    roughness = roughness * (1 - lips) + (0.43 - 0.17 * skin.lips_gloss) * lips
    material[:, ATTRIBUTES.index("roughness")] = roughness
    material[:, ATTRIBUTES.index("specular")] = 1 + 0.5 * lips - 0.75 * under[:, 0]
    material[:, ATTRIBUTES.index("pore")] = skin.pores * (1 - 0.75 * lips) * (1 - 0.7 * under[:, 0])
    high = np.clip(
        _blob(points, marks.nose + _at(0, 0.015, -0.02), (0.045, 0.022, 0.03)) * 1.3
        + 0.3 * (points[:, 2] > -0.1),
        0,
        1,
    )
    material[:, ATTRIBUTES.index("freckle")] = skin.freckles * high * (1 - lips) * (1 - under[:, 0])
    return material


def _flush(
    points: NDArray[np.float32],
    marks: FaceMarks,
    masks: dict[str, NDArray[np.float32]],
    skin: Skin,
) -> NDArray[np.float64]:
    """(n, 3) factors for blood and thickness: red cheeks, nose and ears, paler forehead."""
    blood = 0.55 * _blob(points, marks.nose, (0.011, 0.009, 0.02))
    for side in (-1, 1):
        cheek = marks.nose + np.array([side * 0.038, -0.001, -0.035])
        blood = blood + 0.8 * _blob(points, cheek, (0.018, 0.016, 0.03))
        blood = blood + 0.35 * _blob(
            points, marks.nose + _at(side * 0.014, 0, -0.02), (0.008, 0.008, 0.012)
        )
    blood = blood + 0.3 * _blob(points, marks.chin, (0.016, 0.011, 0.03)) + 0.55 * masks["ears"]
    patch = 1 + 0.35 * fractal_noise(points * 160, 11, 2)
    blood = np.clip(blood * patch, 0, 1.2)[:, None] * skin.redness
    pale = _blob(points, marks.nose + _at(0, 0.08, -0.03), (0.045, 0.025, 0.05))[:, None]
    shadow = _blob(points, marks.chin + _at(0, 0.004, -0.01), (0.05, 0.022, 0.05))[:, None]
    shadow = shadow * skin.stubble
    return (
        (1 - blood * np.array([0.02, 0.30, 0.26]))
        * (1 + pale * np.array([0.02, 0.035, 0.02]))
        * (1 - shadow * np.array([0.34, 0.28, 0.20]))
    )


def skin_detail(rng: np.random.Generator, size: int = 512) -> NDArray[np.float32]:
    """A tile of skin, (size, size, 4): slope along u and v, mottling, freckles.

    The tile repeats every `DETAIL_TILE_M`. Pores and the fine net of lines are a height field made
    from band-passed noise, which wraps because it is made with an FFT.
    """
    pixel = DETAIL_TILE_M / size
    fine = _band(rng, size, 0.00045 / pixel, 0.5)
    pores = -np.clip(_band(rng, size, 0.0008 / pixel, 0.4) - 0.9, 0, None)
    lines = -(np.abs(_band(rng, size, 0.0016 / pixel, 0.35, stretch=2.2)) ** 0.7)
    height = 0.9 * pores + 0.18 * fine + 0.22 * lines
    slope_u = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * 0.5
    slope_v = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) * 0.5
    mottle = 0.55 * _band(rng, size, 0.0032 / pixel, 0.5) + 0.3 * _band(
        rng, size, 0.0011 / pixel, 0.5
    )
    spots = np.clip((_band(rng, size, 0.0019 / pixel, 0.4) - 1.25) * 2.2, 0, 1)
    many = np.clip(0.6 + 0.8 * _band(rng, size, 0.010 / pixel, 0.5), 0, 1)
    return np.stack([slope_u, slope_v, mottle, spots * many], axis=-1).astype(np.float32)


def _band(
    rng: np.random.Generator, size: int, period_px: float, width: float, stretch: float = 1.0
) -> NDArray[np.float64]:
    """Wrapping noise of unit variance about one spatial period."""
    spectrum = np.fft.fft2(rng.normal(size=(size, size)))
    fy, fx = np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size), indexing="ij")
    frequency = np.hypot(fx * stretch, fy) + 1e-9
    gain = np.exp(-0.5 * (np.log(frequency * period_px) / width) ** 2)
    noise = np.real(np.fft.ifft2(spectrum * gain))
    return noise / noise.std()
