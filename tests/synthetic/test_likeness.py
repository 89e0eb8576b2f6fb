import numpy as np
import pytest

from synthetic.likeness import in_a_room, likeness, varied_poses, varied_scene


def cloud(rng, centre, count=4, spread=0.01):
    return (centre + rng.normal(0, spread, (count, 128))).astype(np.float32)


def test_distances_within_and_between_people_are_told_apart():
    rng = np.random.default_rng(0)
    first, second = np.zeros(128), np.full(128, 0.6 / 128**0.5)
    result = likeness([cloud(rng, first), cloud(rng, second), np.zeros((0, 128), np.float32)], 10)
    assert result.between == pytest.approx([0.6], abs=0.06)
    assert result.within.max() < 0.15
    assert len(result.pairs_within) == 12 and len(result.pairs_between) == 16
    assert result.found == 0.8


def test_poses_vary_within_their_limits():
    poses = varied_poses(8, seed=1)
    yaw = np.rad2deg([pose.rotation[1] for pose in poses])
    assert np.abs(yaw).max() <= 30 and np.ptp(yaw) > 15
    assert len({pose.coefficients.tobytes() for pose in poses}) == 8


def test_a_room_brightens_the_dark_side_and_the_camera_makes_up_for_it():
    bare = varied_scene(np.random.default_rng(1))
    lit = in_a_room(bare)
    side = np.array([[0.8, 0.0, 0.6]])
    assert np.all(lit.surroundings.radiance(side) > 1.3 * bare.surroundings.radiance(side))
    assert lit.lights == bare.lights and lit.exposure < bare.exposure
