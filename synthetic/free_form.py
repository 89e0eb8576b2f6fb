"""A smooth displacement of the face that no identity rows express."""

import numpy as np
from numpy.typing import NDArray

from synthetic.bust import FIRST_HELPER, Bust
from synthetic.person import Person

_SCALES = ((0.024, 0.55), (0.040, 1.0))
"""Standard deviation (m) and strength of the Gaussians: a cheek's bulge, half a cheek."""
_BUMPS = 26
_ASYMMETRY = 0.22
_CLEAR_M = 0.003
_FADE_M = 0.013
"""Still within `_CLEAR_M` of lids, lips and mouth; wholly free `_FADE_M` further away."""


def person_shape(bust: Bust, person: Person) -> NDArray[np.float32]:
    """(v, 3) the bust in a person's shape, free form included."""
    rest = bust.shape(person.identity)
    if person.free_form_m <= 0:
        return rest
    return displace(bust, rest, seed=person.seed, amount_m=person.free_form_m)


def displace(
    bust: Bust, rest: NDArray[np.float32], *, seed: int, amount_m: float
) -> NDArray[np.float32]:
    """Displace the face by a random sum of Gaussians, nearly alike on both sides.

    Lid margins, the lips' inner edge, mouth, eyeballs, teeth, tongue and lashes stay where they
    are, so that everything fits as before and no seam opens.

    Args:
        bust: Whose vertices.
        rest: (v, 3) a person's vertices, m.
        seed: The same seed gives the same field.
        amount_m: Root mean square of the displacement over the free part of the face.

    Returns:
        (v, 3) the displaced vertices.
    """
    rng = np.random.default_rng([seed, 0xF7EE])
    freedom = _freedom(bust, rest)
    moved = np.flatnonzero(freedom > 0)
    offset = np.zeros(rest.shape)
    face = moved[(bust.vertices[moved, 2] > -0.02) & (bust.vertices[moved, 1] > -0.12)]
    for scale, strength in _SCALES:
        centres = rest[rng.choice(face, _BUMPS)].astype(np.float64)
        push = rng.normal(0, strength, (_BUMPS, 3))
        mirrored = np.array([-1.0, 1.0, 1.0])
        for across, share in ((np.ones(3), 1.0), (mirrored, 1.0 - _ASYMMETRY)):
            distance = np.linalg.norm(rest[moved, None] - centres * across, axis=2)
            offset[moved] += share * np.exp(-0.5 * (distance / scale) ** 2) @ (push * across)
    offset *= freedom[:, None]
    size = np.sqrt((offset[face] ** 2).sum(axis=1).mean())
    return (rest + offset * (amount_m / max(float(size), 1e-9))).astype(np.float32)


def _freedom(bust: Bust, rest: NDArray[np.float32]) -> NDArray[np.float64]:
    """(v,) 1 where the skin of the face may move, 0 at what must keep fitting and on the body."""
    from scipy.spatial import cKDTree

    inner = np.unique(bust.part("mouth", "socket"))
    distance, _ = cKDTree(rest[inner]).query(rest, k=1)
    fitting = _smooth((distance - _CLEAR_M) / _FADE_M)
    x, y, z = bust.vertices.astype(np.float64).T
    region = _smooth((z + 0.105) / 0.06) * _smooth((y + 0.150) / 0.035)
    region *= _smooth((0.105 - np.abs(x)) / 0.02)
    head = (bust.base_index < FIRST_HELPER) & (bust.head_weight > 0.4)
    free: NDArray[np.float64] = np.where(head, fitting * region, 0.0)
    free[inner] = 0.0
    return free


def _smooth(x: NDArray[np.float64]) -> NDArray[np.float64]:
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)
