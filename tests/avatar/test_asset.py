from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import consent
from avatar.asset import AvatarAsset
from avatar.errors import AvatarError
from reenact.pipeline import open_avatar


@pytest.fixture(scope="module")
def asset(enrolled: "object") -> AvatarAsset:
    with consent.Registry.open(enrolled.home) as registry:  # type: ignore[attr-defined]
        permit = registry.authorize(enrolled.subject_id, purpose=consent.Purpose.SPEAK)  # type: ignore[attr-defined]
        return open_avatar(
            enrolled.subject_id,  # type: ignore[attr-defined]
            purpose=consent.Purpose.SPEAK,
            permit=permit,
            registry=registry,
        )


def test_an_asset_survives_being_written_and_read(asset: AvatarAsset) -> None:
    back = AvatarAsset.from_bytes(asset.to_bytes())
    assert back.subject_id == asset.subject_id
    assert back.names == asset.names
    np.testing.assert_array_equal(back.vertices, asset.vertices)
    np.testing.assert_allclose(back.deltas, asset.deltas, atol=1e-4)
    assert back.appearance.crop == asset.appearance.crop
    first, again = asset.appearance.references[0], back.appearance.references[0]
    np.testing.assert_array_equal(first.matte, again.matte)
    assert np.abs(first.image.astype(int) - again.image).mean() < 3  # JPEG


def test_an_asset_of_another_version_is_refused(asset: AvatarAsset) -> None:
    data = replace(asset, schema=99).to_bytes()
    with pytest.raises(AvatarError, match="schema 99"):
        AvatarAsset.from_bytes(data)


def test_faces_must_point_at_vertices(asset: AvatarAsset) -> None:
    faces = asset.faces.copy()
    faces[0, 0] = len(asset.vertices)
    with pytest.raises(ValueError, match="faces"):
        replace(asset, faces=faces)


def test_the_sealed_file_reveals_no_arrays(enrolled: "object") -> None:
    home: Path = enrolled.home  # type: ignore[attr-defined]
    sealed = [path for path in (home / "assets").rglob("*") if path.is_file()]
    assert sealed
    for path in sealed:
        data = path.read_bytes()
        assert len(data) > 100_000  # the test would pass on an empty file otherwise
        assert not data.startswith(b"PK") and b"vertices" not in data and b"JFIF" not in data


def test_the_persons_rig_learns_what_the_footage_shows(
    asset: AvatarAsset, tiny_clip: Callable[..., Path]
) -> None:
    from avatar.footage import read_footage

    footage = read_footage(tiny_clip(frames=40, size=256, seed=6))
    shapes, coefficients = footage.survey.shapes, footage.track.blendshapes
    explained = asset.rig.neutral + np.tensordot(coefficients, asset.rig.deltas, axes=(1, 0))
    error = np.linalg.norm(shapes - explained, axis=2).mean()
    spread = np.linalg.norm(shapes - shapes.mean(axis=0), axis=2).mean()
    assert error < 0.7 * spread
