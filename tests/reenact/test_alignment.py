"""Learning where warping puts things wrong: what is seen, learnt, kept, and done to a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import pytest

from avatar.asset import AvatarAsset
from avatar.errors import AvatarError
from avatar.learnt import Learnt
from capture.landmark_rig import LandmarkRig
from reenact.alignment.bending import LearntBend, on_nodes
from reenact.alignment.learning import GRID, STRENGTH, Alignment, error_flow, learn
from reenact.alignment.numbers import COUNT, FaceNumbers
from reenact.alignment.takes import Stage, Takes
from reenact.alignment.view import SIDE, View
from reenact.bent_engine import BentEngine
from reenact.engine import DrivenFace, FirstOrderEngine
from reenact.surroundings import GRID_STEP

SIZE = 256


def driven(landmarks: np.ndarray) -> DrivenFace:
    pose = LandmarkRig.load().align(landmarks[None])
    shape = pose.to_canonical(landmarks[None])[0]
    return DrivenFace(landmarks=landmarks, shape=shape, rotation=pose.rotation[0])


def view_of(asset: AvatarAsset, landmarks: np.ndarray) -> tuple[View, np.ndarray]:
    """The square, and the landmarks in px of the crop."""
    crop = asset.appearance.crop
    corner, scale = np.array([crop.x, crop.y], np.float32), SIZE / crop.side
    pose = LandmarkRig.load().align(landmarks[None])
    flat = (landmarks[:, :2] - corner) * np.float32(scale) - np.float32(0.5)
    return View.of_head(pose, scale=scale, corner=corner), flat


def turned(landmarks: np.ndarray, degrees: float, shift: float = 0.0) -> np.ndarray:
    """The same face, leaning."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    out = landmarks.copy()
    middle = landmarks[:, :2].mean(axis=0)
    out[:, :2] = (landmarks[:, :2] - middle) @ turn.T + middle + shift
    return out


@pytest.fixture(scope="module")
def engine(asset: AvatarAsset) -> FirstOrderEngine:
    return FirstOrderEngine(asset.appearance, size=SIZE)


