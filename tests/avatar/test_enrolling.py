from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import avatar
import consent
from capture.errors import NoFaceError
from capture.video import write_mp4


def _grounds() -> dict[str, object]:
    return {"kind": consent.Kind.SYNTHETIC, "attestation": "Rendered by the tests"}


def test_footage_without_a_face_leaves_no_record(home: Path, tmp_path: Path) -> None:
    clip = tmp_path / "grey.mp4"
    write_mp4((np.full((96, 96, 3), 90, np.uint8) for _ in range(6)), clip, fps=Fraction(25))
    with consent.Registry.open(home) as registry:
        with pytest.raises(NoFaceError, match="0 of 6 frames"):
            avatar.enroll("Nobody", video=clip, registry=registry, **_grounds())  # type: ignore[arg-type]
        assert registry.records() == []


def test_without_a_ground_nobody_is_enrolled(home: Path, tiny_clip: Callable[..., Path]) -> None:
    clip = tiny_clip(frames=25, size=256, seed=0)
    with consent.Registry.open(home) as registry:
        with pytest.raises(consent.ConsentRefused):
            avatar.enroll("Somebody", video=clip, registry=registry)
        assert registry.records() == []


def test_a_release_counts_only_where_the_policy_allows_it(
    home: Path, tmp_path: Path, tiny_clip: Callable[..., Path]
) -> None:
    release = tmp_path / "release.txt"
    release.write_text("I agree.")
    clip = tiny_clip(frames=25, size=256, seed=0)
    with consent.Registry.open(home) as registry:
        with pytest.raises(consent.ConsentRefused):
            avatar.enroll("Somebody", video=clip, registry=registry, release=release)
        registry.set_policy(allow_documented=True)
        made = avatar.enroll("Somebody", video=clip, registry=registry, release=release)
        assert registry.show(made.subject_id).record.kind is consent.Kind.DOCUMENTED


def test_export_needs_its_own_purpose(home: Path, tmp_path: Path, enrolled: "object") -> None:
    with consent.Registry.open(enrolled.home) as registry:  # type: ignore[attr-defined]
        speaking = registry.authorize(enrolled.subject_id, purpose=consent.Purpose.SPEAK)  # type: ignore[attr-defined]
        with pytest.raises(consent.ConsentError):
            avatar.export(
                enrolled.subject_id,  # type: ignore[attr-defined]
                out=tmp_path / "head.glb",
                permit=speaking,
                registry=registry,
            )
    assert not (tmp_path / "head.glb").exists()
