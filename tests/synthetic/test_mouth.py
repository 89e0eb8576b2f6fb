import numpy as np

from synthetic.mouth import Arch, affine_weights, build_denture
from synthetic.posing import NEUTRAL, pose_figure
from synthetic.strands import quad_grid


def test_affine_weights_follow_affine_motion():
    rng = np.random.default_rng(0)
    anchors, points = rng.normal(size=(20, 3)) * 0.02, rng.normal(size=(5, 3)) * 0.02
    weights = affine_weights(points.astype(np.float32), anchors.astype(np.float32))
    matrix, shift = rng.normal(size=(3, 3)), rng.normal(size=3)
    assert np.allclose(weights @ (anchors @ matrix + shift), points @ matrix + shift, atol=1e-4)


def test_fourteen_teeth_stand_side_by_side():
    denture = build_denture(Arch(0.02, 22.0, -0.07), upper=True, scale=1.0)
    teeth = denture.vertices[denture.gum == 0]
    edges = teeth[np.abs(teeth[:, 1] + 0.07) < 0.002]
    assert len(teeth) % 14 == 0
    assert np.abs(edges[:, 0]).max() > 0.02
    assert teeth[:, 1].min() > -0.075


def test_closed_lips_hide_the_teeth(figure):
    posed = pose_figure(figure, NEUTRAL)
    interior = figure.material[:, 9] > 0.9
    lips = posed.coarse[figure.mouth_line]
    enamel = interior & (np.abs(posed.vertices[:, 0]) < 0.01)
    assert posed.vertices[enamel, 2].max() < lips[np.abs(lips[:, 0]) < 0.01, 2].max() + 1e-4


def test_a_strip_of_quads_becomes_a_grid_whatever_its_order():
    index = np.arange(15).reshape(3, 5)
    quads = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], axis=-1)
    quads = np.random.default_rng(1).permutation(quads.reshape(-1, 4))
    grid = quad_grid(quads)
    assert sorted(grid.shape) == [3, 5]
    assert set(grid.ravel()) == set(range(15))
