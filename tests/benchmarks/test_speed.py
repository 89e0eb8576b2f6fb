"""The speed benchmark's own arithmetic, inputs and processes."""

import json
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from benchmarks import speed_page
from benchmarks.processes import Finished, ProcessFailed, run_program
from benchmarks.rows import ENGINE, WARP
from benchmarks.speed import rates
from benchmarks.speed_inputs import make_speech, make_video
from capture.audio import AudioClip
from capture.video import probe, write_mp4

RUN = Finished(wall_s=12.0, cpu_s=15.0, peak_mb=500.0, output="")
TOLD = {
    "frames": 101,
    "fps": "25",
    "seconds": 11.0,
    "timings": {"first_frame_s": 1.0, "load_s": 0.25, "render_ms": 40.0},
}


def test_a_program_is_timed_and_its_memory_seen() -> None:
    code = "import time; block = bytearray(150_000_000); time.sleep(0.2); print('done')"
    run = run_program((sys.executable, "-c", code))
    assert run.output == "done\n"
    assert run.wall_s >= 0.2
    assert run.peak_mb > 150
    assert 0 < run.cpu_s < 60


def test_a_failing_program_shows_its_error() -> None:
    with pytest.raises(ProcessFailed, match="ended with 3: went wrong"):
        run_program(
            (sys.executable, "-c", "import sys; print('went wrong', file=sys.stderr); exit(3)")
        )


def test_rates_leave_out_the_start() -> None:
    row = rates(TOLD, RUN)
    assert row["steady_fps"] == pytest.approx(10.0)
    assert row["first_frame_s"] == pytest.approx(2.0)  # a second before the command's own clock
    assert row["first_after_loading_s"] == pytest.approx(0.75)
    assert row["whole_fps"] == pytest.approx(101 / 12)
    assert row["video_s"] == pytest.approx(4.04)
    assert row["stages"] == {"render_ms": 40.0}


def test_inputs_have_the_size_and_length_asked_for(tmp_path: Path) -> None:
    source, made = tmp_path / "short.mp4", tmp_path / "made.mp4"
    write_mp4((np.full((48, 64, 3), 90, np.uint8) for _ in range(10)), source, fps=Fraction(30))
    make_video(source, made, width=96, height=96, seconds=2)
    info = probe(made)
    assert (info.width, info.height, info.fps, info.frame_count) == (96, 96, 25, 50)
    speech = tmp_path / "speech.wav"
    make_speech(Path(__file__).parent.parent / "data" / "code_words.flac", speech, seconds=7)
    assert AudioClip.read(speech).duration == pytest.approx(7, abs=0.001)


def test_the_page_names_ratios_and_growth(tmp_path: Path) -> None:
    about = {"program": "speak", "frame": "512 x 512", "setting": ENGINE}
    figures = {**about, "peak_mb": 500.0, **rates(TOLD, RUN)}
    reference = {"program": "first-order network, before", "cpu_milliseconds": 2970.0}
    rows = [
        {**reference, "milliseconds": 1500.0},
        {
            "program": "enroll",
            "frame": "512 x 512",
            "wall_s": 30.0,
            "cpu_s": 40.0,
            "peak_mb": 900.0,
        },
        {**figures, "setting": WARP, "cpu_ms": 75.0},
        figures,
        {**figures, "growth_s": 20},
        {**figures, "growth_s": 600, "peak_mb": 800.0},
    ]
    settings = {"source": "a", "speech": "b", "size": 512, "minutes": 3.0, "quick": False}
    speed_page.write(tmp_path, rows, settings=settings)
    page = (tmp_path / "speed.md").read_text()
    assert "1.60 times the memory" in page
    assert "**grows**" in page
    document = json.loads((tmp_path / "speed.json").read_text())
    ratios = document["ratios"]["speak 512 x 512"]
    assert ratios["wall"] == pytest.approx(15)
    assert ratios["cpu"] == pytest.approx(2970 / (15000 / 101), rel=1e-4)
    assert document["ratios"][f"speak 512 x 512, {WARP}"]["cpu"] == pytest.approx(2970 / 75)
    reached = {target["what"]: target["reached"] for target in document["targets"]}
    assert reached == {
        "`speak`: fps": False,
        "`speak`: first frame after loading, s": True,
        "`speak`: peak memory, MB": True,
        "`speak`: times faster than the first-order network, CPU time": False,
    }
