"""A figure's surface, cut into the objects that Cycles gets, with their attributes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.figure import Figure
from synthetic.layers import EYE_LEFT, EYE_RIGHT
from synthetic.paint import ATTRIBUTES
from synthetic.paint_chart import CYLINDER_RADIUS_M, CYLINDER_Z_M, chart_place
from synthetic.paint_tile import DETAIL_TILE_M


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """One object."""

    name: str
    rows: slice
    """Among the figure's vertices."""
    faces: NDArray[np.int32]
    """(f, 3) of its own vertices."""
    kind: int
    """See `layers`."""


def split_layers(figure: Figure) -> list[Surface]:
    """The layers of a figure but the eyes."""
    surfaces = []
    for name, rows in figure.slices.items():
        mine = (figure.faces[:, 0] >= rows.start) & (figure.faces[:, 0] < rows.stop)
        if not mine.any():
            continue
        kind = int(figure.kinds[mine][0])
        if kind not in (EYE_LEFT, EYE_RIGHT):
            surfaces.append(Surface(name, rows, figure.faces[mine] - rows.start, kind))
    return surfaces


def attributes_of(figure: Figure, rows: slice) -> dict[str, NDArray[np.float32]]:
    """Material attributes of vertices; see the materials for what each means."""
    column = {name: figure.material[rows, index] for index, name in enumerate(ATTRIBUTES)}
    lookup = figure.lookup[rows]
    arc = np.arctan2(lookup[:, 0], lookup[:, 2] - CYLINDER_Z_M) * CYLINDER_RADIUS_M
    nothing = np.zeros_like(arc)
    place = chart_place(lookup)

    def joined(*columns: NDArray[np.floating]) -> NDArray[np.float32]:
        return np.stack(columns, axis=1).astype(np.float32)

    return {
        "albedo": joined(column["red"], column["green"], column["blue"]),
        "surface": joined(column["roughness"], column["specular"], column["pore"]),
        "under": joined(column["scatter"], column["lips"], column["interior"]),
        "chart": column["chart"],
        "lookup": lookup,
        "tile_at": joined(arc / DETAIL_TILE_M, lookup[:, 1] / DETAIL_TILE_M, nothing),
        "chart_at": joined(place[:, 0], 1 - place[:, 1], nothing),
    }
