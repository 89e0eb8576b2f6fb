"""MediaPipe's canonical face: metric vertices, texture coordinates and triangles.

They are carried inside `face_landmarker.task` as a serialised
`mediapipe.face_geometry.proto.GeometryPipelineMetadata`. The few fields needed are read from the
protobuf wire format directly (https://protobuf.dev/programming-guides/encoding/), since the
message class is not part of mediapipe's Python interface.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_METADATA = "geometry_pipeline_metadata_landmarks.binarypb"
_CANONICAL_MESH, _PROCRUSTES_BASIS = 1, 2  # field numbers of GeometryPipelineMetadata
_VERTEX_BUFFER, _INDEX_BUFFER = 3, 4  # field numbers of Mesh3d
_CENTIMETRE = 0.01  # metres


@dataclass(frozen=True, slots=True, eq=False)
class CanonicalFace:
    """The 468-point face that MediaPipe's transform is relative to. Glossary: n = 468."""

    vertices: NDArray[np.float32]
    """(n, 3) metres, glTF axes: +X the subject's left, +Y up, +Z out of the face."""
    uv: NDArray[np.float32]
    """(n, 2) in [0, 1], v down."""
    faces: NDArray[np.int32]
    """(898, 3), counter-clockwise seen from outside."""
    rigid_index: NDArray[np.int32]
    """(33,) the vertices that move least with expression; MediaPipe aligns the head by them."""
    rigid_weight: NDArray[np.float32]
    """(33,) their weights in that alignment."""


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """(field number, value) of a protobuf message, length-delimited values as bytes."""
    position = 0

    def varint() -> int:
        nonlocal position
        value = shift = 0
        while True:
            byte = message[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(message):
        key = varint()
        number, wire_type = key >> 3, key & 7
        if wire_type == 0:
            yield number, varint()
        elif wire_type in (1, 2, 5):
            size = varint() if wire_type == 2 else {1: 8, 5: 4}[wire_type]
            yield number, message[position : position + size]
            position += size
        else:
            raise ValueError(f"protobuf wire type {wire_type} is not expected here")


def _message(message: bytes, number: int) -> bytes:
    for key, value in _fields(message):
        if key == number and isinstance(value, bytes):
            return value
    raise ValueError(f"the face landmarker bundle has no field {number}")


def _floats(message: bytes, number: int) -> NDArray[np.float32]:
    parts = [value for key, value in _fields(message) if key == number and isinstance(value, bytes)]
    return np.frombuffer(b"".join(parts), "<f4")


def _integers(message: bytes, number: int) -> NDArray[np.int32]:
    values = [value for key, value in _fields(message) if key == number and isinstance(value, int)]
    return np.array(values, np.int32)


def read_canonical_face(task: bytes) -> CanonicalFace:
    """Open the canonical face inside a face landmarker bundle.

    Args:
        task: The bytes of `face_landmarker.task`.

    Raises:
        ValueError: The bundle does not hold a canonical mesh of 468 vertices.
    """
    with zipfile.ZipFile(io.BytesIO(task)) as bundle:
        metadata = bundle.read(_METADATA)
    mesh = _message(metadata, _CANONICAL_MESH)
    buffer = _floats(mesh, _VERTEX_BUFFER).reshape(-1, 5)  # x, y, z (cm), u, v
    faces = _integers(mesh, _INDEX_BUFFER).reshape(-1, 3)
    if len(buffer) != 468 or len(faces) == 0:
        raise ValueError(f"canonical face: want 468 vertices, got {len(buffer)}")
    basis = [value for key, value in _fields(metadata) if key == _PROCRUSTES_BASIS]
    entries = [entry for entry in basis if isinstance(entry, bytes)]
    return CanonicalFace(
        vertices=buffer[:, :3] * np.float32(_CENTIMETRE),
        uv=buffer[:, 3:].copy(),
        faces=faces,
        rigid_index=np.concatenate([_integers(entry, 1) for entry in entries]),
        rigid_weight=np.concatenate([_floats(entry, 2) for entry in entries]),
    )
