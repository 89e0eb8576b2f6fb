"""Material of the skin, with the insides of lips and lids."""

import numpy as np
from numpy.typing import NDArray

from synthetic import paint
from synthetic.beard import beard_veil
from synthetic.bust import Bust
from synthetic.complexion import gum_tone, melanin_of
from synthetic.hair import scalp_shade
from synthetic.person import Person
from synthetic.subdivision import Subdivision


def skin_material(bust: Bust, skin: Subdivision, person: Person) -> NDArray[np.float32]:
    """(n, attributes) the material of the skin's fine vertices."""
    average = skin.matrix @ bust.vertices
    masks = {name: np.clip(skin.matrix @ mask, 0, 1) for name, mask in bust.masks.items()}
    above = np.where(masks["ears"] > 0.3, -1.0, scalp_shade(average, person.hair))
    material = paint.paint_skin(average, masks, above, person)
    veil, beard = beard_veil(average, masks["lips"], person.beard)
    material[:, :3] += (beard - material[:, :3]) * veil[:, None]
    flesh = np.array(gum_tone(melanin_of(person.skin.tone)))
    inside = np.zeros(len(average), np.float32)
    inner = np.zeros(len(bust.vertices), np.float32)
    inner[np.setdiff1d(bust.part("mouth"), bust.part("skin"))] = 1.0
    inside = np.clip(1.4 * np.clip(skin.matrix @ inner, 0, 1), 0, 1)
    lining = paint.blank(len(average), roughness=0.3, specular=1.0, scatter=0.5, interior=1.0)
    lining[:, :3] = flesh * np.array([0.75, 0.55, 0.55])
    material = _blend(material, lining, inside)
    socket = np.zeros(len(bust.vertices), np.float32)
    socket[np.unique(bust.part("socket"))] = 1.0
    margin = paint.blank(len(average), roughness=0.34, specular=0.9, scatter=0.6)
    margin[:, :3] = 0.55 * flesh * np.array([1.0, 1.1, 1.1]) + 0.45 * np.array(person.skin.tone)
    return _blend(material, margin, np.clip(skin.matrix @ socket, 0, 1))


def _blend(
    one: NDArray[np.float32], other: NDArray[np.float32], share: NDArray[np.float32]
) -> NDArray[np.float32]:
    return (one + (other - one) * share[:, None]).astype(np.float32)
