from dataclasses import replace

import numpy as np
import pytest

from synthetic import kernels
from synthetic.earrings import EARRINGS, hang_earrings
from synthetic.glasses import GLASSES, fit_glasses, head_of
from synthetic.lenses import draw_lenses
from synthetic.person import Earrings, Glasses
from synthetic.sweep import blob, rounded, sweep


@pytest.fixture(scope="module")
def head(figure):
    rows = figure.slices["skin"]
    points = (figure.moving @ figure.rest)[rows].astype(np.float32)
    faces = figure.faces[(figure.faces >= rows.start).all(1) & (figure.faces < rows.stop).all(1)]
    normals = kernels.vertex_normals(points, (faces - rows.start).astype(np.int32))
    bust = figure.bust
    distance = np.linalg.norm(points[:, None] - figure.rest[bust.masks["ears"] > 0.5], axis=2)
    ears = (distance.min(axis=1) < 0.004).astype(np.float32)
    return head_of(points, normals, ears, figure.marks.eyes, figure.eyes[0].radius)


def volume(vertices, faces):
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    return np.einsum("fc,fc->", np.cross(a, b), c) / 6


@pytest.mark.parametrize("closed", [False, True])
def test_a_tube_faces_outwards(closed):
    angle = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    line = np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    if not closed:
        line = np.stack([np.linspace(0, 1, 60), 0 * angle, 0 * angle], axis=1)
    across = line - line.mean(axis=0) if closed else np.array([0.0, 1.0, 0.0])
    tube = sweep(line, across, rounded(0.1, 0.1, points=24, power=1.0), closed=closed)
    length = 2 * np.pi if closed else 1.0
    assert np.isclose(volume(*tube), np.pi * 0.05**2 * length, rtol=0.03)


def test_a_blob_has_the_volume_of_an_ellipsoid():
    vertices, faces = blob(np.ones(3), np.diag([0.3, 0.2, 0.1]), rings=24)
    assert np.isclose(volume(vertices, faces), 4 / 3 * np.pi * 0.006, rtol=0.02)


@pytest.mark.parametrize("style", sorted(GLASSES))
def test_pupils_look_through_lenses_that_do_not_touch_the_face(head, style):
    frames, lenses = fit_glasses(head, Glasses(style=style))
    assert head.height(lenses.vertices.astype(float)).min() > 0.0005
    half = len(lenses.vertices) // 2
    for eye, lens in zip(head.eyes, (lenses.vertices[:half], lenses.vertices[half:]), strict=True):
        assert lens[:, 0].min() < eye[0] < lens[:, 0].max()
        assert lens[:, 1].min() < eye[1] < lens[:, 1].max()
        gap = lens[:, 2].min() - eye[2] - head.eye_radius
        assert 0.002 < gap < 0.03
    assert all(frame.head_weight == 1.0 for frame in frames)


def test_temples_end_behind_the_ears(head):
    (frame,), _ = fit_glasses(head, Glasses())
    ears = head.points[head.ears > 0.5]
    assert frame.vertices[:, 2].min() < np.median(ears[:, 2])


@pytest.mark.parametrize("style", sorted(EARRINGS))
def test_earrings_hang_at_the_lobes(head, style):
    (layer,) = hang_earrings(head, Earrings(style=style))
    for side in (-1, 1):
        ring = layer.vertices[side * layer.vertices[:, 0] > 0]
        lobe = head.points[(head.ears > 0.5) & (side * head.points[:, 0] > 0)]
        lobe = lobe[np.argmin(lobe[:, 1])]
        assert np.linalg.norm(ring - lobe, axis=1).min() < 0.009
        assert ring[:, 1].min() < lobe[1] + 0.009


def test_lenses_let_the_eyes_be_seen_and_stay_behind_what_is_nearer():
    lenses = fit_square()
    lights = np.array([[0.0, 0.0, 1.0, 1.0, 1.0, 1.0]], np.float32)
    sh = np.zeros((9, 3), np.float32)
    sh[0] = 1.0
    flat = np.array([[2, 2, 1], [30, 2, 1], [30, 30, 1], [2, 30, 1]], np.float32)
    image = np.full((32, 32, 3), 0.5, np.float32)
    depth = np.full((32, 32), 2.0, np.float32)
    depth[:, 16:] = 0.5
    draw_lenses(lenses, flat, depth, lights, sh, image)
    assert (image[:, 16:] == 0.5).all()
    assert (image[4:28, 4:15] != 0.5).all()
    dim = replace(lenses, coating=(0.0, 0.0, 0.0))
    image = np.full((32, 32, 3), 0.5, np.float32)
    draw_lenses(dim, flat, depth, lights, sh, image)
    assert (image[4:28, 4:15] > 0.4).all()


def fit_square():
    from synthetic.lenses import Lenses

    corners = np.array([[-1, 1, -5], [1, 1, -5], [1, -1, -5], [-1, -1, -5]], np.float32)
    normals = np.tile(np.array([0, 0, 1], np.float32), (4, 1))
    return Lenses(corners, normals, np.array([[0, 1, 2], [0, 2, 3]], np.int32))
