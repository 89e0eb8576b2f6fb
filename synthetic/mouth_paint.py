"""Materials of what lies behind the lips: tongue, teeth, gums."""

import numpy as np
from numpy.typing import NDArray

from synthetic import paint
from synthetic.complexion import gum_tone, melanin_of
from synthetic.mouth import Denture
from synthetic.noise import fractal_noise
from synthetic.person import Person
from synthetic.tongue import Tongue

_TRANSLUCENT = np.array([0.78, 0.86, 0.97])
"""What the dark of the mouth leaves of enamel at a thin biting edge."""


def tongue_material(tongue: Tongue) -> NDArray[np.float32]:
    """(v, attributes) wet flesh, coated on its back, redder at tip and sides."""
    material = paint.blank(len(tongue.vertices), roughness=0.34, specular=1.5, pore=1.0,
                           scatter=0.35, interior=1.0)  # fmt: skip
    coat = np.clip(tongue.back * 2.2 - 0.15, 0, 1)[:, None] * 0.5
    coat = coat * (1 + 0.5 * fractal_noise(tongue.vertices * 420, 2, 2)[:, None])
    flesh, white = np.array([0.43, 0.135, 0.125]), np.array([0.46, 0.25, 0.22])
    shade = 1 - 0.22 * tongue.groove[:, None]
    material[:, :3] = (flesh + (white - flesh) * np.clip(coat, 0, 1)) * shade
    return material


def denture_material(denture: Denture, person: Person) -> NDArray[np.float32]:
    """(v, attributes) enamel, yellower at the gums and clearer at the edge, and the gums.

    Hardly any light is let spread, since what spreads in the image comes from the lips.
    """
    rng = np.random.default_rng(person.seed + 41)
    teeth = denture.tooth % 8
    material = paint.blank(len(denture.vertices), roughness=0.20, specular=1.35, scatter=0.04,
                           interior=1.0)  # fmt: skip
    crown = denture.crown[:, None]
    dentine = (1 - crown) ** 1.5 * np.array([0.06, 0.15, 0.26])
    canine = np.isin(teeth, (2,))[:, None] * np.array([0.04, 0.085, 0.15])
    each = rng.normal(0, 0.018, (16, 1))[denture.tooth] * np.array([0.7, 1.0, 1.5])
    enamel = np.array(person.teeth.colour) * (1 - dentine) * (1 - canine) * (1 + each)
    clear = (np.clip((crown - 0.80) / 0.2, 0, 1) ** 1.5) * (teeth < 3)[:, None]
    enamel = enamel * (1 - 0.75 * clear * (1 - _TRANSLUCENT))
    enamel = enamel * (1 - denture.contact[:, None] * np.array([0.52, 0.62, 0.66]))
    mottle = fractal_noise(denture.vertices * 300, person.seed, 2)[:, None]
    gums = np.array(gum_tone(melanin_of(person.skin.tone))) * (1 + 0.10 * mottle)
    gums = gums * (1 - denture.contact[:, None] * 0.45)
    gum = denture.gum[:, None]
    material[:, :3] = enamel * (1 - gum) + gums * gum
    material[:, paint.ATTRIBUTES.index("roughness")] += 0.06 * denture.gum
    return material
