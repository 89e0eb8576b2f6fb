import numpy as np
import pytest

from capture.arkit import ARKIT_52, ARKIT_INDEX
from capture.canonical import CanonicalFace
from synthetic.action_sweep import STRONGEST, Sweep, draw_actions, stack_sweeps
from synthetic.bake_landmark_rig import GridCurves, correct_with_speech, ridge_towards
from synthetic.landmark_embedding import closest_barycentric
from synthetic.tracking import STABLE_POINTS, similarity, to_canonical


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def test_similarity_undoes_scale_turn_and_shift(rng):
    points = rng.normal(size=(20, 3))
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    turn *= np.sign(np.linalg.det(turn))
    scale, rotation, translation = similarity(
        points, 2.5 * points @ turn.T + [1, 2, 3], np.ones(20)
    )
    assert scale == pytest.approx(2.5)
    np.testing.assert_allclose(rotation, turn, atol=1e-9)
    np.testing.assert_allclose(translation, [1, 2, 3], atol=1e-9)


def test_canonical_space_does_not_depend_on_where_the_head_is_in_the_picture(rng):
    vertices = rng.normal(size=(468, 3)).astype(np.float32)
    empty = np.zeros(0)
    face = CanonicalFace(vertices, empty, empty, empty, empty)
    pixels = (vertices * [1, -1, -1]) * 300.0 + [200, 250, 10]
    np.testing.assert_allclose(to_canonical(pixels, face), vertices, atol=1e-5)
    index = np.array([4, *list(STABLE_POINTS)[:8], 100])
    part = to_canonical(pixels[index], face, index=index)
    np.testing.assert_allclose(part, vertices[index], atol=1e-5)


def test_ridge_keeps_the_prior_of_coefficients_that_never_stir(rng):
    truth, prior = rng.normal(size=(52, 6)), rng.normal(size=(52, 6))
    coefficients = rng.uniform(size=(500, 52))
    coefficients[:, 3] = 0.0
    fitted = ridge_towards(prior, coefficients, coefficients @ truth, 1e-6)
    stirred = np.arange(52) != 3
    np.testing.assert_allclose(fitted[stirred], truth[stirred], atol=1e-4)
    np.testing.assert_allclose(fitted[3], prior[3])


def test_speech_carries_its_correction_to_points_it_did_not_see(rng):
    columns = np.arange(3)
    seen_and_unseen = rng.normal(size=(2000, 3)) @ np.hstack([np.eye(3), 2.0 * np.eye(3)])
    covariance = seen_and_unseen.T @ seen_and_unseen / 2000
    coefficients = rng.uniform(size=(20000, 52))
    truth = np.zeros((52, 6))
    truth[17] = [0, -1, 0, 0, -2, 0]
    grid = GridCurves(coefficients, coefficients @ truth[:, :3], columns)
    corrected = correct_with_speech(np.zeros((52, 6)), covariance, grid)
    assert corrected[17, 1] < -0.5
    assert corrected[17, 4] == pytest.approx(2 * corrected[17, 1], rel=0.05)


def test_sweeps_lose_identity_and_pose_but_not_expression(rng):
    angles = rng.normal(size=(300, 3))
    coefficients = rng.uniform(size=(300, 52))
    deltas = rng.normal(size=(52, 478 * 3))
    motion = coefficients @ deltas
    identity = rng.normal(size=478 * 3)
    posed = motion + identity + angles[:, :1] ** 2 * rng.normal(size=478 * 3)
    sweep = Sweep(coefficients, coefficients, posed.reshape(300, 478, 3), angles)
    stacked, offsets = stack_sweeps([sweep])
    np.testing.assert_allclose(offsets, stacked @ deltas, atol=1e-8)


def test_drawn_expressions_are_possible(rng):
    drawn = np.stack([draw_actions(rng) for _ in range(400)])
    assert drawn.min() >= 0 and drawn.max() <= 1
    assert (drawn > 0).any(axis=0).sum() > 45
    for name, most in STRONGEST.items():
        assert drawn[:, ARKIT_INDEX[name]].max() <= most
    both = np.minimum(
        drawn[:, ARKIT_INDEX["eyeLookInLeft"]], drawn[:, ARKIT_INDEX["eyeLookInRight"]]
    )
    assert not both.any()  # never cross-eyed


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ((0.25, 0.25, 1.0), (0.5, 0.25, 0.25)),
        ((2.0, -1.0, 0.0), (0.0, 1.0, 0.0)),
        ((0.5, -1.0, 0.0), (0.5, 0.5, 0.0)),
    ],
)
def test_nearest_point_of_a_triangle(point, expected):
    triangle = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    np.testing.assert_allclose(closest_barycentric(np.array(point), triangle), expected, atol=1e-9)


def test_the_shipped_rig_explains_how_real_lips_move(shared_data):
    """Tracked clips of a talker, less each clip's mean: most of the lips' motion is predicted."""
    import weights
    from capture.canonical import read_canonical_face
    from synthetic.bake_landmark_rig import read_grid

    face = read_canonical_face(weights.read_bytes("face-landmarker"))
    grid = read_grid(shared_data / "grid_s1" / "curves.npz", face, every=97)
    rig = weights.open_arrays("landmark-rig")
    assert tuple(rig["names"]) == ARKIT_52
    deltas = rig["deltas"].reshape(52, -1)[:, grid.columns]
    left = grid.offsets - grid.coefficients @ deltas
    assert 1.0 - (left**2).sum() / (grid.offsets**2).sum() > 0.65
