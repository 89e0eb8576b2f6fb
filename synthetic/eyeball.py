"""The eyeball: a sphere with a corneal bulge, and how far it turns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

IRIS_ANGLE = 0.375
"""Half angle of the iris seen from the eyeball's centre, radians.

MakeHuman's eyeballs are a quarter larger than real ones, and its lids open a quarter less wide:
an iris of 11.3 mm looks right between them."""
LOOK_DEGREES = {"LookUp": 22.0, "LookDown": 26.0, "LookIn": 34.0, "LookOut": 34.0}
"""Rotation of the eyeball at coefficient 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Eyeball:
    """One eyeball at rest, looking along +Z."""

    centre: NDArray[np.float32]
    radius: float
    vertices: NDArray[np.float32]
    """(v, 3) relative to the centre."""
    faces: NDArray[np.int32]


def build_eyeball(
    centre: NDArray[np.float32], radius: float, rings: int = 40, around: int = 56
) -> Eyeball:
    """The front 115 degrees of the eye, pole at the pupil, rings dense at the cornea."""
    polar = np.linspace(0, 1, rings) ** 1.15 * np.deg2rad(115)
    bulge = 1 + 0.075 * np.clip(1 - (polar / (IRIS_ANGLE * 1.12)) ** 2, 0, None) ** 1.2
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    ring = np.stack(
        [
            np.sin(polar)[:, None] * np.cos(angle),
            np.sin(polar)[:, None] * np.sin(angle),
            np.repeat(np.cos(polar)[:, None], around, axis=1),
        ],
        axis=-1,
    )
    vertices = (radius * bulge[:, None, None] * ring).reshape(-1, 3)
    row, column = np.meshgrid(np.arange(rings - 1), np.arange(around), indexing="ij")
    a, b = row * around + column, row * around + (column + 1) % around
    c, d = b + around, a + around
    faces = np.concatenate(
        [np.stack([a, d, c], axis=-1).reshape(-1, 3), np.stack([a, c, b], axis=-1).reshape(-1, 3)]
    )
    return Eyeball(
        centre=centre.astype(np.float32),
        radius=radius,
        vertices=vertices.astype(np.float32),
        faces=faces.astype(np.int32),
    )


def gaze_rotation(
    up: float, down: float, inward: float, outward: float, *, left: bool
) -> NDArray[np.float64]:
    """(3, 3) rotation of an eyeball for its four look coefficients."""
    pitch = np.deg2rad(down * LOOK_DEGREES["LookDown"] - up * LOOK_DEGREES["LookUp"])
    away = outward * LOOK_DEGREES["LookOut"] - inward * LOOK_DEGREES["LookIn"]
    yaw = np.deg2rad(away if left else -away)
    sin_p, cos_p, sin_y, cos_y = np.sin(pitch), np.cos(pitch), np.sin(yaw), np.cos(yaw)
    about_x = np.array([[1, 0, 0], [0, cos_p, -sin_p], [0, sin_p, cos_p]])
    about_y = np.array([[cos_y, 0, sin_y], [0, 1, 0], [-sin_y, 0, cos_y]])
    return about_y @ about_x
