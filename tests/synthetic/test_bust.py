import numpy as np
import pytest

from capture.arkit import ARKIT_INDEX
from synthetic.bust import load_bust
from synthetic.subdivision import subdivide


@pytest.fixture(scope="module")
def bust():
    return load_bust()


def test_identity_rows_change_the_face_without_carrying_it_away(bust):
    african = bust.shape({"african-male-old": 1.0})
    face = (bust.head_weight > 0.99) & (bust.vertices[:, 2] > -0.06)
    moved = african[face] - bust.vertices[face]
    assert np.abs(moved).max() > 0.004
    assert np.linalg.norm(moved.mean(axis=0)) < 0.006


def test_unknown_identity_row_is_refused(bust):
    with pytest.raises(KeyError):
        bust.shape({"third-eye": 1.0})


def test_jaw_open_lowers_the_lower_lip_and_leaves_the_forehead(bust):
    jaw = bust.actions[ARKIT_INDEX["jawOpen"]]
    forehead = (bust.vertices[:, 1] > 0.05) & (bust.head_weight > 0.99)
    assert jaw[:, 1].min() < -0.02
    assert np.abs(jaw[forehead]).max() < 1e-3


def test_left_actions_move_the_subjects_left_side(bust):
    blink = np.linalg.norm(bust.actions[ARKIT_INDEX["eyeBlinkLeft"]], axis=1)
    assert (blink @ bust.vertices[:, 0]) / blink.sum() > 0.02


def cube_quads():
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], float)
    quads = np.array(
        [[0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6], [0, 2, 6, 4], [1, 5, 7, 3]]
    )
    return corners, quads.astype(np.int32)


def test_subdivision_rounds_a_cube_and_keeps_its_middle():
    corners, quads = cube_quads()
    fine = subdivide(quads, 8, 3)
    points = fine.matrix @ corners
    radius = np.linalg.norm(points, axis=1)
    assert len(fine.quads) == 6 * 4**3
    assert radius.std() / radius.mean() < 0.06
    assert np.allclose(points.mean(axis=0), 0, atol=1e-5)


def test_subdivision_commutes_with_affine_motion():
    corners, quads = cube_quads()
    fine = subdivide(quads, 8, 2)
    turn = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    assert np.allclose(
        fine.matrix @ (corners @ turn + 3), (fine.matrix @ corners) @ turn + 3, atol=1e-4
    )


def test_subdivision_interpolates_the_corner_free_border_of_an_open_sheet():
    x, y = np.meshgrid(np.arange(4.0), np.arange(4.0), indexing="ij")
    sheet = np.stack([x, y, 0 * x], axis=-1).reshape(-1, 3)
    index = np.arange(16).reshape(4, 4)
    quads = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], axis=-1)
    fine = subdivide(quads.reshape(-1, 4).astype(np.int32), 16, 1)
    points = fine.matrix @ sheet
    assert np.abs(points[:, 2]).max() == 0
    assert points[:, 0].min() >= 0 and points[:, 0].max() <= 3
    assert np.isclose(points[:, 0], 0).sum() == 5
