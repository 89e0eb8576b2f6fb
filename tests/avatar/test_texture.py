import dataclasses

import numpy as np
import pytest

from avatar.camera import Camera, Pose, rotation_from_vector
from avatar.errors import AvatarError
from avatar.fit import FittedHead
from avatar.head_model import HeadModel
from avatar.raster import interpolate, rasterize
from avatar.texture import bake_texture, match_colours
from avatar.texture_fill import spread_fill
from avatar.texture_views import ViewSample, texel_grid

SIDE = 320
TEXTURE = 256
YAWS = (-35, 0, 35)


@pytest.fixture(scope="module")
def model():
    return HeadModel.load()


def fitted(model, yaws):
    count = len(yaws)
    poses = tuple(
        Pose(rotation_from_vector(np.radians([0.0, yaw, 0.0])), np.array([0.0, 0.03, -0.45]))
        for yaw in yaws
    )
    return FittedHead(
        model=model,
        vertices=model.vertices.copy(),
        deltas=model.deltas.copy(),
        identity=np.zeros(1, np.float32),
        cameras=(Camera(SIDE, SIDE, 40.0),) * count,
        poses=poses,
        coefficients=np.zeros((count, 52), np.float32),
        error_percent=np.zeros(count, np.float32),
    )


def skin_colours(model):
    """Smooth true colours that differ over the face, (v, 3)."""
    x, y = model.vertices[:, 0], model.vertices[:, 1]
    red = 0.6 + 1.5 * y
    green = 0.5 + 1.2 * np.abs(x)
    return np.clip(np.stack([red, green, np.full(len(x), 0.4)], axis=1), 0, 1).astype(np.float32)


def photograph(head, view, colours, *, gain=1.0):
    """The head drawn in one view, green eyes, magenta background."""
    model, camera = head.model, head.cameras[view]
    points = camera.project(head.poses[view].apply(head.vertices)).astype(np.float32)
    fragments = rasterize(points, model.faces, SIDE, SIDE)
    image = interpolate(fragments, model.faces, colours)
    parts = model.parts[fragments.face_index]
    covered = fragments.face_index >= 0
    image[covered & (parts == 7)] = colours.mean(axis=0)  # lashes
    image[covered & ((parts == 2) | (parts == 3))] = (0.0, 0.9, 0.0)
    image = image * gain
    image[~covered] = (1.0, 0.0, 1.0)
    return (np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)


@pytest.fixture(scope="module")
def baked(model):
    head = fitted(model, YAWS)
    colours = skin_colours(model)
    images = [photograph(head, k, colours, gain=g) for k, g in enumerate((0.8, 1.0, 0.9))]
    texture, confidence = bake_texture(head, images, size=TEXTURE)
    truth = texel_grid(model, TEXTURE, "skin").interpolate(colours)
    return texture.astype(np.float32) / 255, confidence, truth


def test_well_seen_skin_has_its_true_colour_whatever_the_exposure(baked):
    texture, confidence, truth = baked
    sure = confidence > 0.8
    assert sure.mean() > 0.08
    exposure = np.median(texture[sure] / truth[sure])  # one picture's, all are brought to it
    assert 0.75 < exposure < 1.05
    error = np.abs(texture - exposure * truth)[sure]
    assert np.median(error) < 0.02
    assert np.percentile(error, 95) < 0.06


def test_the_background_never_gets_onto_the_skin(model, baked):
    texture, _, _ = baked
    skin = texel_grid(model, TEXTURE, "skin").covered
    magenta = (texture[..., 0] > 0.8) & (texture[..., 1] < 0.25) & (texture[..., 2] > 0.8)
    assert not (magenta & skin).any()


def test_eyes_in_the_picture_are_not_printed_on_the_lids(model, baked):
    texture, _, _ = baked
    skin = texel_grid(model, TEXTURE, "skin").covered
    green = (texture[..., 1] - texture[..., 0]) > 0.2
    assert (green & skin).sum() < 8


def test_eyes_are_painted_with_the_iris_of_the_pictures(model, baked):
    texture, confidence, _ = baked
    eye = texel_grid(model, TEXTURE, "eye_left")
    offset = eye.interpolate(model.vertices)
    ball = model.vertices[model.vertex_parts == 2]
    centre = (ball.min(axis=0) + ball.max(axis=0)) / 2
    radius = np.hypot(offset[..., 0] - centre[0], offset[..., 1] - centre[1])
    front = eye.covered & (offset[..., 2] > centre[2])
    iris = texture[front & (radius > 0.003) & (radius < 0.0045)].mean(axis=0)
    pupil = texture[front & (radius < 0.0012)].mean(axis=0)
    assert iris[1] > 2 * iris[0]  # green, as in the pictures
    assert pupil.max() < 0.1
    assert confidence[eye.covered].max() == 0


