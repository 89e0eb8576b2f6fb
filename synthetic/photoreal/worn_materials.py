"""Cycles materials of what a figure wears: cloth of any fabric, and metal."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic.photoreal.blender import image_from
from synthetic.photoreal.nodes import Tree
from synthetic.photoreal.skin_material import relief


def cloth(bpy: Any, weave: NDArray[np.floating], fabric: NDArray[np.floating]) -> Any:
    """Cloth. Attributes: `albedo` of the yarn; `lookup`, places on the cloth in metres.

    Args:
        bpy: Blender.
        weave: (n, n, 4) slopes along u and v, shade, share of the second colour.
        fabric: (6,) width of the tile in metres, fuzz, shine, second colour.
    """
    material = bpy.data.materials.new("cloth")
    tree = Tree(material)
    size, fuzz, shine, *second = map(float, fabric)
    height = 1e3 * relief(weave[..., :2] * size / len(weave))
    picture = np.dstack([height, weave[..., 2:]])[::-1]
    at = tree.vector("SCALE", tree.attribute("lookup"), 1 / size)
    raised, shade, other = tree.split(tree.image(image_from(bpy, "weave", picture), at))
    yarn = tree.mix(other, tree.attribute("albedo"), tuple(second))
    colour = tree.vector("SCALE", yarn, shade)
    normal = tree.add("Bump", {"Distance": 1e-3, "Height": raised})
    tree.finish(
        tree.add(
            "BsdfPrincipled",
            {
                "Base Color": colour,
                "Roughness": 0.9 - 0.5 * shine,
                "Specular IOR Level": 0.1 + 0.5 * shine,
                "Sheen Weight": 0.35 * fuzz,
                "Sheen Roughness": 0.4,
                "Sheen Tint": yarn,
                "Normal": normal,
            },
        )
    )
    return material


def metal(bpy: Any) -> Any:
    """Metal, or what is polished like it. Attributes: `albedo`, `surface` (roughness first)."""
    material = bpy.data.materials.new("metal")
    tree = Tree(material)
    rough, _, _ = tree.split(tree.attribute("surface"))
    tree.finish(
        tree.add(
            "BsdfPrincipled",
            {
                "Base Color": tree.attribute("albedo"),
                "Metallic": 1.0,
                "Roughness": tree.math("MAXIMUM", rough, 0.12),
            },
        )
    )
    return material
