from dataclasses import replace

import numpy as np
import pytest

from synthetic.bust import load_bust
from synthetic.paint import paint_lips
from synthetic.paint_chart import FOLD_GROUPS, chart_grid
from synthetic.paint_eye import paint_iris, paint_white
from synthetic.paint_face import paint_face
from synthetic.paint_spots import beard_area
from synthetic.paint_tile import for_pixels, skin_detail
from synthetic.person import Eyes, Hair, Makeup, Person, Skin

BARE = Skin(freckles=0.0, moles=0, blemishes=0.0, wrinkles=0.0, stubble=0.0)


@pytest.fixture(scope="module")
def grid():
    return chart_grid(load_bust(), 0.001)


def painted(grid, skin=BARE, **other):
    person = Person(seed=4, skin=skin, hair=Hair(brow_density=0.0), **other)
    return paint_face(person, grid).detail


def mean_over(grid, values, arc, y, size=0.004):
    spot = grid.spot(arc, y, size, size) * (grid.arc() > 0)[None, :]
    return (values * spot).sum() / spot.sum()


def test_the_chart_covers_the_face_but_not_the_open_eyes(grid):
    def skin_at(arc, y):
        column, row = grid.texel(arc, y).astype(int)
        return grid.masks["skin"][row, column]

    assert skin_at(0.0, 0.05) == 1
    assert skin_at(0.04, -0.05) == 1
    assert skin_at(0.0268, -0.0012) == 0


def test_each_mole_darkens_its_place_and_no_other(grid):
    without, with_moles = painted(grid), painted(grid, replace(BARE, moles=5))
    change = np.abs(with_moles - without)[..., :3].max(axis=-1)
    assert change.max() > 0.3
    assert 0 < (change > 0.05).mean() < 0.002


def test_one_more_mole_moves_no_freckle(grid):
    freckled = replace(BARE, freckles=0.8)
    one, more = painted(grid, freckled), painted(grid, replace(freckled, moles=3))
    same = np.isclose(one[..., :3], more[..., :3], atol=1e-6).all(axis=-1)
    assert same.mean() > 0.995


def test_wrinkles_deepen_with_their_amount(grid):
    relief = [
        np.abs(painted(grid, replace(BARE, wrinkles=amount))[..., 3:]).mean()
        for amount in (0.0, 0.4, 1.0)
    ]
    assert relief[0] < 0.5 * relief[1] < 0.4 * relief[2]


def test_raised_brows_fold_the_forehead_and_a_smile_the_cheeks(grid):
    chart = paint_face(Person(seed=4, skin=BARE), grid)
    up, _, smile = (np.abs(chart.folds[group]).max(axis=-1) for group in range(len(FOLD_GROUPS)))
    assert mean_over(grid, up, 0.01, 0.05, 0.012) > 10 * mean_over(grid, smile, 0.01, 0.05, 0.012)
    assert mean_over(grid, smile, 0.027, -0.052) > 10 * mean_over(grid, up, 0.027, -0.052)


def test_a_still_face_has_only_its_lasting_folds(grid):
    chart = paint_face(Person(seed=4), grid)
    assert chart.moved(np.zeros(3)) is chart.detail
    moved = chart.moved(np.array([1.0, 0.0, 0.0]))
    assert np.array_equal(moved[..., :3], chart.detail[..., :3])
    assert np.abs(moved - chart.detail).max() > 0.05


def test_stubble_is_bluer_than_the_skin_and_leaves_the_lips(grid):
    shaven, rough = painted(grid), painted(grid, replace(BARE, stubble=0.8))
    jaw = [mean_over(grid, rough[..., c] / shaven[..., c], 0.06, -0.085) for c in range(3)]
    assert jaw[0] < jaw[2] < 0.9
    assert mean_over(grid, beard_area(grid), 0.0, -0.073, 0.002) < 0.1


def test_dark_stubble_veils_more_than_fair_stubble(grid):
    dark = painted(grid, replace(BARE, stubble=0.8))
    person = Person(seed=4, skin=replace(BARE, stubble=0.8), hair=Hair(brow_density=0.0))
    fair = paint_face(replace(person, beard=replace(person.beard, colour=(0.4, 0.3, 0.2))), grid)
    at = 0.06, -0.085
    assert mean_over(grid, dark[..., 0], *at) < mean_over(grid, fair.detail[..., 0], *at) - 0.05


@pytest.mark.parametrize(
    ("worn", "place"),
    [({"eyeshadow": 0.9}, (0.028, 0.0065)), ({"blush": 0.9}, (0.043, -0.036)),
     ({"liner": 1.0}, (0.0268, 0.0030))],
)  # fmt: skip
def test_makeup_shows_where_it_is_worn(grid, worn, place):
    ratio = painted(grid, makeup=Makeup(**worn))[..., :3] / painted(grid)[..., :3]
    assert mean_over(grid, ratio[..., 1], *place, 0.0015) < 0.93
    assert mean_over(grid, ratio[..., 1], 0.0, 0.05) == pytest.approx(1.0, abs=1e-3)


def test_lipstick_takes_the_lips_colour_and_sharpens_their_border():
    bare, worn = (paint_lips(Person(1, makeup=Makeup(lipstick=amount))) for amount in (0.0, 1.0))
    assert np.allclose(bare[:3], Skin().lips, atol=1e-3)
    assert np.allclose(worn[:3], Makeup().lipstick_colour, atol=0.02)
    assert worn[4] < bare[4]


def test_a_wider_pupil_leaves_less_iris():
    narrow, wide = (
        paint_iris(Eyes(pupil_m=pupil), np.random.default_rng(0)) for pupil in (0.0015, 0.0028)
    )
    assert (wide.max(axis=-1) < 0.02).sum() > 1.5 * (narrow.max(axis=-1) < 0.02).sum()


def test_the_white_of_the_eye_is_not_white_and_reddens_in_the_corners():
    white = paint_white(Person(1, eyes=Eyes(redness=0.7)), np.random.default_rng(0))
    red = white[..., 0] / white[..., 2]
    size = len(white)
    corner, middle = red[size // 2, size // 12], red[size // 6, size // 2]
    assert white.max() < 0.75
    assert corner > middle + 0.05


def test_pores_too_fine_for_the_pixels_are_smoothed_away():
    tile = skin_detail(np.random.default_rng(0), 128)
    assert for_pixels(tile, 1e-6) is tile
    assert for_pixels(tile, 0.004)[..., :2].std() < 0.3 * tile[..., :2].std()
