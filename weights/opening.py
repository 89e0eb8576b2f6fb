"""Opening verified model files with the library that reads them."""

from __future__ import annotations

import hashlib
import io
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from weights.backends import require
from weights.errors import WeightsError
from weights.location import read_bytes
from weights.manifest import find_entry

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

logger = logging.getLogger(__name__)

_CHECKPOINT = "Give a file that torch.save wrote and that holds tensors only."

Device = Literal["cpu", "cuda", "auto"]


def open_arrays(name: str) -> dict[str, NDArray[Any]]:
    """The arrays of an NPZ file; pickled objects are refused.

    Raises:
        WeightsError: Not listed, missing, not the listed file, or not of kind `npz`.
    """
    content = _content(name, "npz")
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {key: archive[key] for key in archive.files}


def open_torch(name: str) -> Any:
    """What a PyTorch file holds (tensors and plain containers only), on the CPU.

    Raises:
        WeightsError: Not listed, missing, not the listed file, or not of kind `torch`.
        MissingBackendError: PyTorch is not installed.
    """
    content = _content(name, "torch")
    torch = require("torch", extra="torch", used_for=f"weights {name!r}")
    return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)


def open_checkpoint(path: Path) -> Any:
    """What a PyTorch file that a user brought holds, on the CPU. It is not in the manifest.

    A checkpoint is a pickle: only tensors and plain containers are let through.

    Raises:
        WeightsError: It cannot be read, or holds anything else.
        MissingBackendError: PyTorch is not installed.
    """
    return identify_checkpoint(path)[0]


def identify_checkpoint(path: Path) -> tuple[Any, str]:
    """`open_checkpoint`, and the SHA-256 of the very file that was read, in hexadecimal."""
    torch = require("torch", extra="torch", used_for=path.name)
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            return torch.load(file, map_location="cpu", weights_only=True), sha256
    except OSError as error:
        raise WeightsError(
            f"{path.name} is no readable checkpoint: {error.strerror}", hint=_CHECKPOINT
        ) from error
    except Exception as error:
        # not torch's own words: they recommend to read the file without protection
        raise WeightsError(
            f"{path.name} is no readable checkpoint: damaged, another format, or more than tensors",
            hint=_CHECKPOINT,
        ) from error


def open_onnx(name: str, *, device: Device = "cpu", threads: int = 1) -> InferenceSession:
    """An ONNX Runtime session.

    The session is asked where it really runs: ONNX Runtime falls back to the CPU without an error.

    Args:
        name: Entry of kind `onnx`.
        device: "cuda" fails where it is not to be had; "auto" takes what there is.
        threads: For one operator.

    Raises:
        WeightsError: Not listed, missing, not the listed file, or not of kind `onnx`.
        MissingBackendError: ONNX Runtime is not installed, or `device` is not to be had.
    """
    return open_session(_content(name, "onnx"), name=name, device=device, threads=threads)


def open_session(
    content: bytes, *, name: str, device: Device = "cpu", threads: int = 1
) -> InferenceSession:
    """`open_onnx` for a model whose bytes are at hand; `name` is for messages."""
    from weights.errors import MissingBackendError

    onnxruntime = require("onnxruntime", extra="onnx", used_for=f"weights {name!r}")
    wanted = ["CPUExecutionProvider"]
    if device != "cpu" and "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        wanted.insert(0, "CUDAExecutionProvider")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session: InferenceSession = onnxruntime.InferenceSession(content, options, providers=wanted)
    if "CUDAExecutionProvider" not in session.get_providers():
        if device == "cuda":
            raise MissingBackendError(
                f"weights {name!r}: CUDA was asked for, the session runs on "
                f"{', '.join(session.get_providers())}",
                hint="pip install 'countenance[gpu]'  # and uninstall onnxruntime",
            )
        if device == "auto":
            logger.warning("%s runs on the CPU", name)
    return session


def _content(name: str, kind: str) -> bytes:
    entry = find_entry(name)
    if entry.kind != kind:
        raise WeightsError(
            f"weights {name!r} are of kind {entry.kind}, not {kind}", hint="avatar weights list"
        )
    return read_bytes(name)
