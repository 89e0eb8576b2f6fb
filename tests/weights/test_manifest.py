"""The list of model files: the shipped one is sound, a damaged one is refused."""

from pathlib import Path

import pytest

import weights
from weights.manifest import INSTALLED, MANIFEST, PACKAGE, read_manifest

ENTRY = """
[model]
file = "model.npz"
sha256 = "{digest}"
bytes = 3
kind = "npz"
where = "cache"
licence = "MIT"
commercial_use = true
source = "someone"
used_for = "something"
"""
GOOD = ENTRY.format(digest="0" * 64)


@pytest.mark.weights
@pytest.mark.parametrize("name", [entry.name for entry in weights.catalog()])
def test_every_listed_file_is_there_unaltered(name):
    path = weights.verify(name)
    entry = next(entry for entry in weights.catalog() if entry.name == name)
    assert path.name == entry.file
    assert path.stat().st_size == entry.bytes


def test_every_entry_says_what_a_user_has_to_know():
    for entry in weights.catalog():
        assert entry.used_for
        assert entry.source
        assert entry.licence
        assert "icence" in entry.card_text(), entry.name
        assert bool(entry.requirement) == entry.where.startswith(INSTALLED), entry.name


def test_names_and_cards_are_unique_and_used():
    names = [entry.name for entry in weights.catalog()]
    assert len(set(names)) == len(names)
    cards = {path.name for path in (PACKAGE / "cards").iterdir()}
    assert cards == {entry.card for entry in weights.catalog()}


def test_every_shipped_file_is_listed():
    shipped = {path.name for path in (PACKAGE / "data").glob("*") if path.is_file()}
    listed = {entry.file for entry in weights.catalog() if entry.where == "package-data"}
    assert shipped == listed


def test_entries_are_read_in_order(tmp_path: Path):
    path = tmp_path / "manifest.toml"
    path.write_text(GOOD + GOOD.replace("[model]", "[other]"))
    assert [entry.name for entry in read_manifest(path)] == ["model", "other"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('kind = "npz"', 'kind = "pickle"'),
        ('where = "cache"', 'where = "https://example.org"'),
        ("0" * 64, "0" * 63),
        ("0" * 64, "G" * 64),
        ("bytes = 3", 'bytes = "3"'),
        ("bytes = 3", ""),
        ("bytes = 3", "bytes = 3\nsize = 4"),
        ('file = "model.npz"', 'file = "../model.npz"'),
        ("[model]", "[model"),
    ],
)
def test_a_damaged_manifest_is_refused(tmp_path: Path, before, after):
    path = tmp_path / "manifest.toml"
    path.write_text(GOOD.replace(before, after))
    with pytest.raises(weights.WeightsError, match="damaged") as caught:
        read_manifest(path)
    assert caught.value.exit_code == 5


def test_the_manifest_in_the_package_is_the_one_that_is_read():
    assert weights.catalog() == read_manifest(MANIFEST)
