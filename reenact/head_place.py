"""Where a driving head usually is, and how its way is told to a head of another size."""

import numpy as np
from numpy.typing import NDArray

FRAMED_ALIKE = 0.15
"""Heads whose depths differ by this share, or less, count as filmed by the same camera."""

FREE_M = 0.01
"""How far beyond its person's own places a head still goes as far as the driving one."""
SLACK_M = 0.015
"""How much further it goes at most, however far the driving head walks."""


def usual_place(
    rotations: NDArray[np.float32], translations: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The mean rotation (3, 3) and the median translation (3,) of (t, 3, 3) and (t, 3).

    The source frame shows the pose that its person usually has; so the pose that the driving
    person usually has stands for it, not that of the one frame with the most similar expression.
    The mean is the chordal one (Hartley et al., "Rotation Averaging", IJCV 103, 2013).
    """
    left, _, right = np.linalg.svd(rotations.mean(axis=0).astype(np.float64))
    left[:, -1] *= np.sign(np.linalg.det(left @ right))
    return (left @ right).astype(np.float32), np.median(translations, axis=0).astype(np.float32)


def way_factor(own_depth: float, driving_depth: float) -> float:
    """What a driving head's way is multiplied with.

    A tracker takes all heads for equally large, so that before the same camera a larger one seems
    nearer and its way shorter. Where both are framed alike, the ratio of the depths undoes this;
    where they are not, it says more about the framing, and the way stays in proportion to the head.
    """
    ratio = own_depth / driving_depth
    return float(ratio) if ratio > 0 and abs(np.log(ratio)) <= FRAMED_ALIKE else 1.0


def kept_near(ways: NDArray[np.float32], own: NDArray[np.float32]) -> NDArray[np.float32]:
    """Ways of a head that stay where its person's surroundings can follow.

    A driver who walks through the picture would carry the head off its shoulders. Within the places
    where the person was filmed, and a little beyond, a way is kept as it is; from there it is
    shortened ever more, smoothly, so that the head leans after the driver and stays on.

    Args:
        ways: (t, 3) metres from the source frame's place.
        own: (r, 3) metres from there to the places of the references.

    Returns:
        (t, 3) metres.
    """
    low = np.minimum(own.min(axis=0), 0) - FREE_M
    high = np.maximum(own.max(axis=0), 0) + FREE_M
    inside = np.clip(ways, low, high)
    return (inside + SLACK_M * np.tanh((ways - inside) / SLACK_M)).astype(np.float32)
