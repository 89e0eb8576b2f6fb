"""Writes a head as binary glTF 2.0 with 52 named morph targets.

Metres, +Y up, face to +Z. Target names stand in `mesh.extras.targetNames`, where three.js,
Babylon, Unity and Unreal importers look for them; every primitive has all targets, as sparse
accessors of positions only, since most vertices stay put in most of them.
"""

import json
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from avatar.errors import AvatarError
from avatar.gltf_images import jpeg_bytes, lash_png_bytes, lash_uv
from avatar.head_model import PARTS

_FLOAT, _UNSIGNED_SHORT = 5126, 5123
_ARRAY_BUFFER, _ELEMENT_ARRAY_BUFFER = 34962, 34963
_STILL_M = 1e-5
"""Vertices that move less than this in a target are left out of it."""

MATERIALS: dict[str, tuple[str, ...]] = {
    "skin": ("skin",),
    "eyes": ("eye_left", "eye_right"),
    "mouth": ("cavity", "teeth_upper", "teeth_lower", "tongue"),
    "lashes": ("lashes",),
}
_ROUGHNESS = {"skin": 0.6, "eyes": 0.15, "mouth": 0.35, "lashes": 0.9}


class HeadAsset(Protocol):
    """What is exported: the geometry of an `AvatarAsset`."""

    vertices: NDArray[np.float32]
    """(v, 3) metres."""
    faces: NDArray[np.int32]
    """(f, 3)."""
    uv: NDArray[np.float32]
    """(v, 2), origin at the bottom left."""
    texture: NDArray[np.uint8]
    """(h, w, 3) sRGB, row 0 at v = 1."""
    deltas: NDArray[np.float32]
    """(k, v, 3) metres."""
    names: tuple[str, ...]
    """(k,)."""
    parts: NDArray[np.uint8]
    """(f,) index into `avatar.head_model.PARTS`."""


@dataclass(slots=True)
class _Document:
    """The JSON tree and the binary chunk while they grow."""

    tree: dict[str, list[dict[str, object]]] = field(
        default_factory=lambda: {"accessors": [], "bufferViews": []}
    )
    chunk: bytearray = field(default_factory=bytearray)

    def view(self, data: bytes, *, target: int | None = None) -> int:
        """Append bytes at a multiple of four; returns the buffer view's index."""
        self.chunk.extend(b"\0" * (-len(self.chunk) % 4))
        entry: dict[str, object] = {
            "buffer": 0,
            "byteOffset": len(self.chunk),
            "byteLength": len(data),
        }
        if target is not None:
            entry["target"] = target
        self.chunk.extend(data)
        self.tree["bufferViews"].append(entry)
        return len(self.tree["bufferViews"]) - 1

    def accessor(self, entry: dict[str, object]) -> int:
        """Append an accessor; returns its index."""
        self.tree["accessors"].append(entry)
        return len(self.tree["accessors"]) - 1

    def floats(self, array: NDArray[np.float32], *, bounds: bool = False) -> int:
        """A vertex attribute (n, 2) or (n, 3)."""
        entry: dict[str, object] = {
            "bufferView": self.view(array.astype("<f4").tobytes(), target=_ARRAY_BUFFER),
            "componentType": _FLOAT,
            "count": len(array),
            "type": f"VEC{array.shape[1]}",
        }
        if bounds:
            entry.update(_bounds(array))
        return self.accessor(entry)

    def indices(self, faces: NDArray[np.int64]) -> int:
        """Triangles (f, 3)."""
        return self.accessor(
            {
                "bufferView": self.view(
                    faces.astype("<u2").tobytes(), target=_ELEMENT_ARRAY_BUFFER
                ),
                "componentType": _UNSIGNED_SHORT,
                "count": faces.size,
                "type": "SCALAR",
            }
        )

    def target(self, offsets: NDArray[np.float32]) -> int:
        """A sparse morph target (n, 3)."""
        moving = np.flatnonzero(np.abs(offsets).max(axis=1) > _STILL_M)
        kept = np.zeros_like(offsets)
        kept[moving] = offsets[moving]
        entry: dict[str, object] = {"componentType": _FLOAT, "count": len(offsets), "type": "VEC3"}
        entry.update(_bounds(kept))
        if len(moving):
            entry["sparse"] = {
                "count": len(moving),
                "indices": {
                    "bufferView": self.view(moving.astype("<u2").tobytes()),
                    "componentType": _UNSIGNED_SHORT,
                },
                "values": {"bufferView": self.view(kept[moving].astype("<f4").tobytes())},
            }
        return self.accessor(entry)


