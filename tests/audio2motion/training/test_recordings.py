import numpy as np
import pytest

from audio2motion.articulation import load_articulation
from audio2motion.corpus import CHANNELS
from audio2motion.phonetics import Segment
from audio2motion.training import recordings, shards
from audio2motion.training.grid import Clip
from audio2motion.training.takes import Take
from audio2motion.visemes import SHOWN


@pytest.fixture(scope="module")
def model():
    return load_articulation()


def buzz(seconds):
    """Loud and quiet by turns, a tenth of a second each."""
    times = np.arange(round(16000 * seconds)) / 16000
    wave = sum(np.sin(2 * np.pi * 110 * h * times) / h for h in range(1, 25))
    return (0.2 * wave * (np.floor(times * 10) % 2)).astype(np.float32)


@pytest.fixture
def take():
    bounds = np.arange(11) * 0.1
    return Take(buzz(1.0), ("p", "aa") * 5, bounds, "flite", "slt", "en", "arpabet", "")


def loudness(samples, frames):
    padded = np.pad(np.abs(samples), (80, 240))
    return np.array([padded[160 * i : 160 * i + 160].mean() for i in range(frames)])


@pytest.mark.parametrize("factor", [0.9, 1.0, 1.12])
def test_labels_stay_with_the_sound_at_any_speed(take, model, factor):
    found = recordings.spoken([take, take], np.random.default_rng(0), model, factor=factor)
    level = loudness(found.samples, len(found.viseme))
    vowel = found.viseme == SHOWN.index("aa")
    assert level[vowel].mean() > 10 * level[~vowel].mean()
    assert (
        len(found.viseme) == len(found.curves) == len(found.still) == 1 + len(found.samples) // 160
    )


def test_mouths_are_still_only_away_from_speech(take, model):
    found = recordings.spoken([take] * 3, np.random.default_rng(1), model, factor=1.0)
    spoken = found.viseme != SHOWN.index("sil")
    assert not (spoken & found.still).any()
    near = np.convolve(spoken, np.ones(31), mode="same") > 0
    assert not (near & found.still).any()
    assert np.abs(found.geometry[found.still, 0]).max() < 0.05


def test_a_film_played_faster_moves_with_its_sound():
    frames = 300
    curves = np.zeros((frames, len(CHANNELS)), np.float32)
    curves[100:200, 0] = 0.5
    clip = Clip(
        "x", buzz(3.0), (Segment("AA", 1.0, 2.0),), curves, np.zeros((frames, 4), np.float32)
    )
    found = recordings.filmed(clip, factor=1.25)
    opened = np.flatnonzero(found.curves[:, 0] > 0.25)
    labelled = np.flatnonzero(found.viseme == SHOWN.index("aa"))
    assert opened[[0, -1]] == pytest.approx(labelled[[0, -1]], abs=1)
    assert opened[0] == pytest.approx(80, abs=1)


def test_noise_without_speech_wants_a_mouth_at_rest(model):
    found = recordings.empty(np.random.default_rng(0), [], model)
    assert found.still.all()
    assert (found.viseme == SHOWN.index("sil")).all()
    assert np.ptp(found.curves, axis=0).max() < 1e-6


def test_a_shard_holds_what_the_network_hears_frame_by_frame(tmp_path, take, model):
    shards.speech_shard(
        tmp_path / "a.npz", [take, take], [buzz(2.0)], model, disturbed=False, noise_db=10.0
    )
    with np.load(tmp_path / "a.npz") as arrays:
        frames = len(arrays["inputs"])
        assert arrays["inputs"].shape == (frames, 70)
        assert arrays["inputs"].dtype == np.float16
        assert arrays["curves"].shape == (frames, len(CHANNELS))
        assert arrays["geometry"].shape == (frames, 4)
        assert arrays["viseme"].shape == arrays["still"].shape == (frames,)
        assert arrays["start"][0] == 0
        assert (str(arrays["voice"]), bool(arrays["real"])) == ("slt", False)
    assert not list(tmp_path.glob("*.part"))


def test_held_out_engine_and_languages_never_reach_training():
    assert all(n.startswith("heldout-engine") for n in shards.shard_names("joe-en-joe-00"))
    assert shards.shard_names("espeak-fr-fr+f3-02")[0].startswith("heldout-language")
    assert shards.shard_names("festival-fi-fi-lj-00")[0].startswith(("train", "valid"))
