"""Lips that shall touch do touch, whatever a person's rig makes of the coefficients.

A linear rig learned from a few seconds of footage leaves the lips of some faces apart on p, b and
m. The coefficients say when they meet: nothing parts them, or `mouthClose` cancels `jawOpen`
(ARKit's definition of it). Then the two inner contours are drawn together.
"""

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_INDEX
from capture.landmarks import LOWER_LIP_INNER, UPPER_LIP_INNER
from capture.motion import MotionSequence

UPPER_INNER = np.array([191, 80, 81, 82, 13, 312, 311, 310, 415], np.int32)
LOWER_INNER = np.array([95, 88, 178, 87, 14, 317, 402, 318, 324], np.int32)
"""The point of the lower lip under each of the upper."""
PARTING = {
    "jawOpen": 1.0,
    "mouthClose": -1.0,
    "mouthLowerDownLeft": 0.3,
    "mouthLowerDownRight": 0.3,
    "mouthUpperUpLeft": 0.3,
    "mouthUpperUpRight": 0.3,
    "mouthFunnel": 0.2,
}
"""How much each coefficient parts the lips."""
CLOSED, APART = 0.02, 0.07
"""Summed parting up to which lips touch, and from which on the rig alone decides."""
REACH_M = 0.012
"""How far from the inner lips the skin follows them."""


def contact(motion: MotionSequence) -> NDArray[np.float32]:
    """(t,) in [0, 1]: 1 where the coefficients say that the lips touch."""
    weights = np.zeros(len(ARKIT_INDEX), np.float32)
    for name, weight in PARTING.items():
        weights[ARKIT_INDEX[name]] = weight
    ramp = np.clip((APART - motion.blendshapes @ weights) / (APART - CLOSED), 0, 1)
    return (ramp * ramp * (3 - 2 * ramp)).astype(np.float32)


def excess(
    shapes: NDArray[np.float32], driving: NDArray[np.float32], scale: float
) -> NDArray[np.float32]:
    """(t,) how much of the gap between the lips a driving face does not have, in [0, 1].

    Args:
        shapes: (t, 478, 3) the source's driven shapes.
        driving: (t, 478, 3) the driving face.
        scale: Width of the source's mouth over the driving one's.
    """
    gap, wanted = _gap(shapes), _gap(driving) * scale
    return np.clip(1 - wanted / np.maximum(gap, 1e-6), 0, 1).astype(np.float32)


def _gap(shapes: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.linalg.norm(shapes[:, UPPER_LIP_INNER] - shapes[:, LOWER_LIP_INNER], axis=1)


def close_lips(
    shapes: NDArray[np.float32], share: NDArray[np.float32], neutral: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Draw the inner lips together; the skin around follows softly.

    Args:
        shapes: (t, 478, 3) metres in canonical head space.
        share: (t,) how much of the gap to close, in [0, 1].
        neutral: (478, 3) the face at rest; distances in it soften the border.

    Returns:
        (t, 478, 3), other arrays than `shapes`.
    """
    gap = shapes[:, UPPER_INNER] - shapes[:, LOWER_INNER]  # (t, 9, 3)
    # lips that are past each other are pressed, not apart
    apart = np.clip(gap[..., 1:2], 0, None) / np.maximum(gap[..., 1:2], 1e-6)
    pull = gap * apart * share[:, None, None] / 2
    out = shapes.copy()
    for contour, sign in ((UPPER_INNER, -1.0), (LOWER_INNER, 1.0)):
        out += np.float32(sign) * np.einsum("np,tpc->tnc", _follow(neutral, contour), pull)
    return out


def uncrossed(
    shapes: NDArray[np.float32], allowed: NDArray[np.float32], neutral: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Bring lips that an exaggeration took past each other back to where they touch.

    Args:
        shapes: (t, 478, 3) metres in canonical head space.
        allowed: (t, 478, 3) the same face unexaggerated: lips may be pressed as much as there.
        neutral: (478, 3) the face at rest; distances in it soften the border.

    Returns:
        (t, 478, 3), other arrays than `shapes`.
    """

    def height(of: NDArray[np.float32]) -> NDArray[np.float32]:
        return of[:, UPPER_INNER, 1] - of[:, LOWER_INNER, 1]  # (t, 9)

    push = np.clip(np.minimum(height(allowed), 0) - height(shapes), 0, None) / 2
    out = shapes.copy()
    out[..., 1] += push @ _follow(neutral, UPPER_INNER).T
    out[..., 1] -= push @ _follow(neutral, LOWER_INNER).T
    return out


def _follow(neutral: NDArray[np.float32], contour: NDArray[np.int32]) -> NDArray[np.float32]:
    """(478, 9) how much each landmark follows each point of one inner contour."""
    towards = neutral[:, None, :] - neutral[None, contour]
    nearness = np.clip(1 - np.linalg.norm(towards, axis=2) / REACH_M, 0, 1) ** 2
    blend = nearness / np.maximum(nearness.sum(axis=1, keepdims=True), 1e-6)
    follow = blend * nearness.max(axis=1, keepdims=True)
    other = UPPER_INNER if contour is LOWER_INNER else LOWER_INNER
    above = np.median(neutral[UPPER_INNER, 1] + neutral[LOWER_INNER, 1]) / 2
    wrong_side = (neutral[:, 1] > above) == (contour is LOWER_INNER)
    follow[wrong_side] = 0
    follow[other] = 0
    follow[contour] = np.eye(len(contour))
    return follow.astype(np.float32)
