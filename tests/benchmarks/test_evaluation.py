import dataclasses

import numpy as np
import pytest

from benchmarks import metrics
from benchmarks.baselines import StillFrame
from benchmarks.evaluation import TRUTH, Evaluation, Setting
from benchmarks.placing import best_placement

FRAMES = 9


class Finder:
    """Finds the landmarks by the brightest pixel: no model, the same rules."""

    def __init__(self, shape):
        self._shape = shape
        self.described = 0

    def landmarks(self, image):
        bright = image.sum(axis=2)
        if bright.max() < 400:
            return None
        row, column = np.unravel_index(bright.argmax(), bright.shape)
        return self._shape + np.array([column, row], np.float32)

    def descriptor(self, image, landmarks):
        self.described += 1
        return np.full(128, landmarks[0, 0] / 10)


@pytest.fixture
def shape():
    """(478, 2) a ring of landmarks about the spot."""
    angles = np.linspace(0, 2 * np.pi, 478, endpoint=False)
    return np.stack([60 * np.cos(angles), 60 * np.sin(angles)], axis=1).astype(np.float32)


def frame_with_spot(x):
    frame = np.random.default_rng(5).integers(20, 60, (256, 256, 3), dtype=np.uint8)
    frame[128, x] = 255
    return frame


@pytest.fixture
def setting(shape):
    crop = metrics.HeadCrop(side=256, corners=np.zeros((FRAMES, 2), np.int64))
    return Setting(
        crop=crop,
        landmarks=np.stack([shape + 128] * FRAMES),
        valid=np.ones(FRAMES, bool),
        sampled=frozenset(range(0, FRAMES, 2)),
        consecutive=range(FRAMES),
        watched=frozenset(),
        border=metrics.border_band((256, 256), (40, 40), 180, 10),
        faces=np.zeros((1, 128)),
    )


def matte(image):
    """Everything is the person."""
    return np.full(image.shape[:2], 255, np.uint8)


def evaluate(setting, judge, truths, methods, **outputs):
    evaluation = Evaluation(setting, methods, judge=judge, matte=matte)
    for index, truth in enumerate(truths):
        made = {name: frames[index] for name, frames in outputs.items()}
        evaluation.add(index, {TRUTH: truth, **made})
    return evaluation.rows()


def run(setting, judge, outputs):
    truths = [frame_with_spot(128 + 2 * index) for index in range(FRAMES)]
    return evaluate(setting, judge, truths, {"still": StillFrame(truths[0])}, engine=outputs)


def test_an_engine_that_shows_the_truth_is_perfect(setting, shape):
    outputs = [frame_with_spot(128 + 2 * index) for index in range(FRAMES)]
    figures = run(setting, Finder(shape), outputs)["engine"]
    assert figures["l1"] == figures["akd"] == figures["akd_lips"] == figures["aed"] == 0
    assert figures["change"] == figures["l1_face"] == figures["l1_person"] == 0
    assert figures["ssim"] == pytest.approx(1)
    assert figures["sharpness"] == figures["seam"] == figures["rim"] == pytest.approx(1)


def test_the_still_frame_is_as_far_off_as_the_face_moved(setting, shape):
    outputs = [frame_with_spot(128) for _ in range(FRAMES)]
    figures = run(setting, Finder(shape), outputs)
    assert figures["still"]["akd"] == pytest.approx(np.mean([0, 4, 8, 12, 16]))
    assert figures["still"]["akd"] == figures["engine"]["akd"]


def test_a_face_in_the_wrong_place_has_the_right_shape(setting, shape):
    figures = run(setting, Finder(shape), [frame_with_spot(140 + 2 * i) for i in range(FRAMES)])
    made = figures["engine"]
    assert made["akd"] == pytest.approx(12)
    assert made["akd_shape"] == pytest.approx(0, abs=1e-3)


