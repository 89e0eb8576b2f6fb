"""What a motion consists of: keypoints, sparse motion, dense motion."""

from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from capture.arrays import check_arrays

SMALLEST_DETERMINANT = 1e-6
"""Of a Jacobian that is inverted: a keypoint whose surroundings collapsed must not explode."""


@dataclass(frozen=True, slots=True, eq=False)
class Keypoints:
    """K keypoints of one square picture, each with the affine frame around it."""

    points: NDArray[np.float32]
    """(K, 2) px: x right, y down, (0, 0) the centre of the first pixel."""
    jacobians: NDArray[np.float32]
    """(K, 2, 2): how the surroundings lie against a reference frame. Only their quotients mean
    anything, so the reference may be any that the compared keypoints share."""

    def __post_init__(self) -> None:
        count = len(self.points)
        check_arrays(
            self,
            {"points": ((count, 2), np.float32), "jacobians": ((count, 2, 2), np.float32)},
        )


@dataclass(frozen=True, slots=True, eq=False)
class SparseMotion:
    """The backward motion at K keypoints: where in the source what is seen near them lies."""

    source: Keypoints
    driving: Keypoints

    def __post_init__(self) -> None:
        if self.source.points.shape != self.driving.points.shape:
            raise ValueError(
                f"driving: want {len(self.source.points)} keypoints as in the source, "
                f"got {len(self.driving.points)}"
            )

    @property
    def affines(self) -> NDArray[np.float32]:
        """(K, 2, 2) J_s J_d⁻¹, d source / d driving at each keypoint."""
        return self.source.jacobians @ inverted(self.driving.jacobians)

    def at(self, places: NDArray[np.float32]) -> NDArray[np.float32]:
        """T_k(z) = s_k + J_s,k J_d,k⁻¹ (z - d_k), equation 4 of the paper.

        Args:
            places: (..., 2) px z of the driven picture.

        Returns:
            (K, ..., 2) px of the source picture, one place by each keypoint.
        """
        away = places[None] - _beside(self.driving.points, places.ndim)
        turned = np.einsum("kij,k...j->k...i", self.affines, away)
        return turned + _beside(self.source.points, places.ndim)


@dataclass(frozen=True, slots=True, eq=False)
class DenseMotion:
    """The backward motion everywhere, on a grid over the driven picture."""

    flow: NDArray[np.float32]
    """(h, w, 2) px of the source picture: x, y to take a pixel from."""
    occlusion: NDArray[np.float32]
    """(h, w) in [0, 1]: 1 where the source shows what is needed, 0 where it is hidden there."""

    def __post_init__(self) -> None:
        shape = self.occlusion.shape
        check_arrays(self, {"flow": ((*shape, 2), np.float32), "occlusion": (shape, np.float32)})


Driving_contra = TypeVar("Driving_contra", contravariant=True)


class MotionSource(Protocol[Driving_contra]):
    """Knows one source picture, and tells how to move it to look as driven.

    What drives is each source's own: tracked landmarks, or keypoints that a detector found.
    """

    def sparse(self, driving: Driving_contra) -> SparseMotion:
        """The motion at the keypoints."""
        ...

    def dense(self, driving: Driving_contra) -> DenseMotion:
        """The motion everywhere."""
        ...


def inverted(jacobians: NDArray[np.float32]) -> NDArray[np.float32]:
    """The inverses of (K, 2, 2) matrices; a nearly singular one is taken as barely invertible."""
    a, b, c, d = jacobians.reshape(-1, 4).T
    determinant = a * d - b * c
    small = np.abs(determinant) < SMALLEST_DETERMINANT
    limit = np.copysign(np.float32(SMALLEST_DETERMINANT), determinant)
    adjugate = np.stack([d, -b, -c, a], axis=1).reshape(-1, 2, 2)
    return adjugate / np.where(small, limit, determinant)[:, None, None]


def _beside(points: NDArray[np.float32], dimensions: int) -> NDArray[np.float32]:
    """(K, 2) to (K, 1, …, 1, 2), beside places of so many dimensions."""
    return points.reshape(len(points), *(1,) * (dimensions - 1), 2)
