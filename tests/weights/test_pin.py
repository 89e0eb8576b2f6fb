"""Pinning a built file changes its entry, and nothing else."""

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from weights.manifest import MANIFEST, read_manifest
from weights.pin import main, pin


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.toml"
    path.write_bytes(MANIFEST.read_bytes())
    return path


def test_hash_and_size_of_one_entry_change(copied, tmp_path):
    built = tmp_path / "built.npz"
    built.write_bytes(b"new model")
    before = {entry.name: entry for entry in read_manifest(copied)}
    digest, size = pin("head-model", built, manifest=copied)
    assert (digest, size) == (hashlib.sha256(b"new model").hexdigest(), 9)
    after = {entry.name: entry for entry in read_manifest(copied)}
    assert (after["head-model"].sha256, after["head-model"].bytes) == (digest, size)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"head-model"}
    old, new = MANIFEST.read_text().splitlines(), copied.read_text().splitlines()
    assert sum(a != b for a, b in zip(old, new, strict=True)) == 2


def test_the_last_entry_can_be_pinned(copied, tmp_path):
    built = tmp_path / "built.npz"
    built.write_bytes(b"x")
    last = read_manifest(copied)[-1]
    pin(last.name, built, manifest=copied)
    assert read_manifest(copied)[-1].bytes == 1


def test_an_unknown_name_and_a_missing_file_are_refused(copied, tmp_path):
    with pytest.raises(LookupError, match="no entry"):
        pin("nothing", tmp_path / "built", manifest=copied)
    with pytest.raises(FileNotFoundError):
        pin("head-model", tmp_path / "none", manifest=copied)
    result = CliRunner().invoke(main, ["nothing"])
    assert result.exit_code == 1
    assert "no entry" in result.output
