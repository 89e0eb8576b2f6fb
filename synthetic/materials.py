"""Materials of everything that moves with the face."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic import paint
from synthetic.bust import Bust
from synthetic.hair import hairline_distance
from synthetic.mouth import Denture
from synthetic.person import Person


def materials(
    bust: Bust,
    rest: NDArray[np.float32],
    skin: Any,
    skin_quads: NDArray[np.int32],
    tongue: Any,
    dentures: tuple[Denture, Denture],
    marks: paint.FaceMarks,
    person: Person,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Materials (m, a) and detail positions (m, 3) of the moving vertices."""
    points = (skin.matrix @ rest).astype(np.float32)
    masks = {name: np.clip(skin.matrix @ mask, 0, 1) for name, mask in bust.masks.items()}
    above = hairline_distance(points, 1)
    above = np.where((points[:, 1] < -0.09) | (np.abs(points[:, 0]) > 0.084), -1.0, above)
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
    material = (material * (1 - wet) + pink * wet).astype(np.float32)

    tongue_points = (tongue.matrix @ rest).astype(np.float32)
    tongue_material = paint.blank(
        len(tongue_points), red=0.44, green=0.15, blue=0.14, roughness=0.42, specular=1.0,
        pore=1.0, scatter=0.7, interior=1.0,
    )  # fmt: skip
    layers, positions = [material, tongue_material], [points, tongue_points]
    for denture in dentures:
        enamel = paint.blank(len(denture.vertices), roughness=0.22, specular=1.1, scatter=0.35,
                             interior=1.0)  # fmt: skip
        ivory = np.array(person.teeth.colour)
        neck = (1 - denture.crown)[:, None] * np.array([0.05, 0.12, 0.20])
        gums = np.array([0.46, 0.17, 0.155])
        gum = denture.gum[:, None]
        enamel[:, :3] = ivory * (1 - neck) * (1 - gum) + gums * gum
        enamel[:, paint.ATTRIBUTES.index("roughness")] += 0.12 * denture.gum
        layers.append(enamel)
        positions.append(denture.vertices)
    return np.concatenate(layers).astype(np.float32), np.concatenate(positions)
