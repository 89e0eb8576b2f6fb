"""The colour of a figure's surface at its vertices, without light."""

import numpy as np
from numpy.typing import NDArray

from synthetic.eyeball import IRIS_ANGLE
from synthetic.figure import Figure
from synthetic.paint import ATTRIBUTES
from synthetic.paint_chart import chart_place

_SCLERA = (0.72, 0.66, 0.62)
_EYEBALL_M = 0.012


def vertex_albedo(figure: Figure) -> NDArray[np.float32]:
    """(v, 3) linear reflectance of each vertex: paint, lips, features of the skin, eyes.

    Pores, weave and the iris's fibres are finer than a vertex.
    """
    from scipy.ndimage import map_coordinates

    column = {name: index for index, name in enumerate(ATTRIBUTES)}
    colour = figure.material[:, [column[name] for name in ("red", "green", "blue")]].copy()
    lips = np.clip((figure.material[:, column["lips"]] - 0.46) / figure.lips[4] + 0.5, 0, 1)
    colour += lips[:, None] * (figure.lips[:3] - colour)
    chart = figure.chart.detail[..., :3]
    across, down = chart_place(figure.lookup).T
    at = np.stack([down * chart.shape[0], across * chart.shape[1]]) - 0.5
    drawn = np.stack(
        [map_coordinates(chart[..., c], at, order=1, mode="nearest") for c in range(3)], axis=1
    )
    colour *= 1 + figure.material[:, column["chart"], None] * (drawn - 1)
    for rows in figure.eye_slices:
        colour[rows] = _eye(figure, figure.lookup[rows])
    return np.asarray(colour, np.float32)


def _eye(figure: Figure, points: NDArray[np.float32]) -> NDArray[np.float32]:
    """(n, 3) colours of points of an eyeball, given about its centre with +Z through the pupil."""
    eyes = figure.person.eyes
    length = np.linalg.norm(points, axis=1)
    angle = np.arccos(np.clip(points[:, 2] / np.maximum(length, 1e-9), -1, 1))[:, None]
    pupil = eyes.pupil_m / _EYEBALL_M
    colour = np.where(angle < IRIS_ANGLE, np.array(eyes.iris), np.array(_SCLERA))
    return np.where(angle < pupil, 0.005, colour).astype(np.float32)
