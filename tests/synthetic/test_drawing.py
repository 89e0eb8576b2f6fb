import numpy as np
import pytest

from synthetic.beard import BEARDS
from synthetic.bust import load_bust
from synthetic.clothes import CLOTHES
from synthetic.drawing import draw_person
from synthetic.free_form import person_shape
from synthetic.glasses import GLASSES
from synthetic.hair import STYLES


@pytest.fixture(scope="module")
def bust():
    return load_bust()


@pytest.fixture(scope="module")
def people(bust):
    return [draw_person(seed, bust) for seed in range(200)]


def test_the_same_seed_gives_the_same_person(bust):
    assert draw_person(5, bust) == draw_person(5, bust)
    assert draw_person(5, bust) != draw_person(6, bust)


def test_heads_differ_in_shape_but_not_in_place(bust, people):
    eyes = np.unique(bust.part("eye_left", "eye_right"))
    front = (bust.head_weight > 0.99) & (bust.vertices[:, 2] > 0)
    shapes = np.stack([bust.shape(person.identity) for person in people])
    centres = shapes[:, eyes].mean(axis=1)
    assert np.linalg.norm(centres - centres.mean(axis=0), axis=1).max() < 0.002
    spread = np.linalg.norm((shapes - shapes.mean(axis=0))[:, front], axis=2)
    assert spread.mean(axis=1).min() > 0.002
    assert spread.max() < 0.05


def test_both_sexes_and_all_adult_ages_are_drawn(people):
    ages = np.array([person.age_years for person in people])
    assert 0.4 < np.mean([person.sex == "female" for person in people]) < 0.6
    assert ages.min() >= 18 and ages.max() <= 80
    assert np.ptp(ages) > 55


def test_half_of_the_people_lie_outside_the_space_of_the_rows(people):
    amounts = np.array([person.free_form_m for person in people])
    assert 0.4 < np.mean(amounts > 0) < 0.6
    assert amounts[amounts > 0].min() >= 0.002 and amounts.max() <= 0.003


def test_everything_worn_can_be_made(people):
    assert {person.hair.style for person in people} <= set(STYLES)
    assert {person.beard.style for person in people} <= set(BEARDS)
    assert {person.clothes.style for person in people} <= set(CLOTHES)
    glasses = [person.glasses.style for person in people if person.glasses]
    assert set(glasses) <= set(GLASSES)
    assert 0.1 < len(glasses) / len(people) < 0.3


def test_only_men_have_beards_and_the_old_are_greyer(people):
    assert all(p.beard.style == "none" for p in people if p.sex == "female")
    old = [p.hair.grey for p in people if p.age_years > 60]
    young = [p.hair.grey for p in people if p.age_years < 35]
    assert np.mean(old) > 0.25 and np.mean(young) < 0.02


def test_free_form_moves_the_face_and_leaves_what_must_fit(bust, people):
    person = next(p for p in people if p.free_form_m > 0)
    rest = bust.shape(person.identity)
    moved = np.linalg.norm(person_shape(bust, person) - rest, axis=1)
    fixed = np.unique(bust.part("mouth", "socket", "eye_left", "eye_right", "teeth", "tongue"))
    assert moved[fixed].max() == 0
    assert moved[bust.head_weight < 0.05].max() == 0
    cheek = np.linalg.norm(bust.vertices - (0.045, -0.045, 0.0), axis=1) < 0.02
    assert 0.0005 < moved[cheek].mean() < 0.006


def test_free_form_is_nearly_alike_on_both_sides(bust):
    from scipy.spatial import cKDTree

    from synthetic.free_form import displace

    rest = bust.vertices
    offset = displace(bust, rest, seed=3, amount_m=0.0025) - rest
    mirror = np.array([-1, 1, 1])
    distance, twin = cKDTree(rest).query(rest * mirror)
    pairs = (distance < 5e-4) & (np.linalg.norm(offset, axis=1) > 1e-4)
    uneven = np.linalg.norm(offset[pairs] - offset[twin[pairs]] * mirror, axis=1)
    assert 0.02 < uneven.mean() / np.linalg.norm(offset[pairs], axis=1).mean() < 0.6
