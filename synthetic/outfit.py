"""Draws what a person wears: clothes, make-up, glasses, earrings, a beard."""

import colorsys

import numpy as np

from synthetic.identity import Origins
from synthetic.person import Clothes, Colour, Makeup

_LIPSTICKS = ((0.40, 0.06, 0.07), (0.30, 0.035, 0.06), (0.46, 0.15, 0.15), (0.36, 0.10, 0.12))
_SHADOWS = ((0.25, 0.13, 0.10), (0.10, 0.075, 0.07), (0.22, 0.12, 0.15), (0.16, 0.15, 0.17))


def draw_clothes(rng: np.random.Generator) -> Clothes:
    """A garment in a colour that is mostly muted."""
    return Clothes(colour=_cloth(rng), second=_cloth(rng))


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


def _cloth(rng: np.random.Generator) -> Colour:
    """Linear RGB."""
    saturation = float(rng.beta(1.3, 2.2))
    value = float(rng.uniform(0.15, 0.9))
    red, green, blue = colorsys.hsv_to_rgb(float(rng.random()), saturation, value)
    return _round(red**2.2), _round(green**2.2), _round(blue**2.2)


def _round(value: float) -> float:
    return float(np.round(value, 4))
