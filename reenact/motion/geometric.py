"""Keypoints with Jacobians of the tracked face, and the dense motion they give outside it.

In the paper keypoints and Jacobians are learned; here they come from the tracked mesh: the
keypoints lie on the face's oval, and J_s J_d⁻¹ is the affine motion of the head they belong to. The
driven picture is the reference frame, so J_d is the identity.
"""

from dataclasses import dataclass

import numba
import numpy as np
from numpy.typing import NDArray

from capture.head_pose import HeadPoses
from capture.landmark_rig import LandmarkRig
from capture.landmarks import FACE_OVAL
from reenact.motion.interface import DenseMotion, Keypoints, SparseMotion

BELOW_CHIN = 2.0
"""Straight below the chin distances count this many times: shoulders do not turn with the head."""
HEAD_RADIUS, HEAD_EDGE = 1.35, 1.75
"""In face radii: the head with its hair fills the first and ends within the second."""
HEAD_MIDDLE_M = (0.0, 0.0, -0.08)
"""Of the head with its hair, in canonical head space: between the ears."""
RESIDUAL_REACH = 0.36
"""In face radii: how far beyond the face the keypoints' own deviations from the head's reach."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a head's motion carries what is around it. Distances in face radii."""

    inner: float = 1.7
    """Up to here the motion is the keypoints'."""
    outer: float = 2.6
    """Beyond here nothing moves."""
    below_chin: float = 3.0
    """How many times distances straight below the chin count."""


REACHES = (
    Reach(),
    Reach(inner=2.2, outer=3.0, below_chin=4.0),
    Reach(inner=2.2, outer=3.0, below_chin=12.0),
)
"""Much or little hair goes with the head, and shoulders more or less."""


@dataclass(frozen=True, slots=True, eq=False)
class HeadMotion:
    """The backward motion of a head, from the driven image to a source image."""

    sparse: SparseMotion
    """Of the keypoints on the face's oval."""
    affine: NDArray[np.float32]
    """(2, 3) the motion of what is around the face, to which the keypoints' decays."""
    frame: NDArray[np.float32]
    """(4,) px, the driven face's centre and half its width and height."""
    source_frame: NDArray[np.float32]
    """(4,) px, the same of the source face."""


class GeometricMotion:
    """Moves one source picture as tracked landmarks say. A `MotionSource`."""

    def __init__(
        self,
        source: NDArray[np.float32],
        *,
        size: int,
        step: int,
        reach: Reach = REACHES[0],
    ) -> None:
        """Remember the source.

        Args:
            source: (478, 2+) px, landmarks of the source picture.
            size: Side of the picture in px.
            step: Distance of the dense motion's nodes in px.
            reach: How far the head's motion carries its surroundings.
        """
        self._source, self._size, self._step, self._reach = source, size, step, reach
        self._rig = LandmarkRig.load()

    def sparse(self, driving: NDArray[np.float32]) -> SparseMotion:
        """The motion at the face's oval, driven by (478, 2+) landmarks in px."""
        return self._motion(driving).sparse

    def dense(self, driving: NDArray[np.float32]) -> DenseMotion:
        """The motion on the nodes of the grid, driven by (478, 2+) landmarks in px."""
        nodes = dense_motion(self._motion(driving), self._size, self._step, self._reach)
        return DenseMotion(flow=nodes[..., :2].copy(), occlusion=1 - nodes[..., 3])

    def _motion(self, driving: NDArray[np.float32]) -> HeadMotion:
        rig = self._rig
        return first_order_motion(driving, self._source, rig.rigid_index, rig.rigid_weight)


def silhouette_motion(driving: HeadPoses, source: HeadPoses) -> NDArray[np.float32]:
    """How a head's outline with its hair moves, (2, 3), from the driven image to a source image.

    A turning face slides over the head; the outline does not: what is seen of a ball is the same
    from every side. It only moves, grows and rolls with the head's middle.

    Args:
        driving: One pose, in px of the driven image.
        source: One pose, in px of the source image.
    """
    middle = np.array([[HEAD_MIDDLE_M]], np.float32)
    start = driving.to_image(middle)[0, 0, :2]
    end = source.to_image(middle)[0, 0, :2]
    turned = source.rotation[0] @ driving.rotation[0].T
    # the rotation in the image plane that comes nearest; rows count downwards
    roll = -np.arctan2(turned[1, 0] - turned[0, 1], turned[0, 0] + turned[1, 1])
    growth = source.scale[0] / driving.scale[0]
    linear = growth * np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    return np.concatenate([linear, (end - linear @ start)[:, None]], axis=1).astype(np.float32)


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
    *,
    surroundings: NDArray[np.float32] | None = None,
) -> HeadMotion:
    """Keypoints on the face oval with Jacobians, from driven to source landmarks.

    Args:
        driving: (478, 2+) px in the driven image.
        source: (478, 2+) px in the source image.
        rigid_index: (m,) landmarks that move with the head.
        rigid_weight: (m,) their weights.
        surroundings: (2, 3) the motion to which the keypoints' decays, see `silhouette_motion`;
            that of the face by default.
    """
    driving, source = driving[:, :2], source[:, :2]
    affine = fit_affine(driving[rigid_index], source[rigid_index], np.sqrt(rigid_weight))
    count = len(FACE_OVAL)
    return HeadMotion(
        sparse=SparseMotion(
            source=Keypoints(source[FACE_OVAL], np.repeat(affine[None, :, :2], count, axis=0)),
            driving=Keypoints(
                driving[FACE_OVAL], np.repeat(np.eye(2, dtype=np.float32)[None], count, axis=0)
            ),
        ),
        affine=affine if surroundings is None else surroundings,
        frame=face_frame(driving),
        source_frame=face_frame(source),
    )


