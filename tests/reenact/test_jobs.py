"""The table of jobs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from reenact.jobs import BadRow, Job, JobError, job_id, read_jobs


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
