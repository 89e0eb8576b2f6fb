"""Hair and shoulders move as they are seen to move around a driving head."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from avatar.asset import AvatarAsset
from capture.landmark_rig import LandmarkRig
from capture.motion import MotionSequence
from reenact.alignment.view import SIDE, View
from reenact.bent_engine import BentEngine
from reenact.controls import Controls
from reenact.engine import DrivenFace, FirstOrderEngine
from reenact.sway.following import MEMORY_S, SwayBend
from reenact.sway.square import NODES, PX, Glimpse, MotionSeeker
from reenact.sway.watching import _Watch
from reenact.transfer import DrivingReference, Transfer
from reenact.view import View as Turn

SIZE = 256
FPS = 25.0


def texture(side: int, seed: int = 0) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    noise = rng.integers(0, 255, (side // 8, side // 8, 3)).astype(np.uint8)
    return cv2.resize(noise, (side, side), interpolation=cv2.INTER_CUBIC)


def moved(picture: NDArray[np.uint8], x: float, y: float) -> NDArray[np.uint8]:
    matrix = np.array([[1, 0, x], [0, 1, y]], np.float64)
    return cv2.warpAffine(picture, matrix, picture.shape[1::-1], borderMode=cv2.BORDER_REFLECT)


@pytest.mark.parametrize("step", [0.3, 1.0, 2.5])
def test_a_square_is_cut_alike_however_large_the_head_is(step: float) -> None:
    side = 900
    frame = cv2.GaussianBlur(texture(side), (0, 0), 8)
    view = View(np.array([[step, 0, 120], [0, step, 90]], np.float32))
    cut = Glimpse.around(frame, view).cut(view)
    middles = (np.arange(PX) + 0.5) * SIDE / PX - 0.5
    columns, rows = np.meshgrid(step * middles + 120, step * middles + 90)
    wanted = cv2.remap(
        cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY),
        columns.astype(np.float32),
        rows.astype(np.float32),
        cv2.INTER_LINEAR,
    )
    assert cv2.absdiff(cut, wanted).mean() < 2.5


def test_motion_is_told_in_shares_of_the_square_and_only_of_the_person() -> None:
    before = cv2.cvtColor(texture(PX), cv2.COLOR_RGB2GRAY)
    now = moved(before, 3, -2)
    person = np.zeros((PX, PX), np.uint8)
    person[:, : PX // 2] = 255
    sway = MotionSeeker().seek(now, before, person)
    inside, outside = sway[4:-4, 4 : NODES // 2 - 4], sway[:, NODES // 2 + 4 :]
    np.testing.assert_allclose(PX * np.median(inside[..., :2], axis=(0, 1)), [-3, 2], atol=0.2)
    assert inside[..., 2].min() > 0.9 and not outside.any()


class Everything:
    """A segmenter to whom all is the person."""

    def matte(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.full(image.shape[:2], 255, np.uint8)


def test_a_watched_body_moves_by_what_the_picture_shows() -> None:
    rig = LandmarkRig.load()
    face = rig.neutral * 1000 + np.array([250, 250, 0], np.float32)
    face[:, 1] = 500 - face[:, 1]
    watch = _Watch(Everything())  # type: ignore[arg-type]
    frame = texture(500)
    assert not watch.look(frame, face)[..., 2].any()  # nothing is known of the first frame
    aside = watch.look(moved(frame, 4, 0), face)
    view = View.of_head(rig.align(face[None]), scale=1.0, corner=np.zeros(2, np.float32))
    side_px = view.step * SIDE
    np.testing.assert_allclose(side_px * np.median(aside[..., 0]), -4, atol=0.4)
    assert not watch.look(frame, None).any()
    assert not watch.look(frame, face)[..., 2].any()  # what was before is not known any more


@pytest.fixture(scope="module")
def engine(asset: AvatarAsset) -> FirstOrderEngine:
    return FirstOrderEngine(asset.appearance, size=SIZE)


def at_rest(asset: AvatarAsset, sway: NDArray[np.float32] | None) -> DrivenFace:
    landmarks = asset.appearance.references[0].landmarks
    pose = LandmarkRig.load().align(landmarks[None])
    shape = pose.to_canonical(landmarks[None])[0]
    return DrivenFace(landmarks=landmarks, shape=shape, rotation=pose.rotation[0], sway=sway)


def swaying(share: float) -> NDArray[np.float32]:
    """Everything moves to the picture's right, by a share of the square's side."""
    sway = np.ones((NODES, NODES, 3), np.float32)
    sway[..., :2] = -share, 0
    return sway


def bent(engine: FirstOrderEngine, asset: AvatarAsset) -> BentEngine:
    return BentEngine(engine, [SwayBend(asset.appearance, size=SIZE, fps=FPS)])


def offset_px(picture: NDArray[np.uint8], plain: NDArray[np.uint8], asset: AvatarAsset) -> float:
    """How far the neck stands further right."""
    crop = asset.appearance.crop
    chin = (asset.appearance.references[0].landmarks[152, :2] - [crop.x, crop.y]) * SIZE / crop.side
    x, y = chin.astype(int)
    part = np.s_[y + 8 : y + 40, x - 50 : x + 50]
    grey = [cv2.cvtColor(each, cv2.COLOR_RGB2GRAY)[part].copy() for each in (picture, plain)]
    seeker = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    flow = seeker.calc(*grey, None)[..., 0]
    busy = np.abs(cv2.Sobel(grey[1], cv2.CV_32F, 1, 0)) > 20
    return float(-np.median(flow[busy]))


def test_a_body_goes_with_the_drivers_and_comes_back(
    asset: AvatarAsset, engine: FirstOrderEngine
) -> None:
    swayed, plain = bent(engine, asset), engine.render(at_rest(asset, None)).image
    first = swayed.render(at_rest(asset, swaying(0.02))).image
    np.testing.assert_array_equal(first, plain)  # there is no frame before
    gone = [offset_px(first, plain, asset)]
    for _ in range(3):
        image = swayed.render(at_rest(asset, swaying(0.012))).image
        gone.append(offset_px(image, plain, asset))
    assert all(after > before + 0.3 for before, after in pairwise(gone))
    for _ in range(round(3 * MEMORY_S * FPS)):
        image = swayed.render(at_rest(asset, swaying(0.0))).image
    assert abs(offset_px(image, plain, asset)) < 0.5 * gone[-1]


def test_the_face_stays_where_the_landmarks_say(
    asset: AvatarAsset, engine: FirstOrderEngine
) -> None:
    swayed, plain = bent(engine, asset), engine.render(at_rest(asset, None)).image
    for _ in range(4):
        image = swayed.render(at_rest(asset, swaying(0.012))).image
    crop = asset.appearance.crop
    nose = (asset.appearance.references[0].landmarks[4, :2] - [crop.x, crop.y]) * SIZE / crop.side
    x, y = nose.astype(int)
    middle = np.s_[y - 20 : y + 20, x - 20 : x + 20]
    assert cv2.absdiff(image[middle], plain[middle]).mean() < 1.0
    assert cv2.absdiff(image, plain).mean() > 0.2


def test_without_a_watched_driver_nothing_is_bent(
    asset: AvatarAsset, engine: FirstOrderEngine
) -> None:
    swayed, plain = bent(engine, asset), engine.render(at_rest(asset, None)).image
    for _ in range(2):
        np.testing.assert_array_equal(swayed.render(at_rest(asset, None)).image, plain)
    unknown = swaying(0.05) * np.array([1, 1, 0], np.float32)
    for _ in range(3):
        image = swayed.render(at_rest(asset, unknown)).image
    assert cv2.absdiff(image, plain).mean() < 0.05


def still_motion(frames: int, sway: NDArray[np.float32] | None) -> MotionSequence:
    return MotionSequence(
        fps=Fraction(25),
        blendshapes=np.zeros((frames, 52), np.float32),
        head_rotation=np.tile(np.array([0, 0, 0, 1], np.float32), (frames, 1)),
        head_translation=np.tile(np.array([0, 0, -0.5], np.float32), (frames, 1)),
        sway=sway,
    )


def reference() -> DrivingReference:
    return DrivingReference(
        shape=LandmarkRig.load().neutral,
        blendshapes=np.zeros(52, np.float32),
        rotation=np.eye(3, dtype=np.float32),
        translation=np.array([0, 0, -0.5], np.float32),
    )


def faces(asset: AvatarAsset, controls: Controls) -> Iterator[DrivenFace]:
    sway = np.tile(swaying(0.01), (2, 1, 1, 1))
    sway[1] *= 2
    transfer = Transfer(asset, reference=reference(), controls=controls)
    return transfer.faces(still_motion(2, sway))


def test_a_body_follows_only_while_the_head_moves_as_the_drivers(asset: AvatarAsset) -> None:
    first, second = faces(asset, Controls())
    np.testing.assert_array_equal(first.sway, swaying(0.01))
    np.testing.assert_array_equal(second.sway, 2 * swaying(0.01))
    for controls in (
        Controls(pose=0.5),
        Controls(still=True),
        Controls(view=Turn(angles=((10.0, 0.0, 0.0),))),
    ):
        assert [face.sway for face in faces(asset, controls)] == [None, None]


def test_sway_is_cut_and_checked_like_the_rest_of_a_motion() -> None:
    motion = still_motion(3, np.tile(swaying(0.01), (3, 1, 1, 1)))
    piece = motion.slice(1, 3)
    assert piece.sway is not None and piece.sway.shape == (2, NODES, NODES, 3)
    with pytest.raises(ValueError, match="sway"):
        replace(motion, sway=np.zeros((2, NODES, NODES, 3), np.float32))
