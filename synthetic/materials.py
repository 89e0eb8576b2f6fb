"""Material of the skin, with the insides of lips and lids."""

import numpy as np
from numpy.typing import NDArray

from synthetic import paint
from synthetic.bust import Bust
from synthetic.hair import scalp_shade
from synthetic.person import Person
from synthetic.subdivision import Subdivision


def skin_material(
    bust: Bust,
    rest: NDArray[np.float32],
    skin: Subdivision,
    marks: paint.FaceMarks,
    person: Person,
) -> NDArray[np.float32]:
    """(n, attributes) the material of the skin's fine vertices on a face at rest, (c, 3)."""
    points = (skin.matrix @ rest).astype(np.float32)
    masks = {name: np.clip(skin.matrix @ mask, 0, 1) for name, mask in bust.masks.items()}
    above = scalp_shade(skin.matrix @ bust.vertices, person.hair)
    above = np.where(masks["ears"] > 0.3, -1.0, above)
    material = paint.paint_skin(points, masks, above, marks, person)
    inside = np.zeros(len(rest), np.float32)
    inside[np.setdiff1d(bust.part("mouth"), bust.part("skin"))] = 1.0
    depth = np.clip(skin.matrix @ inside, 0, 1)
    flesh = paint.blank(len(points), red=0.30, green=0.075, blue=0.065, roughness=0.3, specular=1.0,
                        scatter=0.5, interior=1.0)  # fmt: skip
    blend = np.clip(depth * 1.4, 0, 1)[:, None]
    material = (material * (1 - blend) + flesh * blend).astype(np.float32)
    socket = np.zeros(len(rest), np.float32)
    socket[np.unique(bust.part("socket"))] = 1.0
    wet = np.clip(skin.matrix @ socket, 0, 1)[:, None]
    pink = paint.blank(len(points), red=0.50, green=0.24, blue=0.20, roughness=0.25, specular=1.2,
                       scatter=0.6)  # fmt: skip
    return (material * (1 - wet) + pink * wet).astype(np.float32)
