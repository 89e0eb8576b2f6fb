"""The command personalize, and what enroll does with it."""

from __future__ import annotations

import pytest

import avatar
from avatar.cli import main
from avatar.errors import AvatarError
from avatar.learnt import Learnt
from reenact import personalise_command


@pytest.fixture
def enrol(monkeypatch: pytest.MonkeyPatch, enrolled: object) -> list[str]:
    """Arguments of `avatar enroll`, which finds its work done already."""
    subject, home = enrolled.subject_id, enrolled.home  # type: ignore[attr-defined]
    video = str(enrolled.video)  # type: ignore[attr-defined]
    monkeypatch.setattr(avatar, "enroll", lambda *_, **__: subject, raising=False)
    grounds = ["--kind", "synthetic", "--attest", "Rendered by the tests"]
    return ["enroll", "--name", "Test", "--video", video, *grounds, "--home", str(home)]


@pytest.fixture
def taught(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    """Whom was learnt about and for how many minutes, instead of learning."""
    calls = []

    def teach(subject_id: str, registry: object, *, minutes: float, **_: object) -> Learnt:
        calls.append((subject_id, minutes))
        return Learnt(plain=3.0, aligned=2.5, arrays={})

    monkeypatch.setattr(personalise_command, "teach", teach)
    return calls


def test_enrolment_goes_on_to_learn_unless_told_not_to(
    enrol: list[str], taught: list[tuple[str, float]], enrolled: object
) -> None:
    assert main([*enrol, "--minutes", "0.5"]) == 0
    assert taught == [(enrolled.subject_id, 0.5)]  # type: ignore[attr-defined]
    assert main([*enrol, "--no-personalize"]) == 0
    assert len(taught) == 1


def test_an_enrolment_that_cannot_learn_is_still_one(
    enrol: list[str],
    enrolled: object,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def refuse(*_: object, **__: object) -> Learnt:
        raise AvatarError("3 usable frames are too few", hint="Film more.")

    monkeypatch.setattr(personalise_command, "teach", refuse)
    assert main(enrol) == 0
    said = capsys.readouterr()
    assert "Not personalised: 3 usable frames" in said.err
    assert said.out.strip() == enrolled.subject_id  # type: ignore[attr-defined]


def test_the_command_tells_what_was_gained(
    enrolled: object, taught: list[tuple[str, float]], capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--home", str(enrolled.home)]  # type: ignore[attr-defined]
    arguments = [enrolled.subject_id, "--video", str(enrolled.video)]  # type: ignore[attr-defined]
    assert main(["personalize", *arguments, *where]) == 0
    assert "no gain, not used: mean error 3.00 grey levels before" in capsys.readouterr().out
