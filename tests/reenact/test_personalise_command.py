"""The command personalize."""

from __future__ import annotations

import pytest

import reenact
from avatar.cli import main
from avatar.learnt import Learnt


def test_the_command_tells_what_was_gained(
    enrolled: object, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    learnt = Learnt(plain=3.0, aligned=2.5, arrays={})
    monkeypatch.setattr(reenact, "personalize", lambda *_, **__: learnt, raising=False)
    where = ["--home", str(enrolled.home)]  # type: ignore[attr-defined]
    arguments = [enrolled.subject_id, "--video", str(enrolled.video)]  # type: ignore[attr-defined]
    assert main(["personalize", *arguments, *where]) == 0
    assert "no gain, not used: mean error 3.00 grey levels before" in capsys.readouterr().out
