import numpy as np
import pytest

from synthetic.mouth import Arch, affine_weights, build_denture
from synthetic.person import Teeth
from synthetic.posing import NEUTRAL, pose_figure
from synthetic.strands import quad_grid
from synthetic.tongue import build_tongue


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


def test_a_gap_parts_the_upper_middle_teeth_only():
    arch = Arch(0.02, 22.0, -0.07)
    for upper in (True, False):
        plain = build_denture(arch, upper=upper, scale=1.0, teeth=Teeth(crowding=0.0))
        parted = build_denture(arch, upper=upper, scale=1.0, teeth=Teeth(crowding=0.0, gap_m=0.002))
        apart = [np.abs(each.vertices[each.tooth % 8 == 0][:, 0]).min() for each in (plain, parted)]
        assert np.isclose(apart[1] - apart[0], 0.001 if upper else 0.0, atol=4e-4)


def test_crowded_teeth_stand_less_regularly():
    arch = Arch(0.02, 22.0, -0.07)
    spread = []
    for crowding in (0.0, 0.9):
        teeth = Teeth(crowding=crowding)
        denture = build_denture(arch, upper=True, scale=1.0, teeth=teeth, seed=3)
        left, right = (
            denture.vertices[denture.tooth == tooth] * [side, 1, 1]
            for tooth, side in ((1, 1), (9, -1))
        )
        spread.append(np.linalg.norm(left.mean(axis=0) - right.mean(axis=0)))
    assert spread[1] > 3 * spread[0]


def test_the_tongue_lies_within_the_lower_teeth():
    arch = Arch(0.02, 22.0, -0.07)
    tongue = build_tongue(arch, 1.0).vertices
    room = np.sqrt(np.clip(arch.front - 0.004 - tongue[:, 2], 0, None) / arch.bend)
    assert (np.abs(tongue[:, 0]) < room).all()
    assert tongue[:, 2].max() < arch.front - 0.005


def test_closed_lips_hide_the_teeth(figure):
    posed = pose_figure(figure, NEUTRAL)
    lips = posed.coarse[figure.mouth_line]
    teeth = posed.vertices[figure.slices["upper_teeth"].start : figure.slices["lower_teeth"].stop]
    middle = teeth[np.abs(teeth[:, 0]) < 0.01]
    assert middle[:, 2].max() < lips[np.abs(lips[:, 0]) < 0.01, 2].max() + 1e-4


def test_a_strip_of_quads_becomes_a_grid_whatever_its_order():
    index = np.arange(15).reshape(3, 5)
    quads = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], axis=-1)
    quads = np.random.default_rng(1).permutation(quads.reshape(-1, 4))
    grid = quad_grid(quads)
    assert sorted(grid.shape) == [3, 5]
    assert set(grid.ravel()) == set(range(15))


@pytest.mark.parametrize("upper", [True, False])
def test_teeth_and_gums_face_the_lips(upper):
    denture = build_denture(Arch(0.02, 22.0, -0.07), upper=upper, scale=1.0)
    a, b, c = (denture.vertices[denture.faces[:, i]] for i in range(3))
    normal, middle = np.cross(b - a, c - a), (a + b + c) / 3
    front = (np.abs(middle[:, 0]) < 0.01) & (middle[:, 2] > 0.0195)
    for gum in (0, 1):
        shown = front & (denture.gum[denture.faces[:, 0]] == gum)
        assert shown.sum() > 20
        assert (normal[shown, 2] > 0).mean() > 0.8
