import shutil
from ctypes.util import find_library
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from audio2motion.phonetics import SILENCE, SOUNDS
from audio2motion.training import engines, espeak, festival, flite, programs
from audio2motion.training.labels import check, segments
from audio2motion.training.takes import load_takes
from capture.errors import MissingBackendError

TEXTS = ["Please bring five big shoes.", "My mother said no."]


def rng():
    return np.random.default_rng(0)


def say(engine):
    if engine == "flite":
        return list(flite.speak("slt", TEXTS, rng()))
    if engine == "festival":
        return list(festival.speak("kal", TEXTS, rng()))
    return list(espeak.speak("en-us+f2", TEXTS, rng()))


@pytest.mark.parametrize("engine", ["flite", "festival", "espeak"])
def test_an_engine_says_when_each_sound_is_heard(engine):
    there = find_library("espeak-ng") if engine == "espeak" else shutil.which(engine)
    if not there:
        pytest.skip(f"{engine} is not installed")
    takes = say(engine)
    assert [take.text for take in takes] == TEXTS
    for take in takes:
        found = segments(take)
        assert 0.8 < take.duration_s < 4
        assert found[-1].stop_s == pytest.approx(take.duration_s)
        assert all(a.stop_s == pytest.approx(b.start_s) for a, b in pairwise(found))
        assert {segment.sound for segment in found} <= set(SOUNDS)
        level = np.abs(take.samples)
        spoken = np.zeros(len(level), bool)
        for segment in found:
            if segment.sound != SILENCE:
                spoken[round(segment.start_s * 16000) : round(segment.stop_s * 16000)] = True
        assert level[spoken].mean() > 5 * level[~spoken].mean()
    assert [s.sound for s in segments(takes[0])][1:4] == ["P", "L", "IY"]


def test_a_missing_program_is_named_with_what_to_do(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(MissingBackendError, match="festival") as caught:
        programs.program("festival")
    assert "apt-get install festival" in caught.value.hint


def test_a_job_writes_the_same_file_each_time(tmp_path):
    if not shutil.which("flite"):
        pytest.skip("flite is not installed")
    job = engines.Job("flite", "kal16", "en", 3)
    for folder in (tmp_path / "a", tmp_path / "b"):
        folder.mkdir()
        job.run(folder)
    first, second = (load_takes(tmp_path / name / f"{job.name}.npz") for name in "ab")
    assert len(first) == engines.TAKES
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.samples, other.samples)
        assert one.phones == other.phones


def test_labels_that_run_late_are_found():
    if not shutil.which("flite"):
        pytest.skip("flite is not installed")
    takes = list(flite.speak("rms", TEXTS * 2, rng()))
    late = [replace(take, bounds=take.bounds + 0.06) for take in takes]
    _, right, best, shift_s = check(takes)
    assert abs(shift_s) <= 0.01
    assert best == pytest.approx(right, abs=0.02)
    _, wrong, best, shift_s = check(late)
    assert shift_s == pytest.approx(-0.06, abs=0.011)
    assert best > 1.3 * wrong
