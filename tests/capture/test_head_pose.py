import numpy as np
import pytest
from numpy.typing import NDArray

from capture.head_pose import Camera, align_heads, place_heads, to_matrices, to_quaternions
from capture.landmark_rig import LandmarkRig


def random_rotations(rng: np.random.Generator, count: int) -> NDArray[np.float32]:
    quaternions = rng.normal(size=(count, 4))
    return to_matrices((quaternions / np.linalg.norm(quaternions, axis=1)[:, None]).astype("f4"))


def test_quaternions_and_matrices_are_inverse() -> None:
    rotations = random_rotations(np.random.default_rng(0), 200)
    np.testing.assert_allclose(to_matrices(to_quaternions(rotations)), rotations, atol=1e-5)


def test_quaternions_keep_their_sign_from_frame_to_frame() -> None:
    turn = np.linspace(0, 6 * np.pi, 300)
    zeros, ones = np.zeros_like(turn), np.ones_like(turn)
    cosine, sine = np.cos(turn), np.sin(turn)
    rotations = np.array(
        [[cosine, zeros, sine], [zeros, ones, zeros], [-sine, zeros, cosine]]
    ).transpose(2, 0, 1)
    quaternions = to_quaternions(rotations.astype(np.float32))
    assert np.abs(np.diff(quaternions, axis=0)).max() < 0.1


def test_alignment_recovers_a_known_pose() -> None:
    rig = LandmarkRig.load()
    rotation = random_rotations(np.random.default_rng(1), 1)
    camera = Camera(640, 480)
    translation = np.array([[0.05, -0.02, -0.6]], np.float32)
    placed = place_heads(rotation, translation, camera)
    landmarks = placed.to_image(rig.neutral[None])
    found = align_heads(landmarks, rig.neutral, rig.rigid_index, rig.rigid_weight)
    np.testing.assert_allclose(found.rotation, rotation, atol=1e-4)
    np.testing.assert_allclose(found.translation(camera), translation, atol=1e-4)


def test_expression_hardly_moves_the_pose() -> None:
    rig = LandmarkRig.load()
    camera = Camera(640, 480)
    open_mouth = np.zeros((1, 52), np.float32)
    open_mouth[0, 17] = 0.6  # jawOpen
    placed = place_heads(np.eye(3, dtype="f4")[None], np.array([[0, 0, -0.6]], "f4"), camera)
    landmarks = placed.to_image(rig.shape(open_mouth))
    found = rig.align(landmarks)
    angle = np.degrees(np.arccos((np.trace(found.rotation[0]) - 1) / 2))
    assert angle < 3
    # the mouth did move, or the test says nothing
    assert np.abs(landmarks[0, 14] - placed.to_image(rig.neutral[None])[0, 14]).max() > 4


def test_posing_and_unposing_loses_nothing() -> None:
    rig = LandmarkRig.load()
    landmarks = (
        rig.neutral[None] * np.array([900, -900, -900], np.float32)
        + np.array([320, 240, 0], np.float32)
        + np.random.default_rng(2).normal(size=(3, 478, 3)).astype(np.float32)
    )
    poses = rig.align(landmarks)
    np.testing.assert_allclose(poses.to_image(poses.to_canonical(landmarks)), landmarks, atol=1e-2)


def test_a_larger_frame_scales_the_picture_of_a_pose() -> None:
    rig = LandmarkRig.load()
    rotation, translation = np.eye(3, dtype="f4")[None], np.array([[0, 0, -0.5]], "f4")
    small = place_heads(rotation, translation, Camera(320, 240)).to_image(rig.neutral[None])
    large = place_heads(rotation, translation, Camera(640, 480)).to_image(rig.neutral[None])
    assert large[..., :2] == pytest.approx(2 * small[..., :2], abs=1e-2)
