"""Materials of what lies behind the lips: tongue, teeth, gums."""

import numpy as np
from numpy.typing import NDArray

from synthetic import paint
from synthetic.mouth import Denture
from synthetic.person import Teeth


def tongue_material(count: int) -> NDArray[np.float32]:
    """(count, attributes) wet flesh."""
    return paint.blank(count, red=0.44, green=0.15, blue=0.14, roughness=0.42, specular=1.0,
                       pore=1.0, scatter=0.7, interior=1.0)  # fmt: skip


def denture_material(denture: Denture, teeth: Teeth) -> NDArray[np.float32]:
    """(v, attributes) enamel, yellower towards the gums, and the gums."""
    material = paint.blank(len(denture.vertices), roughness=0.22, specular=1.1, scatter=0.35,
                           interior=1.0)  # fmt: skip
    neck = (1 - denture.crown)[:, None] * np.array([0.05, 0.12, 0.20])
    gums = np.array([0.46, 0.17, 0.155])
    gum = denture.gum[:, None]
    material[:, :3] = np.array(teeth.colour) * (1 - neck) * (1 - gum) + gums * gum
    material[:, paint.ATTRIBUTES.index("roughness")] += 0.12 * denture.gum
    return material
