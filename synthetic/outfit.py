"""Draws what a person wears: clothes, make-up, glasses, earrings, a beard."""

import colorsys

import numpy as np

from synthetic.clothes import CLOTHES
from synthetic.earrings import EARRINGS
from synthetic.glasses import GLASSES
from synthetic.identity import Origins
from synthetic.person import Clothes, Colour, Earrings, Glasses, Makeup

_LIPSTICKS = ((0.40, 0.06, 0.07), (0.30, 0.035, 0.06), (0.46, 0.15, 0.15), (0.36, 0.10, 0.12))
_METALS = ((0.72, 0.55, 0.26), (0.62, 0.62, 0.63), (0.10, 0.10, 0.105), (0.55, 0.36, 0.27))
_FRAMES = (
    (0.015, 0.014, 0.014), (0.075, 0.035, 0.016), (0.16, 0.085, 0.035), (0.02, 0.035, 0.09),
    (0.16, 0.015, 0.02), (0.22, 0.20, 0.18),
)  # fmt: skip
_SUITINGS = (
    (0.014, 0.020, 0.050), (0.030, 0.030, 0.034), (0.12, 0.12, 0.125), (0.065, 0.040, 0.025),
    (0.012, 0.012, 0.013), (0.20, 0.16, 0.11),
)  # fmt: skip
_SHIRTS = (
    (0.74, 0.73, 0.71), (0.48, 0.58, 0.72), (0.72, 0.66, 0.55), (0.70, 0.52, 0.52),
    (0.30, 0.40, 0.56),
)  # fmt: skip
_SHADOWS = ((0.25, 0.13, 0.10), (0.10, 0.075, 0.07), (0.22, 0.12, 0.15), (0.16, 0.15, 0.17))


def draw_clothes(rng: np.random.Generator) -> Clothes:
    """A garment in colours that go with its kind."""
    styles = list(CLOTHES)
    often = np.array([0.5 if style == "suit" else 1.0 for style in styles])
    style = str(rng.choice(styles, p=often / often.sum()))
    colour, second, pale = _cloth(rng), _cloth(rng), _pick(_SHIRTS, rng)
    suiting = _pick(_SUITINGS, rng)
    if style in ("blazer", "suit"):
        return Clothes(style=style, colour=suiting, second=pale)
    if style == "shirt" and rng.random() < 0.5:
        return Clothes(style=style, colour=pale, second=colour)
    if style == "striped" and rng.random() < 0.7:
        return Clothes(style=style, colour=suiting, second=pale)
    return Clothes(style=style, colour=colour, second=second)


def draw_glasses(origins: Origins, rng: np.random.Generator) -> Glasses | None:
    """Worn by one in five, more often by the old; thin ones are of metal."""
    worn = rng.random() < 0.12 + 0.16 * np.clip((origins.age_years - 18) / 62, 0, 1)
    styles = [name for name in GLASSES if origins.sex == "female" or name != "cat-eye"]
    style = str(rng.choice(styles))
    metal = style in ("aviator", "rimless") or rng.random() < 0.35
    colours = _METALS if metal else _FRAMES
    glasses = Glasses(
        style=style,
        colour=colours[int(rng.integers(len(colours)))],
        thickness_m=_round(rng.uniform(0.0011, 0.0016) if metal else rng.uniform(0.0018, 0.0036)),
        metal=bool(metal),
    )
    return glasses if worn else None


def draw_earrings(origins: Origins, rng: np.random.Generator) -> Earrings | None:
    """Worn by two women in five and one man in twenty."""
    worn = rng.random() < (0.4 if origins.sex == "female" else 0.05)
    styles = list(EARRINGS) if origins.sex == "female" else ["stud"]
    earrings = Earrings(str(rng.choice(styles)), _METALS[int(rng.integers(2))])
    return earrings if worn else None


def draw_makeup(origins: Origins, rng: np.random.Generator) -> Makeup:
    """Three women in five wear some, a few of them a lot."""
    if origins.sex == "male" or rng.random() > 0.6:
        return Makeup()
    amount = float(rng.beta(1.6, 1.8))
    return Makeup(
        eyeshadow=_round(amount * rng.uniform(0.2, 1.0)),
        eyeshadow_colour=_SHADOWS[int(rng.integers(len(_SHADOWS)))],
        liner=_round(amount * rng.uniform(0.2, 1.0)),
        blush=_round(amount * rng.uniform(0.1, 0.8)),
        lipstick=_round(amount * rng.uniform(0.4, 1.0)) if rng.random() < 0.7 else 0.0,
        lipstick_colour=_LIPSTICKS[int(rng.integers(len(_LIPSTICKS)))],
    )


def _pick(colours: tuple[Colour, ...], rng: np.random.Generator) -> Colour:
    """One of them, a little lighter or darker."""
    shade = float(np.exp(rng.normal(0, 0.08)))
    red, green, blue = colours[int(rng.integers(len(colours)))]
    return _round(red * shade), _round(green * shade), _round(blue * shade)


def _cloth(rng: np.random.Generator) -> Colour:
    """Linear RGB."""
    saturation = float(rng.beta(1.3, 3.2))
    value = float(rng.uniform(0.12, 0.85))
    red, green, blue = colorsys.hsv_to_rgb(float(rng.random()), saturation, value)
    return _round(red**2.2), _round(green**2.2), _round(blue**2.2)


def _round(value: float) -> float:
    return float(np.round(value, 4))
