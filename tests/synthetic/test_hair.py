from dataclasses import replace

import numpy as np
import pytest

from synthetic.bust import load_bust
from synthetic.hair import STYLES, draw_style, grow_hair, hairline_of, scalp_shade
from synthetic.hair_scalp import Hairline, build_scalp, hairline_distance
from synthetic.kernels import vertex_normals
from synthetic.person import Hair
from synthetic.posing import NEUTRAL, pose_figure
from synthetic.strands import tint
from synthetic.subdivision import subdivide

BARE = ["bald"]


def scalp_of(**identity):
    bust = load_bust()
    rest = bust.shape(identity)
    skin = subdivide(bust.part("skin"), len(rest), 0)
    points = (skin.matrix @ rest).astype(np.float32)
    return build_scalp(bust, rest, skin, points, vertex_normals(points, skin.triangles()))


@pytest.fixture(scope="module")
def scalp():
    return scalp_of()


@pytest.fixture(scope="module")
def grown(scalp):
    return {
        name: grow_hair(scalp, Hair(style=name), np.random.default_rng(3), count=250)
        for name in STYLES
    }


@pytest.mark.parametrize("style", [name for name in STYLES if name not in BARE])
def test_hair_of_every_style_stays_outside_the_head(scalp, grown, style):
    points = grown[style].points.reshape(-1, 3).astype(float)
    assert np.isfinite(points).all()
    near = scalp.nearest(points)
    assert np.quantile(near.clearance, 0.01) > -0.004


@pytest.mark.parametrize("style", STYLES)
def test_no_style_hides_the_eyes(grown, style):
    x, y, z = np.moveaxis(grown[style].points, -1, 0)
    before = (np.abs(np.abs(x) - 0.029) < 0.013) & (np.abs(y) < 0.007) & (z > 0.0)
    assert before.any(axis=1).mean() < 0.01 if len(x) else before.size == 0


def test_styles_differ_in_silhouette(grown):
    outlines = {}
    for name, strands in grown.items():
        cells = np.unique(np.floor(strands.points[..., :2].reshape(-1, 2) / 0.012), axis=0)
        outlines[name] = {tuple(cell) for cell in cells}
    for a, b in [("bob", "long_straight"), ("afro", "tight_coils"), ("crop", "messy")]:
        overlap = len(outlines[a] & outlines[b]) / len(outlines[a] | outlines[b])
        assert overlap < 0.8, (a, b)
    assert grown["top_knot"].points[..., 1].max() > grown["bun"].points[..., 1].max() + 0.025


def test_the_same_numbers_grow_the_same_hair(scalp, grown):
    again = grow_hair(scalp, Hair(style="curly"), np.random.default_rng(3), count=250)
    assert np.array_equal(again.points, grown["curly"].points)


def test_an_unknown_style_is_refused(scalp):
    with pytest.raises(ValueError, match="mullet"):
        grow_hair(scalp, Hair(style="mullet"), np.random.default_rng(0), count=10)


def test_hair_fits_another_head():
    wide = scalp_of(**{"african-male-old": 0.8, "head-oval": 0.5})
    strands = grow_hair(wide, Hair(style="slicked_back"), np.random.default_rng(3), count=250)
    near = wide.nearest(strands.points[:, :8].reshape(-1, 3).astype(float))
    assert np.quantile(near.clearance, 0.01) > -0.004
    assert np.quantile(near.clearance, 0.9) < 0.025


def test_drawn_styles_suit_sex_and_curl():
    rng = np.random.default_rng(0)
    women = {draw_style(rng, "female", 0.2, 0.1) for _ in range(300)}
    men = {draw_style(rng, "male", 0.9, 0.95) for _ in range(300)}
    assert len(women) >= 8 and len(men) >= 4
    assert not women & {"afro", "locs", "balding", "quiff"}
    assert not men & {"bob", "side_part", "long_straight"}


def test_temples_recede_and_the_crown_goes_bald():
    temple, crown = np.array([[0.045, 0.058, 0.005], [0.0, 0.106, -0.06]])
    assert hairline_distance(temple, Hairline()) > hairline_distance(
        temple, Hairline(recession=1.0)
    )
    assert hairline_distance(crown, Hairline()) > 0 > hairline_distance(crown, Hairline(crown=1.0))
    assert hairline_of(Hair(style="bob", recession=0.4)).recession == 0.4


def test_a_bald_scalp_has_the_colour_of_skin():
    crown = np.array([[0.0, 0.106, -0.06]])
    bald, buzz, bob = (scalp_shade(crown, Hair(style=s))[0] for s in ("bald", "buzz", "bob"))
    assert bald < 0 < buzz < bob


def test_grey_is_a_share_of_the_hairs(grown):
    points = grown["long_straight"].points
    hair = Hair(colour=(0.02, 0.012, 0.01), highlight=(0.03, 0.02, 0.015))
    share = []
    for grey in (0.0, 0.4, 1.0):
        colour, _ = tint(np.random.default_rng(1), points, replace(hair, grey=grey))
        share.append((colour[:, 0].mean(axis=1) > 0.12).mean())
    assert share[0] == 0 and 0.2 < share[1] < 0.6 and share[2] > 0.95


def test_long_hair_rests_on_the_shoulders_when_the_head_turns(figure, pose, scalp):
    hair = grow_hair(scalp, Hair(style="long_straight"), np.random.default_rng(3), count=120)
    long = replace(figure, hair=hair, hair_openness=np.ones(hair.width.shape, np.float32))
    turned = pose_figure(long, pose(yaw=35)).strands[0].points
    still = pose_figure(long, NEUTRAL).strands[0].points
    moved = np.linalg.norm(turned - still, axis=-1)
    low = hair.points[..., 1] < -0.25
    assert low.any() and moved[low].max() < 1e-4
    assert np.median(moved[:, 0]) > 0.02


def test_no_hair_grows_in_the_throat(scalp):
    roots = scalp.sample_roots(4000, Hairline(), np.random.default_rng(0))
    x, y, z = roots.average.T
    assert np.hypot(x, z + 0.068)[y < 0.03].min() > 0.04
