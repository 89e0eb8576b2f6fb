import numpy as np
import pytest

from benchmarks.baselines import SimilarityFace, StillFrame, similarity


def test_the_similarity_of_points_is_recovered():
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 200, (50, 2))
    angle, scale, shift = 0.4, 1.3, np.array([12.0, -7.0])
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    motion = similarity(points, points @ turn.T + shift)
    assert motion[:, :2] == pytest.approx(turn, abs=1e-9)
    assert motion[:, 2] == pytest.approx(shift, abs=1e-6)


def test_the_similarity_is_the_best_one_for_noisy_points():
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 200, (50, 2))
    target = points * 1.1 + rng.normal(0, 3, points.shape)

    def error(motion):
        return ((points @ motion[:, :2].T + motion[:, 2] - target) ** 2).sum()

    best = similarity(points, target)
    for row, column in ((0, 2), (1, 2)):
        for step in (-0.1, 0.1):
            other = best.copy()
            other[row, column] += step
            assert error(other) > error(best)


@pytest.fixture
def face():
    frame = np.random.default_rng(2).integers(0, 255, (120, 120, 3), dtype=np.uint8)
    angles = np.linspace(0, 2 * np.pi, 478, endpoint=False)
    ring = np.stack([60 + 30 * np.cos(angles), 60 + 30 * np.sin(angles)], axis=1)
    return frame, ring.astype(np.float32)


def test_the_still_frame_ignores_the_driving_landmarks(face):
    frame, landmarks = face
    assert np.array_equal(StillFrame(frame).render(landmarks + 9), frame)


def test_the_similarity_face_moves_the_face_and_leaves_the_rest(face):
    frame, landmarks = face
    method = SimilarityFace(frame, landmarks)
    assert np.array_equal(method.render(landmarks), frame)
    moved = method.render(landmarks + np.array([5, -3], np.float32))
    assert np.array_equal(moved[52:62, 60:70], frame[55:65, 55:65])
    assert np.array_equal(moved[:10], frame[:10])