def face_frame(landmarks: NDArray[np.float32]) -> NDArray[np.float32]:
    """(4,) px: centre x, y and half width, half height of a face's oval."""
    oval = landmarks[FACE_OVAL, :2]
    low, high = oval.min(axis=0), oval.max(axis=0)
    return np.concatenate([(low + high) / 2, np.maximum((high - low) / 2, 1)]).astype(np.float32)


def dense_motion(
    motion: HeadMotion, size: int, step: int, reach: Reach = REACHES[0]
) -> NDArray[np.float32]:
    """The source coordinate of each node of a coarse grid over a square image.

    Args:
        motion: From `first_order_motion`.
        size: Side of the image in px.
        step: Distance of the nodes in px.
        reach: How far the head's motion carries its surroundings.

    Returns:
        (g, g, 4) with g = size / step + 1: source x, source y in px, the share of the motion that
        is applied there (1 at the face, 0 in the still background), and how much of what is found
        there is the source's own head where the driven head is not.
    """
    return _dense_motion(
        motion.sparse.driving.points,
        motion.sparse.source.points,
        motion.sparse.affines,
        motion.affine,
        motion.frame,
        motion.source_frame,
        size // step + 1,
        step,
        reach.inner,
        reach.outer,
        reach.below_chin,
    )


@numba.njit(cache=True, fastmath=True, nogil=True)
def face_distance(x: float, y: float, frame: NDArray[np.float32], below_chin: float) -> float:
    """Distance of a point from a face's centre in face radii, longer below the chin."""
    u, v = (x - frame[0]) / frame[2], (y - frame[1]) / frame[3]
    distance = np.sqrt(u * u + v * v)
    if distance > 1.0 and v > 0.0:
        distance = 1.0 + (distance - 1.0) * (1.0 + (below_chin - 1.0) * v / distance)
    return distance


@numba.njit(cache=True, fastmath=True, nogil=True)
def _fall(distance: float, inner: float, outer: float) -> float:
    """1 up to `inner`, 0 from `outer`, smooth between."""
    far = min(max((distance - inner) / (outer - inner), 0.0), 1.0)
    return 1.0 - far * far * (3.0 - 2.0 * far)


@numba.njit(cache=True, fastmath=True, nogil=True)
def _dense_motion(
    driving: NDArray[np.float32],
    source: NDArray[np.float32],
    jacobians: NDArray[np.float32],
    affine: NDArray[np.float32],
    frame: NDArray[np.float32],
    source_frame: NDArray[np.float32],
    nodes: int,
    step: int,
    inner: float,
    outer: float,
    below_chin: float,
) -> NDArray[np.float32]:
    out = np.empty((nodes, nodes, 4), np.float32)
    face = 0.5 * (frame[2] + frame[3])
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
            share = _fall(face_distance(x, y, frame, below_chin), inner, outer)
            source_x, source_y = x + share * (head_x - x), y + share * (head_y - y)
            away = face_distance(source_x, source_y, source_frame, BELOW_CHIN)
            found = _fall(away, HEAD_RADIUS, HEAD_EDGE)
            away = face_distance(head_x, head_y, source_frame, BELOW_CHIN)
            wanted = _fall(away, HEAD_RADIUS, HEAD_EDGE)
            out[row, column, 0] = source_x
            out[row, column, 1] = source_y
            out[row, column, 2] = share
            # behind a neck there is no background to show
            beside = _fall((y - frame[1]) / frame[3], 0.3, 0.8)
            out[row, column, 3] = max(found - wanted, 0.0) * beside
    return out


@numba.njit(cache=True, fastmath=True, nogil=True)
def nearness(
    frame: NDArray[np.float32],
    nodes: int,
    step: int,
    inner: float,
    outer: float,
    below_chin: float,
) -> NDArray[np.float32]:
    """(nodes, nodes) that is 1 within `inner` face radii of a face and 0 beyond `outer`."""
    out = np.empty((nodes, nodes), np.float32)
    for row in range(nodes):
        for column in range(nodes):
            distance = face_distance(column * step, row * step, frame, below_chin)
            out[row, column] = _fall(distance, inner, outer)
    return out
