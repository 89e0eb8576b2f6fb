"""Batches: isolation of jobs, resuming, interruption."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from capture.errors import MediaError
from reenact.batch import RESULTS, run_batch
from reenact.workers import WorkerDiedError, run_in_workers

HERE = Path(__file__).parent


@pytest.fixture
def fake(monkeypatch):
    """The importable stand-in for the renderer, found by worker processes too."""
    monkeypatch.syspath_prepend(str(HERE))
    import fake_render

    return fake_render


def write_table(folder: Path, *subjects: str) -> Path:
    (folder / "a.wav").write_bytes(b"speech")
    rows = [f"job{index},speak,{subject},a.wav" for index, subject in enumerate(subjects)]
    table = folder / "jobs.csv"
    table.write_text("\n".join(["id,command,subject,input", *rows]) + "\n")
    return table


def lines(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / RESULTS).read_text().splitlines()]


def test_no_job_stops_another(tmp_path, fake):
    table = write_table(tmp_path, "ok", "refused", "bug", "killed", "ok")
    out = tmp_path / "out"
    seen = []
    outcomes = run_batch(
        table, out, home=tmp_path, render=fake.render, on_progress=lambda *p: seen.append(p)
    )
    by_row = {outcome.row: outcome for outcome in outcomes}
    assert [by_row[row].status for row in range(2, 7)] == [
        "done",
        "failed",
        "failed",
        "failed",
        "done",
    ]
    assert (by_row[3].exit_code, by_row[3].hint) == (3, "Ask again.")
    assert by_row[4].exit_code == 1 and "ZeroDivisionError" in by_row[4].error
    assert "signal 9" in by_row[5].error
    assert seen == [(done, 5) for done in range(6)]
    assert [line["row"] for line in lines(out)] == [outcome.row for outcome in outcomes]
    assert sorted(path.name for path in out.glob("*.mp4")) == ["job0.mp4", "job4.mp4"]


def test_a_bad_row_and_a_missing_input_are_failed_jobs(tmp_path, fake):
    table = write_table(tmp_path, "ok")
    with table.open("a") as stream:
        stream.write("x,fly,ok,a.wav\ny,speak,ok,missing.wav\n")
    outcomes = run_batch(table, tmp_path / "out", home=tmp_path, render=fake.render)
    assert {o.row: (o.status, o.exit_code) for o in outcomes} == {
        2: ("done", 0),
        3: ("failed", 4),
        4: ("failed", 4),
    }


def test_resume_skips_what_is_whole_and_makes_the_rest(tmp_path, fake):
    table = write_table(tmp_path, "ok", "ok", "ok")
    out = tmp_path / "out"
    run_batch(table, out, home=tmp_path, render=fake.render)
    (out / "job1.mp4").write_bytes(b"changed")
    (out / "job2.json").unlink()
    with (out / RESULTS).open("a") as stream:
        stream.write('{"half a line')
    outcomes = run_batch(table, out, home=tmp_path, render=fake.render, resume=True)
    assert {o.label: o.status for o in outcomes} == {
        "job0": "skipped",
        "job1": "done",
        "job2": "done",
    }
    (tmp_path / "a.wav").write_bytes(b"other speech")
    outcomes = run_batch(table, out, home=tmp_path, render=fake.render, resume=True)
    assert {o.status for o in outcomes} == {"done"}


def test_two_workers_share_the_jobs(tmp_path, fake):
    table = write_table(tmp_path, "ok", "ok", "refused", "ok")
    outcomes = run_batch(table, tmp_path / "out", home=tmp_path, render=fake.render, workers=2)
    assert sorted(o.row for o in outcomes if o.status == "done") == [2, 3, 5]


def test_an_unwritable_folder_is_told_before_any_job(tmp_path, fake):
    (tmp_path / "file").write_text("")
    with pytest.raises(MediaError):
        run_batch(write_table(tmp_path, "ok"), tmp_path / "file", home=tmp_path, render=fake.render)


def test_a_worker_that_dies_costs_its_task_only(fake):
    results = dict(run_in_workers(fake.double, [1, 13, 7, 3], workers=2))
    assert (results[0], results[3]) == (2, 6)
    assert isinstance(results[1], WorkerDiedError) and "code 3" in str(results[1])
    assert isinstance(results[2], ValueError)


def test_an_interrupt_ends_the_workers_and_leaves_nothing_half_written(tmp_path):
    write_table(tmp_path, "slow", "slow")
    code = (
        "import sys; from pathlib import Path; import fake_render; "
        "from reenact.batch import run_batch\n"
        "if __name__ == '__main__':\n"
        "    try:\n"
        "        run_batch(Path('jobs.csv'), Path('out'), home=Path(), render=fake_render.render)\n"
        "    except KeyboardInterrupt:\n"
        "        sys.exit(130)\n"
    )
    (tmp_path / "main.py").write_text(code)
    path = os.pathsep.join([str(HERE), str(HERE.parent.parent)])
    process = subprocess.Popen(
        [sys.executable, "main.py"], cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}
    )
    out = tmp_path / "out"
    deadline = time.monotonic() + 30
    while not list(out.glob("*.part.mp4")):
        assert time.monotonic() < deadline, "the job never started"
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 130
    assert [path.name for path in out.iterdir()] == [RESULTS]
