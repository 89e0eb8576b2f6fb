"""Shared fixtures: a fresh home, tiny footage, an enrolled person, the development clips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of development clips; the test is skipped where it is absent."""
    if not (SHARED_DATA / "clips.csv").is_file():
        pytest.skip("the development clips are not on this machine")
    return SHARED_DATA


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh home folder, which is also the default one."""
    folder = tmp_path / "home"
    monkeypatch.setenv("COUNTENANCE_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Footage of a synthetic person: `tiny_clip(frames=25, size=256, seed=0)`, made once each."""
    from synthetic.fixture import tiny_clip as render

    folder = tmp_path_factory.mktemp("tiny_clips")

    def make(*, frames: int = 25, size: int = 256, seed: int = 0) -> Path:
        path = folder / f"{frames}-{size}-{seed}.mp4"
        if not path.exists():
            render(path, frames=frames, size=size, seed=seed)
        return path

    return make


@dataclass(frozen=True)
class Enrolled:
    """A synthetic person enrolled in a home of its own; tests must not revoke it."""

    home: Path
    subject_id: str
    video: Path


@pytest.fixture(scope="session")
def enrolled(tmp_path_factory: pytest.TempPathFactory, tiny_clip: Callable[..., Path]) -> Enrolled:
    """One enrolled synthetic person for the whole session."""
    import avatar
    import consent

    folder = tmp_path_factory.mktemp("enrolled") / "home"
    video = tiny_clip(frames=40, size=256, seed=6)  # short hair, no beard, no glasses
    with consent.Registry.open(folder) as registry:
        made = avatar.enroll(
            "Test Person",
            video=video,
            kind=consent.Kind.SYNTHETIC,
            attestation="Rendered by the tests",
            purposes=list(consent.Purpose),
            registry=registry,
        )
    return Enrolled(folder, made.subject_id, video)
