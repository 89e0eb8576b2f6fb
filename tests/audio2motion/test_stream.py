import math
from fractions import Fraction

import numpy as np
import pytest

from audio2motion import AudioMotionError, Stream, predict
from audio2motion.face import joined
from audio2motion.opening import Opening
from audio2motion.stream import DELAY_S
from capture.arkit import ARKIT_52
from capture.audio import AudioClip

RATE = 16_000
MOUTH = [i for i, name in enumerate(ARKIT_52) if name.startswith(("mouth", "jaw"))]


def stream(samples, step, **settings):
    live = Stream(**settings)
    pieces = [live.push(samples[i : i + step]) for i in range(0, len(samples), step)]
    return joined([piece for piece in [*pieces, live.finish()] if piece is not None])


@pytest.mark.parametrize("fps", [Fraction(12), Fraction(25), Fraction(30000, 1001), Fraction(60)])
def test_every_frame_comes_within_a_quarter_of_a_second(spoken, fps):
    live = Stream(fps=fps)
    given, step = 0, 160
    for start in range(0, 2 * RATE, step):
        piece = live.push(spoken.samples[start : start + step])
        given += 0 if piece is None else len(piece)
        now = Fraction(start + step, RATE)
        assert now - given / fps <= DELAY_S  # of the oldest frame that is still missing


def test_resampling_keeps_within_the_delay(spoken):
    live, given = Stream(sample_rate=48_000), 0
    samples = spoken.slice(0, 1.5).resampled(48_000).samples
    for start in range(0, len(samples), 480):
        piece = live.push(samples[start : start + 480])
        given += 0 if piece is None else len(piece)
        assert (start + 480) / 48_000 - given / 25 <= DELAY_S


@pytest.mark.parametrize("step", [320])
def test_a_stream_gives_the_bits_that_predicting_the_recording_gives(spoken, step):
    opening = Opening.of(spoken.samples)
    live, offline = stream(spoken.samples, step, seed=5, opening=opening), predict(spoken, seed=5)
    np.testing.assert_array_equal(live.blendshapes, offline.blendshapes)
    np.testing.assert_array_equal(live.head_rotation, offline.head_rotation)
    np.testing.assert_array_equal(live.head_translation, offline.head_translation)


def test_a_live_stream_comes_close_to_the_recording_once_it_knows_the_voice(spoken):
    thrice = np.tile(spoken.samples, 3)
    live, offline = stream(thrice, 320), predict(AudioClip(thrice, RATE))
    late = slice(8 * 25, None)
    jaws = [motion.column("jawOpen")[late] for motion in (live, offline)]
    assert np.abs(jaws[0] - jaws[1]).mean() < 0.02
    assert np.corrcoef(*jaws)[0, 1] > 0.95


@pytest.mark.parametrize("rate", [8000, 44_100])
def test_other_rates_are_resampled_on_the_way(spoken, rate):
    clip = spoken.slice(0, 2).resampled(rate)
    live = stream(clip.samples, rate // 50, sample_rate=rate, opening=Opening.of(spoken.samples))
    assert len(live) == math.ceil(Fraction(len(clip.samples), rate) * 25)


def test_nothing_pushed_is_no_motion():
    live = Stream()
    assert live.push(np.zeros(0, np.float32)) is None
    assert live.finish() is None


@pytest.mark.parametrize(
    "samples",
    [np.zeros((100, 2), np.float32), np.zeros(100, np.int16), np.full(100, np.nan, np.float32)],
)
def test_what_is_no_mono_sound_is_refused(samples):
    with pytest.raises(AudioMotionError):
        Stream().push(samples)


def test_rates_that_are_none_are_refused():
    with pytest.raises(AudioMotionError):
        Stream(sample_rate=0)
    with pytest.raises(AudioMotionError):
        Stream(fps=Fraction(-1))
