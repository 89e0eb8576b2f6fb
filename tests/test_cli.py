"""The command table: exit codes, errors, options that every command shares."""

from __future__ import annotations

import io
import json
import os

import click
import pytest

from avatar import cli as command_line
from avatar.cli import COMMANDS, Entry, main
from avatar.console import environment, progress


class MendableError(Exception):
    exit_code = 4
    hint = "Do this."


def command_that(action) -> click.Command:
    """A command whose body is `action`."""
    return click.Command("probe", callback=action)


@pytest.fixture
def probe(monkeypatch):
    """Put a command made from a function into the table, as `avatar probe`."""

    def install(action):
        monkeypatch.setattr(command_line, "PROBE", command_that(action), raising=False)
        monkeypatch.setitem(COMMANDS, "probe", Entry("avatar.cli:PROBE", "Probe."))

    return install


def test_an_error_that_can_be_mended_prints_message_and_hint_and_gives_its_code(probe, capsys):
    def fail():
        raise MendableError("it is broken")

    probe(fail)
    assert main(["probe"]) == 4
    printed = capsys.readouterr()
    assert printed.err == "Error: it is broken\nDo this.\n"
    assert printed.out == ""


def test_a_bug_keeps_its_traceback(probe):
    def fail():
        raise ZeroDivisionError("a bug")

    probe(fail)
    with pytest.raises(ZeroDivisionError):
        main(["probe"])


def test_ctrl_c_gives_130(probe, capsys):
    def interrupt():
        raise KeyboardInterrupt

    probe(interrupt)
    assert main(["probe"]) == 130
    assert "Interrupted" in capsys.readouterr().err


def test_a_command_returns_its_own_code(probe):
    probe(lambda: 7)
    assert main(["probe"]) == 7


@pytest.mark.parametrize(
    ("arguments", "code"),
    [([], 0), (["-h"], 0), (["--version"], 0), (["fly"], 2), (["speak"], 2), (["demo", "-x"], 2)],
)
def test_usage_errors_give_2_and_help_gives_0(arguments, code, capsys):
    assert main(arguments) == code


def test_home_and_weights_last_as_long_as_the_command(probe, monkeypatch, tmp_path):
    monkeypatch.setenv("COUNTENANCE_HOME", "before")
    monkeypatch.delenv("COUNTENANCE_WEIGHTS", raising=False)
    seen = {}
    probe(lambda: seen.update(os.environ))
    main(["--home", str(tmp_path), "--weights", "w", "probe"])
    assert (seen["COUNTENANCE_HOME"], seen["COUNTENANCE_WEIGHTS"]) == (str(tmp_path), "w")
    assert os.environ["COUNTENANCE_HOME"] == "before"
    assert "COUNTENANCE_WEIGHTS" not in os.environ


def test_environment_is_restored_after_an_error(monkeypatch):
    monkeypatch.delenv("COUNTENANCE_HOME", raising=False)
    with pytest.raises(MendableError), environment(COUNTENANCE_HOME="x"):
        raise MendableError
    assert "COUNTENANCE_HOME" not in os.environ


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_shown_on_a_terminal_and_wiped_at_the_end():
    terminal = Terminal()
    with progress("speak", stream=terminal) as show:
        show(5, 10)
        show(10, 10)
    text = terminal.getvalue()
    assert "speak: 5/10 frames  50 %" in text and "10/10" in text
    assert text.endswith("\r\x1b[K")


@pytest.mark.parametrize(("quiet", "stream"), [(True, Terminal()), (False, io.StringIO())])
def test_progress_is_off_when_quiet_or_not_on_a_terminal(quiet, stream):
    with progress("speak", quiet=quiet, stream=stream) as show:
        assert show is None
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "found none"),
        (["--kind", "artwork"], "--kind and --attest belong together"),
        (["--kind", "artwork", "--attest", "x", "--challenge", "VIDEO"], "--challenge and --kind"),
        (["--kind", "living", "--attest", "x"], "Invalid value for '--kind'"),
        (["--kind", "artwork", "--attest", "x", "--expires", "soon"], "is not a date"),
    ],
)
def test_enroll_wants_exactly_one_ground(arguments, message, tmp_path, capsys):
    video = tmp_path / "v.mp4"
    video.write_bytes(b"x")
    arguments = [str(video) if text == "VIDEO" else text for text in arguments]
    assert main(["enroll", "--name", "Ada", "--video", str(video), *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("rate", ["0", "fast", "1/0", "1000"])
def test_an_impossible_frame_rate_is_a_usage_error(rate, tmp_path, capsys):
    speech = tmp_path / "a.wav"
    speech.write_bytes(b"x")
    arguments = ["speak", "s", "--audio", str(speech), "-o", "o.mp4", "--fps", rate]
    assert main(arguments) == 2
    assert "--fps" in capsys.readouterr().err


def test_doctor_prints_one_json_object_a_line(home, capsys):
    main(["doctor", "--json"])
    findings = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = {finding["name"] for finding in findings}
    assert {"python", "cv2", "encoder libx264", "registry", "disk"} <= names
    assert {finding["status"] for finding in findings} <= {"ok", "warning", "failed"}
