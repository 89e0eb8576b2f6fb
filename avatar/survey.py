"""What every frame of enrolment footage shows: shapes, poses, places, and what spoils it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.head_pose import HeadPoses
from capture.landmarks import (
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    LOWER_LIP_INNER,
    RIGHT_LID_LOWER,
    RIGHT_LID_UPPER,
    UPPER_LIP_INNER,
)

FACE_M = 0.17
"""Length of a face."""
WIDE_OPEN = 80
"""Percentile of the gap between the lids that counts as open: above it people stare."""


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What the enrolment footage shows. Glossary: t = frames."""

    shapes: NDArray[np.float32]
    """(t, 478, 3) metres, landmarks in canonical head space."""
    rotations: NDArray[np.float32]
    """(t, 3, 3) head to camera."""
    places: NDArray[np.float32]
    """(t, 3) where the head is: x and y in lengths of a face, and the logarithm of its size."""
    sharpness: NDArray[np.float32]
    """(t,) variance of the Laplacian inside the face."""
    glare: NDArray[np.float32]
    """(t,) share of the strip across both eyes that light burns out, as on glasses."""
    valid: NDArray[np.bool_]
    """(t,) False where there was no face."""

    def lid_gap(self) -> NDArray[np.float32]:
        """(t,) metres between the lids, the smaller of both eyes."""
        return np.minimum(
            _gap(self.shapes, RIGHT_LID_UPPER, RIGHT_LID_LOWER),
            _gap(self.shapes, LEFT_LID_UPPER, LEFT_LID_LOWER),
        )

    def lip_gap(self) -> NDArray[np.float32]:
        """(t,) metres between the lips."""
        return _gap(self.shapes, UPPER_LIP_INNER, LOWER_LIP_INNER)

    def closure(self) -> NDArray[np.float32]:
        """(t,) how far both eyes are shut: 0 as it usually is, 1 shut."""
        gap = np.maximum(
            _gap(self.shapes, RIGHT_LID_UPPER, RIGHT_LID_LOWER),
            _gap(self.shapes, LEFT_LID_UPPER, LEFT_LID_LOWER),
        )
        return 1 - gap / np.percentile(gap[self.valid], WIDE_OPEN)


def places(poses: HeadPoses) -> NDArray[np.float32]:
    """(t, 3) places of heads, see `Survey.places`."""
    middle = np.zeros((len(poses.scale), 1, 3), np.float32)
    extent = FACE_M * poses.scale
    across = poses.to_image(middle)[:, 0, :2] / np.median(extent)
    return np.concatenate([across, np.log(extent)[:, None]], axis=1).astype(np.float32)


def _gap(shapes: NDArray[np.float32], first: int, second: int) -> NDArray[np.float32]:
    return np.linalg.norm(shapes[:, first] - shapes[:, second], axis=1)
