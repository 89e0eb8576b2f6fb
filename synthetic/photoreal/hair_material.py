"""The Cycles material of hair."""

from typing import Any

from synthetic.photoreal.nodes import Tree

_DEEPER = 0.6
"""Strands are darkened by this power of their own brightness: the fast renderer shades them once,
here light meets many."""


def hair(bpy: Any, *, roughness: float = 0.25) -> Any:
    """Hair; attributes `albedo` (colour of a strand) and `random` in [0, 1].

    M. Chiang et al., "A practical and controllable hair and fur model for production path
    tracing", EGSR 2016.
    """
    material = bpy.data.materials.new("hair")
    tree = Tree(material)
    colour = tree.attribute("albedo")
    brightness = tree.vector("DOT_PRODUCT", colour, (0.3, 0.5, 0.2))
    deep = tree.vector("SCALE", colour, tree.math("POWER", brightness, _DEEPER))
    tree.finish(
        tree.add(
            "BsdfHairPrincipled",
            {
                "Color": deep,
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
