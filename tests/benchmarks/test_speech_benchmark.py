"""The measures of the speech benchmark, on curves whose answer is known."""

import numpy as np
import pytest

from audio2motion.phonetics import SILENCE, Segment
from benchmarks.audio2motion_page import page
from benchmarks.speech_motion import best_lag, longest_open_silence, motion_lips
from benchmarks.speech_voices import contact_counts
from capture.audio import AudioClip

TIMES = np.arange(200) / 25


def wave(times: np.ndarray) -> np.ndarray:
    return np.sin(3 * times) + np.sin(7.3 * times)


@pytest.mark.parametrize("late_s", [-0.1, 0.0, 0.06])
def test_the_lag_of_a_late_curve_is_found(late_s):
    r, lag = best_lag(wave(TIMES - late_s), TIMES, wave(TIMES), TIMES)
    assert lag == pytest.approx(late_s, abs=0.011)
    assert r > 0.99


def test_no_lag_beyond_the_largest_is_tried():
    _, lag = best_lag(wave(TIMES - 0.2), TIMES, wave(TIMES), TIMES, largest_s=0.04)
    assert abs(lag) <= 0.04 + 1e-9


def test_silence_counts_every_contact_as_shut_and_none_as_open():
    audio = AudioClip(np.zeros(32_000, np.float32), 16_000)
    found = [Segment(SILENCE, 0.0, 0.5), Segment("B", 0.5, 0.6), Segment("AA", 0.6, 0.9)]
    counts = contact_counts(found, audio)
    assert counts["bilabials"] == counts["closed"] == 1
    assert counts["vowels"] == counts["shut"] == 1
    assert counts["labiodentals"] == 0


def test_open_lips_in_silence_are_measured(spoken_motion):
    lips = motion_lips(spoken_motion)
    nobody = np.zeros(round(len(lips.times) * 4), np.float32)
    somebody = np.ones_like(nobody)
    assert longest_open_silence(spoken_motion, nobody) > 0
    assert longest_open_silence(spoken_motion, somebody) == 0


@pytest.fixture(scope="module")
def spoken_motion():
    from pathlib import Path

    from audio2motion import predict

    words = Path(__file__).parents[1] / "data" / "code_words.flac"
    return predict(AudioClip.read(words).slice(0, 4))


def entry(r: float) -> dict:
    shape = {"r": r, "lag": 0.02, "spread": 0.9}
    made = {name: dict(shape) for name in ("gap", "jawOpen", "width")}
    methods = ("energy", "rules", "ridge", "network", "motion")
    return {"clip": "a", "offset": 0.0, **{method: made for method in methods}}


def test_the_page_says_which_targets_are_missed():
    voice = {
        "voice": "unseen engine", "held_out": True, "seconds": 9.0, "frame_accuracy": 0.8,
        "closure_recall": 0.9, "false_closures": 0.01, "labiodentals_met": 1.0,
    }  # fmt: skip
    motion = {
        "blinks": {"per_minute": 20.0, "width_ms": 160.0, "closure": 0.9},
        "head": {name: [1.0, 1.0, 1.0] for name in ("spread", "speed", "speed_95")},
    }
    text = "\n".join(
        page(
            {
                "unseen": [entry(0.9)],
                "wild": [entry(0.3)],
                "voices": [voice] * 3,
                "predicted_motion": {**motion, "open_in_silence_ms": [100.0]},
                "real_motion": motion,
                "streaming": [
                    {"recording": "a", "same_opening": 0.0, "live_gap": 0.9, "delay_s": 0.24}
                ],
                "speed": [{"seconds": 20, "real_time": 0.04, "peak_mb": 200.0}],
                "provider": "CPUExecutionProvider",
                "machine": {
                    "processor": "x", "cores": 2, "memory_gb": 8, "system": "s", "python": "3",
                    "threads": "1",
                },
                "versions": {},
            }
        )
    )  # fmt: skip
    lines = {line.split("|")[1].strip(): line for line in text.splitlines() if "|" in line}
    assert "no" in lines["wild clips, gap, median r"]
    assert "yes" in lines["unseen GRID talkers, gap, mean r"]
    assert "no" in lines["unseen engine, p b m closed"]
