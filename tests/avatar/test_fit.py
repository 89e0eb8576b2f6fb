import numpy as np
import pytest

from avatar.camera import Camera, Pose, pose_from_landmarks, rotation_from_vector
from avatar.errors import AvatarError
from avatar.fit import View, _initial_state, _Problem, fit_head
from avatar.head_model import HeadModel
from avatar.person_actions import ACTION_GAIN, lid_contacts, transfer_actions
from capture.arkit import ARKIT_INDEX

WIDTH, HEIGHT, FOV = 640, 480, 45.0


@pytest.fixture(scope="module")
def model():
    return HeadModel.load()


@pytest.fixture(scope="module")
def person(model):
    rng = np.random.default_rng(3)
    amounts = rng.normal(size=40).astype(np.float32)
    return model.vertices + np.tensordot(amounts, model.identity[:40], axes=1)


def see(model, shape, *, yaw=0.0, pitch=0.0, coefficients=None, noise_px=0.0, seed=0):
    """Perfect landmarks of a shape under a pose."""
    coefficients = np.zeros(52, np.float32) if coefficients is None else coefficients
    posed = shape + np.tensordot(coefficients * ACTION_GAIN, model.deltas, axes=1)
    turn = rotation_from_vector(np.radians([pitch, yaw, 0.0]))
    camera = Camera(WIDTH, HEIGHT, FOV)
    points = Pose(turn, np.array([0.01, -0.02, -0.55])).apply(model.at_landmarks(posed))
    seen = camera.project(points)
    depth = (seen[:, 2] - seen[:, 2].mean()) * camera.focal_px / seen[:, 2].mean()
    seen[:, 2] = depth
    seen[:, :2] += np.random.default_rng(seed).normal(0.0, noise_px, (len(seen), 2))
    return View(seen.astype(np.float32), coefficients, WIDTH, HEIGHT)


def distance_m(model, shape, truth):
    face = (model.vertices[:, 2] > -0.03) & (model.vertices[:, 1] > -0.1)
    a, b = shape[face], truth[face]
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    a = a * np.linalg.norm(b) / np.linalg.norm(a)
    return float(np.linalg.norm(a - b, axis=1).mean())


def test_perfect_landmarks_of_several_views_give_the_person(model, person):
    views = [see(model, person, yaw=yaw) for yaw in (-30, -15, 0, 15, 30)]
    head = fit_head(model, views, vertical_fov_deg=FOV)
    mean_head = distance_m(model, model.vertices, person)
    assert distance_m(model, head.vertices, person) < 0.5 * mean_head
    assert head.error_percent.max() < 1.6


def test_poses_are_recovered(model, person):
    views = [see(model, person, yaw=yaw, pitch=5) for yaw in (-25, 10)]
    head = fit_head(model, views, vertical_fov_deg=FOV)
    for pose, yaw in zip(head.poses, (-25, 10), strict=True):
        assert np.degrees(np.arctan2(pose.rotation[0, 2], pose.rotation[2, 2])) == pytest.approx(
            yaw, abs=2.0
        )
        assert pose.translation[2] == pytest.approx(-0.55, rel=0.06)


def test_expressions_do_not_end_up_in_the_face_at_rest(model, person):
    smile = np.zeros(52, np.float32)
    smile[[ARKIT_INDEX["jawOpen"], ARKIT_INDEX["mouthSmileLeft"]]] = 0.6
    calm = fit_head(model, [see(model, person)], vertical_fov_deg=FOV)
    moved = fit_head(model, [see(model, person, coefficients=smile)], vertical_fov_deg=FOV)
    assert distance_m(model, moved.vertices, calm.vertices) < 0.0008
    assert moved.coefficients[0, ARKIT_INDEX["jawOpen"]] == pytest.approx(0.6, abs=0.15)


