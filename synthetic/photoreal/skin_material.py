"""The Cycles material of skin, lips and mouth."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic.figure import Figure
from synthetic.paint_chart import WIDTH_M
from synthetic.paint_tile import DETAIL_TILE_M
from synthetic.photoreal.blender import image_from
from synthetic.photoreal.nodes import Tree

SKIN_RADIUS_MM = (1.9, 0.72, 0.36)
"""Mean free paths of red, green and blue light in skin. Jensen et al., "A practical model for
subsurface light transport", SIGGRAPH 2001, give (3.67, 1.37, 0.68) for one sample of skin; halved,
since at those faces look like wax."""
_STEEP = 1.05
"""Of the skin tile, as `shading_skin` takes it."""
_PALER = 0.93
"""Light that is reflected twice, from fold to fold, takes the colour of skin twice; the fast
renderer's colours, which were chosen by eye, have that already."""
_INSIDE_GLOW = 0.06
"""Light that comes through cheeks and lips, which hold no volume here, as a share of the colour."""


def relief(slopes: NDArray[np.floating]) -> NDArray[np.float32]:
    """(h, w) the height field whose central differences are nearest to slopes (h, w, 2).

    A least-squares integration in the frequency domain, so the field wraps (R. T. Frankot,
    R. Chellappa, PAMI 1988).

    Args:
        slopes: Along columns and along rows, per pixel.
    """
    across_v, across_u = (
        1j * np.sin(2 * np.pi * np.fft.fftfreq(size)) for size in slopes.shape[:2]
    )
    across_v, across_u = across_v[:, None], across_u[None, :]
    power = np.abs(across_u) ** 2 + np.abs(across_v) ** 2
    u, v = (np.fft.fft2(slopes[..., axis]) for axis in (0, 1))
    flat = power < 1e-12
    spectrum = (np.conj(across_u) * u + np.conj(across_v) * v) / np.where(flat, 1, power)
    return np.real(np.fft.ifft2(np.where(flat, 0, spectrum))).astype(np.float32)


def chart_picture(chart: NDArray[np.floating]) -> NDArray[np.float32]:
    """(h, w, 4) factors of red, green and blue, and height in millimetres, of a chart (h, w, 5)."""
    texel = WIDTH_M / chart.shape[1]
    # Rows of a chart run down, its slopes up.
    height = relief(chart[..., 3:] * np.array([texel, -texel]))
    return np.dstack([chart[..., :3], 1e3 * height]).astype(np.float32)


class SkinMaterial:
    """Skin, lips, gums, teeth and tongue, driven by a figure's attributes.

    They are `albedo`; `surface` (roughness, specular, pore); `under` (scatter, lips, interior);
    `tile_at` and `chart_at`, places in the skin tile and the chart; `chart`, the chart's share.

    Args:
        bpy: Blender.
        figure: Whose.
    """

    def __init__(self, bpy: Any, figure: Figure) -> None:
        self.material = bpy.data.materials.new("skin")
        tile = figure.skin_detail
        height = 1e3 * relief(tile[..., :2] * DETAIL_TILE_M / len(tile))
        self._tile = image_from(bpy, "tile", np.dstack([height, tile[..., 2]])[::-1])
        self._folds = np.zeros(3)
        self._bpy, self._figure = bpy, figure
        tree = Tree(self.material)
        chart = image_from(bpy, "chart", chart_picture(figure.chart.detail))
        drawn = tree.image(chart, tree.attribute("chart_at"), extension="EXTEND")
        self._chart = drawn.node
        tree.finish(self._shader(tree, drawn))

    def fold(self, amounts: NDArray[np.floating]) -> None:
        """Press the folds that movements press; see `paint_chart.SkinChart.moved`."""
        if np.abs(amounts - self._folds).max() > 0.01:
            # A new picture: Cycles keeps the one it has, even when its pixels change.
            old = self._chart.image
            moved = chart_picture(self._figure.chart.moved(amounts))
            self._chart.image = image_from(self._bpy, "chart", moved)
            self._bpy.data.images.remove(old)
            self._folds = np.array(amounts)

    def _shader(self, tree: Tree, drawn: Any) -> Any:
        rough, specular, pore = tree.split(tree.attribute("surface"))
        scatter, lips, interior = tree.split(tree.attribute("under"))
        red, green, blue, lip_rough, width = map(float, self._figure.lips)
        lip = tree.ramp(lips, 0.46 - width / 2, 0.46 + width / 2)
        pore = tree.math("MULTIPLY", pore, tree.math("MULTIPLY_ADD", lip, -0.8, 1.0))
        fine, mottle, _ = tree.split(tree.image(self._tile, tree.attribute("tile_at")))
        mottle = tree.math("MULTIPLY", mottle, pore)
        chart = tree.attribute("chart", scalar=True)
        colour = tree.mix(lip, tree.attribute("albedo"), (red, green, blue))
        patchy = tree.vector("SCALE", (0.045, 0.10, 0.10), mottle)
        colour = tree.vector("MULTIPLY", colour, tree.vector("ADD", patchy, (1.0, 1.0, 1.0)))
        colour = tree.vector("MULTIPLY", colour, tree.mix(chart, (1.0, 1.0, 1.0), drawn))
        colour = tree.add("Gamma", {"Color": colour, "Gamma": _PALER})
        raised = tree.math("MULTIPLY", drawn.node.outputs["Alpha"], chart)
        bumps = tree.math("MULTIPLY", tree.math("MULTIPLY", fine, pore), _STEEP)
        normal = tree.add("Bump", {"Distance": 1e-3, "Height": tree.math("ADD", raised, bumps)})
        rough = tree.math("MULTIPLY_ADD", lip, tree.math("SUBTRACT", lip_rough, rough), rough)
        specular = tree.math("MULTIPLY_ADD", lip, 0.45, specular)
        return tree.add(
            "BsdfPrincipled",
            {
                "Base Color": colour,
                "Roughness": tree.math("MULTIPLY", rough, 0.92),
                "IOR": 1.4,
                "Specular IOR Level": tree.math("MULTIPLY", specular, 0.45),
                "Subsurface Weight": tree.math("MULTIPLY", scatter, 0.75),
                "Subsurface Radius": tuple(radius * 1e-3 for radius in SKIN_RADIUS_MM),
                "Subsurface Scale": 1.0,
                "Subsurface Anisotropy": 0.7,
                "Coat Weight": tree.math("MULTIPLY", specular, 0.2),
                "Coat Roughness": tree.math("MULTIPLY", rough, 0.7),
                "Coat Normal": normal,
                "Normal": normal,
                "Emission Color": colour,
                "Emission Strength": tree.math("MULTIPLY", interior, _INSIDE_GLOW),
            },
            subsurface_method="RANDOM_WALK",
        )
