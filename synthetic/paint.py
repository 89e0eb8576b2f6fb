"""Paints the skin's regions: per-vertex material of the face, neck and scalp."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synthetic.complexion import melanin_of, skin_tone
from synthetic.noise import fractal_noise
from synthetic.person import Person, Skin

ATTRIBUTES = (
    "red", "green", "blue", "roughness", "specular", "pore", "scatter", "lips", "interior",
    "chart",
)  # fmt: skip
"""Columns of a material array. `scatter` is the share of light that spreads under the surface,
`lips` is about 0.5 at their border, `interior` marks what lies behind them, and `chart` is how
much of the person's skin chart shows."""
_EYE = np.array([0.0288, 0.0, 0.0])
_NOSE = np.array([0.0, -0.0378, 0.0415])
_MOUTH = np.array([0.0, -0.0668, 0.0193])
_CHIN = np.array([0.0, -0.0902, 0.0223])
"""Of the average face, whose features all faces are painted by."""


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


def blank(count: int, **values: float) -> NDArray[np.float32]:
    """(count, attributes) a plain material with some columns set."""
    material = np.zeros((count, len(ATTRIBUTES)), np.float32)
    for name, value in values.items():
        material[:, ATTRIBUTES.index(name)] = value
    return material


def paint_skin(
    average: NDArray[np.floating],
    masks: dict[str, NDArray[np.float32]],
    scalp: NDArray[np.float64],
    person: Person,
) -> NDArray[np.float32]:
    """(n, attributes) the skin at n fine vertices.

    Args:
        average: (n, 3) where the vertices are on the average head.
        masks: `lips`, `eyelids`, `ears` at the same vertices.
        scalp: (n,) distance above the hairline, m.
        person: Tone, redness, hair colour.
    """
    skin = person.skin
    material = blank(len(average), roughness=0.47, specular=1.0, scatter=1.0)
    mottle = fractal_noise(average * 55, person.seed, 3)[:, None]
    tone = np.array(skin.tone) * (1 + 0.05 * mottle * np.array([0.4, 1.0, 1.0]))
    tone = tone * _regions(average, masks, person)
    under = np.clip((scalp + 0.001) / 0.012, 0, 1)
    roots = np.array(person.hair.colour) * 0.75 + 0.12 * np.array(skin.tone)
    tone = tone + (roots - tone) * 0.93 * under[:, None]
    material[:, :3] = np.clip(tone, 0.004, 0.95)

    def put(name: str, values: NDArray[np.floating]) -> None:
        material[:, ATTRIBUTES.index(name)] = values

    oily = _spot(average, _NOSE, 0.016, 0.018, 0.02) + 0.8 * _spot(
        average, _by(_NOSE, 0, 0.085, -0.03), 0.034, 0.02, 0.03
    )
    oily = oily + 0.5 * _pair(average, [0.040, -0.020, 0.008], 0.014, 0.009, 0.02)
    put("roughness", 0.565 - 0.13 * skin.oiliness * np.clip(oily, 0, 1))
    put("specular", 0.92 - 0.70 * under)
    put("pore", skin.pores * (1 + 0.35 * np.clip(oily, 0, 1)) * (1 - 0.7 * under))
    put("lips", masks["lips"])
    put("chart", np.clip(1 - 2 * masks["ears"], 0, 1))
    return material


def paint_lips(person: Person) -> NDArray[np.float32]:
    """(5,) linear RGB and roughness of the lips, and how wide their border is: see `shading`."""
    skin, worn = person.skin, 0.94 * person.makeup.lipstick
    # Pigment in thin layers: a little lipstick tints dark lips, and does not make them pale.
    colour = np.array(skin.lips) ** (1 - worn) * np.array(person.makeup.lipstick_colour) ** worn
    rough = 0.48 - 0.20 * skin.lips_gloss
    return np.array([*colour, rough, 0.85 - 0.5 * worn], np.float32)


