from dataclasses import replace

import numpy as np
import pytest

from synthetic import anatomy, kernels
from synthetic.bust import load_bust
from synthetic.clothes import CLOTHES, dress
from synthetic.clothes_body import body_of
from synthetic.clothes_cut import Cloth, above, below, evenly, rims
from synthetic.people import PEOPLE
from synthetic.person import Clothes


@pytest.fixture(scope="module")
def body():
    bust = load_bust()
    rest = anatomy.drop_arms(bust, bust.shape(PEOPLE["samuel"].identity))
    whole = anatomy.triangles(bust.part("skin", "mouth", "socket"))
    return body_of(bust, rest, kernels.vertex_normals(rest, whole), levels=0, seed=4)


@pytest.fixture
def plate():
    x, y = np.meshgrid(np.linspace(-1, 1, 6), np.linspace(-1, 1, 6), indexing="ij")
    index = np.arange(36).reshape(6, 6)
    a, b, c, d = index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]
    faces = np.stack([a, b, c, a, c, d], axis=-1).reshape(-1, 3)
    points = np.stack([x, y, 0 * x], axis=-1).reshape(-1, 3)
    return Cloth(points, faces, np.stack([points[:, 0] + 0.3 * points[:, 1]], axis=1))


def area(cloth: Cloth) -> float:
    a, b, c = (cloth.points[cloth.faces[:, i]] for i in range(3))
    return float(np.cross(b - a, c - a)[:, 2].sum() / 2)


def test_a_cut_loses_no_cloth_and_turns_no_face(plate):
    low, high = below(plate, 0, 0.13), above(plate, 0, 0.13)
    assert np.isclose(area(low) + area(high), area(plate))
    assert low.values.max() <= 0.13 + 1e-9 <= high.values.min() + 2e-9


def test_a_rim_goes_all_the_way_round(plate):
    (rim,) = rims(plate)
    assert len(rim) == 20
    assert len(rims(below(plate, 0, 0.13))) == 1


def test_an_even_line_has_even_steps():
    ragged = np.sort(np.random.default_rng(0).uniform(0, 2 * np.pi, 60))
    line = evenly(np.stack([np.cos(ragged), np.sin(ragged), 0 * ragged], axis=1), 40)
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    assert steps.max() < 1.05 * steps.min()


@pytest.mark.parametrize("style", sorted(CLOTHES))
def test_every_garment_covers_the_shoulders_and_leaves_the_face_bare(body, style):
    outfit = dress(body, Clothes(style=style))
    points = np.concatenate([piece.vertices for piece in outfit.pieces])
    assert np.isfinite(points).all()
    for side in (-1, 1):
        shoulder = np.array([side * 0.13, 0.0])
        near = np.linalg.norm(points[:, [0, 2]] - [shoulder[0], -0.1], axis=1) < 0.03
        assert near.any()
    face = body.rest[body.rest[:, 1] > -0.03]
    assert (outfit.bare(face) > 0).all()
    assert points[:, 1].max() < -0.03


@pytest.mark.parametrize("style", ["t-shirt", "v-neck", "jumper", "shirt", "turtleneck"])
def test_no_garment_lies_inside_the_neck_when_the_head_turns(body, style):
    first = dress(body, Clothes(style=style)).pieces[0].vertices.astype(np.float64)
    near = first[np.abs(first[:, 0]) < 0.09]
    for tree, skin, normals in body.turned:
        distance, nearest = tree.query(near, distance_upper_bound=0.012)
        found = np.isfinite(distance)
        foot = nearest[found]
        height = np.einsum("nc,nc->n", near[found] - skin[foot], normals[foot])
        assert np.quantile(height, 0.02) > -0.002


def test_the_same_seed_drapes_the_same_folds(body):
    clothes = Clothes(style="hoodie")
    one, same = (dress(body, clothes).pieces[0].vertices for _ in range(2))
    other = dress(replace(body, seed=5), clothes).pieces[0].vertices
    assert np.array_equal(one, same)
    assert one.shape != other.shape or np.abs(one - other).max() > 1e-4


def test_an_unknown_garment_is_an_error(body):
    with pytest.raises(KeyError):
        dress(body, Clothes(style="toga"))
