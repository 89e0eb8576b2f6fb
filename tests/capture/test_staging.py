"""Outputs appear whole or not at all."""

import errno
import os
from pathlib import Path

import pytest

from capture import MediaError, staged_output


def test_the_output_appears_only_at_the_end(tmp_path):
    out = tmp_path / "talk.mp4"
    with staged_output(out) as part:
        assert part.parent == tmp_path
        assert part.suffix == ".mp4"
        assert ".part" in part.name
        part.write_bytes(b"content")
        assert not out.exists()
    assert out.read_bytes() == b"content"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_any_failure_leaves_nothing_new(tmp_path, error):
    out = tmp_path / "talk.mp4"
    with pytest.raises(error), staged_output(out) as part:
        part.write_bytes(b"half")
        raise error
    assert list(tmp_path.iterdir()) == []


def test_a_failure_keeps_the_earlier_output(tmp_path):
    out = tmp_path / "talk.mp4"
    out.write_bytes(b"earlier")
    with pytest.raises(RuntimeError), staged_output(out, overwrite=True) as part:
        part.write_bytes(b"half")
        raise RuntimeError
    assert out.read_bytes() == b"earlier"
    assert list(tmp_path.iterdir()) == [out]


def test_an_existing_output_is_kept_unless_asked(tmp_path):
    out = tmp_path / "talk.mp4"
    out.write_bytes(b"earlier")
    with pytest.raises(MediaError, match="exists already"), staged_output(out):
        pytest.fail("the block must not run")
    assert out.read_bytes() == b"earlier"
    with staged_output(out, overwrite=True) as part:
        part.write_bytes(b"later")
    assert out.read_bytes() == b"later"


def test_an_output_that_appears_meanwhile_is_not_replaced(tmp_path):
    out = tmp_path / "talk.mp4"
    with pytest.raises(MediaError, match="exists already"), staged_output(out) as part:
        part.write_bytes(b"ours")
        out.write_bytes(b"theirs")
    assert out.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [out]


def test_a_file_system_without_hard_links_is_served(tmp_path, monkeypatch):
    def refuse(*_args, **_settings):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    with staged_output(tmp_path / "talk.mp4") as part:
        part.write_bytes(b"content")
    assert (tmp_path / "talk.mp4").read_bytes() == b"content"


def test_two_writers_do_not_share_a_temporary_file(tmp_path):
    out = tmp_path / "talk.mp4"
    with staged_output(out, overwrite=True) as one, staged_output(out, overwrite=True) as two:
        assert one != two
        one.write_bytes(b"1")
        two.write_bytes(b"2")
    assert out.read_bytes() == b"1"


@pytest.mark.parametrize(
    ("out", "reason"),
    [
        ("missing/talk.mp4", "No such file or directory"),
        ("file/talk.mp4", "Not a directory"),
        ("", "is a folder"),
        ("x" * 250 + ".mp4", "File name too long"),
    ],
)
def test_an_unusable_place_is_refused_before_the_work(tmp_path, out, reason):
    (tmp_path / "file").write_text("x")
    with pytest.raises(MediaError, match=reason) as caught, staged_output(tmp_path / out):
        pytest.fail("the block must not run")
    assert caught.value.hint
    assert caught.value.exit_code == 4


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs /proc")
def test_a_folder_that_refuses_files_is_refused():
    out = Path("/proc/self/talk.mp4")
    with pytest.raises(MediaError, match="cannot be written"), staged_output(out):
        pytest.fail("the block must not run")


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EDQUOT])
def test_a_folder_that_may_not_be_written_is_refused(tmp_path, monkeypatch, code):
    def refuse(self, *_args, **_settings):
        raise OSError(code, os.strerror(code), str(self))

    monkeypatch.setattr(Path, "touch", refuse)
    with (
        pytest.raises(MediaError, match=os.strerror(code)) as caught,
        staged_output(tmp_path / "talk.mp4"),
    ):
        pytest.fail("the block must not run")
    assert "folder" in caught.value.hint


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS])
def test_a_disk_that_fills_up_in_the_middle_is_named(tmp_path, code):
    with (
        pytest.raises(MediaError, match=os.strerror(code)) as caught,
        staged_output(tmp_path / "talk.mp4") as part,
    ):
        part.write_bytes(b"half")
        raise OSError(code, os.strerror(code))
    assert caught.value.hint
    assert list(tmp_path.iterdir()) == []


def test_errors_about_other_files_pass_through(tmp_path):
    with pytest.raises(FileNotFoundError), staged_output(tmp_path / "talk.mp4"):
        (tmp_path / "another").read_bytes()
