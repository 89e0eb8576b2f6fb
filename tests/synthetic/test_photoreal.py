import dataclasses
import importlib
import importlib.util
import sys

import numpy as np
import pytest

from capture.errors import MissingBackendError
from synthetic.camera import Camera
from synthetic.eyeball import IRIS_ANGLE
from synthetic.lighting import Light, Surroundings
from synthetic.photoreal.blender import load_blender
from synthetic.photoreal.eyes import centre_of, eye_parts
from synthetic.photoreal.film import develop, seed_of
from synthetic.photoreal.heroes import HEROES, pose_of
from synthetic.photoreal.skin_material import relief
from synthetic.photoreal.surface import attributes_of, split_layers
from synthetic.photoreal.view import BOX_DISTANCE_M, HEAD, View, panorama, soft_box
from synthetic.photoreal.wisps import split
from synthetic.posing import NEUTRAL, pose_figure
from synthetic.render import Renderer, Scene

CAMERA = Camera(distance_m=0.7, yaw_degrees=25, pitch_degrees=-8, height_m=0.01)
needs_blender = pytest.mark.skipif(
    importlib.util.find_spec("bpy") is None, reason="bpy is not installed"
)


def test_both_renderers_see_a_point_at_the_same_pixel(figure):
    fast = Renderer(figure, Scene(camera=CAMERA), width=320, height=240, samples=1)
    points = pose_figure(figure, NEUTRAL).vertices
    wanted = fast.project(points)[:, :2]
    assert np.abs(View.of(CAMERA).project(points, 320, 240) - wanted).max() < 0.01


def test_the_lens_is_focused_on_the_eyes(figure):
    rotation, translation = CAMERA.to_camera()
    eyes = np.mean([eye.centre for eye in figure.eyes], axis=0)
    distance = -(rotation @ eyes + translation)[2]
    assert abs(View.of(CAMERA).focus_m - distance) < 0.02


@pytest.mark.parametrize("softness_m", [0.003, 0.009, 0.02])
def test_a_soft_box_lights_the_head_as_its_distant_light_does(softness_m):
    light = Light((0.3, 0.4, 0.8), (1.0, 0.5, 0.25), softness_m)
    box = soft_box(light, CAMERA)
    ramp = (np.arange(40) + 0.5) / 40 - 0.5
    u, v = (axis.reshape(-1, 1) * box.side_m for axis in np.meshgrid(ramp, ramp))
    right, up, towards = box.matrix[:3, :3].T
    ways = box.matrix[:3, 3] + u * right + v * up - HEAD
    distance = np.linalg.norm(ways, axis=1)
    cosine = ways @ towards / distance
    solid = cosine / distance**2 * box.side_m**2 / len(ways)
    irradiance = box.radiance * (cosine * solid).sum()
    assert np.allclose(irradiance / np.pi, light.colour, rtol=0.01)
    assert np.isclose(np.linalg.norm(box.matrix[:3, 3] - HEAD), BOX_DISTANCE_M)


def test_the_panorama_has_the_sky_at_its_top_and_the_window_where_it_is():
    plain = Surroundings(above=(1, 1, 1), around=(0, 0, 0), below=(0, 0, 0), window=(0, 0, 0))
    sky = panorama(Scene(Camera(), lights=(), surroundings=plain), height=32)
    assert sky[0].mean() > 0.9 and sky[-1].max() < 0.1
    window = Surroundings(
        above=(0, 0, 0), around=(0, 0, 0), below=(0, 0, 0), window_direction=(1, 0, 0)
    )
    picture = panorama(Scene(Camera(), lights=(), surroundings=window), height=32)
    # Longitude pi - 2 pi u is 0, along +X, in the middle column.
    assert (
        np.abs(np.unravel_index(picture.sum(axis=2).argmax(), (32, 64)) - np.array([16, 32])).max()
        < 2
    )


def test_reflections_show_the_lamps_and_light_does_not():
    scene = Scene(lights=(Light((0, 0, 1), (1, 1, 1), 0.006),))
    assert panorama(scene, height=64, boxes=True).max() > 10 * panorama(scene, height=64).max()


def test_relief_is_rebuilt_from_its_slopes():
    x, y = np.meshgrid(np.arange(48) / 48 * 2 * np.pi, np.arange(32) / 32 * 2 * np.pi)
    height = np.sin(3 * x) * np.cos(2 * y) + 0.3 * np.cos(x + y)
    u, v = (0.5 * (np.roll(height, -1, axis) - np.roll(height, 1, axis)) for axis in (1, 0))
    assert np.allclose(relief(np.stack([u, v], axis=-1)), height, atol=1e-5)


def test_the_layers_cover_every_face_but_the_eyes(figure):
    layers = split_layers(figure)
    eyes = sum(len(eye.faces) for eye in figure.eyes)
    assert sum(len(layer.faces) for layer in layers) == len(figure.faces) - eyes
    for layer in layers:
        count = layer.rows.stop - layer.rows.start
        assert layer.faces.max() < count
        assert all(len(v) == count for v in attributes_of(figure, layer.rows).values())


