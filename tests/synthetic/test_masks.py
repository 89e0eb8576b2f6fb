from dataclasses import replace

import numpy as np
import pytest

from synthetic.background import Backdrop
from synthetic.camera import Camera
from synthetic.masks import LABELS, coverage
from synthetic.posing import pose_figure
from synthetic.render import Renderer, Scene

SIZE = 160
CAMERA = Camera(distance_m=0.8)


@pytest.fixture(scope="module")
def posed(figure, pose):
    return pose_figure(figure, pose(yaw=12, jawOpen=0.7, mouthLowerDown=0.3))


@pytest.fixture(scope="module")
def parts(figure, posed):
    return coverage(figure, posed, CAMERA, SIZE)


@pytest.fixture(scope="module")
def renderer(figure):
    return Renderer(figure, Scene(camera=CAMERA), width=SIZE, height=SIZE, samples=1)


def at(renderer, parts, point):
    x, y, _ = np.rint(renderer.project(point[None])[0]).astype(int)
    return LABELS[parts.labels[y, x]]


def test_features_are_labelled_where_the_mesh_has_them(figure, posed, renderer, parts):
    eye = figure.eyes[0]
    head = posed.head
    pivot = np.array([0.0, -0.055, -0.105])
    pupil = (eye.centre + np.array([0, 0, eye.radius]) - pivot) @ head.T + pivot
    lips = posed.coarse[figure.mouth_line]
    middle = lips[np.abs(lips[:, 0] - lips[:, 0].mean()) < 0.01]
    nose = (figure.marks.nose - pivot) @ head.T + pivot
    assert at(renderer, parts, pupil) == "eyes"
    assert at(renderer, parts, nose) == "face"
    assert at(renderer, parts, middle.mean(axis=0)) == "mouth"
    assert LABELS[parts.labels[SIZE - 3, SIZE // 2]] == "clothes"
    assert LABELS[parts.labels[2, 2]] == "background"


def test_hair_is_where_strands_are(parts):
    rows, columns = np.nonzero(parts.labels == LABELS.index("hair"))
    assert len(rows) > 100
    assert rows.min() < np.nonzero(parts.labels == LABELS.index("face"))[0].min()
    assert (parts.hair[rows, columns] > 127).all()


def test_the_silhouette_is_that_of_the_picture(figure, posed, renderer, parts):
    other = replace(renderer.scene, backdrop=Backdrop(seed=9, wall=(0.9, 0.1, 0.1)))
    red = Renderer(figure, other, width=SIZE, height=SIZE, samples=1).draw(posed)
    same = (red == renderer.draw(posed)).all(axis=2)
    assert (same[parts.person == 255]).mean() > 0.97
    assert (same[parts.person == 0]).mean() < 0.01