def test_the_jacobian_is_the_derivative_of_the_residuals(model, person):
    problem = _Problem(model, 5)
    smile = np.full(52, 0.2, np.float32)
    state = _initial_state(problem, see(model, person, yaw=12, coefficients=smile), FOV)
    identity = np.full(5, 0.3)
    jacobian, residual = problem.linearise(identity, state)
    _, offset, _ = problem.residuals(identity, state)
    # The weights of the whitening are held fixed within a step.
    scale = residual.reshape(-1, 2) / offset
    step = 1e-6
    columns = {0: ("identity", 0), 5: ("turn", 0), 6: ("turn", 1), 8: ("move", 0), 10: ("move", 2)}
    columns[11 + ARKIT_INDEX["jawOpen"]] = ("action", ARKIT_INDEX["jawOpen"])
    for column, (kind, index) in columns.items():
        pose, actions, moved = state.pose, state.actions.copy(), identity.copy()
        unit = np.eye(3)[index % 3] * step
        if kind == "identity":
            moved[index] += step
        elif kind == "turn":
            state.pose = Pose(rotation_from_vector(unit) @ pose.rotation, pose.translation)
        elif kind == "move":
            state.pose = Pose(pose.rotation, pose.translation + unit)
        else:
            state.actions[index] += step
        change = (problem.residuals(moved, state)[1] - offset) * scale / step
        state.pose, state.actions = pose, actions
        np.testing.assert_allclose(jacobian[:, column], change.ravel(), rtol=2e-3, atol=2e-2)


def test_noise_moves_the_person_less_than_people_differ(model):
    views = [see(model, model.vertices, yaw=y, noise_px=4.0, seed=y + 50) for y in (-20, 0, 20)]
    head = fit_head(model, views, vertical_fov_deg=FOV)
    assert distance_m(model, head.vertices, model.vertices) < 0.0016


def test_more_copies_of_a_view_do_not_weaken_the_prior(model, person):
    one = fit_head(model, [see(model, person, noise_px=3.0)], vertical_fov_deg=FOV)
    five = fit_head(model, [see(model, person, noise_px=3.0)] * 5, vertical_fov_deg=FOV)
    np.testing.assert_allclose(one.vertices, five.vertices, atol=1e-5)


def test_no_view_is_refused(model):
    with pytest.raises(AvatarError, match="no view"):
        fit_head(model, [])


def test_first_pose_from_landmarks_is_close(model):
    view = see(model, model.vertices, yaw=20)
    points = model.at_landmarks(model.vertices).astype(np.float64)
    camera = Camera(WIDTH, HEIGHT, FOV)
    pose = pose_from_landmarks(view.landmarks, points, np.ones(478), camera)
    assert np.degrees(np.arctan2(pose.rotation[0, 2], pose.rotation[2, 2])) == pytest.approx(
        20, abs=4
    )


def test_the_mean_head_keeps_the_models_actions(model):
    deltas = transfer_actions(model, model.vertices)
    expected = model.deltas * ACTION_GAIN[:, None, None]
    np.testing.assert_allclose(deltas, expected, atol=1e-6)


@pytest.mark.parametrize("side", ["Left", "Right"])
def test_a_persons_lids_meet_in_a_blink(model, person, side):
    person = person.astype(np.float32)
    action = ARKIT_INDEX[f"eyeBlink{side}"]
    upper, lower = lid_contacts(model, side)
    assert len(upper) > 10

    def gaps(shape, delta):
        closed = shape + delta
        return closed[upper] - closed[lower]

    wanted = gaps(model.vertices, model.deltas[action])
    untreated = np.linalg.norm(gaps(person, model.deltas[action]) - wanted, axis=1).mean()
    treated = np.linalg.norm(
        gaps(person, transfer_actions(model, person)[action]) - wanted, axis=1
    ).mean()
    assert treated < 0.5 * untreated


def test_a_wider_mouth_gets_a_wider_smile(model):
    wide = model.vertices * np.array([1.2, 1.0, 1.0], np.float32)
    action = ARKIT_INDEX["mouthSmileLeft"]
    before = transfer_actions(model, model.vertices)[action]
    after = transfer_actions(model, wide)[action]
    corner = int(np.argmax(np.abs(before[:, 0])))
    assert after[corner, 0] / before[corner, 0] > 1.1
