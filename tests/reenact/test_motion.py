"""Keypoints with Jacobians: the first-order motion, its transfer, its smoothing, its sources."""

import numpy as np
import pytest
from numpy.typing import NDArray

from capture.landmark_rig import LandmarkRig
from capture.landmarks import FACE_OVAL
from reenact.motion.filtering import KeypointFilter
from reenact.motion.geometric import GeometricMotion, Reach
from reenact.motion.interface import Keypoints, MotionSource, SparseMotion, inverted
from reenact.motion.transfer import adaptive_scale, relative, span, unlikeness

Array = NDArray[np.float32]


def some_keypoints(seed: int, count: int = 6) -> Keypoints:
    rng = np.random.default_rng(seed)
    jacobians = np.eye(2) + 0.3 * rng.uniform(-1, 1, (count, 2, 2))
    points = rng.uniform(40, 210, (count, 2))
    return Keypoints(points.astype(np.float32), jacobians.astype(np.float32))


def face(scale: float = 1000.0, x: float = 128, y: float = 128) -> Array:
    placed = LandmarkRig.load().neutral * np.array([scale, -scale, -scale], np.float32)
    return placed + np.array([x, y, 0], np.float32)


def test_an_affine_change_of_the_picture_is_undone_everywhere() -> None:
    source = some_keypoints(1)
    affine = np.array([[1.2, 0.3], [-0.1, 0.9]], np.float32)
    shift = np.array([12, -20], np.float32)
    driving = Keypoints(source.points @ affine.T + shift, affine @ source.jacobians)
    places = np.random.default_rng(0).uniform(0, 256, (5, 7, 2)).astype(np.float32)
    expected = (places - shift) @ np.linalg.inv(affine).T
    motions = SparseMotion(source, driving).at(places)
    assert motions.shape == (6, 5, 7, 2)
    np.testing.assert_allclose(motions, np.repeat(expected[None], 6, 0), atol=2e-3)


def test_a_collapsed_jacobian_is_inverted_to_something_finite() -> None:
    jacobians = np.stack([np.eye(2), np.zeros((2, 2)), [[1, 2], [2, 4]]]).astype(np.float32)
    back = inverted(jacobians)
    np.testing.assert_array_equal(back[0], np.eye(2))
    assert np.isfinite(back).all()


def test_keypoints_that_are_no_numbers_or_do_not_match_are_refused() -> None:
    good = some_keypoints(1)
    with pytest.raises(ValueError, match="points"):
        Keypoints(np.full((6, 2), np.nan, np.float32), good.jacobians.copy())
    with pytest.raises(ValueError, match="jacobians"):
        Keypoints(good.points.copy(), np.zeros((5, 2, 2), np.float32))
    with pytest.raises(ValueError, match="6 keypoints"):
        SparseMotion(good, some_keypoints(2, count=5))


def test_relative_motion_starts_at_the_source_and_scales_with_its_face() -> None:
    source, reference = some_keypoints(4), some_keypoints(5)
    start = relative(source, reference, reference)
    np.testing.assert_allclose(start.points, source.points, atol=1e-4)
    np.testing.assert_allclose(start.jacobians, source.jacobians, atol=1e-5)
    larger = Keypoints(2 * source.points, source.jacobians.copy())
    assert adaptive_scale(larger, source) == pytest.approx(2)
    moved = Keypoints(reference.points + np.float32(10), reference.jacobians.copy())
    step = relative(source, moved, reference, scale=1.5).points - source.points
    np.testing.assert_allclose(step, 15, atol=1e-3)


def test_the_span_is_that_of_the_hull_and_no_face_is_scaled_without_bound() -> None:
    square = np.array([[0, 0], [3, 0], [3, 3], [0, 3], [1, 2]], np.float32)
    assert span(square) == pytest.approx(3)
    line = Keypoints(np.stack([np.arange(6.0), np.arange(6.0)], 1).astype(np.float32), np.repeat(
        np.eye(2, dtype=np.float32)[None], 6, 0))  # fmt: skip
    assert 0 < adaptive_scale(some_keypoints(1), line) < 10
    assert 0 < adaptive_scale(line, some_keypoints(1)) < 10


def test_the_best_driving_frame_is_the_one_with_the_same_face_wherever_it_is() -> None:
    rig, source = LandmarkRig.load(), face()
    coefficients = np.zeros((2, 52), np.float32)
    coefficients[1, 17] = 0.7  # an open mouth
    shut, wide = (shape * np.array([700, -700, -700]) + [90, 60, 0] for shape in
                  rig.shape(coefficients).astype(np.float32))  # fmt: skip
    assert unlikeness(shut, source) < 0.01 * unlikeness(wide, source)


def test_smoothed_keypoints_tremble_less_and_lag_less_than_a_frame() -> None:
    rng, base = np.random.default_rng(0), some_keypoints(1)
    steps = np.arange(100, dtype=np.float32)

    def smoothed(shift: Array) -> Array:
        smooth = KeypointFilter(rate=25, side=256)
        frames = (Keypoints(base.points + each, base.jacobians.copy()) for each in shift)
        return np.stack([smooth(frame).points - base.points for frame in frames])

    noise = rng.normal(scale=0.3, size=(100, 6, 2)).astype(np.float32)
    calm = smoothed(noise)
    assert np.abs(np.diff(calm, 2, axis=0)).mean() < 0.8 * np.abs(np.diff(noise, 2, axis=0)).mean()
    speed = 3.0  # px a frame
    behind = speed * steps - smoothed(speed * steps[:, None, None])[:, 0, 0]
    assert 0 < behind[-1] / speed < 0.5


def test_the_geometric_source_moves_the_oval_with_the_face() -> None:
    near = Reach(inner=1.3, outer=2.1, below_chin=2.0)
    motion: MotionSource[Array] = GeometricMotion(face(), size=256, step=8, reach=near)
    driving = face(x=138)
    sparse = motion.sparse(driving)
    np.testing.assert_array_equal(sparse.driving.points, driving[FACE_OVAL, :2])
    np.testing.assert_allclose(sparse.affines, np.repeat(np.eye(2)[None], 36, 0), atol=1e-4)
    dense = motion.dense(driving)
    assert dense.flow.shape == (33, 33, 2)
    np.testing.assert_allclose(dense.flow[16, 17], [17 * 8 - 10, 128], atol=0.2)
    np.testing.assert_array_equal(dense.flow[0, 0], [0, 0])
    assert dense.occlusion.min() < 0.9  # the place that the head has left
    assert dense.occlusion[16, 17] == dense.occlusion[0, 0] == 1
