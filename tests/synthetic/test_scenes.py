import numpy as np
import pytest

from synthetic.background import KINDS, Backdrop
from synthetic.camera import Camera
from synthetic.film import PERFECT, Film
from synthetic.lighting import sphere_directions
from synthetic.render import Scene
from synthetic.scenes import Framing, draw_shot, light_on_face, seen_from


def test_the_same_generator_draws_the_same_shot_and_another_one_another():
    one, again, other = (draw_shot(np.random.default_rng(seed)) for seed in (5, 5, 6))
    assert one == again
    assert one != other


@pytest.mark.parametrize("seed", range(40))
def test_every_camera_sees_the_head_and_not_the_garments_end(seed):
    camera = draw_shot(np.random.default_rng(seed)).scene.camera
    rotation, translation = camera.to_camera()
    head = np.array([[x, y, z] for x in (-0.08, 0.08) for y in (0.11, -0.12) for z in (0.0, -0.15)])
    flat = camera.project(head @ rotation.T + translation, 100, 100)
    assert flat[:, :2].min() > -1 and flat[:, :2].max() < 100
    front = camera.project(np.array([[0, -0.375, 0.0]]) @ rotation.T + translation, 100, 100)
    assert front[0, 1] > 95


def test_a_framing_without_freedom_looks_straight_ahead():
    framing = Framing((0.4, 0.4), (25, 25), 0.0, 0.0, 0.0, 0.0)
    camera = draw_shot(np.random.default_rng(1), framing).scene.camera
    assert (camera.yaw_degrees, camera.pitch_degrees, camera.roll_degrees) == (0, 0, 0)
    assert np.isclose(2 * camera.distance_m * np.tan(np.deg2rad(12.5)), 0.4)


def test_opencv_matrices_project_like_the_camera():
    camera = Camera(1.1, 31.0, -0.02, 20.0, -9.0, 0.03, 5.0)
    points = np.random.default_rng(0).normal(0, 0.08, (20, 3))
    rotation, translation = camera.to_camera()
    wanted = camera.project(points @ rotation.T + translation, 200, 160)
    world_to_camera = camera.extrinsics()
    seen = points @ world_to_camera[:3, :3].T + world_to_camera[:3, 3]
    flat = seen @ camera.intrinsics(200, 160).T
    assert np.allclose(flat[:, :2] / flat[:, 2:], wanted[:, :2])
    assert np.allclose(seen[:, 2], wanted[:, 2])


def test_lights_stay_in_the_room_when_the_camera_moves():
    camera = Camera(yaw_degrees=40.0, pitch_degrees=15.0)
    scene = draw_shot(np.random.default_rng(2)).scene
    moved = seen_from(scene, camera)
    turn = camera.to_camera()[0] @ scene.camera.to_camera()[0].T
    directions = sphere_directions(50)
    assert np.allclose(
        moved.surroundings.radiance(directions @ turn.T), scene.surroundings.radiance(directions)
    )
    for before, after in zip(scene.lights, moved.lights, strict=True):
        assert np.allclose(turn @ before.unit(), after.unit())
    assert seen_from(Scene(), Camera()) == Scene()


@pytest.mark.parametrize("kind", KINDS)
def test_a_backdrop_is_the_same_picture_at_any_size(kind):
    backdrop = Backdrop(seed=3, kind=kind, grain=0.0)
    large, small = backdrop.paint(128, 128), backdrop.paint(32, 32)
    assert (large >= 0).all() and large.std() > 0.01
    assert np.abs(large.reshape(32, 4, 32, 4, 3).mean(axis=(1, 3)) - small).mean() < 0.02


def test_a_perfect_camera_changes_nothing_and_a_poor_one_adds_noise():
    frame = np.full((32, 32, 3), 120, np.uint8)
    assert np.array_equal(PERFECT.develop(frame, np.random.default_rng(0)), frame)
    noisy = Film(read_noise=0.02).develop(frame, np.random.default_rng(0))
    assert 3 < noisy.std() < 7
    assert np.array_equal(noisy, Film(read_noise=0.02).develop(frame, np.random.default_rng(0)))


def test_bright_and_dark_rooms_are_exposed_alike():
    scenes = [draw_shot(np.random.default_rng(seed)).scene for seed in range(60)]
    light = np.array([light_on_face(scene) for scene in scenes])
    exposed = light * [scene.exposure for scene in scenes] / light_on_face(Scene())
    assert light.max() > 1.5 * light.min()
    assert 0.74 < exposed.min() < exposed.max() < 1.21
