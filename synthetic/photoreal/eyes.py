"""The eye behind the cornea: the white, and an iris that lies deeper."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.eyeball import IRIS_ANGLE, Eyeball

_IRIS_DEPTH, _BOWL = float(np.cos(IRIS_ANGLE)) - 0.008, 0.03
"""Height of the iris' edge over the eye's centre, and how much deeper its middle lies; radii."""
_FILM = 1.0015
"""The film of tears stands off the white by this factor."""


@dataclass(frozen=True, slots=True, eq=False)
class EyeParts:
    """One posed eye."""

    inner: NDArray[np.float32]
    """(v, 3) white and iris."""
    outer: NDArray[np.float32]
    """(v, 3) cornea and film of tears."""


def centre_of(posed: NDArray[np.floating], directions: NDArray[np.floating]) -> NDArray[np.float64]:
    """(3,) the point from which posed vertices (v, 3) lie in unit directions (v, 3)."""
    d = np.asarray(directions, np.float64)
    across = np.eye(3) - d[:, :, None] * d[:, None, :]
    return np.linalg.solve(across.sum(axis=0), np.einsum("vij,vj->i", across, posed))


def eye_parts(eye: Eyeball, posed: NDArray[np.float32], frame: NDArray[np.float32]) -> EyeParts:
    """Split a posed eyeball.

    Args:
        eye: At rest.
        posed: (v, 3) its vertices, posed; under a closing lid its cornea is flattened.
        frame: (3, 3) eyeball axes to figure axes.
    """
    local = eye.vertices / np.linalg.norm(eye.vertices, axis=1, keepdims=True)
    directions = local @ frame.T
    centre = centre_of(posed, directions)
    reach = np.linalg.norm(posed - centre, axis=1)
    inner = np.minimum(reach, eye.radius)[:, None] * local
    sideways = np.hypot(local[:, 0], local[:, 1]) / np.sin(IRIS_ANGLE)
    iris = (sideways < 1) & (local[:, 2] > 0)
    bowl = _IRIS_DEPTH - _BOWL * (1 - sideways[iris] ** 2)
    # Under the lids eyeballs are drawn back, and the iris stays behind the cornea there too.
    inner[iris, 2] = np.minimum(bowl * eye.radius, 0.985 * inner[iris, 2])
    outer = centre + (posed - centre) * _FILM
    return EyeParts((inner @ frame.T + centre).astype(np.float32), outer.astype(np.float32))


def seen_along_axis(eye: Eyeball, unit: float) -> NDArray[np.float32]:
    """(v, 3) x and y of an eye's vertices seen along its axis, in units of `unit` radii, and 0.

    Behind the eye, far outside.
    """
    local = eye.vertices / np.linalg.norm(eye.vertices, axis=1, keepdims=True)
    at = local / unit * [1, 1, 0]
    return np.where(local[:, 2:] > 0, at, [9.0, 9.0, 0.0]).astype(np.float32)


def caruncle(
    eye: Eyeball,
    frame: NDArray[np.float32],
    head: NDArray[np.floating],
    corner: NDArray[np.floating],
) -> NDArray[np.float32]:
    """(v,) 1 on the caruncle, which stays with the head whatever the eye looks at.

    Args:
        eye: At rest.
        frame: (3, 3) eyeball axes to figure axes.
        head: (3, 3) head to figure axes.
        corner: (3,) the inner corner from the eye's centre, head axes, in radii.
    """
    apart = eye.vertices / eye.radius @ (head.T @ frame).T - corner
    away = np.linalg.norm(apart * [1, 0.8, 1], axis=1)
    share = np.clip((0.36 - away) / 0.18, 0, 1)
    return (share * share * (3 - 2 * share)).astype(np.float32)
