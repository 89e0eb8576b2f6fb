"""A figure's surface, cut into the objects that Cycles gets, with their attributes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.figure import Figure
from synthetic.paint import ATTRIBUTES, DETAIL_TILE_M

_FLESH = ("skin", "tongue", "upper_teeth", "lower_teeth")
_EYES = ("eye_left", "eye_right")
_AXIS_Z, _GIRTH = -0.075, 0.082
"""The skin tile is wrapped about a vertical axis, as `shading._skin` does it; metres."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """One object."""

    name: str
    rows: slice
    """Among the figure's vertices."""
    faces: NDArray[np.int32]
    """(f, 3) of its own vertices."""
    flesh: bool
    """Skin or mouth, not something worn."""


def split_layers(figure: Figure) -> list[Surface]:
    """The layers of a figure but the eyes."""
    surfaces = []
    for name, rows in figure.slices.items():
        if name in _EYES or rows.start == rows.stop:
            continue
        mine = (figure.faces[:, 0] >= rows.start) & (figure.faces[:, 0] < rows.stop)
        surfaces.append(Surface(name, rows, figure.faces[mine] - rows.start, name in _FLESH))
    return surfaces


def attributes_of(figure: Figure, rows: slice) -> dict[str, NDArray[np.float32]]:
    """Material attributes of vertices; see `materials.skin` for what each means."""
    column = {name: figure.material[rows, index] for index, name in enumerate(ATTRIBUTES)}
    lookup = figure.lookup[rows]
    turn = np.arctan2(lookup[:, 0], lookup[:, 2] - _AXIS_Z)

    def joined(*names: str) -> NDArray[np.float32]:
        return np.stack([column[name] for name in names], axis=1)

    return {
        "albedo": joined("red", "green", "blue"),
        "surface": joined("roughness", "specular", "pore"),
        "under": joined("scatter", "freckle", "knit"),
        "lookup": lookup,
        "detail_uv": np.stack(
            [turn * _GIRTH / DETAIL_TILE_M, lookup[:, 1] / DETAIL_TILE_M, 0 * turn], axis=1
        ).astype(np.float32),
    }