def test_unseen_skin_is_filled_and_marked_as_unsure(model, baked):
    texture, confidence, _ = baked
    grid = texel_grid(model, TEXTURE, "skin")
    back = grid.covered & (grid.interpolate(model.vertices)[..., 2] < -0.13)
    assert confidence[back].max() < 0.05
    assert texture[back].min() > 0.1


def test_a_half_seen_face_takes_the_other_half_from_the_mirror(model):
    head = fitted(model, (-70,))
    colours = skin_colours(model)
    texture, confidence = bake_texture(head, [photograph(head, 0, colours)], size=TEXTURE)
    grid = texel_grid(model, TEXTURE, "skin")
    places = grid.interpolate(model.vertices)
    cheeks = grid.covered & (places[..., 2] > -0.02) & (places[..., 1] < -0.02)
    cheeks &= (places[..., 1] > -0.06) & (np.abs(places[..., 0]) > 0.03)
    hidden = cheeks & (confidence < 0.02)
    assert hidden.sum() > 100
    truth = grid.interpolate(colours)
    assert np.median(np.abs(texture / 255.0 - truth)[hidden]) < 0.05


def test_a_mask_keeps_what_it_covers_off_the_texture(model):
    head = fitted(model, (0,))
    image = photograph(head, 0, skin_colours(model))
    mask = np.ones((SIDE, SIDE), np.float32)
    mask[: SIDE // 2] = 0.0
    _, open_confidence = bake_texture(head, [image], size=TEXTURE)
    _, confidence = bake_texture(head, [image], masks=[mask], size=TEXTURE)
    assert confidence.sum() < 0.8 * open_confidence.sum()


def test_gains_of_pictures_are_found():
    rng = np.random.default_rng(0)
    true = rng.uniform(0.2, 0.8, (32, 32, 3)).astype(np.float32)
    trust = np.ones((32, 32), np.float32)
    samples = [ViewSample(true, trust * 2), ViewSample(true * 0.7 + 0.05, trust)]
    gains = match_colours(samples, rounds=20)
    matched = samples[1].colours * gains[1, :, 0] + gains[1, :, 1]
    np.testing.assert_allclose(matched, true, atol=0.03)
    np.testing.assert_allclose(gains[0, :, 0], 1.0, atol=1e-6)


def test_spreading_keeps_what_is_known_and_stays_between_it():
    colours = np.zeros((32, 48, 3), np.float32)
    known = np.zeros((32, 48), np.float32)
    colours[:, :4], known[:, :4] = 0.2, 1.0
    colours[:, -4:], known[:, -4:] = 0.8, 1.0
    filled = spread_fill(colours, known)
    np.testing.assert_allclose(filled[:, :4], 0.2, atol=1e-5)
    np.testing.assert_allclose(filled[:, -4:], 0.8, atol=1e-5)
    assert filled.min() >= 0.2 - 1e-4 and filled.max() <= 0.8 + 1e-4
    assert 0.3 < filled[16, 24, 0] < 0.7


def test_pictures_that_do_not_belong_to_the_views_are_refused(model):
    head = fitted(model, (0,))
    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    with pytest.raises(AvatarError, match="2 pictures for 1 views"):
        bake_texture(head, [image, image])
    with pytest.raises(AvatarError, match="picture 0"):
        bake_texture(head, [image[:100]])
    with pytest.raises(AvatarError, match="float64"):
        bake_texture(head, [image / 255.0])


def test_strong_expressions_count_less(model):
    head = fitted(model, (0, 0))
    coefficients = np.zeros((2, 52), np.float32)
    coefficients[1, 17] = 0.8
    head = dataclasses.replace(head, coefficients=coefficients, deltas=head.deltas * 0)
    colours = np.full_like(skin_colours(model), 0.5)
    stripes = colours.copy()
    stripes[::2] = 0.7  # detail that only the picture of the open mouth shows
    images = [photograph(head, 0, colours), photograph(head, 1, stripes)]
    texture, confidence = bake_texture(head, images, size=TEXTURE)
    swapped, _ = bake_texture(head, images[::-1], size=TEXTURE)
    sure = confidence > 0.8
    assert texture[sure].std() < 0.5 * swapped[sure].std()
