"""Which references show what a frame needs, region by region.

Blending the few nearest of thirty references by how well each can show a region brings real
teeth, lids and cheeks into the picture without any training. Mouth, eyes and the rest choose on
their own: the frame with the right mouth need not be the one with the right gaze.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.references import POSE_MM_A_DEGREE
from capture.head_pose import angles
from capture.landmarks import (
    FACE_OVAL,
    LEFT_BROW,
    LEFT_EYE,
    LEFT_IRIS,
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    LIPS,
    LOWER_LIP_INNER,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_IRIS,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
    UPPER_LIP_INNER,
)

MILLIMETRES = 1000.0
OPENING_WEIGHT = 0.5
"""What a millimetre of difference between lips or lids adds to the distance."""
NEIGHBOURS = 6
"""References that share a region at most: many far ones would only blur it."""
SHARPNESS = 3.0
"""Exponent of the blend weights: higher follows the nearest reference more."""
CLOSE_MM = 0.3
"""Differences well below this do not matter: such references share alike."""


@dataclass(frozen=True, slots=True, eq=False)
class Region:
    """A part of the face that chooses its references on its own."""

    index: NDArray[np.int32]
    """(m,) landmarks whose shape is compared."""
    opening: tuple[int, int] | None
    """Two landmarks whose distance must agree most of all: lips or lids."""
    share: NDArray[np.float32]
    """(478,) how much each landmark belongs to the region; the regions add up to 1."""


def face_regions(neutral: NDArray[np.float32]) -> tuple[Region, ...]:
    """Whole face, mouth, right eye, left eye and brows, with soft borders.

    Args:
        neutral: (478, 3) metres, the face at rest; distances in it soften the borders.
    """
    parts: tuple[tuple[NDArray[np.int32], tuple[int, int] | None, float, float], ...] = (
        (LIPS, (UPPER_LIP_INNER, LOWER_LIP_INNER), 0.012, 0.020),
        (np.r_[RIGHT_EYE, RIGHT_IRIS], (RIGHT_LID_UPPER, RIGHT_LID_LOWER), 0.005, 0.011),
        (np.r_[LEFT_EYE, LEFT_IRIS], (LEFT_LID_UPPER, LEFT_LID_LOWER), 0.005, 0.011),
        (np.r_[RIGHT_BROW, LEFT_BROW], None, 0.004, 0.012),
    )
    shares = []
    for index, _, inner, outer in parts:
        gaps = np.linalg.norm(neutral[:, None, :2] - neutral[None, index, :2], axis=2).min(axis=1)
        ramp = np.clip((outer - gaps) / (outer - inner), 0, 1)
        shares.append(ramp * ramp * (3 - 2 * ramp))
    rest = np.clip(1 - np.sum(shares, axis=0), 0, 1)
    total = rest + np.sum(shares, axis=0)
    chosen = np.concatenate([part[0] for part in parts] + [FACE_OVAL])
    calm = np.setdiff1d(np.arange(len(neutral)), chosen).astype(np.int32)
    return (
        Region(index=calm, opening=None, share=(rest / total).astype(np.float32)),
        *(
            Region(index=index, opening=opening, share=(share / total).astype(np.float32))
            for (index, opening, _, _), share in zip(parts, shares, strict=True)
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Selector:
    """Measures how near each reference is to a driven face. Glossary: r = references."""

    regions: tuple[Region, ...]
    shapes: NDArray[np.float32]
    """(r, 478, 3) metres, the references in canonical head space."""
    rotations: NDArray[np.float32]
    """(r, 3, 3) head rotations of the references."""

    def weights(
        self,
        shape: NDArray[np.float32],
        rotation: NDArray[np.float32],
        allowed: NDArray[np.bool_] | None = None,
    ) -> NDArray[np.float32]:
        """Blend weights of each reference in each region for one driven face.

        Args:
            shape: (478, 3) metres, the driven face in canonical head space.
            rotation: (3, 3) its head rotation.
            allowed: (r,) which references may be chosen, at least one; all by default.

        Returns:
            (regions, r), each row sums to 1, see `soft_nearest`.
        """
        turned = angles(self.rotations, rotation[None])[:, 0]
        rows = []
        for region in self.regions:
            gaps = self.shapes[:, region.index] - shape[region.index]
            distance = np.sqrt((gaps**2).sum(axis=2).mean(axis=1)) * MILLIMETRES
            distance = distance + POSE_MM_A_DEGREE * turned
            if region.opening is not None:
                gap = _gap(self.shapes, region.opening) - _gap(shape[None], region.opening)
                distance = distance + OPENING_WEIGHT * np.abs(gap) * MILLIMETRES
            if allowed is not None:
                distance = np.where(allowed, distance, np.inf)
            rows.append(soft_nearest(distance, NEIGHBOURS))
        return np.stack(rows).astype(np.float32)


def _gap(shapes: NDArray[np.float32], pair: tuple[int, int]) -> NDArray[np.float32]:
    return np.linalg.norm(shapes[:, pair[0]] - shapes[:, pair[1]], axis=1)


def soft_nearest(distance: NDArray[np.float32], neighbours: int) -> NDArray[np.float32]:
    """Blend weights (r,) that sum to 1 and go to the nearest of (r,) distances.

    Inverse distances to a power, cut off smoothly where the first reference that is not among the
    neighbours begins (the local form of Shepard, "A two-dimensional interpolation function for
    irregularly-spaced data", 1968; Franke and Nielson 1980): continuous in the distances, so that
    nothing jumps from frame to frame.
    """
    nearness = 1 / (distance + CLOSE_MM)
    weight = (nearness / nearness.max()) ** SHARPNESS
    if len(distance) > neighbours:
        limit = np.partition(distance, neighbours)[neighbours]
        if np.isfinite(limit):
            share = np.clip(1 - distance / max(limit, 1e-6), 0, 1) ** 2
            weight = weight * share if share.any() else weight
    return weight / weight.sum()
