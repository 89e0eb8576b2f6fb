from fractions import Fraction

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from avatar.raster import rasterize
from synthetic.camera import Camera
from synthetic.layers import EYE_LEFT, EYE_RIGHT
from synthetic.lighting import Surroundings, ambient_occlusion, harmonic_basis, sphere_directions
from synthetic.performance import Score
from synthetic.posing import HEAD_PIVOT, NEUTRAL, pose_figure
from synthetic.render import Renderer, Scene

SIZE = 192


@pytest.fixture(scope="module")
def renderer(figure):
    scene = Scene(camera=Camera(distance_m=0.5))
    return Renderer(figure, scene, width=SIZE, height=SIZE, samples=1)


def patch(renderer, posed, point, half=2):
    x, y, _ = np.rint(renderer.project(point[None])[0]).astype(int)
    return renderer.draw(posed)[y - half : y + half + 1, x - half : x + half + 1].astype(float)


def test_the_pupil_is_drawn_where_the_truth_says(renderer, figure):
    posed = pose_figure(figure, NEUTRAL)
    eye = figure.eyes[0]
    pupil = eye.centre + np.array([0, 0, eye.radius])
    sclera = eye.centre + np.array([0.0075, 0, eye.radius * 0.85])
    assert patch(renderer, posed, pupil, 1).mean() < 0.6 * patch(renderer, posed, sclera, 1).mean()


def test_a_blink_covers_the_eyes_with_skin(renderer, figure, pose):
    eye = figure.eyes[0]
    pupil = eye.centre + np.array([0, 0.003, eye.radius])
    shut = patch(renderer, pose_figure(figure, pose(eyeBlink=1.0)), pupil, 1)
    wide = patch(renderer, pose_figure(figure, NEUTRAL), pupil, 1)
    assert shut.mean() > wide.mean() + 30
    assert shut[..., 0].mean() > shut[..., 2].mean() + 20


@pytest.mark.parametrize("blink", [0.8, 0.9, 1.0])
def test_the_cornea_does_not_poke_through_a_closing_lid(renderer, figure, pose, blink):
    posed = pose_figure(figure, pose(eyeBlink=blink))
    pixels = (renderer.project(posed.vertices) * [4, 4, 1]).astype(np.float32)
    a, b, c = (pixels[figure.faces[:, corner], :2] for corner in range(3))
    u, v = b - a, c - a
    front = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0] < 0
    seen = rasterize(pixels, figure.faces[front], 4 * SIZE, 4 * SIZE).face_index
    eye = (seen >= 0) & np.isin(figure.kinds[front][seen], (EYE_LEFT, EYE_RIGHT))
    rim = figure.eyes[0].centre + np.array([[0.006, 0, 0], [-0.006, 0, 0]])
    iris_px = 4 * np.ptp(renderer.project(rim)[:, 0])
    assert eye.sum(axis=0).max() < 0.2 * iris_px


def test_an_open_mouth_shows_teeth_over_a_dark_cavity(renderer, figure, pose):
    posed = pose_figure(figure, pose(jawOpen=0.6))
    lips = posed.coarse[figure.mouth_line]
    middle = lips[np.abs(lips[:, 0]) < 0.006]
    top, bottom = renderer.project(middle)[:, 1].min(), renderer.project(middle)[:, 1].max()
    column = int(renderer.project(middle).mean(axis=0)[0])
    inside = renderer.draw(posed)[int(top) : int(bottom), column - 2 : column + 3]
    rows = inside.mean(axis=(1, 2))
    assert bottom - top > 8
    assert rows.max() > 1.6 * rows.min()


def test_nothing_but_lips_shows_where_lips_are_closed(renderer, figure):
    posed = pose_figure(figure, NEUTRAL)
    lips = posed.coarse[figure.mouth_line].mean(axis=0)
    here = patch(renderer, posed, lips, 2)
    assert (here[..., 0] > here[..., 1] + 15).all()


def test_the_background_stands_still(figure, pose):
    distant = Renderer(figure, Scene(Camera(distance_m=1.2)), width=128, height=128, samples=1)
    one = distant.frame(pose(yaw=25, jawOpen=0.5))
    other = distant.frame(pose(yaw=-25))
    assert np.array_equal(one[:20, :16], other[:20, :16])


def test_the_same_pose_renders_the_same_pixels(renderer, pose):
    assert np.array_equal(renderer.frame(pose(yaw=10)), renderer.frame(pose(yaw=10)))


def test_motion_truth_reprojects_the_posed_head(renderer, figure):
    score = Score(3, Fraction(25))
    score.sway(np.random.default_rng(0), 12.0)
    performance = score.finish()
    camera = renderer.scene.camera
    motion = performance.to_motion(camera)
    rigid = np.flatnonzero(figure.bust.head_weight > 0.9999)
    for frame in range(3):
        posed = pose_figure(figure, performance.pose(frame))
        turn = Rotation.from_quat(motion.head_rotation[frame])
        points = turn.apply(figure.rest[rigid]) + motion.head_translation[frame]
        wanted = renderer.project(posed.coarse[rigid])[:, :2]
        assert np.abs(camera.project(points, SIZE, SIZE)[:, :2] - wanted).max() < 0.05


def test_the_torso_stays_when_the_head_turns(figure, pose):
    still, turned = (pose_figure(figure, pose(yaw=yaw)).coarse for yaw in (0, 30))
    moved = np.linalg.norm(turned - still, axis=1)
    assert moved[figure.bust.head_weight < 0.001].max() < 1e-6
    chin = np.argmin(np.linalg.norm(figure.rest - figure.marks.chin, axis=1))
    radius = np.hypot(*(figure.rest[chin] - HEAD_PIVOT)[[0, 2]])
    assert np.isclose(moved[chin], 2 * radius * np.sin(np.deg2rad(15)), rtol=0.03)


def test_a_crease_is_less_open_than_a_plain():
    plate = np.array([[-0.1, 0, -0.1], [0.1, 0, -0.1], [0.1, 0, 0.1], [-0.1, 0, 0.1]], np.float32)
    wall = plate[:, [1, 0, 2]] + np.array([-0.02, 0.1, 0], np.float32)
    faces = np.array([[0, 2, 1], [0, 3, 2], [4, 5, 6], [4, 6, 7]], np.int32)
    points = np.array([[-0.015, 0, 0], [0.095, 0, 0]], np.float32)
    up = np.tile(np.array([0, 1, 0], np.float32), (2, 1))
    opened, bent = ambient_occlusion(
        points, up, np.concatenate([plate, wall]), faces, [], directions=256
    )
    assert opened[0] < 0.7 < 0.78 < opened[1]
    assert bent[0, 0] > 0.2


def test_harmonics_reproduce_soft_light():
    surroundings = Surroundings(window=(0.0, 0.0, 0.0))
    directions = sphere_directions(500)
    rebuilt = harmonic_basis(directions) @ surroundings.harmonics()
    assert np.abs(rebuilt - surroundings.radiance(directions)).max() < 0.06