def test_the_iris_lies_behind_the_cornea_and_turns_with_the_eye(figure, pose):
    posed = pose_figure(figure, pose(yaw=20, eyeLookInLeft=0.6))
    eye, frame = figure.eyes[0], posed.eye_frames[0]
    vertices = posed.vertices[figure.eye_slices[0]]
    local = eye.vertices / np.linalg.norm(eye.vertices, axis=1, keepdims=True)
    centre = centre_of(vertices, local @ frame.T)
    parts = eye_parts(eye, vertices, frame)
    depth, surface = ((part - centre) @ frame[:, 2] for part in (parts.inner, parts.outer))
    iris = np.hypot(local[:, 0], local[:, 1]) < 0.9 * np.sin(IRIS_ANGLE)
    iris &= local[:, 2] > 0
    assert (surface[iris] - depth[iris]).min() > 0.0001
    assert (surface[iris] - depth[iris]).max() > 0.0015
    assert np.allclose(
        np.linalg.norm(parts.inner[~iris] - centre, axis=1).max(), eye.radius, rtol=0.01
    )


def test_split_strands_stay_with_their_parents_and_turn_with_the_head(figure, pose):
    strands = figure.hair
    wisps = split(strands, 3, np.random.default_rng(0))
    assert len(wisps.parent) == 3 * len(strands.points)
    still = wisps.points(strands.points, np.eye(3))
    apart = np.linalg.norm(still - strands.points[:, wisps.keys][wisps.parent], axis=2)
    assert 0.0001 < np.median(apart) < 0.003
    quarter = np.array([[0.0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    turned = wisps.points((strands.points @ quarter.T).astype(np.float32), quarter)
    assert np.allclose(turned, still @ quarter.T, atol=1e-6)


def test_an_unsplit_strand_is_drawn_as_it_is(figure):
    wisps = split(figure.hair, 1, np.random.default_rng(0))
    assert np.array_equal(
        wisps.points(figure.hair.points, np.eye(3)), figure.hair.points[:, wisps.keys]
    )


def test_grain_grows_with_the_light_and_is_the_same_again():
    light = np.full((64, 64, 3), 0.02, np.float32)
    light[:, 32:] = 0.2

    def shoot(grain):
        return develop(light, exposure=1.0, grain=grain, seed=5).astype(float)

    assert shoot(0.0)[:, :32].std() == 0
    assert np.array_equal(shoot(1.0), shoot(1.0))
    relative = [
        shoot(1.0)[:, half].std() / shoot(0.0)[:, half].mean()
        for half in (slice(32), slice(32, 64))
    ]
    assert relative[0] > relative[1] > 0
    assert seed_of(light) != seed_of(light + 1)


@pytest.mark.parametrize("name", HEROES)
def test_a_hero_looks_into_the_camera(figure, name):
    pose = pose_of(HEROES[name])
    frames = pose_figure(figure, pose).eye_frames
    assert (frames[:, 2, 2] > np.cos(np.deg2rad(6))).all()


def test_without_blender_the_error_tells_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "bpy", None)
    with pytest.raises(MissingBackendError, match="bpy") as caught:
        load_blender()
    assert caught.value.exit_code == 6
    assert "pip install" in caught.value.hint


@needs_blender
def test_cycles_and_the_rasteriser_agree_on_the_silhouette(figure, pose):
    photoreal = importlib.import_module("synthetic.photoreal").PhotorealRenderer
    scene = Scene(camera=CAMERA, lights=Scene().lights[:1])
    renderer = photoreal(figure, scene, width=48, height=48, samples=1, threads=1)
    posed = pose_figure(figure, pose(yaw=15, jawOpen=0.3))
    frame = renderer.draw(posed)
    assert frame.shape == (48, 48, 3) and frame.std() > 10
    covered = renderer.coverage(posed, samples=16)
    flat = renderer.project(posed.vertices)
    inside = np.zeros((48, 48), bool)
    x, y = np.rint(flat[:, :2]).astype(int).T
    seen = (x >= 0) & (x < 48) & (y >= 0) & (y < 48)
    inside[y[seen], x[seen]] = True
    assert covered[inside].mean() > 0.93
    assert covered[:6, :6].max() < 0.01


@needs_blender
def test_folds_that_a_movement_presses_show_in_a_later_frame(figure):
    photoreal = importlib.import_module("synthetic.photoreal").PhotorealRenderer
    scene = Scene(camera=Camera(distance_m=0.5), lights=Scene().lights[:1])
    renderer = photoreal(figure, scene, width=48, height=48, samples=1, threads=1)
    still = pose_figure(figure, NEUTRAL)
    pressed = dataclasses.replace(still, folds=np.ones(3))
    flat = renderer.radiance(still)
    assert np.abs(renderer.radiance(pressed) - flat).max() > 0.005
    assert np.allclose(renderer.radiance(still), flat, atol=1e-4)