def texture(seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 255, (SIDE // 8, SIDE // 8, 3)).astype(np.uint8)
    return cv2.resize(noise, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)


def shifted(picture: np.ndarray, x: float) -> np.ndarray:
    """Shows at each place what `picture` has `x` px to the right."""
    matrix = np.array([[1, 0, -x], [0, 1, 0]], np.float64)
    return cv2.warpAffine(picture, matrix, (SIDE, SIDE), borderMode=cv2.BORDER_REPLICATE)


def footage(count: int, *, px_a_number: float, seed: int = 0) -> Takes:
    """Warps that lie beside the truth by so many px for each unit of the first number."""
    rng = np.random.default_rng(seed)
    relative = np.zeros((count, 2, COUNT), np.float32)
    relative[:, 0, 0] = rng.uniform(-1, 1, count)
    truth = texture()
    warped = np.stack([shifted(truth, -px_a_number * each) for each in relative[:, 0, 0]])
    return Takes(
        warped=warped,
        truth=np.repeat(truth[None], count, axis=0),
        numbers=np.zeros((count, COUNT), np.float32),
        relative=relative,
    )


def test_the_square_follows_the_head_and_stands_upright_with_it(asset: AvatarAsset) -> None:
    marks = asset.appearance.references[0].landmarks
    view, flat = view_of(asset, marks)
    other, flat_other = view_of(asset, turned(marks, 20, shift=11))
    np.testing.assert_allclose(view.place(flat), other.place(flat_other), atol=0.5)
    inside = view.place(flat)
    assert inside.min() > 0.1 * SIDE and inside.max() < 0.9 * SIDE


@pytest.mark.parametrize("factor", [1, 4])
def test_the_square_shows_the_crop_where_its_points_are(asset: AvatarAsset, factor: int) -> None:
    view, flat = view_of(asset, asset.appearance.references[0].landmarks)
    size = SIZE * factor
    grown = view.to_crop * np.float32(factor)
    grown[:, 2] += 0.5 * factor - 0.5
    large = View(grown)
    column, row = np.round((flat[1] + 0.5) * factor - 0.5).astype(int)
    picture = np.zeros((size, size), np.uint8)
    cv2.circle(picture, (int(column), int(row)), 3 * factor, 255, -1)
    seen = large.look(picture)
    weights = seen.astype(float)
    found = np.array([(weights.sum(axis) * np.arange(SIDE)).sum() for axis in (0, 1)])
    np.testing.assert_allclose(found / weights.sum(), view.place(flat[1:2])[0], atol=1.0)


def test_numbers_are_zero_for_the_face_they_are_relative_to(asset: AvatarAsset) -> None:
    marks = asset.appearance.references[0].landmarks
    numbers = FaceNumbers(marks)
    np.testing.assert_allclose(numbers.describe(marks), 0, atol=1e-4)
    leaning = numbers.describe(turned(marks, 12))
    assert abs(leaning[2]) == pytest.approx(2 * np.deg2rad(12), rel=0.05)
    moved = numbers.describe(marks + np.array([9, 0, 0], np.float32))
    assert moved[3] > 0.05 and np.abs(np.delete(moved, 3)).max() < 1e-3


def test_takes_do_not_look_up_what_they_show(asset: AvatarAsset, engine: FirstOrderEngine) -> None:
    look = asset.appearance
    marks = np.stack([each.landmarks for each in look.references])
    stage = Stage(engine, look)
    assert stage.places(marks).tolist() == list(range(len(marks)))
    assert 0 not in stage.usable(marks, np.ones(len(marks), bool), fps=1.0)
    rng = np.random.default_rng(0)
    frame = [(1, look.frame)]
    (shown,) = stage.draw(frame, marks, fps=0.0, rng=rng, dropped=0.0)
    (hidden,) = stage.draw(frame, marks, fps=1.0, rng=rng, dropped=0.0)
    assert np.abs(shown.relative[0, 0]).max() < np.abs(hidden.relative[0, 0]).max()
    assert np.abs(shown.warped.astype(int) - hidden.warped).mean() > 0.1


def test_the_error_flow_leads_to_what_the_truth_shows() -> None:
    truth = texture()
    flow = error_flow(shifted(truth, -3.0), truth)
    assert flow[8:-8, 8:-8, 0].mean() == pytest.approx(3.0, abs=0.3)
    assert abs(flow[8:-8, 8:-8, 1].mean()) < 0.2


def test_an_error_that_follows_from_the_pose_is_learnt() -> None:
    takes = footage(60, px_a_number=4.0)
    lesson = learn(takes, gap=2)
    assert lesson.alignment is not None
    assert lesson.aligned < 0.75 * lesson.plain
    relative = np.zeros((2, 2, COUNT), np.float32)
    relative[0, 0, 0] = 0.8
    flow = lesson.alignment.flow(np.zeros((2, COUNT), np.float32), relative)
    expected = STRENGTH * 4.0 * 0.8
    assert flow[0, 8:-8, 8:-8, 0].mean() == pytest.approx(expected, rel=0.35)
    assert np.abs(flow[1]).max() == 0  # what a reference shows is left alone


def test_nothing_is_predicted_beyond_what_the_footage_showed() -> None:
    alignment = learn(footage(60, px_a_number=4.0), gap=2).alignment
    assert alignment is not None
    relative = np.zeros((2, 2, COUNT), np.float32)
    relative[:, 0, 0] = 1.1, 50.0
    near, far = alignment.flow(np.zeros((2, COUNT), np.float32), relative)
    assert np.abs(far).max() <= 1.05 * np.abs(near).max()


def test_an_error_without_a_rule_is_not_corrected() -> None:
    takes = footage(60, px_a_number=4.0)
    shuffled = np.random.default_rng(1).permutation(len(takes))
    lesson = learn(replace(takes, relative=takes.relative[shuffled]), gap=2)
    assert lesson.alignment is None and lesson.aligned > 0.9 * lesson.plain


def flat_flow(x: float) -> np.ndarray:
    flow = np.zeros((GRID, GRID, 2), np.float32)
    flow[..., 0] = x
    return flow


def test_a_flow_reaches_the_nodes_inside_the_square_and_none_beyond_it() -> None:
    nodes = SIZE // GRID_STEP + 1
    half = np.array([[0.5, 0, 64], [0, 0.5, 64]], np.float32)  # 2 px of the square are 1 of it
    flow = on_nodes(flat_flow(8.0), View(half), nodes)
    inside, outside = slice(100 // GRID_STEP, 156 // GRID_STEP), slice(0, 56 // GRID_STEP)
    np.testing.assert_allclose(flow[inside, inside], [[[4.0, 0.0]] * 7] * 7, atol=1e-4)
    assert not flow[outside].any() and not flow[:, outside].any()
    beside = np.array([[0.5, 0, 900], [0, 0.5, 900]], np.float32)
    assert not on_nodes(flat_flow(8.0), View(beside), nodes).any()


def bent(engine: FirstOrderEngine, asset: AvatarAsset, alignment: Alignment) -> BentEngine:
    return BentEngine(engine, [LearntBend(asset.appearance, alignment, size=engine.size)])


def test_a_bend_does_not_cost_detail(asset: AvatarAsset, engine: FirstOrderEngine) -> None:
    aligned = bent(engine, asset, constant(3.0))
    leaning = driven(turned(asset.appearance.references[0].landmarks, 15))
    detail = [
        cv2.Laplacian(each.render(leaning).image, cv2.CV_32F).var() for each in (engine, aligned)
    ]
    assert detail[1] > 0.88 * detail[0]


def constant(x: float) -> Alignment:
    """Answers every face alike, by a number that is never 0 in these tests."""
    keys = learn(footage(60, px_a_number=1.0), gap=2).alignment
    assert keys is not None
    weights = np.zeros_like(keys.weights)
    weights[2] = flat_flow(x).reshape(-1)
    size = len(keys.spread)
    return Alignment(np.ones(size, np.float32), np.full(size, 9, np.float32), weights)


def test_the_engine_bends_what_no_reference_shows_and_nothing_else(
    asset: AvatarAsset, engine: FirstOrderEngine
) -> None:
    aligned = bent(engine, asset, constant(40.0))
    leaning = driven(turned(asset.appearance.references[0].landmarks, 15))
    plain = engine.render(leaning).image
    assert np.abs(aligned.render(leaning).image.astype(int) - plain).mean() > 0.5
    still = bent(engine, asset, constant(0.0))
    np.testing.assert_array_equal(still.render(leaning).image, plain)
    assert aligned.size == SIZE and aligned.device == engine.device


def test_an_avatar_keeps_what_was_learnt(asset: AvatarAsset) -> None:
    alignment = constant(2.0)
    learnt = Learnt(plain=3.0, aligned=2.5, arrays=alignment.to_arrays())
    again = AvatarAsset.from_bytes(replace(asset, learnt=learnt).to_bytes())
    assert again.is_personal and again.learnt is not None
    assert (again.learnt.plain, again.learnt.aligned) == (3.0, 2.5)
    kept = Alignment.from_arrays(again.learnt.arrays)
    np.testing.assert_allclose(kept.weights, alignment.weights, rtol=1e-3)
    useless = AvatarAsset.from_bytes(
        replace(asset, learnt=Learnt(plain=3.0, aligned=3.1, arrays={})).to_bytes()
    )
    assert useless.learnt is not None and not useless.is_personal
    assert AvatarAsset.from_bytes(asset.to_bytes()).learnt is None and not asset.is_personal


def test_personalising_refuses_another_face(
    permitted: Callable[[str], tuple], tiny_clip: Callable[..., object]
) -> None:
    from reenact import personalize

    registry, subject, permit = permitted("reenact")
    other = tiny_clip(frames=40, size=256, seed=0)
    with pytest.raises(AvatarError, match="somebody else"):
        personalize(subject, video=other, permit=permit, registry=registry)


def test_personalising_refuses_too_little_footage(
    permitted: Callable[[str], tuple], enrolled: object
) -> None:
    from reenact import personalize

    registry, subject, permit = permitted("reenact")
    video = enrolled.video  # type: ignore[attr-defined]
    with pytest.raises(AvatarError, match="too few"):
        personalize(subject, video=video, permit=permit, registry=registry)


def test_personalising_needs_a_permit_for_the_person(
    permitted: Callable[[str], tuple], tiny_clip: Callable[..., object]
) -> None:
    from consent import ConsentError
    from reenact import personalize

    registry, _, permit = permitted("reenact")
    with pytest.raises(ConsentError):
        personalize("subject_other", video=tiny_clip(frames=40, size=256, seed=0),
                    permit=permit, registry=registry)  # fmt: skip