def export_glb(asset: HeadAsset, out: Path) -> Path:
    """Write a head as GLB.

    Args:
        asset: The head; an `AvatarAsset` will do.
        out: The file; overwritten.

    Returns:
        `out`.

    Raises:
        AvatarError: The mesh has more vertices than 16-bit indices can name, or no faces.
    """
    if not 0 < len(asset.vertices) < 65535 or not len(asset.faces):
        raise AvatarError(
            f"a head of {len(asset.vertices)} vertices and {len(asset.faces)} faces cannot be "
            "exported",
            hint="Enrol the person again.",
        )
    document = _Document()
    normals = _normals(asset.vertices, asset.faces)
    primitives, materials = [], []
    pictures = [("head", "image/jpeg", jpeg_bytes(asset.texture))]
    for name, parts in MATERIALS.items():
        faces = asset.faces[np.isin(asset.parts, [PARTS.index(part) for part in parts])]
        if not len(faces):
            continue
        primitives.append(_primitive(document, asset, faces, normals, name, len(materials)))
        materials.append(_material(name))
        if name == "lashes":
            pictures.append(("lashes", "image/png", lash_png_bytes()))
    tree: dict[str, object] = {
        "asset": {"version": "2.0", "generator": "Countenance"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"name": "head", "mesh": 0}],
        "meshes": [
            {
                "name": "head",
                "primitives": primitives,
                "weights": [0.0] * len(asset.names),
                "extras": {"targetNames": list(asset.names)},
            }
        ],
        "materials": materials,
        "textures": [{"source": index, "sampler": 0} for index in range(len(pictures))],
        "samplers": [{"magFilter": 9729, "minFilter": 9987, "wrapS": 33071, "wrapT": 33071}],
        "images": [
            {"bufferView": document.view(data), "mimeType": mime, "name": name}
            for name, mime, data in pictures
        ],
        **document.tree,
    }
    out.write_bytes(_pack(tree, document.chunk))
    return out


def _primitive(
    document: _Document,
    asset: HeadAsset,
    faces: NDArray[np.int32],
    normals: NDArray[np.float32],
    name: str,
    material: int,
) -> dict[str, object]:
    """The faces of one material with their own vertices and all targets."""
    used, compact = np.unique(faces, return_inverse=True)
    uv = asset.uv[used]
    uv = lash_uv(uv) if name == "lashes" else np.stack([uv[:, 0], 1.0 - uv[:, 1]], axis=1)
    return {
        "attributes": {
            "POSITION": document.floats(asset.vertices[used], bounds=True),
            "NORMAL": document.floats(normals[used]),
            "TEXCOORD_0": document.floats(uv),
        },
        "indices": document.indices(compact.reshape(faces.shape)),
        "material": material,
        "targets": [{"POSITION": document.target(delta[used])} for delta in asset.deltas],
    }


def _material(name: str) -> dict[str, object]:
    material: dict[str, object] = {
        "name": name,
        "pbrMetallicRoughness": {
            "baseColorTexture": {"index": 1 if name == "lashes" else 0},
            "metallicFactor": 0.0,
            "roughnessFactor": _ROUGHNESS[name],
        },
    }
    if name in ("lashes", "mouth"):
        material["doubleSided"] = True
    if name == "lashes":
        material["alphaMode"] = "BLEND"
    return material


def _bounds(array: NDArray[np.float32]) -> dict[str, object]:
    return {"min": array.min(axis=0).tolist(), "max": array.max(axis=0).tolist()}


def _normals(vertices: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.float32]:
    """Unit normals (v, 3), the same for all vertices in one place: no creases along seams."""
    place = np.unique(np.round(vertices, 6), axis=0, return_inverse=True)[1].ravel()
    corners = vertices[faces].astype(np.float64)
    flat = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    total = np.zeros((len(vertices), 3))
    for corner in range(3):
        np.add.at(total, place[faces[:, corner]], flat)
    length = np.linalg.norm(total, axis=1, keepdims=True)
    unit = np.where(length > 1e-15, total / np.maximum(length, 1e-15), np.array([0.0, 0.0, 1.0]))
    return unit[place].astype(np.float32)


def _pack(tree: dict[str, object], chunk: bytearray) -> bytes:
    """The GLB container: header, JSON chunk, binary chunk."""
    chunk = chunk + b"\0" * (-len(chunk) % 4)
    text = json.dumps({**tree, "buffers": [{"byteLength": len(chunk)}]}, separators=(",", ":"))
    encoded = text.encode()
    encoded += b" " * (-len(encoded) % 4)
    length = 12 + 8 + len(encoded) + 8 + len(chunk)
    header = struct.pack("<4sII", b"glTF", 2, length)
    json_header = struct.pack("<I4s", len(encoded), b"JSON")
    return header + json_header + encoded + struct.pack("<I4s", len(chunk), b"BIN\0") + bytes(chunk)
