"""The Cycles material of hair."""

from typing import Any

from synthetic.photoreal.nodes import Tree

_DEEPER = 1.6
"""Power of strands' colours, which the fast renderer shades once; here light meets many."""


def hair(bpy: Any, *, roughness: float = 0.25) -> Any:
    """Hair; attributes `albedo` (colour of a strand) and `random` in [0, 1].

    M. Chiang et al., "A practical and controllable hair and fur model for production path
    tracing", EGSR 2016.
    """
    material = bpy.data.materials.new("hair")
    tree = Tree(material)
    tree.finish(
        tree.add(
            "BsdfHairPrincipled",
            {
                "Color": tree.add("Gamma", {"Color": tree.attribute("albedo"), "Gamma": _DEEPER}),
                "Roughness": roughness,
                "Radial Roughness": 0.35,
                "IOR": 1.40,
                "Coat": 0.0,
                "Random Roughness": 0.2,
                "Random": tree.attribute("random", scalar=True),
            },
            model="CHIANG",
            parametrization="COLOR",
        )
    )
    return material
