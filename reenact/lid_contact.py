"""Lids that shall touch do touch, where no enrolled frame shows them closed.

Tracked lids of a closed eye keep a sixth of the open one's gap, and a rig that never saw this
person blink leaves a third. With a frame of closed eyes at hand nothing is amiss: it has that gap
and shows no slit. Where all that is known is open eyes, as from one photo, a slit of white would
be seen; there small gaps are narrowed to nothing.
"""

import numpy as np
from numpy.typing import NDArray

from capture.landmarks import (
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
)

UPPER = {
    "Right": np.array([246, 161, 160, 159, 158, 157, 173], np.int32),
    "Left": np.array([466, 388, 387, 386, 385, 384, 398], np.int32),
}
LOWER = {
    "Right": np.array([7, 163, 144, 145, 153, 154, 155], np.int32),
    "Left": np.array([249, 390, 373, 374, 380, 381, 382], np.int32),
}
"""The point of the lower lid under each of the upper."""
MIDDLES = {"Right": (RIGHT_LID_UPPER, RIGHT_LID_LOWER), "Left": (LEFT_LID_UPPER, LEFT_LID_LOWER)}
CLOSED, APART = 0.33, 0.6
"""Gap over that at rest up to which lids are closed, and from which on they are left alone."""
UPPER_SHARE = 0.9
"""Of closing: the upper lid does nearly all of it."""
REACH_M = 0.012
"""How far from its edge the skin of a lid follows."""


def shows_closed(shapes: NDArray[np.float32]) -> bool:
    """Whether any of (r, 478, 3) references, the first at rest, shows both eyes closed."""
    ratios = [_gap(shapes, side) / max(float(_gap(shapes, side)[0]), 1e-6) for side in MIDDLES]
    return bool((np.max(ratios, axis=0) < APART).any())


def close_lids(
    shapes: NDArray[np.float32], rest: NDArray[np.float32], neutral: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Close lids that are nearly closed.

    Args:
        shapes: (t, 478, 3) metres in canonical head space.
        rest: (478, 3) the face with open eyes.
        neutral: (478, 3) the average face at rest; distances in it soften the border.

    Returns:
        (t, 478, 3), other arrays than `shapes`.
    """
    out = shapes.copy()
    for side in MIDDLES:
        ratio = _gap(shapes, side) / max(float(_gap(rest[None], side)[0]), 1e-6)
        ramp = np.clip((APART - ratio) / (APART - CLOSED), 0, 1)
        share = ramp * ramp * (3 - 2 * ramp)
        upper, lower = MIDDLES[side]
        share[shapes[:, upper, 1] < shapes[:, lower, 1]] = 1  # past each other
        pull = (shapes[:, UPPER[side]] - shapes[:, LOWER[side]]) * share[:, None, None]
        down, up = _follow(neutral, side, UPPER), _follow(neutral, side, LOWER)
        out -= np.float32(UPPER_SHARE) * np.einsum("np,tpc->tnc", down, pull)
        out += np.float32(1 - UPPER_SHARE) * np.einsum("np,tpc->tnc", up, pull)
    return out


def _gap(shapes: NDArray[np.float32], side: str) -> NDArray[np.float32]:
    upper, lower = MIDDLES[side]
    gap: NDArray[np.float32] = np.linalg.norm(shapes[:, upper] - shapes[:, lower], axis=1)
    return gap


def _follow(
    neutral: NDArray[np.float32], side: str, edge: dict[str, NDArray[np.int32]]
) -> NDArray[np.float32]:
    """(478, 7) how much each landmark follows each point of one lid's edge."""
    points = edge[side]
    nearness = np.clip(
        1 - np.linalg.norm(neutral[:, None] - neutral[None, points], axis=2) / REACH_M, 0, 1
    )
    nearness *= nearness
    blend = nearness / np.maximum(nearness.sum(axis=1, keepdims=True), 1e-6)
    follow = blend * nearness.max(axis=1, keepdims=True)
    middle = neutral[[*UPPER[side], *LOWER[side]], 1].mean()
    beyond = neutral[:, 1] < middle if edge is UPPER else neutral[:, 1] > middle
    follow[beyond] = 0
    follow[468:] = 0  # the irises stay behind the lids
    follow[(LOWER if edge is UPPER else UPPER)[side]] = 0
    follow[points] = np.eye(len(points))
    return follow.astype(np.float32)
