"""What is around the face: hair, neck, shoulders and background, from the nearest references.

A body does not follow the face by any rule: it sways, leans and stays behind. But where the head
was at about the same place, turned about the same way, the rest of the picture looked about the
same, so that the references nearest in pose and place show it all, each moved a little.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar.references import PLACE_MM_A_FACE, POSE_MM_A_DEGREE
from avatar.survey import FACE_M
from capture.head_pose import HeadPoses, angles
from capture.landmark_rig import LandmarkRig
from capture.landmarks import FACE_OVAL
from reenact.matte import warp_matte
from reenact.motion.geometric import (
    HEAD_MIDDLE_M,
    REACHES,
    HeadMotion,
    Reach,
    dense_motion,
    first_order_motion,
    nearness,
    silhouette_motion,
)
from reenact.selection import soft_nearest
from reenact.warp import warp_outside

GRID_STEP = 8
"""Distance of the dense motion's nodes in px of the rendered crop."""
NEIGHBOURS = 4
"""References that share the surroundings at most: hair and collars of two frames never match."""
NEAR_RADIUS, FAR_RADIUS = 1.6, 2.2
"""In face radii: whatever the references differ in, they show what lies within the first."""
NOISE, DIFFERENCE = 5.0, 12.0
"""Mean difference in grey levels: up to the first a place counts as still, from the second not."""
TRIED_ON = 6
"""References on which it is tried how far a head's motion carries its surroundings."""
FINER = 4
"""How many times finer than the grid pictures are compared."""
RIM_START, RIM_STOP = 0.03, 0.12
"""Of the crop's side: towards its border the source frame takes over."""


