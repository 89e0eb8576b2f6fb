import numpy as np
import pytest

from audio2motion import fit as fitting
from audio2motion.coarticulation import Sounds, load_speech_motion
from audio2motion.corpus import CHANNELS, Corpus, lip_geometry
from audio2motion.visemes import VISEMES


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """Invented talkers whose jaw is open on `aa` and shut on `PP`, 40 clips of 2 seconds."""
    rng = np.random.default_rng(0)
    sounds, targets = [], []
    for _ in range(40):
        labels = np.repeat(rng.choice([0, 1, 2, 9], 25), 8)
        visemes = np.eye(len(VISEMES), dtype=np.float32)[labels]
        features = np.concatenate([visemes, visemes, visemes[:, :1]], axis=1)
        sounds.append(Sounds(visemes, features, np.ones((200, 25), np.float32)))
        jaw = np.convolve(0.4 * (labels == 9), np.hanning(13) / np.hanning(13).sum(), "same")[::4]
        channels = np.zeros((50, len(CHANNELS)), np.float32)
        channels[:, CHANNELS.index("jawOpen")] = jaw + rng.normal(0, 0.005, 50)
        targets.append(channels + rng.normal(0, 0.002, channels.shape).astype(np.float32))
    gap = np.array(targets)[..., CHANNELS.index("jawOpen")]
    return Corpus(sounds, np.array(targets, np.float32), gap, 0.6 - 0.1 * gap)


@pytest.fixture
def quick(monkeypatch):
    pytest.importorskip("torch", reason="fitting needs the torch extra")
    monkeypatch.setattr(fitting, "HIDDEN", 16)
    monkeypatch.setattr(fitting, "PASSES", 12)
    monkeypatch.setattr(fitting, "BATCH", 64)


def test_the_fit_learns_what_opens_the_jaw_and_keeps_its_spread(corpus, quick):
    scores = fitting.held_out_scores(fitting.fit(corpus), corpus)
    correlation, spread = scores["jawOpen"]
    assert correlation > 0.85
    assert spread == pytest.approx(1, abs=0.02)


def test_a_saved_model_is_the_same_after_loading(corpus, quick, tmp_path, monkeypatch):
    model = fitting.fit(corpus)
    fitting.save(model, tmp_path / "speech_motion.npz")
    with np.load(tmp_path / "speech_motion.npz", allow_pickle=False) as arrays:
        stored = dict(arrays)
    monkeypatch.setattr("weights.open_arrays", lambda name: stored)
    loaded = load_speech_motion.__wrapped__()
    features = corpus.sounds[0].features
    np.testing.assert_allclose(loaded.curves(features), model.curves(features), atol=0.01)
    assert loaded.names == model.names


def test_postures_are_measured_where_the_sounds_are(corpus):
    rest, closed, _ = fitting.postures(corpus, list(range(40)))
    jaw = CHANNELS.index("jawOpen")
    assert rest[jaw] < 0.03
    assert closed[jaw] < 0.03


def test_lip_gap_and_width_are_relative_to_the_eyes():
    index = [13, 14, 82, 87, 312, 317, 33, 263, 61, 291]
    points = np.zeros((10, 3), np.float32)
    points[[0, 2, 4], 1] = 2.0
    points[7, 0] = 10.0
    points[9, 0] = 5.0
    gap, width = lip_geometry(points, index)
    assert gap == pytest.approx(0.2)
    assert width == pytest.approx(0.5)


def test_the_lip_map_finds_what_the_jaw_does_to_gap_and_width(corpus):
    gap, width = fitting.lip_map(corpus, list(range(40)))[:, CHANNELS.index("jawOpen")]
    assert gap == pytest.approx(1, abs=0.1)
    assert width == pytest.approx(-0.1, abs=0.02)
