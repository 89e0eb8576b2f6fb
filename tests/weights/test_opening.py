"""Opening model files with the library that reads them."""

import io
import sys

import numpy as np
import pytest

import weights


def put(folder, entry, content):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / entry.file).write_bytes(content)


def npz(**arrays):
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def test_arrays_come_back(listed, empty_cache):
    content = npz(a=np.arange(6).reshape(2, 3), b=np.float32([1.5]))
    put(empty_cache, listed("model", content, kind="npz"), content)
    arrays = weights.open_arrays("model")
    np.testing.assert_array_equal(arrays["a"], np.arange(6).reshape(2, 3))
    assert arrays["b"].dtype == np.float32


def test_pickled_objects_are_refused(listed, empty_cache):
    content = npz(a=np.array([{"code": 1}], dtype=object))
    put(empty_cache, listed("model", content, kind="npz"), content)
    with pytest.raises(ValueError, match="allow_pickle"):
        weights.open_arrays("model")


@pytest.mark.parametrize("opened", [weights.open_arrays, weights.open_onnx, weights.open_torch])
def test_a_file_of_another_kind_is_refused(listed, empty_cache, opened):
    put(empty_cache, listed("model", b"text", kind="text"), b"text")
    with pytest.raises(weights.WeightsError, match="of kind text"):
        opened("model")


def test_an_altered_file_never_reaches_its_library(listed, empty_cache):
    content = npz(a=np.zeros(3))
    put(empty_cache, listed("model", content, kind="npz"), npz(a=np.ones(3)))
    with pytest.raises(weights.WeightsError, match="not the listed file"):
        weights.open_arrays("model")


def test_tensors_come_back_and_code_does_not_run(listed, empty_cache, tmp_path):
    torch = pytest.importorskip("torch")
    stream = io.BytesIO()
    torch.save({"weight": torch.arange(4.0)}, stream)
    good = stream.getvalue()
    put(empty_cache, listed("good", good, kind="torch"), good)
    assert weights.open_torch("good")["weight"].tolist() == [0, 1, 2, 3]

    class Command:
        def __reduce__(self):
            return (open, (str(tmp_path / "made-by-pickle"), "w"))

    stream = io.BytesIO()
    torch.save(Command(), stream)
    bad = stream.getvalue()
    put(empty_cache, listed("bad", bad, kind="torch"), bad)
    with pytest.raises(Exception, match=r"[Ww]eights"):
        weights.open_torch("bad")
    assert not (tmp_path / "made-by-pickle").exists()


class FakeSession:
    """Falls back to the CPU in silence, as ONNX Runtime does."""

    def __init__(self, content, options, providers):
        self.content, self.options, self.asked = content, options, providers

    def get_providers(self):
        return ["CPUExecutionProvider"]


@pytest.fixture
def fake_onnxruntime(monkeypatch):
    from types import ModuleType, SimpleNamespace

    module = ModuleType("onnxruntime")
    module.InferenceSession = FakeSession
    module.SessionOptions = SimpleNamespace
    module.get_available_providers = lambda: ["CUDAExecutionProvider", "CPUExecutionProvider"]
    monkeypatch.setitem(sys.modules, "onnxruntime", module)


@pytest.mark.usefixtures("fake_onnxruntime")
def test_a_session_that_fell_back_to_the_cpu_is_noticed(listed, empty_cache, caplog):
    put(empty_cache, listed("model", b"onnx", kind="onnx"), b"onnx")
    assert weights.open_onnx("model").asked == ["CPUExecutionProvider"]
    assert not caplog.records
    with pytest.raises(weights.MissingBackendError, match="CUDA was asked for") as caught:
        weights.open_onnx("model", device="cuda")
    assert caught.value.exit_code == 6
    session = weights.open_onnx("model", device="auto")
    assert session.asked[0] == "CUDAExecutionProvider"
    assert "runs on the CPU" in caplog.text


@pytest.mark.usefixtures("fake_onnxruntime")
def test_a_session_gets_the_verified_bytes_and_bounded_threads(listed, empty_cache):
    put(empty_cache, listed("model", b"onnx", kind="onnx"), b"onnx")
    session = weights.open_onnx("model", threads=2)
    assert session.content == b"onnx"
    assert (session.options.intra_op_num_threads, session.options.inter_op_num_threads) == (2, 1)


def test_a_missing_package_is_named_with_its_extra():
    with pytest.raises(weights.MissingBackendError, match="singing needs the package no_such") as e:
        weights.require("no_such", extra="choir", used_for="singing")
    assert e.value.exit_code == 6
    assert e.value.hint == "pip install 'countenance[choir]'"


def test_a_package_that_is_broken_inside_shows_its_own_error(tmp_path, monkeypatch):
    (tmp_path / "broken_inside.py").write_text("import no_such_thing")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="no_such_thing"):
        weights.require("broken_inside", extra="", used_for="tests")


def test_an_installed_package_is_returned():
    assert weights.require("json", extra="", used_for="tests").loads("1") == 1
