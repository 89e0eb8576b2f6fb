"""Draws skin, hair, brows and eyes that go with sex, age and ancestry."""

from dataclasses import dataclass

import numpy as np

from synthetic.beard import BEARDS
from synthetic.complexion import lip_tone, skin_tone
from synthetic.hair import draw_style
from synthetic.identity import Origins
from synthetic.person import Beard, Colour, Eyes, Hair, Skin, Teeth

# Mean and spread of melanin (see `complexion.skin_tone`), and of the hair's curl.
_MELANIN = {"african": (0.76, 0.17), "asian": (0.30, 0.16), "caucasian": (0.18, 0.15)}
_CURL = {"african": (0.90, 0.08), "asian": (0.10, 0.10), "caucasian": (0.30, 0.22)}

_BLACK = ((0.016, 0.012, 0.011), (0.034, 0.024, 0.019))
_DARK = ((0.050, 0.027, 0.016), (0.095, 0.050, 0.028))
_BROWN = ((0.105, 0.053, 0.027), (0.19, 0.102, 0.052))
_LIGHT = ((0.19, 0.112, 0.057), (0.30, 0.185, 0.095))
_BLOND = ((0.33, 0.215, 0.105), (0.48, 0.335, 0.18))
_RED = ((0.20, 0.062, 0.020), (0.33, 0.125, 0.042))
_HAIR_COLOURS = (_BLACK, _DARK, _BROWN, _LIGHT, _BLOND, _RED)
_FAIR = (0.10, 0.26, 0.26, 0.14, 0.16, 0.08)
"""How common these are among people of European descent."""

_DARK_BROWN = ((0.042, 0.021, 0.011), (0.075, 0.037, 0.016))
_MID_BROWN = ((0.095, 0.050, 0.022), (0.15, 0.080, 0.032))
_HAZEL = ((0.115, 0.098, 0.042), (0.17, 0.090, 0.035))
_GREEN = ((0.110, 0.150, 0.080), (0.17, 0.120, 0.050))
_GREY = ((0.150, 0.180, 0.190), (0.18, 0.180, 0.150))
_BLUE = ((0.095, 0.170, 0.260), (0.19, 0.200, 0.170))
_IRISES = (_DARK_BROWN, _MID_BROWN, _HAZEL, _GREEN, _GREY, _BLUE)
_IRIS_OF_LIGHT_HAIR = (0.03, 0.12, 0.17, 0.18, 0.17, 0.33)
_IRIS_OF_DARK_HAIR = (0.22, 0.30, 0.20, 0.10, 0.06, 0.12)


@dataclass(frozen=True, slots=True)
class Colouring:
    """What skin, hair and eyes share."""

    melanin: float
    curl: float
    hair: tuple[Colour, Colour]
    """Natural colour and highlight, before greying."""
    iris: tuple[Colour, Colour]


def draw_colouring(origins: Origins, rng: np.random.Generator) -> Colouring:
    """Melanin and curl follow ancestry, light hair and eyes need a light skin."""
    shares = list(origins.ancestry.values())
    melanin = _mixed(_MELANIN, shares, rng, 0.01, 0.97)
    curl = _mixed(_CURL, shares, rng, 0.0, 1.0)
    fair = rng.random() < origins.ancestry["caucasian"] * np.clip(1.6 - 3 * melanin, 0, 1)
    which = int(rng.choice(6, p=_FAIR)) if fair else int(rng.random() < 0.12)
    if fair:
        irises = _IRIS_OF_LIGHT_HAIR if which >= 2 else _IRIS_OF_DARK_HAIR
        iris = _IRISES[int(rng.choice(6, p=irises))]
    else:
        iris = _IRISES[int(rng.random() < 0.5 * (1 - melanin))]
    shade = float(np.exp(rng.normal(0, 0.18)))
    return Colouring(
        melanin=melanin,
        curl=curl,
        hair=(_scaled(_HAIR_COLOURS[which][0], shade), _scaled(_HAIR_COLOURS[which][1], shade)),
        iris=(_scaled(iris[0], shade), _scaled(iris[1], shade)),
    )


def draw_skin(origins: Origins, colouring: Colouring, rng: np.random.Generator) -> Skin:
    """Skin and lips of one tone; freckles on pale skin, wrinkles and spots with age."""
    old = _old(origins)
    male = origins.sex == "male"
    pale = float(np.clip(1 - 2.2 * colouring.melanin, 0, 1))
    blood = float(np.clip(rng.normal(0.44 if male else 0.38, 0.14), 0.05, 0.9))
    red_hair = colouring.hair[0][0] > 3 * colouring.hair[0][1]
    freckled = rng.beta(4, 2) if red_hair else rng.beta(0.8, 2.6)
    sunlit = rng.beta(1.5, 2.5)
    return Skin(
        tone=skin_tone(colouring.melanin, blood),
        redness=_round(rng.uniform(0.25, 0.8)),
        freckles=_round(freckled * (0.25 + 0.75 * pale)),
        moles=int(rng.poisson(2.2)),
        blemishes=_round(rng.beta(1.2, 4) * (1.2 - 0.5 * old)),
        pores=_round(np.clip(rng.normal(0.65 if male else 0.5, 0.15), 0.2, 1)),
        wrinkles=_round(np.clip(old * rng.uniform(0.75, 1.2) * (0.75 + 0.5 * sunlit), 0, 1)),
        age_spots=_round(np.clip((old - 0.4) * 1.7 * sunlit * (0.4 + 0.6 * pale), 0, 1)),
        lips=lip_tone(colouring.melanin, float(np.clip(blood + rng.normal(0, 0.12), 0, 1))),
        lips_gloss=_round(rng.uniform(0.15, 0.4) if male else rng.uniform(0.25, 0.6)),
        under_eye=_round(np.clip(rng.beta(2, 3) + 0.25 * old, 0, 1)),
        oiliness=_round(np.clip(rng.normal(0.55, 0.18) - 0.2 * old, 0.1, 1)),
        stubble=_round(rng.uniform(0.1, 0.8)) if male and rng.random() < 0.5 else 0.0,
    )


