"""Keypoints with Jacobians, and the dense motion they give outside the face.

First-order motion (Siarohin et al., "First Order Motion Model for Image Animation", NeurIPS 2019):
near a keypoint k the backward motion is T_k(z) = s_k + J_k (z - d_k), from the driven point d_k to
the source point s_k. There the keypoints and J_k are learned; here they come from the tracked
mesh: J_k is the affine fit of the landmarks around k, pulled towards the one of the whole head.
"""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from capture.landmarks import FACE_OVAL

NEIGHBOURS = 40
"""Landmarks in the local fit of a Jacobian."""
LOCAL_SHARE = 0.0
"""How much a Jacobian follows its neighbourhood rather than the whole head, in [0, 1]."""
INNER_RADIUS, OUTER_RADIUS = 1.15, 2.1
"""In face radii: up to the first the motion is the keypoints', beyond the second nothing moves."""
RESIDUAL_REACH = 0.36
"""In face radii: how far beyond the face the keypoints' own deviations from the head's reach."""


@dataclass(frozen=True, slots=True, eq=False)
class Keypoints:
    """K keypoints of one face in one image."""

    points: NDArray[np.float32]
    """(K, 2) px."""


@dataclass(frozen=True, slots=True, eq=False)
class FirstOrderMotion:
    """The backward motion of K keypoints, from the driven image to a source image."""

    driving: NDArray[np.float32]
    """(K, 2) px, d_k."""
    source: NDArray[np.float32]
    """(K, 2) px, s_k."""
    jacobians: NDArray[np.float32]
    """(K, 2, 2) d source / d driving."""
    affine: NDArray[np.float32]
    """(2, 3) the whole head's motion, to which the keypoints' decay."""
    centre: NDArray[np.float32]
    """(2,) px, the driven face's centre."""
    radius: NDArray[np.float32]
    """(2,) px, half its width and height."""


def fit_affine(
    driving: NDArray[np.float32], source: NDArray[np.float32], weight: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Weighted least-squares affine map (2, 3) from `driving` (n, 2) to `source` (n, 2)."""
    ones = np.ones((len(driving), 1), np.float32)
    design = np.concatenate([driving, ones], axis=1) * weight[:, None]
    solution, *_ = np.linalg.lstsq(design, source * weight[:, None], rcond=None)
    return np.ascontiguousarray(solution.T, np.float32)


def first_order_motion(
    driving: NDArray[np.float32],
    source: NDArray[np.float32],
    rigid_index: NDArray[np.int32],
    rigid_weight: NDArray[np.float32],
) -> FirstOrderMotion:
    """Keypoints on the face oval with Jacobians, from driven to source landmarks.

    Args:
        driving: (478, 2+) px in the driven image.
        source: (478, 2+) px in the source image.
        rigid_index: (m,) landmarks that move with the head.
        rigid_weight: (m,) their weights.
    """
    driving, source = driving[:, :2], source[:, :2]
    affine = fit_affine(driving[rigid_index], source[rigid_index], np.sqrt(rigid_weight))
    oval = driving[FACE_OVAL]
    low, high = oval.min(axis=0), oval.max(axis=0)
    return FirstOrderMotion(
        driving=np.ascontiguousarray(oval),
        source=np.ascontiguousarray(source[FACE_OVAL]),
        jacobians=np.repeat(affine[None, :, :2], len(FACE_OVAL), axis=0),
        affine=affine,
        centre=((low + high) / 2).astype(np.float32),
        radius=np.maximum((high - low) / 2, 1.0).astype(np.float32),
    )


def dense_motion(motion: FirstOrderMotion, size: int, step: int) -> NDArray[np.float32]:
    """The source coordinate of each node of a coarse grid over a square image.

    Args:
        motion: From `first_order_motion`.
        size: Side of the image in px.
        step: Distance of the nodes in px.

    Returns:
        (g, g, 3) with g = size / step + 1: source x, source y in px, and the share of the motion
        that is applied there (1 at the face, 0 in the still background).
    """
    return _dense_motion(
        motion.driving,
        motion.source,
        motion.jacobians,
        motion.affine,
        motion.centre,
        motion.radius,
        size // step + 1,
        step,
    )


@numba.njit(cache=True, fastmath=True, nogil=True)
def _dense_motion(
    driving: NDArray[np.float32],
    source: NDArray[np.float32],
    jacobians: NDArray[np.float32],
    affine: NDArray[np.float32],
    centre: NDArray[np.float32],
    radius: NDArray[np.float32],
    nodes: int,
    step: int,
) -> NDArray[np.float32]:
    out = np.empty((nodes, nodes, 3), np.float32)
    face = 0.5 * (radius[0] + radius[1])
    for row in range(nodes):
        for column in range(nodes):
            x, y = np.float32(column * step), np.float32(row * step)
            total = tx = ty = 0.0
            nearest = 1e12
            for k in range(driving.shape[0]):
                dx, dy = x - driving[k, 0], y - driving[k, 1]
                square = dx * dx + dy * dy
                nearest = min(nearest, square)
                weight = 1.0 / (square + 4.0) ** 2
                tx += weight * (source[k, 0] + jacobians[k, 0, 0] * dx + jacobians[k, 0, 1] * dy)
                ty += weight * (source[k, 1] + jacobians[k, 1, 0] * dx + jacobians[k, 1, 1] * dy)
                total += weight
            head_x = affine[0, 0] * x + affine[0, 1] * y + affine[0, 2]
            head_y = affine[1, 0] * x + affine[1, 1] * y + affine[1, 2]
            local = np.exp(-nearest / (2.0 * (RESIDUAL_REACH * face) ** 2))
            head_x += local * (tx / total - head_x)
            head_y += local * (ty / total - head_y)
            u, v = (x - centre[0]) / radius[0], (y - centre[1]) / radius[1]
            far = (np.sqrt(u * u + v * v) - INNER_RADIUS) / (OUTER_RADIUS - INNER_RADIUS)
            far = min(max(far, 0.0), 1.0)
            share = 1.0 - far * far * (3.0 - 2.0 * far)
            out[row, column, 0] = x + share * (head_x - x)
            out[row, column, 1] = y + share * (head_y - y)
            out[row, column, 2] = share
    return out
