"""Colours of living tissue from its pigments: skin, lips and gums of every tone."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from synthetic.person import Colour

_WAVELENGTHS = np.arange(400.0, 701.0, 10.0)
"""nm."""
# Molar extinction of oxygenated and bare haemoglobin at those wavelengths, 1 / (cm M), from
# S. Prahl's tabulation, "Optical absorption of hemoglobin", Oregon Medical Laser Center, 1999.
_OXYGENATED = np.array([
    266232, 466840, 480360, 246072, 102580, 62816, 44480, 33209, 26629, 23684, 20933, 20035, 24202,
    39957, 53236, 43016, 32613, 44496, 50104, 14401, 3200, 1506, 942, 610, 442, 368, 320, 294, 278,
    276, 290,
])  # fmt: skip
_BARE = np.array([
    223296, 303956, 407560, 528600, 413280, 103292, 23389, 16156, 14550, 16684, 20862, 25774, 31590,
    39036, 46592, 53412, 53788, 45072, 37020, 28324, 14677, 9444, 6510, 5149, 4345, 3750, 3227,
    2795, 2408, 2052, 1794,
])  # fmt: skip
_HAEMOGLOBIN_MOLAR = 150.0 / 64500.0
"""Of whole blood: 150 g/l of 64,500 g/mol."""
_EPIDERMIS_CM = 0.0085
_CLUMPING = 1.3
"""Shape of the distribution of melanin over the skin: small is uneven, infinite is even."""


def skin_tone(melanin: float, blood: float) -> Colour:
    """Diffuse reflectance of facial skin.

    Two layers: light crosses an absorbing epidermis twice and comes back from a deep, scattering
    dermis with blood in it. Absorption and scattering are those of S. L. Jacques, "Skin optics"
    (Oregon Medical Laser Center, 1998) and "Optical properties of biological tissues: a review"
    (Phys. Med. Biol. 58, 2013), haemoglobin is S. Prahl's, and the dermis reflects as the diffusion
    approximation says (S. T. Flock et al., IEEE Trans. Biomed. Eng. 36, 1989). Colours of the
    spectrum under daylight come from the fits of C. Wyman, P.-P. Sloan, P. Shirley (JCGT 2, 2013).

    Args:
        melanin: 0 is the palest skin (1.1 % of the epidermis is melanosomes), 1 the darkest (43 %);
            0.35 is light brown or olive, 0.6 brown.
        blood: 0 is sallow, 0.4 usual, 1 ruddy.

    Returns:
        Linear RGB.

    Raises:
        ValueError: An amount is outside 0 to 1.
    """
    _check(melanin, blood)
    share = 0.011 * (0.43 / 0.011) ** melanin
    return _colour(_reflectance(share, 0.008 + 0.046 * blood**1.3, _EPIDERMIS_CM, 0.70))


def lip_tone(melanin: float, blood: float) -> Colour:
    """Diffuse reflectance of the vermilion of the lips: thin, full of blood, less pigmented.

    Args:
        melanin: Of the skin, as in `skin_tone`.
        blood: As in `skin_tone`.

    Returns:
        Linear RGB.

    Raises:
        ValueError: An amount is outside 0 to 1.
    """
    _check(melanin, blood)
    share = 0.011 * (0.43 / 0.011) ** (0.06 + 0.92 * melanin)
    return _colour(_reflectance(share, 0.028 + 0.040 * blood, 0.8 * _EPIDERMIS_CM, 0.80, 0.38))


def gum_tone(melanin: float) -> Colour:
    """Diffuse reflectance of gums and of the mouth's lining, which darken less than skin.

    Args:
        melanin: Of the skin, as in `skin_tone`.

    Returns:
        Linear RGB.

    Raises:
        ValueError: `melanin` is outside 0 to 1.
    """
    _check(melanin, 0.0)
    share = 0.011 * (0.43 / 0.011) ** (0.70 * melanin)
    return _colour(_reflectance(share, 0.16, 0.5 * _EPIDERMIS_CM, 0.97))


def melanin_of(tone: Colour) -> float:
    """The `melanin` for which `skin_tone` is as light as this tone, 0 to 1."""
    amounts = np.linspace(0, 1, 33)
    lightness = np.array([_luminance(skin_tone(float(amount), 0.4)) for amount in amounts])
    return float(np.interp(-_luminance(tone), -lightness, amounts))


def _check(melanin: float, blood: float) -> None:
    for name, amount in (("melanin", melanin), ("blood", blood)):
        if not 0 <= amount <= 1:
            raise ValueError(f"{name}: want 0 to 1, got {amount}")


def _luminance(colour: Colour) -> float:
    return float(np.dot(colour, (0.2126, 0.7152, 0.0722)))


def _reflectance(
    melanosomes: float, blood: float, thickness_cm: float, saturated: float, strength: float = 1.0
) -> NDArray[np.float64]:
    """(31,) of tissue with these volume shares of melanosomes and of blood, so much oxygenated.

    `strength` is that of the scattering, relative to skin's.
    """
    wave = _WAVELENGTHS
    bare = 0.244 + 85.3 * np.exp(-(wave - 154) / 66.2)
    epidermis = melanosomes * 6.6e11 * wave**-3.33 + (1 - melanosomes) * bare
    haemoglobin = saturated * _OXYGENATED + (1 - saturated) * _BARE
    whole = 2.303 * haemoglobin * _HAEMOGLOBIN_MOLAR
    # Blood sits in vessels, which shade themselves in the violet (W. Verkruysse et al., 1997).
    depth = whole * 0.0025
    # Carotenes and bilirubin (R. R. Anderson, J. A. Parrish, J. Invest. Dermatol. 77, 1981).
    carotene = 1.3 * np.exp(-(((wave - 455) / 38) ** 2))
    packed = (1 - np.exp(-2 * depth)) / (2 * depth)
    dermis = blood * whole * packed + (1 - blood) * bare + carotene
    scattering = strength * 46.0 * (wave / 500) ** -1.421
    albedo = scattering / (scattering + dermis)
    root = np.sqrt(3 * (1 - albedo))
    # A = (1 + r) / (1 - r) for light reflected back inside at an index of 1.37.
    inner = 2.8
    deep = albedo / (1 + 2 * inner / 3 * (1 - albedo) + (1 + 2 * inner / 3) * root)
    # Diffuse light crosses a layer on a path about twice as long as the layer is thick. Melanosomes
    # lie in clumps, so some light slips between them: a gamma distribution of optical depths.
    depth = 2 * 1.6 * epidermis * thickness_cm
    return 0.02 + 0.98 * deep * (1 + depth / _CLUMPING) ** -_CLUMPING


@cache
def _to_rgb() -> NDArray[np.float64]:
    """(31, 3) from reflectance to linear sRGB under daylight."""
    wave = _WAVELENGTHS

    def lobe(centre: float, below: float, above: float) -> NDArray[np.float64]:
        return np.exp(-0.5 * ((wave - centre) * np.where(wave < centre, below, above)) ** 2)

    x = 0.362 * lobe(442.0, 0.0624, 0.0374) + 1.056 * lobe(599.8, 0.0264, 0.0323)
    x -= 0.065 * lobe(501.1, 0.0490, 0.0382)
    y = 0.821 * lobe(568.8, 0.0213, 0.0247) + 0.286 * lobe(530.9, 0.0613, 0.0322)
    z = 1.217 * lobe(437.0, 0.0845, 0.0278) + 0.681 * lobe(459.0, 0.0385, 0.0725)
    to_srgb = np.array(
        [[3.2406, -1.5372, -0.4986], [-0.9689, 1.8758, 0.0415], [0.0557, -0.2040, 1.0570]]
    )
    weights = np.stack([x, y, z], axis=1) @ to_srgb.T
    # A white of reflectance 1 is white, whatever the light: chromatic adaptation per channel.
    return weights / weights.sum(axis=0)


def _colour(reflectance: NDArray[np.float64]) -> Colour:
    red, green, blue = np.clip(np.round(reflectance @ _to_rgb(), 4), 0.005, 0.95).tolist()
    return red, green, blue
