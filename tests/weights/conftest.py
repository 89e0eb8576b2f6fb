"""A manifest of small made-up files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from weights import location, manifest


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's cache is an empty folder, and no other folder is given."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(location, "cache_folder", lambda: folder)
    monkeypatch.setattr("weights.fetching.cache_folder", lambda: folder)
    monkeypatch.delenv(location.ENVIRONMENT, raising=False)
    return folder


@pytest.fixture
def listed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., manifest.Entry]:
    """`listed(name, content, kind=…, where=…)` puts an entry into the manifest."""
    entries: list[manifest.Entry] = []

    def add(
        name: str, content: bytes, *, kind: str = "binary", where: str = "cache", file: str = ""
    ) -> manifest.Entry:
        entry = manifest.Entry(
            name=name,
            file=file or f"{name}.bin",
            sha256=hashlib.sha256(content).hexdigest(),
            bytes=len(content),
            kind=kind,
            where=where,
            licence="CC0-1.0",
            commercial_use=True,
            source="the tests",
            used_for="tests",
            requirement="carrier==1.0" if where.startswith("installed:") else "",
        )
        entries.append(entry)
        return entry

    def catalog() -> tuple[manifest.Entry, ...]:
        return tuple(entries)

    monkeypatch.setattr(manifest, "catalog", catalog)
    monkeypatch.setattr("weights.cli.catalog", catalog)
    return add
