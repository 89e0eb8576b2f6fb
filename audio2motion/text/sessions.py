"""Opens a speech engine's ONNX graph so that it also tells how long each phone lasts.

The engines compute the lengths inside their graph and throw them away; here they are made an
output.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from audio2motion.errors import ModelFileError

_GRAPH, _NODE, _OUTPUT, _NODE_OUTPUT, _NODE_TYPE = 7, 1, 12, 2, 4


def open_session(model: Path, durations: str) -> Any:
    """A session with one more output.

    A protobuf message given twice is merged, so appending a second `graph` that holds only an
    `output` entry adds that output; no `onnx` package is needed.

    Args:
        model: The ONNX file.
        durations: Name of the tensor that holds the phones' lengths.

    Raises:
        ModelFileError: The file cannot be opened as an ONNX model.
    """
    import onnxruntime

    data = model.read_bytes()
    output = _field(1, durations.encode("utf-8"))
    if not _has_output(memoryview(data), output):
        data += _field(_GRAPH, _field(_OUTPUT, output))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ModelFileError(
            f"{model} cannot be opened as a voice: {str(error).splitlines()[0][:200]}",
            hint="Give a Piper voice: an .onnx file with its .onnx.json beside it.",
        ) from error


def _has_output(model: memoryview, output: bytes) -> bool:
    """Whether the graph gives a tensor already, named by the field that names outputs."""
    try:
        return any(
            kind == _OUTPUT and bytes(value[: len(output)]) == output
            for number, graph in _fields(model)
            if number == _GRAPH
            for kind, value in _fields(graph)
        )
    except (IndexError, ValueError):
        return False  # no ONNX file, as opening it will tell


def output_of(model: Path, operation: str) -> str | None:
    """Name of what the first node of one kind gives, such as `Ceil`; None if there is none."""
    data = memoryview(model.read_bytes())
    try:
        for number, graph in _fields(data):
            if number != _GRAPH:
                continue
            for kind, node in _fields(graph):
                if kind == _NODE:
                    entries = [
                        (n, bytes(value)) for n, value in _fields(node) if n < _NODE_TYPE + 1
                    ]
                    if (_NODE_TYPE, operation.encode()) in entries:
                        return next(v.decode() for n, v in entries if n == _NODE_OUTPUT)
    except (IndexError, ValueError, StopIteration):
        return None
    return None


def _fields(data: memoryview) -> Iterator[tuple[int, memoryview]]:
    """Number and payload of every length-delimited field of a protobuf message."""
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        number, kind = key >> 3, key & 7
        if kind == 2:
            length, position = _varint(data, position)
            yield number, data[position : position + length]
            position += length
        elif kind == 0:
            _, position = _varint(data, position)
        elif kind in (1, 5):
            position += 8 if kind == 1 else 4
        else:
            raise ValueError(f"protobuf: wire type {kind}")


def _varint(data: memoryview, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, position


def _field(number: int, payload: bytes) -> bytes:
    """A length-delimited protobuf field."""
    out = bytearray()
    for value in (number << 3 | 2, len(payload)):
        while value > 127:
            out.append(value & 127 | 128)
            value >>= 7
        out.append(value)
    return bytes(out) + payload
