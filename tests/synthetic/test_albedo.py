import numpy as np
import pytest

from synthetic.albedo import vertex_albedo


@pytest.fixture(scope="module")
def albedo(figure):
    return vertex_albedo(figure)


def nearest(figure, albedo, layer, point):
    rows = figure.slices[layer]
    matrix = figure.moving[rows] if rows.stop <= figure.moving.shape[0] else None
    points = matrix @ figure.rest
    return albedo[rows][np.argmin(np.linalg.norm(points - point, axis=1))]


def test_reflectances_are_physical(figure, albedo):
    assert albedo.shape == (len(figure.head_weight), 3)
    assert albedo.min() >= 0 and albedo.max() < 0.98


def test_lips_are_redder_than_the_chin(figure, albedo):
    lips = nearest(figure, albedo, "skin", figure.marks.mouth + np.array([0, -0.005, 0.004]))
    chin = nearest(figure, albedo, "skin", figure.marks.chin)
    assert lips[0] / lips[1] > 1.15 * chin[0] / chin[1]


def test_the_pupil_is_dark_in_a_coloured_iris_in_a_white_eye(figure, albedo):
    rows = figure.eye_slices[0]
    points = figure.lookup[rows] / np.linalg.norm(figure.lookup[rows], axis=1, keepdims=True)
    eye = albedo[rows]
    assert eye[points[:, 2].argmax()].max() < 0.02
    iris = eye[np.abs(np.arccos(points[:, 2]) - 0.3).argmin()]
    assert np.allclose(iris, figure.person.eyes.iris)
    assert eye[np.abs(np.arccos(points[:, 2]) - 0.7).argmin()].min() > 0.5
