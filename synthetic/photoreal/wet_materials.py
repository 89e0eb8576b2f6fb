"""Cycles materials of what is clear or wet: eyes, the film of tears, the lenses of glasses."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic.lenses import Lenses
from synthetic.photoreal.blender import image_from
from synthetic.photoreal.nodes import Tree
from synthetic.photoreal.view import PANORAMA_TURN

_TEAR_INDEX = 1.376
_GLASS_INDEX = 1.5
_CARUNCLE = (0.46, 0.215, 0.195)


def eye(bpy: Any, iris: NDArray[np.floating], white: NDArray[np.floating]) -> Any:
    """The white of an eye and its iris, under the cornea.

    Attributes: `place` (x, y, 0) seen along the eye's axis, in radii; `iris_at` the same, the
    limbus at distance 1; `pink`, 1 on the caruncle.

    Args:
        bpy: Blender.
        iris: (m, m, 3), as `paint_eye.paint_iris` makes it.
        white: (m, m, 3), as `paint_eye.paint_white` makes it.
    """
    material = bpy.data.materials.new("eye")
    tree = Tree(material)

    def seen(name: str, picture: NDArray[np.floating], at: Any, half: float) -> Any:
        place = tree.vector("ADD", tree.vector("SCALE", at, half), (0.5, 0.5, 0.0))
        return tree.image(image_from(bpy, name, picture), place, extension="EXTEND")

    at = tree.attribute("iris_at")
    sclera = seen("white", white, tree.attribute("place"), 0.5)
    pink = tree.math("MULTIPLY", tree.attribute("pink", scalar=True), 0.8)
    sclera = tree.mix(pink, sclera, _CARUNCLE)
    inside = tree.ramp(tree.vector("LENGTH", at), 1.04, 0.92)
    colour = tree.mix(inside, sclera, seen("iris", iris, at, 0.48))
    tree.finish(
        tree.add(
            "BsdfPrincipled",
            {
                "Base Color": colour,
                "Roughness": 0.6,
                "Specular IOR Level": 0.1,
                "Subsurface Weight": tree.math(
                    "MULTIPLY", tree.math("SUBTRACT", 1.0, inside), 0.45
                ),
                "Subsurface Radius": (0.0012, 0.0006, 0.0004),
                "Subsurface Scale": 1.0,
            },
        )
    )
    return material


def tears(bpy: Any, surroundings: NDArray[np.floating]) -> Any:
    """The cornea and the film of tears: refracts what is looked at, mirrors the surroundings.

    What it mirrors is looked up, not traced: one path in thirty would be reflected, and a
    catchlight made of those is noise. Attribute: `clear`, the share of the sky under the lids.

    Args:
        bpy: Blender.
        surroundings: As `view.panorama` gives them, lights included.
    """
    material = bpy.data.materials.new("tears")
    tree = Tree(material)
    camera = tree.add("LightPath", out="Is Camera Ray")
    mirrored = _mirrored(bpy, tree, surroundings)
    share = tree.add("Fresnel", {"IOR": _TEAR_INDEX})
    clear = tree.attribute("clear", scalar=True)
    strength = tree.math("MULTIPLY", share, tree.math("MULTIPLY", clear, 1.6, clamp=True))
    shine = tree.add("Emission", {"Color": mirrored, "Strength": strength})
    bend = tree.add("BsdfRefraction", {"Roughness": 0.0, "IOR": _TEAR_INDEX})
    wet = tree.add("AddShader", {0: bend, 1: shine})
    tree.finish(tree.add("MixShader", {0: camera, 1: tree.add("BsdfTransparent"), 2: wet}))
    return material


def lens(bpy: Any, surroundings: NDArray[np.floating], lenses: Lenses) -> Any:
    """A thin sheet of coated glass, which mirrors as `tears` does and lets all else through."""
    material = bpy.data.materials.new("lens")
    tree = Tree(material)
    camera = tree.add("LightPath", out="Is Camera Ray")
    share = tree.add("Fresnel", {"IOR": _GLASS_INDEX})
    # Both faces of the sheet reflect.
    share = tree.math("MULTIPLY", share, 1.8, clamp=True)
    shine = tree.vector("MULTIPLY", _mirrored(bpy, tree, surroundings), lenses.coating)
    glare = tree.add("Emission", {"Color": shine, "Strength": share})
    passed = tree.vector("SCALE", lenses.tint, tree.math("SUBTRACT", 1.0, share))
    through = tree.add("BsdfTransparent", {"Color": passed})
    sheet = tree.add("AddShader", {0: through, 1: glare})
    tree.finish(tree.add("MixShader", {0: camera, 1: tree.add("BsdfTransparent"), 2: sheet}))
    return material


def _mirrored(bpy: Any, tree: Tree, surroundings: NDArray[np.floating]) -> Any:
    """What a mirror at the surface shows."""
    incoming = tree.add("NewGeometry", out="Incoming")
    normal = incoming.node.outputs["Normal"]
    way = tree.vector("REFLECT", tree.vector("SCALE", incoming, -1.0), normal)
    turned = tree.add("Mapping", {"Vector": way, "Rotation": PANORAMA_TURN})
    picture = image_from(bpy, "mirrored", surroundings)
    return tree.add("TexEnvironment", {"Vector": turned}, image=picture)
