"""A fresh registry, and short ways to fill it."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from consent.decision import CODE_WORDS, ONE_FACE
from consent.record import DEFAULT_PURPOSES, Check, ConsentRecord, Kind
from consent.registry import Registry

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry.open(tmp_path / "home", now=NOW)


@pytest.fixture
def digest() -> Callable[[str], str]:
    return lambda text: sha256(text.encode()).hexdigest()


@pytest.fixture
def good_checks() -> list[Check]:
    return [Check(CODE_WORDS, "passed", 1.0), Check(ONE_FACE, "passed", 0.31)]


@pytest.fixture
def grant_synthetic(registry: Registry) -> Callable[..., ConsentRecord]:
    """`grant_synthetic(**changes)`: a consent that is granted unless a change forbids it."""

    def grant(**changes: Any) -> ConsentRecord:
        wanted = {
            "name": "Quillon Vantersby",
            "kind": Kind.SYNTHETIC,
            "purposes": DEFAULT_PURPOSES,
            "recording_sha256": "a" * 64,
            "checks": [],
            "attestation": "Modelled by hand, shows nobody",
            "now": NOW,
        }
        return registry.grant(**{**wanted, **changes})

    return grant


@pytest.fixture
def grant_recorded(registry: Registry, good_checks: list[Check]) -> Callable[..., ConsentRecord]:
    """`grant_recorded(**changes)`: with a fresh challenge for the name and purposes."""

    def grant(**changes: Any) -> ConsentRecord:
        name = changes.get("name", "Quillon Vantersby")
        purposes = changes.get("purposes", DEFAULT_PURPOSES)
        wanted = {
            "name": name,
            "kind": Kind.RECORDED,
            "purposes": purposes,
            "recording_sha256": "b" * 64,
            "checks": good_checks,
            "now": NOW,
        }
        if "challenge" not in changes:
            wanted["challenge"] = registry.issue_challenge(name, purposes=purposes, now=NOW)
        return registry.grant(**{**wanted, **changes})

    return grant
