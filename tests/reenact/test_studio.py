"""Enrolling through the application's object."""

from pathlib import Path
from typing import Any

import pytest

import avatar
import reenact
from avatar.errors import AvatarError
from consent import Kind, Permit, Purpose, Registry
from reenact.studio import Studio


@pytest.fixture
def enrolling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enrolment without footage: the consent is real, the avatar is missing."""

    def enroll(name: str, *, video: Path, registry: Registry, purposes: list[Purpose]) -> str:
        record = registry.grant(
            name=name,
            kind=Kind.SYNTHETIC,
            purposes=purposes,
            recording_sha256="0" * 64,
            checks=[],
            attestation="Drawn by a test.",
        )
        return record.subject_id

    monkeypatch.setattr(avatar, "enroll", enroll)


def test_enrolling_learns_with_a_permit_for_what_was_granted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, enrolling: None
) -> None:
    learnt: list[Permit] = []

    def personalize(subject_id: str, *, video: Path, permit: Permit, registry: Registry) -> None:
        registry.verify(permit, subject_id=subject_id, purpose=Purpose.SPEAK)
        learnt.append(permit)

    monkeypatch.setattr(reenact, "personalize", personalize)
    studio = Studio(tmp_path / "home", outputs=tmp_path)
    studio.enroll("Mara", video=tmp_path / "x.mp4", purposes=[Purpose.SPEAK])
    assert len(learnt) == 1
    studio.enroll("Nils", video=tmp_path / "x.mp4", purposes=[Purpose.EXPORT])
    assert len(learnt) == 1  # no frame may be made of him: nothing is learnt either


def test_footage_that_teaches_nothing_does_not_undo_an_enrolment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, enrolling: None
) -> None:
    def personalize(*_: Any, **__: Any) -> None:
        raise AvatarError("too few frames", hint="Film longer.")

    monkeypatch.setattr(reenact, "personalize", personalize)
    studio = Studio(tmp_path / "home", outputs=tmp_path)
    subject_id = studio.enroll("Mara", video=tmp_path / "x.mp4", purposes=[Purpose.REENACT])
    assert [person.subject_id for person in studio.people()] == [subject_id]
