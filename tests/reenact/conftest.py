"""An opened avatar of the synthetic test person, and one look at a video."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from avatar.asset import AvatarAsset
    from consent import Permit, Registry


@pytest.fixture(scope="session")
def asset(enrolled: object) -> AvatarAsset:
    """The test person's avatar, opened with a permit."""
    import consent
    from reenact.pipeline import open_avatar

    with consent.Registry.open(enrolled.home) as registry:  # type: ignore[attr-defined]
        subject = enrolled.subject_id  # type: ignore[attr-defined]
        permit = registry.authorize(subject, purpose=consent.Purpose.SPEAK)
        return open_avatar(subject, purpose=consent.Purpose.SPEAK, permit=permit, registry=registry)


@pytest.fixture
def permitted(enrolled: object) -> Callable[[str], tuple[Registry, str, Permit]]:
    """`permitted("speak")` opens the registry and asks for a permit."""
    import consent

    opened = []

    def ask(purpose: str) -> tuple[Registry, str, Permit]:
        registry = consent.Registry.open(enrolled.home)  # type: ignore[attr-defined]
        opened.append(registry)
        subject = enrolled.subject_id  # type: ignore[attr-defined]
        return registry, subject, registry.authorize(subject, purpose=consent.Purpose(purpose))

    yield ask
    for registry in opened:
        registry.__exit__(None, None, None)


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of a voiced sound that comes and goes."""
    import numpy as np
    import soundfile

    rate, seconds = 16000, 2.0
    time = np.arange(int(rate * seconds)) / rate
    voice = sum(np.sin(2 * np.pi * 120 * k * time) / k for k in range(1, 12))
    envelope = np.clip(np.sin(2 * np.pi * 2 * time), 0, None)
    path = tmp_path_factory.mktemp("sound") / "tone.wav"
    soundfile.write(path, (0.2 * voice * envelope).astype(np.float32), rate)
    return path
