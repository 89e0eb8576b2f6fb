"""Sounds for the tests: made from sines and noise, or a spoken recording of the test data."""

from pathlib import Path

import numpy as np
import pytest

from capture.audio import AudioClip

RATE = 16_000
SPOKEN = Path(__file__).parents[1] / "data" / "code_words.flac"


@pytest.fixture(scope="session")
def spoken() -> AudioClip:
    """A few seconds of speech with pauses."""
    return AudioClip.read(SPOKEN).slice(0, 8)


@pytest.fixture(scope="session")
def silence() -> AudioClip:
    """Eight seconds of a quiet room."""
    noise = np.random.default_rng(0).standard_normal(8 * RATE) * 1e-4
    return AudioClip(noise.astype(np.float32), RATE)


@pytest.fixture(scope="session")
def vowel() -> np.ndarray:
    """(s,) one second of a buzzing 120 Hz voice through an open vowel's resonances."""
    times = np.arange(RATE) / RATE
    sound = np.zeros(RATE)
    for harmonic in range(1, 40):
        hz = 120 * harmonic
        gain = sum(1 / (1 + ((hz - f) / w) ** 2) for f, w in ((730, 90), (1090, 110), (2440, 170)))
        sound += gain * np.sin(2 * np.pi * hz * times)
    return (0.3 * sound / np.abs(sound).max()).astype(np.float32)