def _regions(
    average: NDArray[np.floating], masks: dict[str, NDArray[np.float32]], person: Person
) -> NDArray[np.float64]:
    """(n, 3) factors for blood, melanin and veins, which differ over the face."""
    skin = person.skin
    melanin = melanin_of(skin.tone)
    usual = np.array(skin_tone(melanin, 0.4))
    flushed = np.array(skin_tone(melanin, 1.0)) / usual
    darker = np.array(skin_tone(min(melanin + 0.16, 1.0), 0.4)) / usual
    sallow = np.array(skin_tone(melanin, 0.22)) / usual
    lids = masks["eyelids"]
    factors = flushed ** (_blood(average, masks, skin) + 0.25 * lids)[:, None]
    factors = factors * darker ** _pigment(average, masks, skin, melanin)[:, None]
    forehead = _spot(average, _by(_NOSE, 0, 0.085, -0.03), 0.045, 0.025, 0.05)
    factors = factors * sallow ** (0.8 * forehead * (0.4 + 0.6 * skin.redness))[:, None]
    # Veins shine blue through the thin skin under the eyes.
    vein = skin.under_eye * _pair(average, _by(_EYE, -0.003, -0.0135, 0.010), 0.0125, 0.0045, 0.02)
    return factors * (1 - vein[:, None] * np.array([0.20, 0.22, 0.13]) * (1 - 0.6 * melanin))


def _blood(
    average: NDArray[np.floating], masks: dict[str, NDArray[np.float32]], skin: Skin
) -> NDArray[np.float64]:
    """(n,) more blood than usual: nose, cheeks, chin, ears."""
    blood = 0.75 * _spot(average, _NOSE, 0.012, 0.010, 0.02)
    blood = blood + 0.80 * _pair(average, _by(_NOSE, 0.038, -0.001, -0.035), 0.018, 0.016, 0.03)
    blood = blood + 0.45 * _pair(average, _by(_NOSE, 0.014, 0, -0.02), 0.008, 0.009, 0.012)
    blood = blood + 0.35 * _spot(average, _CHIN, 0.016, 0.011, 0.03) + 0.75 * masks["ears"]
    blood = blood + 0.25 * _spot(average, _by(_MOUTH, 0, 0.014, 0.01), 0.012, 0.006, 0.02)
    patch = 1 + 0.35 * fractal_noise(average * 160, 11, 2)
    return np.clip(blood * patch, 0, 1.2) * skin.redness


def _pigment(
    average: NDArray[np.floating], masks: dict[str, NDArray[np.float32]], skin: Skin, melanin: float
) -> NDArray[np.float64]:
    """(n,) more melanin than usual: about the eyes, and about the mouth and brow of darker skin."""
    eyes = _pair(average, _by(_EYE, 0.002, -0.0155, 0.010), 0.013, 0.0055, 0.02) * skin.under_eye
    sockets = _pair(average, _by(_EYE, -0.001, 0.010, 0.010), 0.015, 0.0065, 0.02)
    folds = _pair(average, [0.022, -0.048, 0.015], 0.006, 0.010, 0.02)
    mouth = _spot(average, _by(_MOUTH, 0, -0.002, 0), 0.032, 0.017, 0.03)
    temples = _pair(average, [0.062, 0.02, -0.04], 0.016, 0.03, 0.03)
    forehead = _spot(average, [0.0, 0.05, 0.01], 0.05, 0.018, 0.05)
    neck = np.clip((-0.115 - average[:, 1]) / 0.03, 0, 1)
    everyone = 0.75 * eyes + 0.45 * sockets + 0.4 * masks["eyelids"] + 0.15 * folds
    darker = 0.55 * mouth + 0.4 * temples + 0.5 * forehead + 0.35 * folds + 0.3 * neck
    return everyone * (0.7 + 0.5 * melanin) + 1.1 * melanin * (darker + 0.3 * sockets)


def _by(place: NDArray[np.float64], right: float, up: float, forward: float) -> NDArray[np.float64]:
    return place + np.array([right, up, forward])


def _spot(
    points: NDArray[np.floating], centre: ArrayLike, wide: float, tall: float, deep: float
) -> NDArray[np.float64]:
    """(n,) a Gaussian about a place, 1 in its middle."""
    return np.exp(-0.5 * (((points - centre) / np.array([wide, tall, deep])) ** 2).sum(axis=1))


def _pair(
    points: NDArray[np.floating], centre: ArrayLike, wide: float, tall: float, deep: float
) -> NDArray[np.float64]:
    """(n,) a Gaussian about a place and about its mirror image."""
    folded = np.abs(points) * [1, 0, 0] + points * [0, 1, 1]
    return _spot(folded, np.asarray(centre), wide, tall, deep)
