"""What is around the face follows the references that were at the same place."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from capture.head_pose import HeadPoses
from capture.landmark_rig import LandmarkRig
from reenact.motion.geometric import HEAD_MIDDLE_M, fit_affine, silhouette_motion
from reenact.rim import rim
from reenact.selection import soft_nearest
from reenact.surroundings import GRID_STEP, Around, References, Surroundings

SIZE = 256


def pose(x: float = 128, *, scale: float = 600.0, roll: float = 0.0, yaw: float = 0.0) -> HeadPoses:
    c, s = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    c, s = np.cos(np.radians(yaw)), np.sin(np.radians(yaw))
    turn = turn @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    return HeadPoses(
        scale=np.array([scale], np.float32),
        rotation=turn[None].astype(np.float32),
        offset=np.array([[x, -120.0, 0.0]], np.float32),
    )


def landmarks(at: HeadPoses) -> NDArray[np.float32]:
    return at.to_image(LandmarkRig.load().neutral[None])[0]


@pytest.mark.parametrize("driven", [pose(150), pose(scale=700), pose(roll=20)])
def test_without_a_turn_the_outline_moves_as_the_face_does(driven: HeadPoses) -> None:
    rig, source = LandmarkRig.load(), pose()
    face = fit_affine(
        landmarks(driven)[rig.rigid_index, :2],
        landmarks(source)[rig.rigid_index, :2],
        np.sqrt(rig.rigid_weight),
    )
    np.testing.assert_allclose(silhouette_motion(driven, source), face, atol=0.05)


def test_when_the_head_turns_about_its_middle_the_outline_stays() -> None:
    driven, source = pose(yaw=25), pose()
    middle = np.array([[HEAD_MIDDLE_M]], np.float32)
    aside = (driven.to_image(middle) - source.to_image(middle))[0, 0] * [1, -1, 0]
    driven = replace(driven, offset=(driven.offset - aside).astype(np.float32))
    assert np.linalg.norm(landmarks(driven)[4, :2] - landmarks(source)[4, :2]) > 20
    moved = silhouette_motion(driven, source) @ [30.0, 40.0, 1.0]
    np.testing.assert_allclose(moved, [30, 40], atol=0.01)


def test_only_the_nearest_share_and_nothing_jumps() -> None:
    distance = np.array([1.0, 1.2, 1.5, 3.0, 4.0], np.float32)
    weight = soft_nearest(distance, 3)
    assert weight[:3].min() > 0
    assert not weight[3:].any()
    assert weight.sum() == pytest.approx(1)
    beside = soft_nearest(distance + np.array([0, 0, 0, -0.001, 0], np.float32), 3)
    assert np.abs(beside - weight).max() < 0.01


def _surroundings(rim_map: NDArray[np.float32] | None = None) -> tuple[Surroundings, References]:
    """Two references, the head to the left with a red body and to the right with a blue one."""
    images = np.full((2, SIZE, SIZE, 3), 90, np.uint8)
    images[0, 215:] = (200, 0, 0)
    images[1, 215:] = (0, 0, 200)
    own = References(
        images=images,
        mattes=np.full((2, SIZE, SIZE, 1), 255, np.uint8),
        landmarks=np.stack([landmarks(pose(100)), landmarks(pose(160))]),
        plate=np.full((SIZE, SIZE, 3), 90, np.uint8),
        cutouts=None,
    )
    nodes = SIZE // GRID_STEP + 1
    return Surroundings(
        own, np.ones((nodes, nodes), np.float32) if rim_map is None else rim_map
    ), own


def drawn_by(
    around: Surroundings,
    own: References,
    index: int,
    *,
    allowed: NDArray[np.bool_] | None = None,
    bend: NDArray[np.float32] | None = None,
) -> Around:
    """What is drawn, without a face over it, where a reference's head was."""
    driving = own.landmarks[index]
    at = LandmarkRig.load().align(driving[None])
    nothing = np.zeros((SIZE, SIZE), np.float32)
    plan = around.plan(driving, at, around.weights(at, allowed))
    return around.draw(plan, nothing, bend)


def test_a_body_looks_as_it_did_when_the_head_was_there() -> None:
    around, own = _surroundings()
    for index in (0, 1):
        drawn = drawn_by(around, own, index)
        assert np.abs(drawn.image[225:] - own.images[index][225:]).mean() < 5


def test_a_reference_that_is_not_allowed_is_not_shown() -> None:
    around, own = _surroundings()
    drawn = drawn_by(around, own, 1, allowed=np.array([True, False]))
    assert drawn.image[240:, :, 2].mean() < 40


def test_at_the_border_of_the_crop_the_source_frame_goes_on() -> None:
    nodes = SIZE // GRID_STEP + 1
    around, own = _surroundings(rim((True, True, True, True), nodes, 0.03, 0.12))
    drawn = drawn_by(around, own, 1)
    np.testing.assert_allclose(drawn.image[-3:, 100:150], own.images[0][-3:, 100:150], atol=1)
    assert drawn.moved[-1].max() == 0


def test_where_no_reference_differs_nothing_counts_as_moved() -> None:
    around, own = _surroundings()
    moved = drawn_by(around, own, 0).moved
    corner = cv2.resize(moved, (SIZE, SIZE))[:20, -20:]
    assert corner.max() == 0


def test_a_bend_moves_what_is_shown_without_another_resampling() -> None:
    around, own = _surroundings()
    nodes = SIZE // GRID_STEP + 1
    down = np.zeros((nodes, nodes, 2), np.float32)
    down[..., 1] = 8.0
    plain = drawn_by(around, own, 0).image
    bent = drawn_by(around, own, 0, bend=down).image
    np.testing.assert_allclose(bent[208:240, 60:200], plain[216:248, 60:200], atol=1)
