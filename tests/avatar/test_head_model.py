import dataclasses

import numpy as np
import pytest

from avatar.head_model import PARTS, HeadModel
from capture.arkit import ARKIT_52, ARKIT_INDEX, mirror_name


@pytest.fixture(scope="module")
def model():
    return HeadModel.load()


def landmark(model, number, **actions):
    shape = model.vertices.copy()
    for name, value in actions.items():
        shape += value * model.deltas[ARKIT_INDEX[name]]
    return model.at_landmarks(shape)[number]


def test_it_has_every_part_and_parts_share_no_vertices(model):
    assert set(model.parts.tolist()) == set(range(len(PARTS)))
    assert (model.vertex_parts[model.faces] == model.parts[:, None]).all()


def test_faces_look_outwards(model):
    skin = model.faces[model.part("skin")]
    corners = model.vertices[skin]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    tip = np.argmax(corners.mean(axis=1)[:, 2])  # the tip of the nose
    assert normals[tip, 2] > 0


def test_left_is_the_subjects_left_at_positive_x(model):
    assert landmark(model, 263)[0] > 0.03  # outer corner of the left eye
    assert landmark(model, 33)[0] < -0.03
    assert landmark(model, 473)[0] > 0.02  # left iris


def test_size_is_human_and_in_metres(model):
    span = np.linalg.norm(landmark(model, 473) - landmark(model, 468))
    assert 0.052 < span < 0.072


def test_mirror_maps_every_vertex_to_its_image(model):
    flipped = model.vertices[model.mirror] * np.array([-1, 1, 1], np.float32)
    np.testing.assert_allclose(flipped, model.vertices, atol=1e-6)
    np.testing.assert_array_equal(model.mirror[model.mirror], np.arange(len(model.mirror)))


@pytest.mark.parametrize("name", ["eyeBlinkLeft", "mouthSmileRight", "browOuterUpLeft"])
def test_actions_of_both_sides_mirror_each_other(model, name):
    other = model.deltas[ARKIT_INDEX[mirror_name(name)]][model.mirror]
    difference = model.deltas[ARKIT_INDEX[name]] - other * np.array([-1, 1, 1], np.float32)
    assert np.linalg.norm(difference, axis=1).mean() < 2e-4


def test_a_blink_closes_the_lids(model):
    open_gap = landmark(model, 386)[1] - landmark(model, 374)[1]
    closed = landmark(model, 386, eyeBlinkLeft=1.0) - landmark(model, 374, eyeBlinkLeft=1.0)
    assert open_gap > 0.006
    assert closed[1] < 0.35 * open_gap


def test_the_jaw_opens_downwards_and_mouth_close_undoes_it_at_the_lips(model):
    rest = landmark(model, 13)[1] - landmark(model, 14)[1]
    opened = landmark(model, 13, jawOpen=1.0)[1] - landmark(model, 14, jawOpen=1.0)[1]
    actions = {"jawOpen": 1.0, "mouthClose": 1.0}
    closed = landmark(model, 13, **actions)[1] - landmark(model, 14, **actions)[1]
    assert opened - rest > 0.02
    assert abs(closed - rest) < 0.25 * (opened - rest)


def test_a_smile_draws_the_corner_up_and_out_on_its_own_side_only(model):
    moved = landmark(model, 291, mouthSmileLeft=1.0) - landmark(model, 291)
    other = landmark(model, 61, mouthSmileLeft=1.0) - landmark(model, 61)
    assert moved[0] > 0.003 and moved[1] > 0.003
    assert np.linalg.norm(other) < 0.4 * np.linalg.norm(moved)


def test_islands_of_different_parts_do_not_share_texels(model):
    from avatar.texture_views import texel_grid

    used = np.zeros((256, 256), int)
    for part in PARTS:
        used += texel_grid(model, 256, part).covered
    assert used.max() == 1
    assert texel_grid(model, 256, "skin").covered.mean() > 0.4


def test_modes_fall_in_strength_and_leave_the_head_in_place(model):
    face = (model.vertices[:, 2] > -0.04) & (model.vertices[:, 1] > -0.11)
    strength = np.linalg.norm(model.identity, axis=(1, 2))
    assert strength[0] > 5 * strength[-1]
    assert np.abs(model.identity[:, face].mean(axis=1)).max() < 1e-3


def test_wrong_names_and_indices_are_refused(model):
    fields = {f.name: getattr(model, f.name) for f in dataclasses.fields(model)}
    with pytest.raises(ValueError, match="names"):
        HeadModel(**{**fields, "names": tuple(reversed(ARKIT_52))})
    faces = model.faces.copy()
    faces[0, 0] = len(model.vertices)
    with pytest.raises(ValueError, match="faces"):
        HeadModel(**{**fields, "faces": faces})
