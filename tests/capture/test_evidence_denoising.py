"""Steady noise goes, speech stays."""

from pathlib import Path

import numpy as np
import pytest

from capture.audio import AudioClip
from capture.evidence.denoising import without_steady_noise

RECORDING = Path(__file__).parent.parent / "data" / "code_words.flac"


def test_noise_falls_and_speech_keeps_its_shape() -> None:
    speech = AudioClip.read(RECORDING).samples
    noise = np.random.default_rng(0).normal(scale=0.008, size=len(speech)).astype(np.float32)
    cleaned = without_steady_noise(speech + noise)
    assert cleaned.shape == speech.shape
    error_before = float((noise**2).mean())
    error_after = float(((cleaned - speech) ** 2).mean())
    assert error_after < error_before / 2
    assert float(np.corrcoef(cleaned, speech)[0, 1]) > 0.97


def test_clean_speech_passes() -> None:
    pause = np.zeros(16000, np.float32)  # digital silence has no noise to measure
    speech = np.concatenate([pause, AudioClip.read(RECORDING).samples])
    cleaned = without_steady_noise(speech)
    assert float(np.corrcoef(cleaned, speech)[0, 1]) > 0.999


@pytest.mark.parametrize("length", [0, 100, 5000])
def test_silence_and_snippets_pass(length: int) -> None:
    silence = np.zeros(length, np.float32)
    assert np.array_equal(without_steady_noise(silence), silence)
