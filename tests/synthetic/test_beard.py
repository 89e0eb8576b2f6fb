import numpy as np
import pytest

from capture.arkit import ARKIT_INDEX
from synthetic.beard import BEARDS, beard_density, beard_veil, grow_beard
from synthetic.bust import load_bust
from synthetic.hair_scalp import build_scalp
from synthetic.kernels import vertex_normals
from synthetic.person import Beard
from synthetic.subdivision import subdivide


@pytest.fixture(scope="module")
def skin():
    bust = load_bust()
    return subdivide(bust.part("skin"), len(bust.vertices), 0)


@pytest.fixture(scope="module")
def scalp(skin):
    bust = load_bust()
    points = (skin.matrix @ bust.vertices).astype(np.float32)
    normals = vertex_normals(points, skin.triangles())
    return build_scalp(bust, bust.vertices, skin, points, normals)


def grow(scalp, skin, style):
    beard = Beard(style=style)
    return grow_beard(scalp, skin, beard, np.random.default_rng(5), count=400)


def test_a_shaven_face_has_no_beard(scalp, skin):
    assert grow(scalp, skin, "none") == ()


def test_an_unknown_beard_is_refused(scalp, skin):
    with pytest.raises(ValueError, match="mutton"):
        grow(scalp, skin, "mutton chops")


@pytest.mark.parametrize("style", [name for name in BEARDS if name != "none"])
def test_a_beard_stands_on_the_lower_face_and_not_on_lips_or_in_the_mouth(scalp, skin, style):
    (bound,) = grow(scalp, skin, style)
    points = bound.strands.points
    assert len(points) > 20
    assert points[:, 0, 1].max() < 0.015
    lips = np.flatnonzero(scalp.lips > 0.6)
    distance = np.linalg.norm(points[:, 0, None] - scalp.vertices[lips], axis=-1).min(axis=1)
    assert np.quantile(distance, 0.02) > 0.0008
    near = scalp.nearest(points.reshape(-1, 3).astype(float))
    assert np.quantile(near.clearance, 0.01) > -0.003


def test_styles_cover_what_their_names_say():
    lip, cheek, chin, eye = np.array(
        [[0.012, -0.056, 0.028], [0.050, -0.070, -0.005], [0.0, -0.098, 0.02], [0.03, 0.0, 0.02]]
    )[:, None]
    bare = np.zeros(1)

    def worn(style):
        return [beard_density(point, bare, style)[0] > 0.3 for point in (lip, cheek, chin, eye)]

    assert worn("moustache") == [True, False, False, False]
    assert worn("goatee") == [True, False, True, False]
    assert worn("full") == [True, True, True, False]
    assert not worn("chinstrap")[0] and worn("chinstrap")[2]


def test_density_falls_off_gradually_at_the_cheek(scalp):
    line = np.stack([np.full(60, 0.048), np.linspace(-0.085, -0.035, 60), np.full(60, 0.0)], axis=1)
    density = beard_density(line, np.zeros(60), "full")
    assert density[0] > 0.6 and density[-1] == 0
    assert np.abs(np.diff(density)).max() < 0.2


def test_a_beard_follows_the_jaw(scalp, skin):
    bust = load_bust()
    (bound,) = grow(scalp, skin, "full")
    jaw = bust.actions[ARKIT_INDEX["jawOpen"]]
    shape = bound.strands.points.shape
    still = (bound.matrix @ bust.vertices + bound.offset).reshape(shape)
    opened = (bound.matrix @ (bust.vertices + jaw) + bound.offset).reshape(shape)
    assert np.allclose(still, bound.strands.points, atol=1e-5)
    moved = opened - still
    assert np.allclose(moved, moved[:, :1], atol=1e-5), "a strand keeps its shape"
    chin = np.abs(still[:, 0, 0]) < 0.012
    chin &= still[:, 0, 1] < -0.09
    lip = still[:, 0, 1] > -0.058
    assert np.median(moved[chin, 0, 1]) < -0.015
    assert np.abs(moved[lip & (np.abs(still[:, 0, 0]) < 0.02), 0, 1]).max() < 0.010


def test_the_skin_under_a_beard_is_in_its_shade(scalp):
    cheek = np.array([[0.050, -0.070, -0.005], [0.030, -0.030, 0.01]])
    share, colour = beard_veil(cheek, np.zeros(2), Beard(style="full"))
    assert share[0] > 0.5 and share[1] == 0
    assert colour.max() < max(Beard().colour)
    assert not beard_veil(cheek, np.zeros(2), Beard())[0].any()
