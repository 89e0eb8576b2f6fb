import importlib.util
import json

import pytest

from synthetic.__main__ import main


def test_the_photoreal_renderer_without_blender_ends_with_the_install_command(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    code = main(["make", "driving", "--renderer", "photoreal", "-o", str(tmp_path / "out")])
    assert code == 6
    assert "pip install" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_set_is_made_from_the_command_line_and_resumed(tmp_path, capsys):
    arguments = [
        "make", "training", "--frames", "1", "--size", "32", "--samples", "1",
        "--seed", "5", "-o", str(tmp_path),
    ]  # fmt: skip
    assert main(arguments) == 0
    made = (tmp_path / "p000" / "item.json").stat().st_mtime_ns
    assert json.loads((tmp_path / "set.json").read_text())["set"] == "training"
    assert main(arguments) == 0
    assert (tmp_path / "p000" / "item.json").stat().st_mtime_ns == made


def test_an_unknown_set_is_refused(tmp_path):
    with pytest.raises(SystemExit):
        main(["make", "nothing", "-o", str(tmp_path)])


def test_a_wrong_option_is_told_without_a_traceback(tmp_path, capsys):
    assert main(["make", "capture", "--stills", "3", "-o", str(tmp_path)]) == 2
    assert "8 to 40" in capsys.readouterr().err