def test_a_face_that_is_placed_is_compared_where_it_belongs(setting, shape):
    outputs = [np.roll(frame_with_spot(128 + 2 * i), 12, axis=1) for i in range(FRAMES)]
    true_points = np.stack([shape + np.array([128 + 2 * i, 128]) for i in range(FRAMES)])
    place = best_placement(true_points + np.array([12, 0]), true_points)
    placed = dataclasses.replace(setting, places={"engine": place})
    figures = run(placed, Finder(shape), outputs)["engine"]
    assert figures["akd"] == pytest.approx(0, abs=1e-3)
    assert figures["l1_face"] == pytest.approx(0, abs=1e-3)
    assert figures["l1"] > 0.02  # of the whole picture, as it is


def test_several_engines_are_compared_in_the_order_they_come(setting, shape):
    truths = [frame_with_spot(128 + 2 * index) for index in range(FRAMES)]
    still = {"still": StillFrame(truths[0])}
    rows = evaluate(setting, Finder(shape), truths, still, poor=truths[::-1], good=truths)
    assert list(rows) == [TRUTH, "still", "poor", "good"]
    assert rows["good"]["akd"] == 0 < rows["poor"]["akd"]
    assert sum(value for name, value in rows[TRUTH].items() if "share" in name) == pytest.approx(1)


def test_trembling_shows_as_jitter(setting, shape):
    outputs = [frame_with_spot(128 + 2 * index + index % 2) for index in range(FRAMES)]
    truths = [frame_with_spot(128 + index**2) for index in range(FRAMES)]
    figures = evaluate(setting, Finder(shape), truths, {}, engine=outputs)
    assert figures["engine"]["jitter"] == pytest.approx(1)  # both 2 px per frame squared


def test_flicker_shows_as_change_that_the_truth_has_not(setting, shape):
    truths = [frame_with_spot(128) for _ in range(FRAMES)]
    flicker = [frame + np.uint8(9 * (index % 2)) for index, frame in enumerate(truths[:])]
    for frame in flicker:
        frame[128, 128] = 255
    rows = evaluate(setting, Finder(shape), truths, {}, calm=truths, flickering=flicker)
    assert not rows["calm"]["change"] > 0
    truths = [frame_with_spot(128 + 2 * index) for index in range(FRAMES)]
    rows = evaluate(setting, Finder(shape), truths, {}, calm=truths, flickering=flicker)
    assert rows["calm"]["change"] == 0 < rows["flickering"]["change"]


def test_frames_without_a_face_are_counted_and_do_not_spoil_the_means(setting, shape):
    outputs = [frame_with_spot(128 + 2 * index) for index in range(FRAMES)]
    outputs[4] = np.full((256, 256, 3), 30, np.uint8)
    figures = run(setting, Finder(shape), outputs)["engine"]
    assert figures["no_face"] == 1
    assert figures["akd"] == 0
    assert figures["l1"] > 0


def test_only_a_few_of_many_sampled_frames_get_descriptors(setting, shape):
    many = dataclasses.replace(setting, sampled=frozenset(range(20)))
    assert many.described == {0, 3, 6, 9, 12, 15, 18}
    judge = Finder(shape)
    run(setting, judge, [frame_with_spot(128) for _ in range(FRAMES)])
    assert judge.described == 5 * 3  # all five sampled frames; truth, still and engine


def test_who_drives_shows_in_the_distance_to_them(setting, shape):
    driven = dataclasses.replace(setting, driver=np.full(128, 25.0))
    rows = run(driven, Finder(shape), [frame_with_spot(150) for _ in range(FRAMES)])
    assert rows["engine"]["driver"] < rows[TRUTH]["driver"]
    assert rows["engine"]["own_frames"] > rows[TRUTH]["own_frames"]


def test_a_visible_border_shows_as_a_seam(setting, shape):
    outputs = [frame_with_spot(128 + 2 * index) for index in range(FRAMES)]
    for output in outputs:
        output[40:220, 40:220] += np.uint8(90)
        output[128, 128:160] = np.minimum(output[128, 128:160], 254)
    figures = run(setting, Finder(shape), outputs)["engine"]
    assert figures["seam"] > 1.05
