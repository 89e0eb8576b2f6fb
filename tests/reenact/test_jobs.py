"""The table of jobs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from reenact.controls import Controls
from reenact.jobs import BadRow, Job, JobError, job_id, read_jobs
from reenact.picture import Picture
from reenact.view import View


def table(folder: Path, text: str) -> Path:
    path = folder / "jobs.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_become_jobs_with_paths_relative_to_the_table(tmp_path):
    path = table(
        tmp_path,
        "id,command,subject,input,fps,region,audio\n"
        "talk,speak,subject_1,a.wav,30000/1001,,\n"
        ',reenact,subject_2,"b, c.mp4",,lips,none\n',
    )
    talk, follow = read_jobs(path)
    assert talk == Job(
        2, "talk", "speak", "subject_1", tmp_path / "a.wav", {"fps": Fraction(30000, 1001)}
    )
    assert follow.source == tmp_path / "b, c.mp4"
    assert follow.options == {"region": "lips", "audio": "none"}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("x,fly,subject_1,a.wav,,", "command 'fly' is unknown"),
        ("x,speak,,a.wav,,", "the cell 'subject' is empty"),
        ("x,speak,subject_1,a.wav,big,", "size 'big' is not a number"),
        ("x,speak,subject_1,a.wav,,lips", "speak has no option 'region'"),
        ("../x,speak,subject_1,a.wav,,", "cannot name a file"),
        ("x,speak,subject_1", "not as many cells"),
        ("x,speak,subject_1,a.wav,,,,", "not as many cells"),
        ("good,speak,subject_1,a.wav,,", "already that of row 2"),
    ],
)
def test_a_bad_row_is_told_and_leaves_the_others(tmp_path, row, message):
    path = table(
        tmp_path,
        "id,command,subject,input,size,region\n"
        f"good,speak,subject_1,a.wav,,\n{row}\nlast,speak,subject_1,a.wav,,\n",
    )
    first, bad, last = read_jobs(path)
    assert isinstance(first, Job) and isinstance(last, Job)
    assert isinstance(bad, BadRow) and message in str(bad.error)
    assert bad.row == 3


def test_an_unknown_column_names_the_nearest_one(tmp_path):
    with pytest.raises(JobError, match="unknown column 'inputs'") as caught:
        read_jobs(table(tmp_path, "command,subject,inputs\n"))
    assert "'input'" in caught.value.hint


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"command,subject\n"])
def test_a_file_that_is_no_table_is_told(tmp_path, content):
    path = tmp_path / "jobs.csv"
    path.write_bytes(content)
    with pytest.raises(JobError):
        read_jobs(path)


def test_the_job_id_follows_content_options_and_version_but_not_the_path(tmp_path):
    for name, content in (("a.wav", b"same"), ("copy.wav", b"same"), ("b.wav", b"other")):
        (tmp_path / name).write_bytes(content)

    def identifier(name: str, version: str = "1", **options: object) -> str:
        return job_id(Job(2, "", "speak", "s", tmp_path / name, options), version=version)

    assert identifier("a.wav") == identifier("copy.wav")
    different = {
        identifier("a.wav"),
        identifier("b.wav"),
        identifier("a.wav", seed=1),
        identifier("a.wav", version="2"),
    }
    assert len(different) == 4


def test_the_job_id_of_a_missing_input_is_an_error(tmp_path):
    with pytest.raises(JobError, match="cannot be read"):
        job_id(Job(2, "", "speak", "s", tmp_path / "none.wav", {}), version="1")


def test_an_engine_of_a_row_is_read_and_its_checkpoint_decides_the_job(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"video")
    path = table(
        tmp_path,
        "command,subject,input,engine,checkpoint\n"
        "reenact,subject_1,a.mp4,fomm,model.tar\n"
        "reenact,subject_1,a.mp4,guess,\n"
        "speak,subject_1,a.wav,fomm,\n",
    )
    job, unknown, talk = read_jobs(path)
    assert job.options == {"engine": "fomm", "checkpoint": tmp_path / "model.tar"}
    assert "'guess'" in str(unknown.error) and "no option 'engine'" in str(talk.error)
    names = set()
    for content in (b"one", b"other"):
        (tmp_path / "model.tar").write_bytes(content)
        names.add(job_id(job, version="1"))
    assert len(names) == 2


def test_controls_of_a_row_are_read_as_the_options_are(tmp_path):
    (tmp_path / "turn.csv").write_text("time,yaw,pitch,roll\n0,0,0,0\n2,20,0,0\n")
    path = table(
        tmp_path,
        "command,subject,input,expression,eye_open,gaze,view,still\n"
        "reenact,subject_1,a.mp4,1.5,source,camera,turn.csv,\n"
        "speak,subject_1,a.wav,,,,,yes\n"
        "speak,subject_1,a.wav,3,,,,\n"
        "speak,subject_1,a.wav,,,up,,\n"
        "speak,subject_1,a.wav,,,,,perhaps\n",
    )
    follow, talk, strong, up, unsure = read_jobs(path)
    assert follow.options["controls"] == Controls(
        expression=1.5,
        eye_open="source",
        gaze=(0.0, 0.0),
        view=View(times_s=(0.0, 2.0), angles=((0.0, 0.0, 0.0), (20.0, 0.0, 0.0))),
    )
    assert talk.options["controls"] == Controls(still=True)
    for bad, word in ((strong, "expression"), (up, "gaze"), (unsure, "still")):
        assert isinstance(bad, BadRow) and word in str(bad.error)


def test_a_changed_view_file_is_another_job(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"sound")
    path = table(tmp_path, "command,subject,input,view\nspeak,s,a.wav,turn.csv\n")
    ids = set()
    for yaw in (10, 20):
        (tmp_path / "turn.csv").write_text(f"time,yaw,pitch,roll\n0,{yaw},0,0\n")
        (job,) = read_jobs(path)
        ids.add(job_id(job, version="1"))
    assert len(ids) == 2


def test_the_picture_of_a_row_is_read_as_the_options_are(tmp_path):
    (tmp_path / "room.png").write_bytes(b"any")
    (tmp_path / "in.wav").write_bytes(b"any")
    table = tmp_path / "jobs.csv"
    table.write_text(
        "command,subject,input,background,crop,output_size,driving_crop\n"
        "speak,s,in.wav,#ffffff,9:16,720,\n"
        "reenact,s,in.wav,room.png,,,auto\n"
        "speak,s,in.wav,nowhere.png,,,\n"
    )
    talk, follow, bad = read_jobs(table)
    assert talk.options["picture"] == Picture(
        background="#ffffff", crop="9:16", output_size=(0, 720)
    )
    assert follow.options["picture"].inputs() == {"background": tmp_path / "room.png"}
    assert follow.options["driving_crop"] == "auto"
    assert isinstance(bad, BadRow) and "no background" in str(bad.error)
    before = job_id(follow, version="1")
    (tmp_path / "room.png").write_bytes(b"other")
    assert job_id(follow, version="1") != before


def test_a_row_may_have_a_text_instead_of_an_input(tmp_path):
    text = table(
        tmp_path,
        "command,subject,input,text,voice,language\n"
        'speak,s,,"Hello, [nod] you.",voices/de.onnx,\n'
        "speak,s,,Hallo,,de\n"
        "speak,s,a.wav,Hallo,,\n"
        "speak,s,a.wav,,joe,\n"
        "reenact,s,,Hallo,,\n"
        "speak,s,,,,\n",
    )
    first, second, *bad = read_jobs(text)
    assert (first.source, second.source) == (None, None)
    assert first.options["text"] == "Hello, [nod] you."
    assert first.options["voice"] == str(tmp_path / "voices" / "de.onnx")
    assert second.options["language"] == "de"
    assert all(isinstance(row, BadRow) for row in bad)
    assert job_id(first, version="1") != job_id(second, version="1")


def test_a_table_without_input_and_text_is_refused(tmp_path):
    with pytest.raises(JobError, match="neither"):
        read_jobs(table(tmp_path, "command,subject\n"))
