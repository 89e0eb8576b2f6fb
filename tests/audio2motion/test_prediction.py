import math
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from audio2motion import AudioMotionError, GainError, Gains, predict
from capture.arkit import ARKIT_52
from capture.audio import AudioClip

RATE = 16_000
MOUTH = [i for i, name in enumerate(ARKIT_52) if name.startswith(("mouth", "jaw"))]


@pytest.mark.parametrize("fps", [Fraction(25), Fraction(30000, 1001), Fraction(24), Fraction(60)])
@pytest.mark.parametrize("seconds", [0.1, 1.0, 2.345])
def test_motion_is_as_long_as_the_sound_within_a_frame(fps, seconds):
    clip = AudioClip(np.zeros(round(seconds * RATE), np.float32), RATE)
    motion = predict(clip, fps=fps)
    assert len(motion) == math.ceil(Fraction(len(clip.samples), RATE) * fps)
    assert motion.fps == fps


def test_the_same_seed_repeats_bit_by_bit(spoken):
    one, two = predict(spoken, seed=3), predict(spoken, seed=3)
    np.testing.assert_array_equal(one.blendshapes, two.blendshapes)
    np.testing.assert_array_equal(one.head_rotation, two.head_rotation)


def test_another_seed_moves_head_and_lids_otherwise_and_lips_the_same(spoken):
    one, two = predict(spoken, seed=1), predict(spoken, seed=2)
    np.testing.assert_array_equal(one.blendshapes[:, MOUTH], two.blendshapes[:, MOUTH])
    assert np.abs(one.head_rotation - two.head_rotation).max() > 0.005
    assert np.abs(one.column("eyeBlinkLeft") - two.column("eyeBlinkLeft")).max() > 0.2


def test_speech_opens_and_closes_the_mouth_as_far_as_people_do(spoken):
    jaw = predict(spoken).column("jawOpen")
    assert 0.2 < jaw.max() < 0.8
    assert jaw.min() < 0.06
    assert 0.05 < jaw.std() < 0.2


def test_in_silence_the_mouth_is_still_and_the_eyes_blink(silence):
    motion = predict(silence)
    assert motion.blendshapes[:, MOUTH].std(axis=0).max() < 0.02
    assert motion.column("eyeBlinkLeft").max() > 0.9
    assert np.ptp(motion.head_rotation, axis=0).max() > 1e-3


def test_holding_the_head_keeps_the_blinks(spoken):
    still, plain = predict(spoken, gains=Gains(head=0)), predict(spoken)
    np.testing.assert_allclose(still.head_rotation[:, 3], 1, atol=1e-4)  # but for breath
    assert still.column("eyeBlinkLeft").max() > 0.9
    np.testing.assert_array_equal(still.column("jawOpen"), plain.column("jawOpen"))


def test_the_level_of_the_recording_hardly_matters(spoken):
    quiet = AudioClip(spoken.samples * np.float32(0.1), spoken.sample_rate)
    loud_jaw, quiet_jaw = (predict(clip).column("jawOpen") for clip in (spoken, quiet))
    assert np.corrcoef(loud_jaw, quiet_jaw)[0, 1] > 0.9


@pytest.mark.parametrize("rate", [8000, 44100])
def test_other_sample_rates_say_the_same(spoken, rate):
    jaw = predict(spoken).column("jawOpen")
    other = predict(spoken.resampled(rate)).column("jawOpen")
    count = min(len(jaw), len(other))
    assert np.corrcoef(jaw[:count], other[:count])[0, 1] > (0.5 if rate == 8000 else 0.9)


def awkward_sounds():
    rng = np.random.default_rng(0)
    times = np.arange(3 * RATE) / RATE
    chord = sum(np.sin(2 * np.pi * hz * times) for hz in (220, 277, 330)) * (1 + np.sin(6 * times))
    yield "one sample", np.zeros(1)
    yield "white noise", rng.uniform(-1, 1, 3 * RATE)
    yield "music", 0.15 * chord
    yield "clipped", np.sign(chord)
    yield "a click", np.eye(1, 2 * RATE, 9000)[0]
    yield "a constant", np.full(RATE, 0.5)


@pytest.mark.parametrize(("name", "samples"), list(awkward_sounds()), ids=lambda v: str(v)[:12])
def test_any_sound_gives_valid_motion(name, samples):
    motion = predict(AudioClip(samples.astype(np.float32), RATE))
    assert len(motion) >= 1
    assert np.isfinite(motion.blendshapes).all()
    if name != "music":
        assert motion.column("jawOpen").max() < 0.6


def test_no_sound_at_all_is_refused():
    with pytest.raises(AudioMotionError):
        predict(AudioClip(np.zeros(0, np.float32), RATE))
    with pytest.raises(AudioMotionError):
        predict(AudioClip(np.zeros(100, np.float32), RATE), fps=Fraction(0))


@pytest.mark.parametrize("value", [-0.1, 3.1, float("nan")])
def test_gains_out_of_range_are_refused_with_a_usage_error(value):
    with pytest.raises(GainError) as refused:
        Gains(jaw=value)
    assert refused.value.exit_code == 2
    assert "jaw" in str(refused.value)


def test_predicting_needs_no_deep_learning_framework():
    code = (
        "import sys, numpy as np; from audio2motion import predict; from capture.audio import "
        "AudioClip; predict(AudioClip(np.zeros(1600, np.float32), 16000)); "
        "print(*set(sys.modules) & {'torch', 'librosa', 'pocketsphinx', 'scipy'})"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).split() == []


@pytest.mark.slow
def test_lips_follow_a_talker_who_was_never_heard(shared_data):
    from benchmarks.speech_motion import best_lag, motion_lips, tracked_lips
    from capture.tracking import track_video

    path = shared_data / "clips" / "LipNet__lrwp9a.mpg"
    real = tracked_lips(track_video(path))
    predicted = motion_lips(predict(AudioClip.read(path)))
    r, lag = best_lag(predicted.curves["gap"], predicted.times, real.curves["gap"], real.times)
    assert r > 0.7
    assert abs(lag) <= 0.06
