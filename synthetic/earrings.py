"""Earrings at the lobes: studs, hoops, drops."""

import numpy as np
from numpy.typing import NDArray

from synthetic import paint
from synthetic.glasses import Head
from synthetic.layers import METAL, Layer
from synthetic.person import Earrings
from synthetic.sweep import Mesh, blob, join, rounded, sweep


def hang_earrings(head: Head, earrings: Earrings) -> list[Layer]:
    """One earring in each lobe.

    Raises:
        KeyError: `earrings.style` is not in `EARRINGS`.
    """
    make = EARRINGS[earrings.style]
    vertices, faces = join([make(*_pierced(head, side), side) for side in (1, -1)])
    material = paint.blank(len(vertices), roughness=0.16, specular=1.0)
    material[:, :3] = earrings.colour
    return [
        Layer(
            name="earrings",
            faces=faces.astype(np.int32),
            material=material,
            head_weight=1.0,
            vertices=vertices.astype(np.float32),
            kind=METAL,
        )
    ]


def _pierced(head: Head, side: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where a lobe is pierced, (3,), and the direction (3,) that its front faces."""
    ear = np.flatnonzero((head.ears > 0.5) & (side * head.points[:, 0] > 0))
    points, normals = head.points[ear], head.normals[ear]
    bottom = points[:, 1].min()
    lobe = np.abs(points[:, 1] - bottom - 0.0055) < 0.003
    facing = normals @ np.array([0.8 * side, 0.0, 0.6])
    outer = np.flatnonzero(lobe & (facing > np.quantile(facing[lobe], 0.6)))
    if len(outer) < 1:
        outer = np.array([int(np.argmin(points[:, 1]))])
    direction = normals[outer].mean(axis=0)
    return points[outer].mean(axis=0), direction / np.linalg.norm(direction)


def _stud(place: NDArray[np.float64], front: NDArray[np.float64], side: int) -> Mesh:
    return blob(place + 0.0012 * front, 0.0026 * _axes(front), rings=7)


def _hoop(place: NDArray[np.float64], front: NDArray[np.float64], side: int) -> Mesh:
    radius = 0.0135
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    # The ring goes through the lobe from front to back and hangs turned a little outwards.
    back = np.array([front[0], 0.0, front[2]])
    back = back / np.linalg.norm(back)
    centre = place - 0.0018 * front + np.array([0, -radius + 0.001, 0])
    line = centre + radius * (
        np.cos(angle)[:, None] * back + np.sin(angle)[:, None] * np.array([0, 1.0, 0])
    )
    return sweep(line, line - centre, rounded(0.0019, 0.0019, points=6, power=1.0), closed=True)


def _drop(place: NDArray[np.float64], front: NDArray[np.float64], side: int) -> Mesh:
    hook = place + 0.0016 * front
    down = np.array([0.0, -1.0, 0.0])
    link = hook + np.linspace(0, 0.011, 4)[:, None] * down
    axes = np.diag([0.0034, 0.0056, 0.0034])
    pear = blob(hook + 0.0165 * down, axes, rings=9)
    # Pointed at the top.
    height = np.clip((pear[0][:, 1] - hook[1] + 0.0165) / 0.0056, 0, 1)
    pear[0][:, [0, 2]] += (hook[[0, 2]] - pear[0][:, [0, 2]]) * 0.55 * height[:, None]
    return join(
        [
            blob(hook, 0.0018 * _axes(front), rings=5),
            sweep(link, np.array([1.0, 0, 0]), rounded(0.0009, 0.0009, points=5, power=1.0)),
            pear,
        ]
    )


def _axes(front: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, 3) right-handed unit axes, rows; the last is `front`."""
    first = np.cross([0.0, 1.0, 0.0], front)
    first /= np.linalg.norm(first)
    return np.stack([first, np.cross(front, first), front])


EARRINGS = {"stud": _stud, "hoop": _hoop, "drop": _drop}
"""What an `Earrings.style` may be."""