def draw_hair(origins: Origins, colouring: Colouring, rng: np.random.Generator) -> Hair:
    """A style that suits, greying from about 45 on, brows of the natural colour."""
    old = _old(origins)
    male = origins.sex == "male"
    onset = rng.normal(46, 8)
    grey = float(np.clip((origins.age_years - onset) / 22, 0, 1)) * rng.uniform(0.5, 1.0)
    colour, highlight = colouring.hair
    brows = _scaled(colour, 0.65 if sum(colour) > 0.2 else 0.85)
    dyed = not male and rng.random() < (0.45 if grey > 0.15 else 0.15)
    if dyed:
        colour, highlight = _HAIR_COLOURS[int(rng.choice(6, p=_FAIR))]
    heavy = rng.normal(0.66 if male else 0.36, 0.30)
    return Hair(
        style=draw_style(rng, origins.sex, old, colouring.curl),
        colour=colour,
        highlight=highlight,
        grey=_round(0.0 if dyed else grey),
        length_m=_round(rng.uniform(0.085, 0.165)),
        parting=_round(rng.uniform(0.15, 0.55) * rng.choice([-1, 1])),
        waviness=_round(np.clip(colouring.curl + rng.normal(0, 0.08), 0, 1)),
        recession=_round(np.clip(rng.beta(1.5, 2) * old * 1.3, 0, 1) if male else 0.2 * old),
        widows_peak=_round(np.clip(rng.beta(1, 3), 0, 1)),
        brow_density=_round(np.clip(0.35 + 0.8 * heavy + rng.normal(0, 0.18), 0.25, 1.1)),
        brow_colour=brows,
        brow_thickness=_round(np.clip(heavy, 0.05, 1.0)),
        brow_arch=_round(np.clip(rng.normal(0.30 if male else 0.60, 0.30), 0, 1.1)),
        brow_tilt_degrees=_round(np.clip(rng.normal(0.5, 3), -5, 6)),
        brow_height_m=float(np.round(np.clip(rng.normal(0.0003, 0.0022), -0.0028, 0.0042), 5)),
        brow_gap_m=float(np.round(np.clip(rng.normal(0, 0.0022), -0.0045, 0.004), 5)),
        lash_length=_round(np.clip(rng.normal(0.42 if male else 0.58, 0.15), 0.1, 1)),
    )


def draw_beard(
    origins: Origins, colouring: Colouring, hair: Hair, rng: np.random.Generator
) -> Beard:
    """Worn by two men in five, by fewer whose descent is from the east of Asia."""
    worn = rng.random() < 0.4 * (1 - 0.6 * origins.ancestry["asian"])
    style = str(rng.choice([name for name in BEARDS if name != "none"]))
    beard = Beard(
        style=style,
        length_m=_round(rng.uniform(0.006, 0.030)),
        colour=_scaled(colouring.hair[0], 0.85),
        grey=_round(min(1.3 * hair.grey, 1.0)),
    )
    return beard if worn and origins.sex == "male" else Beard()


def draw_eyes(origins: Origins, colouring: Colouring, rng: np.random.Generator) -> Eyes:
    """Irises of one colour; pupils narrow with age."""
    pupil = rng.normal(0.0021, 0.00022) - 0.0003 * _old(origins)
    return Eyes(
        iris=colouring.iris[0],
        inner=colouring.iris[1],
        pupil_m=float(np.round(np.clip(pupil, 0.0014, 0.0027), 5)),
        redness=_round(np.clip(rng.beta(2, 5) + 0.2 * _old(origins), 0, 1)),
    )


def draw_teeth(origins: Origins, rng: np.random.Generator) -> Teeth:
    """Teeth that yellow with age."""
    white, old = np.array([0.86, 0.815, 0.725]), np.array([0.72, 0.62, 0.46])
    worn = np.clip(0.75 * _old(origins) + rng.normal(0.12, 0.15), 0, 1)
    gap = rng.uniform(0.0008, 0.0022) if rng.random() < 0.1 else 0.0
    return Teeth(
        colour=_colour(white + worn * (old - white)),
        crowding=_round(rng.beta(1.3, 3)),
        gap_m=float(np.round(gap, 5)),
    )


def _old(origins: Origins) -> float:
    """0 at 20 years, 1 at 78."""
    return float(np.clip((origins.age_years - 20) / 58, 0, 1))


def _mixed(
    table: dict[str, tuple[float, float]],
    shares: list[float],
    rng: np.random.Generator,
    least: float,
    most: float,
) -> float:
    mean, spread = np.array(list(table.values())).T @ np.array(shares)
    return _round(np.clip(rng.normal(mean, spread), least, most))


def _scaled(colour: Colour, factor: float) -> Colour:
    return _colour(np.array(colour) * factor)


def _colour(values: object) -> Colour:
    red, green, blue = (float(np.round(value, 4)) for value in np.asarray(values))
    return red, green, blue


def _round(value: float) -> float:
    return float(np.round(value, 3))
