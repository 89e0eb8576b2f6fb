import numpy as np
import pytest

from benchmarks.placing import best_placement


@pytest.fixture
def clip():
    """(t, n, 2) a face that moves."""
    rng = np.random.default_rng(0)
    face = rng.uniform(60, 140, (40, 2)).astype(np.float32)
    return face + rng.normal(0, 6, (12, 1, 2)).astype(np.float32)


def test_a_head_that_is_held_elsewhere_all_the_time_is_placed(clip):
    found = best_placement(clip * 1.1 + np.array([5, -8], np.float32), clip)
    assert found.figures["scale"] == pytest.approx(1.1, abs=1e-4)
    assert found.figures["unplaced"] > 5
    moved = (clip * 1.1 + [5, -8]) @ found.motion[:, :2].T + found.motion[:, 2]
    assert moved == pytest.approx(clip, abs=1e-2)


def test_what_changes_from_frame_to_frame_stays(clip):
    rng = np.random.default_rng(1)
    shaken = clip + rng.normal(0, 3, (12, 1, 2)).astype(np.float32)
    found = best_placement(shaken, clip)
    moved = shaken @ found.motion[:, :2].T + found.motion[:, 2]
    left = np.linalg.norm((moved - clip).mean(axis=1), axis=1)
    assert left.mean() > 2


def test_a_face_that_stands_still_keeps_its_size(clip):
    still = np.broadcast_to(clip[0], clip.shape)
    found = best_placement(still, clip)
    assert found.figures["scale"] == pytest.approx(1, abs=1e-4)
    assert found.place_points(still[0]).mean(axis=0) == pytest.approx(clip.mean(axis=(0, 1)))


def test_the_frame_moves_with_its_landmarks(clip):
    frame = np.zeros((120, 160, 3), np.uint8)
    frame[40:50, 60:70] = 200
    found = best_placement(clip + np.array([20, 10], np.float32), clip)
    assert np.array_equal(found.place(frame)[30:40, 40:50], frame[40:50, 60:70])
    assert found.figures["right"] == pytest.approx(20, abs=1e-3)
    assert found.figures["down"] == pytest.approx(10, abs=1e-3)
