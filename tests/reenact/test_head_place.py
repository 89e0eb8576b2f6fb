import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from reenact.head_place import kept_near, usual_place, way_factor


def test_the_usual_place_is_where_the_head_is_most_of_the_time():
    rng = np.random.default_rng(0)
    turned = Rotation.from_rotvec(rng.normal(0, 0.03, (100, 3))).as_matrix()
    usual = Rotation.from_euler("xyz", [8, -5, 2], degrees=True)
    placed = rng.normal(0, 0.002, (100, 3)) + np.array([0.01, 0.02, -0.5])
    placed[:10] += 0.3  # it leaves for a moment
    rotation, translation = usual_place(
        (turned @ usual.as_matrix()).astype(np.float32), placed.astype(np.float32)
    )
    gap = Rotation.from_matrix(rotation) * usual.inv()
    assert np.degrees(gap.magnitude()) < 0.7
    assert np.linalg.det(rotation) == pytest.approx(1, abs=1e-4)
    assert translation == pytest.approx([0.01, 0.02, -0.5], abs=2e-3)


def test_the_way_of_a_larger_head_before_the_same_camera_is_that_of_a_smaller_one():
    assert way_factor(-0.45, -0.50) == pytest.approx(0.9)
    assert way_factor(-0.50, -0.45) == pytest.approx(1 / 0.9)


def test_another_framing_says_nothing_about_the_size_of_a_head():
    assert way_factor(-0.3, -0.6) == 1
    assert way_factor(-0.3, 0.3) == 1


def test_a_driver_who_walks_away_does_not_take_the_head_off_its_shoulders() -> None:
    own = np.array([[0, 0, 0], [0.1, 0, 0], [0, -0.02, 0]], np.float32)
    across = np.linspace(-1, 1, 401)
    ways = np.zeros((401, 3), np.float32)
    ways[:, 0] = across
    kept = kept_near(ways, own)[:, 0]
    near = (across > -0.0099) & (across < 0.1099)
    np.testing.assert_allclose(kept[near], across[near], atol=1e-6)  # as far as it was filmed
    assert kept.min() > -0.0251 and kept.max() < 0.1251
    assert (np.diff(kept) >= 0).all()
    assert np.abs(np.diff(kept, 2)).max() < 0.003  # and nothing jerks where that begins
    assert (kept_near(ways, own)[:, 1:] == 0).all()
