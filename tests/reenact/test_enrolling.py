"""Enrolling and learning from the same footage, from Python and by the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import avatar
import reenact
from avatar.cli import main
from avatar.coverage import Aspect, Coverage, Shown
from avatar.enrolling import Enrolled
from avatar.errors import AvatarError
from avatar.learnt import Learnt
from consent import Kind, Permit, Purpose, Registry
from reenact import enrolling

COVERAGE = Coverage(
    tuple(Shown(aspect, 0.0 if aspect is Aspect.OO else 100.0) for aspect in Aspect)
)
LEARNT = Learnt(plain=3.0, aligned=2.5, arrays={})


@pytest.fixture
def footage(monkeypatch: pytest.MonkeyPatch) -> object:
    """Footage that `avatar.enroll` is said to have tracked: the consent is real, no avatar is."""
    tracked = object()

    def enroll(
        name: str, *, registry: Registry, purposes: list[Purpose] | None, **_: object
    ) -> Enrolled:
        record = registry.grant(
            name=name,
            kind=Kind.SYNTHETIC,
            purposes=purposes or [Purpose.SPEAK],
            recording_sha256="0" * 64,
            checks=[],
            attestation="Drawn by a test.",
        )
        return Enrolled(record.subject_id, COVERAGE, footage=tracked)  # type: ignore[arg-type]

    monkeypatch.setattr(avatar, "enroll", enroll, raising=False)
    return tracked


@pytest.fixture
def lessons(monkeypatch: pytest.MonkeyPatch, footage: object) -> list[dict[str, Any]]:
    """What `personalize` was called with, instead of learning."""
    calls = []

    def personalize(subject_id: str, **given: Any) -> Learnt:
        given["registry"].verify(given["permit"], subject_id=subject_id, purpose=Purpose.SPEAK)
        calls.append(given)
        return LEARNT

    monkeypatch.setattr(enrolling, "personalize", personalize)
    return calls


def test_footage_is_tracked_once_and_learnt_from(
    home: Path, tmp_path: Path, footage: object, lessons: list[dict[str, Any]]
) -> None:
    with Registry.open(home) as registry:
        made = reenact.enroll("Mara", video=tmp_path / "x.mp4", registry=registry, minutes=0.5)
        assert made.learnt is LEARNT
        assert isinstance(lessons[0]["permit"], Permit)
        assert lessons[0]["video"] is footage
        assert lessons[0]["minutes"] == 0.5
        reenact.enroll("Nils", video=tmp_path / "x.mp4", registry=registry, personalizes=False)
        assert len(lessons) == 1


def test_of_whom_no_frame_may_be_made_nothing_is_learnt(
    home: Path, tmp_path: Path, lessons: list[dict[str, Any]]
) -> None:
    with Registry.open(home) as registry:
        made = reenact.enroll(
            "Nils", video=tmp_path / "x.mp4", registry=registry, purposes=[Purpose.EXPORT]
        )
    assert not lessons
    assert "no frames" in made.not_learnt


@pytest.fixture
def command(home: Path, tmp_path: Path, footage: object) -> list[str]:
    """Arguments of `avatar enroll`."""
    video = tmp_path / "x.mp4"
    video.touch()
    grounds = ["--kind", "synthetic", "--attest", "Rendered by the tests"]
    return ["enroll", "--name", "Test", "--video", str(video), *grounds, "--home", str(home)]


def test_footage_that_teaches_nothing_does_not_undo_an_enrolment(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object, **__: object) -> Learnt:
        raise AvatarError("3 usable frames are too few", hint="Film more.")

    monkeypatch.setattr(enrolling, "personalize", refuse)
    assert main(command) == 0
    said = capsys.readouterr()
    assert "Not personalised: 3 usable frames" in said.err
    assert said.out.startswith("subject_")


def test_the_command_tells_what_the_footage_lacks_and_how_to_show_it(
    command: list[str], lessons: list[dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--json"]) == 0
    said = capsys.readouterr()
    assert "Say a long 'oo'" in said.err
    told = json.loads(said.out)
    assert told["coverage"]["missing"] == ["oo"]
    assert told["coverage"]["shown"]["oo"] == {
        "reached": 0.0,
        "wanted": 15,
        "unit": "% narrower than usual",
        "enough": False,
    }
    assert len(lessons) == 1
    assert main([*command, "--no-personalize"]) == 0
    assert len(lessons) == 1
