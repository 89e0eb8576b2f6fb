"""The 52 actions of one person: the model's actions moved to that person's face.

A smooth field of affine maps carries the mean head onto the person's (a light form of R. Sumner,
J. Popović, "Deformation transfer for triangle meshes", SIGGRAPH 2004); each action's offsets are
turned and stretched by it. Lids and lips that meet on the model then nearly meet on the person;
what is left of the gap between the lids is closed exactly.
"""

import numpy as np
from numpy.typing import NDArray

from avatar.head_model import PARTS, HeadModel
from capture.arkit import ARKIT_52, ARKIT_INDEX

_SOFTER = {"jawOpen": 0.8, "mouthClose": 0.8, "mouthSmileLeft": 0.7, "mouthSmileRight": 0.7}
ACTION_GAIN: NDArray[np.float64] = np.array([_SOFTER.get(name, 1.0) for name in ARKIT_52])
"""(52,) the model's actions at 1 open the jaw 39 mm and stretch a smile 19 mm: beyond people."""

CONTROL_POINTS = 160
REACH_M = 0.022
"""Width of the neighbourhood that a local affine map is fitted to."""
_STIFFNESS = 0.02
_LID_REACH_M = 0.003
_LID_ROUNDS = 4
_MOVING_LID = 0.25
"""Share of the strongest motion from which on a vertex belongs to the moving lid."""


def transfer_actions(model: HeadModel, vertices: NDArray[np.float32]) -> NDArray[np.float32]:
    """Actions for a person's head.

    Args:
        model: The parametric head.
        vertices: (v, 3) the person at rest, metres.

    Returns:
        (52, v, 3) offsets in metres for a coefficient of 1.
    """
    maps = _local_maps(model.vertices, vertices).astype(np.float32)  # (v, 3, 3)
    gained = model.deltas * ACTION_GAIN[:, None, None].astype(np.float32)
    deltas = np.einsum("vab,kvb->kva", maps, gained, optimize=True)
    for side in ("Left", "Right"):
        _close_lids(model, vertices, deltas, side)
    return deltas.astype(np.float32)


def _local_maps(source: NDArray[np.float32], target: NDArray[np.float32]) -> NDArray[np.float64]:
    """(v, 3, 3) linear maps that carry neighbourhoods of `source` onto `target`, smooth."""
    controls = _spread_out(source, CONTROL_POINTS)
    gaps = ((source[controls][:, None] - source[None]) ** 2).sum(axis=2)  # (c, v)
    weights = np.exp(-gaps / (2.0 * REACH_M**2)).astype(np.float64)
    share = weights / weights.sum(axis=1, keepdims=True)
    maps = np.empty((len(controls), 3, 3))
    for index, row in enumerate(share):
        a = source - row @ source
        b = target - row @ target
        spread = (a * row[:, None]).T @ a
        cross = (b * row[:, None]).T @ a
        ridge = _STIFFNESS * np.trace(spread)
        maps[index] = np.linalg.solve(spread + ridge * np.eye(3), (cross + ridge * np.eye(3)).T).T
    blend = weights / weights.sum(axis=0, keepdims=True)
    return np.einsum("cv,cab->vab", blend, maps, optimize=True)


def _spread_out(points: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """Indices of points far from one another (farthest-point sampling from the first)."""
    chosen = [0]
    nearest = ((points - points[0]) ** 2).sum(axis=1)
    for _ in range(count - 1):
        chosen.append(int(np.argmax(nearest)))
        nearest = np.minimum(nearest, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    return np.array(chosen)


def _close_lids(
    model: HeadModel, vertices: NDArray[np.float32], deltas: NDArray[np.float32], side: str
) -> None:
    """Make a full blink meet on the person as it does on the model, in place."""
    action = ARKIT_INDEX[f"eyeBlink{side}"]
    upper, lower = lid_contacts(model, side)
    closed = model.vertices + model.deltas[action]
    wanted = closed[upper] - closed[lower]
    eyeball = model.vertex_parts == PARTS.index(f"eye_{side.lower()}")
    moved = np.linalg.norm(model.deltas[action], axis=1)
    # All of the lid that moves follows its edge; where it hardly moves it stays.
    share = np.clip(moved / (_MOVING_LID * moved[upper].max()), 0.0, 1.0) * ~eyeball
    gaps = ((model.vertices[:, None] - model.vertices[upper][None]) ** 2).sum(axis=2)
    near = np.exp(-gaps / (2.0 * _LID_REACH_M**2)).astype(np.float32)
    blend = near / np.maximum(near.sum(axis=1, keepdims=True), 1e-12)
    amount = share * np.minimum(1.0, near.max(axis=1))
    for _ in range(_LID_ROUNDS):  # smoothing leaves a rest of the gap, smaller each time
        person = vertices + deltas[action]
        missing = wanted - (person[upper] - person[lower])
        deltas[action] += amount[:, None] * (blend @ missing)


def lid_contacts(model: HeadModel, side: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Vertices of the upper lid's edge and those of the lower lid that they meet in a blink."""
    action = ARKIT_INDEX[f"eyeBlink{side}"]
    skin = model.vertex_parts == PARTS.index("skin")
    fall = -model.deltas[action][:, 1]
    upper = np.flatnonzero(skin & (fall > _MOVING_LID * fall[skin].max()))
    closed = model.vertices + model.deltas[action]
    still = np.flatnonzero(skin & (np.linalg.norm(model.deltas[action], axis=1) < 0.0025))
    gaps = ((closed[upper][:, None] - closed[still][None]) ** 2).sum(axis=2)
    nearest = gaps.argmin(axis=1)
    touching = gaps.min(axis=1) < 0.002**2
    return upper[touching], still[nearest[touching]]
