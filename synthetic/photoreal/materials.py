"""Cycles materials of skin, mouth, cloth, eyes and hair, driven by a figure's own attributes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic.paint import DETAIL_TILE_M
from synthetic.photoreal.blender import image_from
from synthetic.photoreal.nodes import Tree
from synthetic.photoreal.view import PANORAMA_TURN

SKIN_RADIUS_MM = (1.9, 0.72, 0.36)
"""Mean free paths of red, green and blue light in skin. Jensen et al., "A practical model for
subsurface light transport", SIGGRAPH 2001, give (3.67, 1.37, 0.68) for one sample of skin; halved,
since at those faces look like wax."""
_TEAR_INDEX = 1.376
_STRAND_SHARE = 0.36
"""Colours of strands are those that the fast renderer shades once; here light meets many."""
_BUMP = 0.72
"""Steepness of the skin tile, as the fast renderer takes it."""


def relief(slopes: NDArray[np.floating]) -> NDArray[np.float32]:
    """(n, n) the wrapping height field whose central differences are nearest to slopes (n, n, 2).

    A least-squares integration in the frequency domain (R. T. Frankot, R. Chellappa, PAMI 1988).

    Args:
        slopes: Along columns and along rows, per pixel.
    """
    size = len(slopes)
    frequency = 2 * np.pi * np.fft.fftfreq(size)
    along = 1j * np.sin(frequency)
    across_u, across_v = along[None, :], along[:, None]
    power = np.abs(across_u) ** 2 + np.abs(across_v) ** 2
    spectrum = np.conj(across_u) * np.fft.fft2(slopes[..., 0]) + np.conj(across_v) * np.fft.fft2(
        slopes[..., 1]
    )
    flat = power < 1e-12
    spectrum = np.where(flat, 0, spectrum / np.where(flat, 1, power))
    return np.real(np.fft.ifft2(spectrum)).astype(np.float32)


def skin(bpy: Any, detail: NDArray[np.floating]) -> Any:
    """Skin, lips, gums, teeth and tongue.

    Attributes: `albedo`; `surface` (roughness, specular, pore); `under` (scatter, freckle, knit);
    `detail_uv`, in tiles.

    Args:
        bpy: Blender.
        detail: The figure's skin tile (n, n, 4): slopes along u and v, mottling, freckles.
    """
    material = bpy.data.materials.new("skin")
    tree = Tree(material)
    height = relief(detail[..., :2])
    tile = image_from(bpy, "skin_detail", np.dstack([height, detail[..., 2], detail[..., 3]])[::-1])
    rough, specular, pore = tree.split(tree.attribute("surface"))
    scatter, freckle, _ = tree.split(tree.attribute("under"))
    bump, mottle, spot = tree.split(tree.image(tile, tree.attribute("detail_uv")))
    # The same amounts as in `shading._skin`.
    mottle, spot = tree.math("MULTIPLY", mottle, pore), tree.math("MULTIPLY", spot, freckle)
    patchy = tree.vector("ADD", tree.vector("SCALE", (0.04, 0.08, 0.08), mottle), (1.0, 1.0, 1.0))
    darker = tree.vector("ADD", tree.vector("SCALE", (-0.22, -0.40, -0.48), spot), (1.0, 1.0, 1.0))
    colour = tree.vector(
        "MULTIPLY", tree.attribute("albedo"), tree.vector("MULTIPLY", patchy, darker)
    )
    normal = tree.add(
        "Bump",
        {
            "Strength": 1.0,
            "Distance": _BUMP * DETAIL_TILE_M / len(detail),
            "Height": tree.math("MULTIPLY", bump, pore),
        },
    )
    tree.finish(
        tree.add(
            "BsdfPrincipled",
            {
                "Base Color": colour,
                "Roughness": rough,
                "IOR": 1.4,
                "Specular IOR Level": tree.math("MULTIPLY", specular, 0.42),
                "Subsurface Weight": scatter,
                "Subsurface Radius": tuple(radius * 1e-3 for radius in SKIN_RADIUS_MM),
                "Subsurface Scale": 1.0,
                "Subsurface Anisotropy": 0.7,
                "Coat Weight": tree.math("MULTIPLY", specular, 0.16),
                "Coat Roughness": tree.math("MULTIPLY", rough, 0.62),
                "Coat Normal": normal,
                "Normal": normal,
            },
            subsurface_method="RANDOM_WALK",
        )
    )
    return material


def cloth(bpy: Any) -> Any:
    """Cloth, with the loops of a knit where the attribute `under` says so."""
    material = bpy.data.materials.new("cloth")
    tree = Tree(material)
    rough, specular, _ = tree.split(tree.attribute("surface"))
    _, _, knit = tree.split(tree.attribute("under"))
    x, y, _ = tree.split(tree.attribute("lookup"))
    side = tree.math("SUBTRACT", tree.math("FRACT", tree.math("MULTIPLY", x, 260.0)), 0.5)
    slant = tree.math("ADD", tree.math("MULTIPLY", y, 210.0), tree.math("ABSOLUTE", side))
    loop = tree.math("SINE", tree.math("MULTIPLY", slant, 2 * np.pi))
    column = tree.math("MULTIPLY", tree.math("MULTIPLY", side, side), -3.0)
    fuzz = tree.add("TexNoise", {"Vector": tree.attribute("lookup"), "Scale": 900.0, "Detail": 3.0})
    loops = tree.math("MULTIPLY", tree.math("ADD", tree.math("MULTIPLY", loop, 0.35), column), knit)
    height = tree.math("ADD", loops, tree.math("MULTIPLY", fuzz, 0.45))
    normal = tree.add("Bump", {"Strength": 1.0, "Distance": 0.0011, "Height": height})
    shade = tree.math("ADD", 0.82, tree.math("MULTIPLY", height, 0.45))
    tree.finish(
        tree.add(
            "BsdfPrincipled",
            {
                "Base Color": tree.vector("SCALE", tree.attribute("albedo"), shade),
                "Roughness": rough,
                "Specular IOR Level": tree.math("MULTIPLY", specular, 0.4),
                "Sheen Weight": 0.25,
                "Sheen Roughness": 0.45,
                "Normal": normal,
            },
        )
    )
    return material


def eye(bpy: Any, iris: NDArray[np.floating]) -> Any:
    """The white of an eye and its iris, under the cornea.

    Attributes: `albedo` of the white; `iris_at` (x, y, 0), the limbus at distance 1.

    Args:
        bpy: Blender.
        iris: (m, m, 3), as `eyeball.paint_iris` makes it.
    """
    material = bpy.data.materials.new("eye")
    tree = Tree(material)
    picture = image_from(bpy, "iris", iris)
    at = tree.attribute("iris_at")
    place = tree.vector("ADD", tree.vector("SCALE", at, 0.48), (0.5, 0.5, 0.0))
    seen = tree.vector("SCALE", tree.image(picture, place, extension="EXTEND"), 0.8)
    inside = tree.ramp(tree.vector("LENGTH", at), 1.05, 0.90)
    colour = tree.mix(inside, tree.attribute("albedo"), seen)
    white = tree.math("SUBTRACT", 1.0, inside)
    tree.finish(
        tree.add(
            "BsdfPrincipled",
            {
                "Base Color": colour,
                "Roughness": 0.6,
                "Specular IOR Level": 0.1,
                "Subsurface Weight": tree.math("MULTIPLY", white, 0.5),
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
    incoming = tree.add("NewGeometry", out="Incoming")
    normal = incoming.node.outputs["Normal"]
    way = tree.vector("REFLECT", tree.vector("SCALE", incoming, -1.0), normal)
    turned = tree.add("Mapping", {"Vector": way, "Rotation": PANORAMA_TURN})
    picture = image_from(bpy, "mirrored", surroundings)
    mirrored = tree.add("TexEnvironment", {"Vector": turned}, image=picture)
    share = tree.add("Fresnel", {"IOR": _TEAR_INDEX})
    clear = tree.attribute("clear", scalar=True)
    strength = tree.math("MULTIPLY", share, tree.math("MULTIPLY", clear, clear))
    shine = tree.add("Emission", {"Color": mirrored, "Strength": strength})
    bend = tree.add("BsdfRefraction", {"Roughness": 0.0, "IOR": _TEAR_INDEX})
    wet = tree.add("AddShader", {0: bend, 1: shine})
    tree.finish(tree.add("MixShader", {0: camera, 1: tree.add("BsdfTransparent"), 2: wet}))
    return material


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
                "Color": tree.vector("SCALE", tree.attribute("albedo"), _STRAND_SHARE),
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
