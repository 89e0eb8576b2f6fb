import numpy as np
import pytest

from benchmarks import metrics
from benchmarks.baselines import StillFrame
from benchmarks.evaluation import Setting, evaluate

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
        border=metrics.border_band((256, 256), (40, 40), 180, 10),
        identity=np.zeros(128),
        describe_every=2,
    )


def run(setting, judge, outputs):
    truths = [frame_with_spot(128 + 2 * index) for index in range(FRAMES)]
    still = {"still": StillFrame(truths[0])}
    return evaluate(zip(truths, outputs, strict=True), setting, still, engine="engine", judge=judge)


def test_an_engine_that_shows_the_truth_is_perfect(setting, shape):
    outputs = [frame_with_spot(128 + 2 * index) for index in range(FRAMES)]
    figures = run(setting, Finder(shape), outputs)["engine"]
    assert figures["l1"] == figures["akd"] == figures["akd_lips"] == figures["aed"] == 0
    assert figures["ssim"] == pytest.approx(1)
    assert figures["sharpness"] == figures["seam"] == figures["rim"] == pytest.approx(1)


def test_the_still_frame_is_as_far_off_as_the_face_moved(setting, shape):
    outputs = [frame_with_spot(128) for _ in range(FRAMES)]
    figures = run(setting, Finder(shape), outputs)
    assert figures["still"]["akd"] == pytest.approx(np.mean([0, 4, 8, 12, 16]))
    assert figures["still"]["akd"] == figures["engine"]["akd"]


def test_trembling_shows_as_jitter(setting, shape):
    outputs = [frame_with_spot(128 + 2 * index + index % 2) for index in range(FRAMES)]
    truths = [frame_with_spot(128 + index**2) for index in range(FRAMES)]
    pairs = zip(truths, outputs, strict=True)
    figures = evaluate(pairs, setting, {}, engine="engine", judge=Finder(shape))
    assert figures["engine"]["jitter"] == pytest.approx(1)  # both 2 px per frame squared


def test_frames_without_a_face_are_counted_and_do_not_spoil_the_means(setting, shape):
    outputs = [frame_with_spot(128 + 2 * index) for index in range(FRAMES)]
    outputs[4] = np.full((256, 256, 3), 30, np.uint8)
    figures = run(setting, Finder(shape), outputs)["engine"]
    assert figures["no_face"] == 1
    assert figures["akd"] == 0
    assert figures["l1"] > 0


def test_descriptors_are_made_for_every_second_sampled_frame_only(setting, shape):
    judge = Finder(shape)
    run(setting, judge, [frame_with_spot(128) for _ in range(FRAMES)])
    assert judge.described == 3 * 3  # frames 0, 4 and 8; truth, still and engine


def test_a_visible_border_shows_as_a_seam(setting, shape):
    outputs = [frame_with_spot(128 + 2 * index) for index in range(FRAMES)]
    for output in outputs:
        output[40:220, 40:220] += np.uint8(90)
        output[128, 128:160] = np.minimum(output[128, 128:160], 254)
    figures = run(setting, Finder(shape), outputs)["engine"]
    assert figures["seam"] > 1.05
