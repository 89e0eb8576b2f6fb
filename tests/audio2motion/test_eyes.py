from fractions import Fraction

import numpy as np
import pytest

from audio2motion import eyes
from audio2motion.prosody import Prosody


def prosody(seconds: int, *, ends=(), accents=()) -> Prosody:
    frames = 100 * seconds + 1
    return Prosody(
        activity=np.ones(frames, np.float32),
        level=np.full(frames, 0.6, np.float32),
        pitch=np.full(frames, np.nan, np.float32),
        accents=np.array(accents, np.float64).reshape(-1, 2),
        phrase_ends=np.array(ends, np.float64),
    )


def blinks(seconds: int, *, fps: int = 25, rate: float = 1.0, seed: int = 0, **kwargs):
    return eyes.blink_curves(
        prosody(seconds, **kwargs),
        fps=Fraction(fps),
        frames=seconds * fps,
        rate_gain=rate,
        rng=np.random.default_rng(seed),
    )


def peaks(lid: np.ndarray) -> np.ndarray:
    shut = np.concatenate([[False], lid > 0.5, [False]])
    return np.flatnonzero(shut[1:] & ~shut[:-1])


def test_people_blink_about_twenty_times_a_minute():
    counts = [len(peaks(blinks(60, seed=seed)["eyeBlinkLeft"])) for seed in range(20)]
    assert 16 < np.mean(counts) < 26
    assert np.std(counts) > 1


@pytest.mark.parametrize("fps", [15, 24, 25, 30, 60])
def test_every_blink_shuts_both_lids_on_a_frame(fps):
    curves = blinks(120, fps=fps)
    for side in ("Left", "Right"):
        lid = curves[f"eyeBlink{side}"]
        starts = peaks(lid)
        assert len(starts) > 20
        for start in starts:
            assert lid[start : start + fps // 4 + 1].max() >= 0.9


def test_a_blink_is_about_165_ms_wide_and_closes_faster_than_it_opens():
    lid = blinks(300, fps=200)["eyeBlinkLeft"]
    widths, closing, opening = [], [], []
    for start in peaks(lid)[1:-1]:
        part = lid[start - 40 : start + 80]
        above = np.flatnonzero(part > part.max() / 2)
        top = np.flatnonzero(part > 0.95 * part.max())
        widths.append((above[-1] - above[0]) * 5)
        closing.append(top[0] - np.flatnonzero(part > 0.05)[0])
        opening.append(np.flatnonzero(part > 0.05)[-1] - top[-1])
    assert 140 < np.median(widths) < 190
    assert np.median(closing) < 0.6 * np.median(opening)


def test_blinks_gather_at_phrase_ends():
    ends = np.arange(1.0, 600, 2.5)
    times = peaks(blinks(600, ends=ends)["eyeBlinkLeft"]) / 25
    near = np.abs(times[:, None] - ends).min(axis=1) < 0.15
    free = peaks(blinks(600)["eyeBlinkLeft"]) / 25
    by_chance = np.abs(free[:, None] - ends).min(axis=1) < 0.15
    assert near.mean() > by_chance.mean() + 0.15


def test_the_blink_rate_follows_its_gain():
    assert not blinks(60, rate=0)["eyeBlinkLeft"].any()
    assert len(peaks(blinks(120, rate=2)["eyeBlinkLeft"])) > 1.5 * len(
        peaks(blinks(120, rate=1)["eyeBlinkLeft"])
    )


def gaze(angles: np.ndarray, *, gain: float = 1.0):
    return eyes.gaze_curves(angles, fps=Fraction(25), gain=gain, rng=np.random.default_rng(0))


def test_eyes_turn_against_the_head():
    turned_left = np.zeros((50, 3))
    turned_left[:, 1] = np.radians(9)  # the subject's left, +X
    curves = gaze(turned_left, gain=0)
    np.testing.assert_allclose(curves["eyeLookInLeft"], 0.3, atol=1e-6)
    np.testing.assert_allclose(curves["eyeLookOutRight"], 0.3, atol=1e-6)
    assert not curves["eyeLookOutLeft"].any()
    chin_down = np.zeros((50, 3))
    chin_down[:, 0] = np.radians(9)
    np.testing.assert_allclose(gaze(chin_down, gain=0)["eyeLookUpLeft"], 0.3, atol=1e-6)


def test_gaze_is_mostly_at_the_camera_with_brief_glances():
    curves = gaze(np.zeros((25 * 300, 3)))
    aside = curves["eyeLookInLeft"] + curves["eyeLookOutLeft"]
    assert 0.03 < (aside > 0.1).mean() < 0.3
    assert aside.max() < 0.9


def test_brows_rise_on_some_accents_only():
    accents = [(t, 1.0) for t in np.arange(1, 59, 2.0)]
    curves = eyes.brow_curves(
        prosody(60, accents=accents),
        fps=Fraction(25),
        frames=1500,
        gain=1,
        rng=np.random.default_rng(0),
    )
    raised = curves["browInnerUp"][[round(t * 25) + 1 for t, _ in accents]] > 0.1
    assert 0.15 < raised.mean() < 0.85


def test_lids_ride_on_eyes_that_look_down():
    curves = {f"eyeBlink{side}": np.array([0.0, 0.96]) for side in ("Left", "Right")}
    curves |= {f"eyeLookDown{side}": np.array([0.5, 0.5]) for side in ("Left", "Right")}
    eyes.lids_follow_gaze(curves)
    assert curves["eyeBlinkLeft"][0] > 0.1
    assert 0.96 <= curves["eyeBlinkLeft"][1] <= 1
