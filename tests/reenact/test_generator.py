"""The generator: what it sees, what it does to a picture, learning, and where it is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from avatar.asset import AvatarAsset  # noqa: E402
from avatar.renderer import GeneratorName, PersonalRenderer  # noqa: E402
from capture.landmark_rig import LandmarkRig  # noqa: E402
from reenact.engine import DrivenFace, FirstOrderEngine  # noqa: E402
from reenact.generator.choosing import (  # noqa: E402
    MendedEngine,
    NoPersonalGenerator,
    choose_generator,
)
from reenact.generator.inputs import (  # noqa: E402
    CONDITION,
    MIRROR_ORDER,
    MIRROR_SIGN,
    Condition,
    draw_contours,
)
from reenact.generator.learning import Lesson, choose, learn  # noqa: E402
from reenact.generator.network import CHANNELS, Drawn, Generator, compose  # noqa: E402
from reenact.generator.refiner import Refiner  # noqa: E402
from reenact.generator.runtime import load_generator, prepare, stored  # noqa: E402
from reenact.generator.takes import Stage, Takes, gather  # noqa: E402
from reenact.generator.view import SIDE, View  # noqa: E402
from reenact.train.generator_task import GeneratorTask, detail  # noqa: E402
from reenact.train.take_pairs import TakePairs, importance, to_batch  # noqa: E402

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


@pytest.fixture(scope="module")
def engine(asset: AvatarAsset) -> FirstOrderEngine:
    return FirstOrderEngine(asset.appearance, size=SIZE)


@pytest.fixture(scope="module")
def takes(asset: AvatarAsset, engine: FirstOrderEngine) -> Takes:
    """The references, pretended to be footage of ten frames a second."""
    look = asset.appearance
    marks = np.stack([each.landmarks for each in look.references])
    frames = [(index, look.frame) for index in range(len(marks))]
    drawn = Stage(engine, look).draw(frames, marks, fps=1.0, rng=np.random.default_rng(0))
    return gather(drawn, len(frames))


def test_the_square_follows_the_head_and_stands_upright_with_it(asset: AvatarAsset) -> None:
    marks = asset.appearance.references[0].landmarks
    view, flat = view_of(asset, marks)
    angle = np.deg2rad(20)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    moved = marks.copy()
    middle = marks[:, :2].mean(axis=0)
    moved[:, :2] = (marks[:, :2] - middle) @ turn.T + middle + 11
    other, flat_other = view_of(asset, moved)
    np.testing.assert_allclose(view.place(flat), other.place(flat_other), atol=0.5)
    inside = view.place(flat)
    assert inside.min() > 0.1 * SIDE and inside.max() < 0.9 * SIDE


def test_the_square_shows_the_crop_where_its_points_are(asset: AvatarAsset) -> None:
    view, flat = view_of(asset, asset.appearance.references[0].landmarks)
    picture = np.zeros((SIZE, SIZE), np.uint8)
    column, row = np.round(flat[1]).astype(int)
    picture[row - 1 : row + 2, column - 1 : column + 2] = 255
    seen = view.look(picture)
    found = np.argwhere(seen > 100).mean(axis=0)[::-1]
    np.testing.assert_allclose(found, view.place(flat[1:2])[0], atol=1.5 / view.step)


def test_a_mirrored_face_has_mirrored_numbers(asset: AvatarAsset) -> None:
    rig = LandmarkRig.load()
    source = asset.appearance.references[0].landmarks
    pose = rig.align(source[None])
    straight = replace(
        pose, rotation=np.eye(3, dtype=np.float32)[None], offset=np.zeros((1, 3), np.float32)
    )
    numbers = Condition(straight, rig.neutral)
    yaw = np.deg2rad(25)
    turn = np.array(
        [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]], np.float32
    )
    flip = np.diag([-1, 1, 1]).astype(np.float32)
    shape = rig.neutral + rig.deltas[9] * 0.7  # one eye shut
    there = numbers.describe(replace(straight, rotation=turn[None]), shape)
    mirrored = numbers.describe(replace(straight, rotation=(flip @ turn @ flip)[None]), shape)
    want = there[MIRROR_ORDER] * MIRROR_SIGN
    np.testing.assert_allclose(mirrored[:9], want[:9], atol=1e-5)
    assert sorted(MIRROR_ORDER) == list(range(CONDITION))


def test_contours_are_drawn_where_the_features_are(asset: AvatarAsset) -> None:
    view, flat = view_of(asset, asset.appearance.references[0].landmarks)
    points = view.place(flat)
    drawn = draw_contours(points)
    column, row = np.round(points[61]).astype(int)
    assert drawn[row - 1 : row + 2, column - 1 : column + 2, 0].max() > 100
    assert drawn[:20, :20].max() == 0


def test_an_untrained_generator_changes_nothing(
    asset: AvatarAsset, engine: FirstOrderEngine
) -> None:
    refiner = Refiner(asset.appearance, prepare(stored(Generator())), size=SIZE)
    face = driven(asset.appearance.references[1].landmarks)
    head = engine.render(face)
    np.testing.assert_array_equal(refiner.refine(head, face).image, head.image)


def test_what_is_learnt_on_the_square_is_done_to_the_crop(
    asset: AvatarAsset, engine: FirstOrderEngine
) -> None:
    generator = Generator()
    torch.nn.init.constant_(generator.coarse.bias[:2], 3.0)
    torch.nn.init.constant_(generator.coarse.bias[2:], -2.0)
    torch.nn.init.constant_(generator.fine.bias[12:], 4.0)
    run, seen = prepare(stored(generator)), {}

    def spy(inputs: np.ndarray, condition: np.ndarray) -> object:
        seen.update(inputs=inputs, condition=condition)
        return run(inputs, condition)

    face = driven(asset.appearance.references[0].landmarks)
    head = engine.render(face)
    mended = Refiner(asset.appearance, spy, size=SIZE).refine(head, face)
    inputs = torch.from_numpy(seen["inputs"]).permute(2, 0, 1)[None].float() / 255
    with torch.no_grad():
        maps = Drawn(*generator(inputs, torch.from_numpy(seen["condition"])[None]))
        wanted = compose(inputs[:, :3], maps)[0].permute(1, 2, 0).numpy() * 255
    view, _ = view_of(asset, face.landmarks)
    middle = np.s_[64:192, 64:192]
    found = view.look(mended.image)[middle].astype(float)
    change = np.abs(wanted - seen["inputs"][..., :3])[middle].mean()
    assert np.abs(found - wanted[middle]).mean() < 0.25 * change
    corner = np.zeros((SIZE, SIZE), bool)
    corner[:4, :4] = True
    np.testing.assert_array_equal(mended.image[corner], head.image[corner])


def test_weights_survive_storing() -> None:
    generator = Generator()
    torch.nn.init.normal_(generator.fine.weight)
    inputs, numbers = torch.rand(1, CHANNELS, SIDE, SIDE), torch.rand(1, CONDITION)
    with torch.no_grad():
        first = generator(inputs, numbers)[2]
        second = load_generator(stored(generator))(inputs, numbers)[2]
    assert float((first - second).abs().max()) < 0.02
    assert float(first.std()) > 0.02


def test_takes_do_not_look_up_what_they_show(asset: AvatarAsset, engine: FirstOrderEngine) -> None:
    look = asset.appearance
    marks = np.stack([each.landmarks for each in look.references])
    stage = Stage(engine, look)
    assert stage.places(marks).tolist() == list(range(len(marks)))
    assert 0 not in stage.usable(marks, np.ones(len(marks), bool), fps=1.0)
    frames = [(1, look.frame)]
    rng = np.random.default_rng(0)
    (hidden,) = stage.draw(frames, marks, fps=1.0, rng=rng, dropped=0.0)
    far = marks + np.float32(500) * (np.arange(len(marks)) != 1)[:, None, None]
    (shown,) = stage.draw(frames, far, fps=0.0, rng=rng, dropped=0.0)
    assert np.abs(hidden.warped.astype(int) - shown.warped).mean() > 0.1


def test_mouth_and_eyes_count_most(takes: Takes) -> None:
    weight = importance(takes.landmarks[0])
    mouth, forehead = takes.landmarks[0][13], takes.landmarks[0][9]
    value = {name: weight[int(y), int(x)] for name, (x, y) in
             {"mouth": mouth, "forehead": forehead}.items()}  # fmt: skip
    assert value["mouth"] > value["forehead"] > weight[2, 2] == 1


def test_detail_falls_when_a_picture_is_blurred(takes: Takes) -> None:
    batch = to_batch(takes, np.array([0]))
    blurred = torch.nn.functional.avg_pool2d(batch["truth"], 5, stride=1, padding=2)
    assert detail(blurred, batch["face"]) < 0.5 * detail(batch["truth"], batch["face"])


def test_a_step_of_training_moves_the_generator_towards_the_truth(takes: Takes) -> None:
    task = GeneratorTask()
    pairs = TakePairs([takes], varied=False)
    optimizer = torch.optim.Adam(task.parameters(), lr=3e-3)
    batch = {name: value[None] for name, value in pairs[1].items()}
    losses = []
    for _ in range(6):
        outcome = task(batch, draw=torch.Generator())
        loss = torch.stack(list(outcome.terms.values())).sum()
        losses.append(float(loss))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert losses[-1] < 0.97 * losses[0]
    assert {name: pair[0].shape[2:] for name, pair in outcome.judged.items()} == {
        "mouth": (64, 64),
        "eyes": (64, 128),
    }


def test_learning_keeps_what_is_best_on_what_was_kept_back(takes: Takes) -> None:
    half = len(takes) // 2
    lesson = Lesson(takes.part(np.arange(half)), takes.part(np.arange(half, len(takes))))
    renderer = learn(lesson, None, seconds=4.0)
    assert set(renderer.scores) == {"off", "personal"}
    least = min(renderer.scores, key=renderer.scores.get)
    assert renderer.best.value in (least, "off")
    assert bool(renderer.weights) == (renderer.best is GeneratorName.PERSONAL)


def test_the_simpler_generator_is_taken_when_the_gain_is_small() -> None:
    weights = {"a": np.ones(3, np.float16)}
    assert choose({"off": 1.0, "personal": 0.999}, weights).best is GeneratorName.OFF
    assert choose({"off": 1.0, "generic": 0.9, "personal": 0.95}, weights).weights == {}
    best = choose({"off": 1.0, "generic": 1.1, "personal": 0.8}, weights)
    assert best.best is GeneratorName.PERSONAL and best.weights == weights


def personalised(asset: AvatarAsset) -> AvatarAsset:
    scores = {"off": 1.0, "personal": 0.5}
    return replace(asset, renderer=choose(scores, stored(Generator())))


def test_an_avatar_keeps_its_own_generator(asset: AvatarAsset) -> None:
    again = AvatarAsset.from_bytes(personalised(asset).to_bytes())
    assert again.renderer is not None and again.renderer.scores == {"off": 1.0, "personal": 0.5}
    for name, value in stored(Generator()).items():
        assert again.renderer.weights[name].shape == value.shape
    assert asset.renderer is None and AvatarAsset.from_bytes(asset.to_bytes()).renderer is None


def test_what_was_best_is_taken_unless_another_is_asked_for(asset: AvatarAsset) -> None:
    assert choose_generator(asset) is GeneratorName.OFF
    with pytest.raises(NoPersonalGenerator):
        choose_generator(asset, "personal")
    own = personalised(asset)
    assert choose_generator(own) is GeneratorName.PERSONAL
    assert choose_generator(own, "off") is GeneratorName.OFF
    plain = replace(asset, renderer=PersonalRenderer(best=GeneratorName.OFF))
    assert choose_generator(plain) is GeneratorName.OFF


def test_a_mended_engine_renders(asset: AvatarAsset, engine: FirstOrderEngine) -> None:
    mended = MendedEngine(engine, personalised(asset), GeneratorName.PERSONAL)
    head = mended.render(driven(asset.appearance.references[0].landmarks))
    assert head.image.shape == (SIZE, SIZE, 3) and mended.size == SIZE


def test_personalising_refuses_another_face_and_too_little_footage(
    permitted: Callable[[str], tuple], tiny_clip: Callable[..., object]
) -> None:
    from avatar.errors import AvatarError
    from reenact import personalize

    registry, subject, permit = permitted("reenact")
    short = tiny_clip(frames=40, size=256, seed=0)
    with pytest.raises(AvatarError):
        personalize(subject, video=short, permit=permit, registry=registry, minutes=0.1)