@dataclass(frozen=True, slots=True, eq=False)
class Around:
    """The surroundings in one frame. Glossary: s = side of the crop, g = nodes of the grid."""

    image: NDArray[np.float32]
    """(s, s, 3), undefined where the face covers it."""
    moved: NDArray[np.float32]
    """(g, g) in [0, 1]: 0 where the source frame stands still."""
    matte: NDArray[np.uint8] | None
    """(s, s) of the person, if there are cutouts."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """From where the surroundings in one frame come. Glossary: u = references in use."""

    used: list[int]
    """(u,) which, the source frame first."""
    share: NDArray[np.float32]
    """(u,) their blend weights."""
    grids: NDArray[np.float32]
    """(u, g, g, 4) from `dense_motion`."""
    near: NDArray[np.float32]
    """(g, g) in [0, 1]: 1 where `share` holds, 0 where the source frame alone does."""


@dataclass(frozen=True, slots=True, eq=False)
class References:
    """The references at the rendering size. Glossary: r = references, s = side in px."""

    images: NDArray[np.uint8]
    """(r, s, s, 3)."""
    mattes: NDArray[np.uint8]
    """(r, s, s, 1) how much of a pixel is the person."""
    landmarks: NDArray[np.float32]
    """(r, 478, 3) px of the crop."""
    plate: NDArray[np.uint8]
    """(s, s, 3) the background."""
    cutouts: NDArray[np.uint8] | None
    """(r, s, s, 1) mattes to move along."""


class Surroundings:
    """Draws what is around one person's face. Keeps no state between frames."""

    def __init__(self, references: References, rim: NDArray[np.float32]) -> None:
        """Look at what the references differ in.

        Args:
            references: Of the person.
            rim: (g, g) in [0, 1]: 0 where the source frame must go on undisturbed.
        """
        self._references, self._rim = references, rim
        self._size = len(references.plate)
        self._rig = LandmarkRig.load()
        self._poses = self._rig.align(references.landmarks)
        self._flat = np.ascontiguousarray(references.landmarks[:, :, :2])
        self._middles = _middles(self._poses)
        self._differing = _differing(references.images, len(rim))
        self._reach = min(REACHES, key=self._error)
        self._small: dict[int, References] = {}

    def weights(
        self, pose: HeadPoses, allowed: NDArray[np.bool_] | None = None
    ) -> NDArray[np.float32]:
        """Blend weights (r,) of the references for a driven head's place and pose.

        Args:
            pose: One, in px of the crop.
            allowed: (r,) which references may be chosen; all by default.
        """
        face = FACE_M * float(pose.scale[0])
        apart = np.linalg.norm(self._middles - _middles(pose), axis=1) / face
        growth = np.abs(np.log(self._poses.scale / pose.scale[0]))
        distance = POSE_MM_A_DEGREE * angles(self._poses.rotation, pose.rotation)[:, 0]
        distance = distance + PLACE_MM_A_FACE * (apart + growth)
        if allowed is not None:
            distance = np.where(allowed, distance, np.inf)
        return soft_nearest(distance, NEIGHBOURS)

    def plan(
        self, driving: NDArray[np.float32], pose: HeadPoses, blend: NDArray[np.float32]
    ) -> Plan:
        """Find out from where the surroundings of a driven face come.

        Args:
            driving: (478, 3) px of the crop.
            pose: Of these landmarks.
            blend: (r,) from `weights`.
        """
        used = [0, *(int(r) for r in np.flatnonzero(blend > 0.02) if r != 0)]
        motions = [self._motion(driving, pose, r) for r in used]
        grids = np.stack(
            [dense_motion(motion, self._size, GRID_STEP, self._reach) for motion in motions]
        )
        near = nearness(motions[0].frame, len(self._rim), GRID_STEP, NEAR_RADIUS, FAR_RADIUS, 1.0)
        near = np.maximum(near, self._differing) * self._rim
        share = (blend[used] / blend[used].sum()).astype(np.float32)
        return Plan(used=used, share=share, grids=grids, near=near)

    def draw(
        self,
        plan: Plan,
        coverage: NDArray[np.float32],
        bend: NDArray[np.float32] | None = None,
    ) -> Around:
        """Draw the surroundings of a driven face.

        Args:
            plan: Of this frame.
            coverage: (s, s) how much the face hides.
            bend: (g, g, 2) px: where to look instead of at each node of the grid.
        """
        own = self._references
        grids = plan.grids if bend is None else _bent(plan.grids, bend)
        image = _warped(own, plan, grids, GRID_STEP, coverage)
        matte = None
        if own.cutouts is not None:
            matte = _warped_matte(own.cutouts, plan, grids, GRID_STEP, coverage)
        moved = np.maximum(np.maximum(plan.near, grids[0, :, :, 2]), grids[0, :, :, 3])
        return Around(image=image, moved=moved, matte=matte)

    def sketch(
        self, plan: Plan, bend: NDArray[np.float32] | None, shrink: int
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        """Draw the same at a smaller size, the head as if it were of one piece.

        Args:
            plan: Of this frame.
            bend: As for `draw`.
            shrink: How many times smaller, a divisor of `GRID_STEP`.

        Returns:
            The picture (k, k, 3), and how much of it is the person (k, k).
        """
        if shrink not in self._small:
            self._small[shrink] = _reduced(self._references, shrink)
        own, step = self._small[shrink], GRID_STEP // shrink
        grids = (plan.grids if bend is None else _bent(plan.grids, bend)).copy()
        grids[..., :2] /= shrink  # both sides count from the same corner
        nothing = np.zeros(own.plate.shape[:2], np.float32)
        image = np.clip(_warped(own, plan, grids, step, nothing), 0, 255).astype(np.uint8)
        return image, _warped_matte(own.mattes, plan, grids, step, nothing)

    def _motion(self, driving: NDArray[np.float32], pose: HeadPoses, reference: int) -> HeadMotion:
        return first_order_motion(
            driving,
            self._flat[reference],
            self._rig.rigid_index,
            self._rig.rigid_weight,
            surroundings=silhouette_motion(pose, _single(self._poses, reference)),
        )

    def _error(self, reach: Reach) -> float:
        """How badly the source frame, moved to the other references, shows their surroundings.

        People differ in what goes with the head: the references themselves tell.
        """
        total = 0.0
        own = self._references
        covered = np.zeros((self._size, self._size), np.float32)
        out = np.empty((self._size, self._size, 3), np.float32)
        count = len(own.images)
        for r in range(1, count, max(count // TRIED_ON, 1)):
            motion = self._motion(own.landmarks[r], _single(self._poses, r), 0)
            grid = dense_motion(motion, self._size, GRID_STEP, reach)
            far = np.zeros(grid.shape[:2], np.float32)
            warp_outside(
                grid[None], GRID_STEP, own.images[:1], own.mattes[:1], np.ones(1, np.float32), far,
                own.plate, covered, out,
            )  # fmt: skip
            around = np.ones(covered.shape, np.uint8)
            hull = cv2.convexHull(self._flat[r][FACE_OVAL].astype(np.int32))
            cv2.fillConvexPoly(around, hull, 0)
            difference = cv2.norm(out, own.images[r].astype(np.float32), cv2.NORM_L1, around)
            total += difference / float(around.sum())
        return total


def _warped(
    own: References,
    plan: Plan,
    grids: NDArray[np.float32],
    step: int,
    coverage: NDArray[np.float32],
) -> NDArray[np.float32]:
    out = np.empty((*coverage.shape, 3), np.float32)
    warp_outside(
        grids, step, own.images[plan.used], own.mattes[plan.used], plan.share, plan.near, own.plate,
        coverage, out,
    )  # fmt: skip
    return out


def _warped_matte(
    mattes: NDArray[np.uint8],
    plan: Plan,
    grids: NDArray[np.float32],
    step: int,
    coverage: NDArray[np.float32],
) -> NDArray[np.uint8]:
    out = np.empty(coverage.shape, np.uint8)
    warp_matte(grids, step, mattes[plan.used], plan.share, plan.near, coverage, out)
    return out


def _reduced(own: References, shrink: int) -> References:
    """The same pictures, several times smaller."""
    side = len(own.plate) // shrink

    def fit(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
        small = [cv2.resize(each, (side, side), interpolation=cv2.INTER_AREA) for each in pictures]
        return np.stack(small)

    return References(
        images=fit(own.images),
        mattes=fit(own.mattes)[..., None],
        landmarks=own.landmarks / np.float32(shrink),
        plate=fit(own.plate[None])[0],
        cutouts=None,
    )


def _single(poses: HeadPoses, index: int) -> HeadPoses:
    one = slice(index, index + 1)
    return HeadPoses(scale=poses.scale[one], rotation=poses.rotation[one], offset=poses.offset[one])


def _bent(grids: NDArray[np.float32], bend: NDArray[np.float32]) -> NDArray[np.float32]:
    """(r, g, g, 4) motions, each node's taken from where (g, g, 2) px of bend say."""
    rows, columns = np.mgrid[: bend.shape[0], : bend.shape[1]].astype(np.float32)
    places = np.stack([columns, rows], axis=-1) + bend / GRID_STEP
    return np.stack(
        [
            cv2.remap(grid, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            for grid in grids
        ]
    )


def _middles(poses: HeadPoses) -> NDArray[np.float32]:
    """(t, 2) px, where the middles of the heads are."""
    middle = np.broadcast_to(np.array(HEAD_MIDDLE_M, np.float32), (len(poses.scale), 1, 3))
    return poses.to_image(middle)[:, 0, :2]


def _differing(images: NDArray[np.uint8], nodes: int) -> NDArray[np.float32]:
    """(nodes, nodes) in [0, 1]: where any reference differs from the first by more than noise."""
    fine = (FINER * nodes, FINER * nodes)
    small = [cv2.resize(image, fine, interpolation=cv2.INTER_AREA) for image in images]
    largest = np.zeros((nodes, nodes), np.float32)
    for image in small[1:]:
        difference = cv2.absdiff(image, small[0]).mean(axis=2, dtype=np.float32)
        mean = cv2.resize(difference, (nodes, nodes), interpolation=cv2.INTER_AREA)
        np.maximum(largest, mean, out=largest)
    largest = cv2.dilate(largest, np.ones((3, 3), np.uint8))
    share = np.clip((largest - NOISE) / (DIFFERENCE - NOISE), 0, 1)
    return np.ascontiguousarray(cv2.blur(share, (3, 3)))
