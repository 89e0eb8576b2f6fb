"""Enrolling through the application's object."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import reenact
from avatar.coverage import Aspect, Coverage, Shown
from avatar.enrolling import Enrolled
from consent import Kind, Purpose, Registry
from reenact.studio import Studio, told

FULL = Coverage(tuple(Shown(aspect, 100.0) for aspect in Aspect))


def enrolled(coverage: Coverage, *, not_learnt: str = "") -> Any:
    """What `told` reads of an enrolment."""
    return SimpleNamespace(coverage=coverage, not_learnt=not_learnt)


def test_enrolling_is_that_of_the_python_interface(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def enroll(name: str, *, registry: Registry, **grounds: Any) -> Enrolled:
        record = registry.grant(
            name=name,
            kind=Kind.SYNTHETIC,
            purposes=grounds["purposes"],
            recording_sha256="0" * 64,
            checks=[],
            attestation="Drawn by a test.",
        )
        return Enrolled(record.subject_id, FULL, footage=None, not_learnt="too short")  # type: ignore[arg-type]

    monkeypatch.setattr(reenact, "enroll", enroll)
    studio = Studio(tmp_path / "home", outputs=tmp_path)
    made = studio.enroll("Mara", video=tmp_path / "x.mp4", purposes=[Purpose.SPEAK])
    assert [person.subject_id for person in studio.people()] == [made.subject_id]


def test_the_person_is_told_what_to_show() -> None:
    lacking = Coverage(
        tuple(Shown(aspect, 0.0 if aspect is Aspect.OO else 100.0) for aspect in Aspect)
    )
    assert "Say a long 'oo'" in told(enrolled(lacking))
    assert told(enrolled(lacking)).count("\n- ") == 1
    assert "not learnt: too short" in told(enrolled(FULL, not_learnt="too short"))
    assert "everything" in told(enrolled(FULL))
