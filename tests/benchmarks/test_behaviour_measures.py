"""Measures of head and lids, on motions whose figures are known."""

import numpy as np
import pytest

from audio2motion.behaviour import ProsodyFrames
from benchmarks.behaviour_measures import (
    Moving,
    blinks,
    denoised,
    diversity,
    figures,
    spectral_distance,
    spectrum_db,
    with_voice,
)

RATE = 25.0
TIMES = np.arange(500) / RATE


def wave(hertz: float, degrees: float) -> np.ndarray:
    return np.stack([degrees * np.sin(2 * np.pi * hertz * TIMES + axis) for axis in range(3)], 1)


def moving(degrees: np.ndarray, lid: np.ndarray | None = None) -> Moving:
    return Moving(RATE, degrees, np.zeros(len(degrees)) if lid is None else lid)


def test_jitter_of_a_tracker_is_taken_out_and_motion_is_kept() -> None:
    clean = wave(0.5, 4.0)
    jittered = clean + np.random.default_rng(0).normal(0, 0.25, clean.shape)
    true = figures(moving(clean))["speed"][0]
    assert figures(moving(jittered))["speed"][0] > 1.25 * true
    assert figures(moving(denoised(jittered, RATE)))["speed"][0] == pytest.approx(true, rel=0.12)


def test_the_figures_of_a_sine_are_known() -> None:
    found = figures(moving(wave(0.5, 4.0)))
    assert found["spread"][1] == pytest.approx(4 / np.sqrt(2), rel=0.01)
    assert found["speed"][1] == pytest.approx(4 * 2 * np.pi * 0.5 * 2 / np.pi, rel=0.03)


def test_blinks_are_counted_and_measured() -> None:
    lid = np.zeros(500)
    for start in (50, 200, 350):
        lid[start : start + 7] = [0.3, 0.9, 0.9, 0.9, 0.6, 0.3, 0.1]
    found = blinks(moving(wave(1, 1), lid))
    assert found["per_minute"] == 9
    assert 140 < found["width_ms"] < 200


def test_the_level_of_a_spectrum_counts_only_if_asked() -> None:
    rng = np.random.default_rng(1)
    small = np.cumsum(rng.normal(size=(500, 3)), axis=0)
    a, b = spectrum_db(moving(small)), spectrum_db(moving(10 * small))
    assert spectral_distance(a, b, level=True) == pytest.approx(20, abs=0.5)
    assert spectral_distance(a, b, level=False) < 0.5


def test_a_head_that_nods_on_accents_is_told_from_one_that_does_not() -> None:
    clock = np.arange(2000) / 100
    level = (0.2 + 0.9 * (np.sin(np.pi * clock) ** 8)).astype(np.float32)
    prosody = ProsodyFrames(level, np.full(2000, 120, np.float32))
    nods = np.zeros((500, 3))
    nods[:, 0] = 3 * np.sin(np.pi * (TIMES - 0.1)) ** 8
    assert with_voice(moving(nods), prosody)["nods"] > 0.6
    assert with_voice(moving(wave(0.31, 3)), prosody)["nods"] < 0.4


def test_equal_seeds_have_no_diversity_and_independent_ones_have() -> None:
    rng = np.random.default_rng(2)
    noises = [moving(rng.normal(size=(500, 3))) for _ in range(4)]
    assert diversity([noises[0]] * 3) == 0
    assert diversity(noises) == pytest.approx(np.sqrt(2), abs=0.1)
