import json
import struct
from types import SimpleNamespace

import numpy as np
import pytest

from avatar.errors import AvatarError
from avatar.gltf import export_glb
from avatar.head_model import HeadModel
from capture.arkit import ARKIT_52, ARKIT_INDEX


@pytest.fixture(scope="module")
def asset():
    model = HeadModel.load()
    texture = np.full((64, 64, 3), 128, np.uint8)
    texture[:32] = (200, 30, 30)  # the upper half, at v above one half
    return SimpleNamespace(
        vertices=model.vertices,
        faces=model.faces,
        uv=model.uv,
        texture=texture,
        deltas=model.deltas,
        names=model.names,
        parts=model.parts,
    )


@pytest.fixture(scope="module")
def glb(asset, tmp_path_factory):
    data = export_glb(asset, tmp_path_factory.mktemp("glb") / "head.glb").read_bytes()
    return parse(data)


def parse(data):
    magic, version, length = struct.unpack_from("<4sII", data)
    assert (magic, version, length) == (b"glTF", 2, len(data))
    size, kind = struct.unpack_from("<I4s", data, 12)
    assert kind == b"JSON" and size % 4 == 0
    tree = json.loads(data[20 : 20 + size])
    chunk, kind = struct.unpack_from("<I4s", data, 20 + size)
    assert kind == b"BIN\0"
    binary = data[28 + size :]
    assert len(binary) == chunk == tree["buffers"][0]["byteLength"]
    return tree, binary


def read(tree, binary, index):
    """An accessor as an array, sparse ones filled in."""
    accessor = tree["accessors"][index]
    width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3}[accessor["type"]]
    kind = {5126: "<f4", 5123: "<u2"}[accessor["componentType"]]

    def view(number, dtype, count):
        entry = tree["bufferViews"][number]
        return np.frombuffer(binary, dtype, count, entry["byteOffset"])

    count = accessor["count"] * width
    if "bufferView" in accessor:
        values = view(accessor["bufferView"], kind, count).copy()
    else:
        values = np.zeros(count, kind)
    values = values.reshape(-1, width)
    if sparse := accessor.get("sparse"):
        rows = view(sparse["indices"]["bufferView"], "<u2", sparse["count"])
        assert (np.diff(rows.astype(int)) > 0).all()
        values[rows] = view(sparse["values"]["bufferView"], kind, sparse["count"] * width).reshape(
            -1, width
        )
    return values


def test_every_primitive_has_the_52_named_targets(glb):
    tree, _ = glb
    mesh = tree["meshes"][0]
    assert mesh["extras"]["targetNames"] == list(ARKIT_52)
    assert mesh["weights"] == [0.0] * 52
    assert {len(primitive["targets"]) for primitive in mesh["primitives"]} == {52}


def test_skin_eyes_mouth_and_lashes_have_their_own_materials(glb):
    tree, _ = glb
    names = [tree["materials"][p["material"]]["name"] for p in tree["meshes"][0]["primitives"]]
    assert names == ["skin", "eyes", "mouth", "lashes"]
    assert [m.get("alphaMode") for m in tree["materials"]] == [None, None, None, "BLEND"]


def test_positions_and_targets_are_those_of_the_asset(asset, glb):
    tree, binary = glb
    skin = tree["meshes"][0]["primitives"][0]
    used = np.unique(asset.faces[asset.parts == 0])
    positions = read(tree, binary, skin["attributes"]["POSITION"])
    np.testing.assert_array_equal(positions, asset.vertices[used])
    for name in ("jawOpen", "eyeBlinkLeft", "tongueOut"):
        index = ARKIT_INDEX[name]
        target = read(tree, binary, skin["targets"][index]["POSITION"])
        np.testing.assert_allclose(target, asset.deltas[index][used], atol=1.01e-5)


def test_triangles_are_kept_and_normals_are_unit_vectors(asset, glb):
    tree, binary = glb
    triangles = 0
    for primitive in tree["meshes"][0]["primitives"]:
        positions = read(tree, binary, primitive["attributes"]["POSITION"])
        normals = read(tree, binary, primitive["attributes"]["NORMAL"])
        indices = read(tree, binary, primitive["indices"])
        np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1.0, atol=1e-4)
        assert indices.max() < len(positions)
        triangles += len(indices) // 3
    assert triangles == len(asset.faces)


def test_bounds_hold_the_positions(glb):
    tree, binary = glb
    for index, accessor in enumerate(tree["accessors"]):
        if "min" in accessor:
            values = read(tree, binary, index)
            np.testing.assert_array_equal(values.min(axis=0), np.float32(accessor["min"]))
            np.testing.assert_array_equal(values.max(axis=0), np.float32(accessor["max"]))


def test_views_are_aligned_and_inside_the_buffer(glb):
    tree, binary = glb
    for view in tree["bufferViews"]:
        assert view["byteOffset"] % 4 == 0
        assert view["byteOffset"] + view["byteLength"] <= len(binary)


def test_the_texture_is_embedded_and_its_top_lies_at_v_zero(asset, glb):
    import cv2

    tree, binary = glb
    view = tree["bufferViews"][tree["images"][0]["bufferView"]]
    encoded = np.frombuffer(binary, np.uint8, view["byteLength"], view["byteOffset"])
    picture = cv2.imdecode(encoded, cv2.IMREAD_COLOR)[..., ::-1]
    skin = tree["meshes"][0]["primitives"][0]
    uv = read(tree, binary, skin["attributes"]["TEXCOORD_0"])
    used = np.unique(asset.faces[asset.parts == 0])
    top = int(np.argmax(asset.uv[used][:, 1]))
    assert uv[top, 1] < 0.1
    assert picture[int(uv[top, 1] * 64), int(uv[top, 0] * 63)][0] > 170


def test_lashes_have_an_alpha_channel(glb):
    import cv2

    tree, binary = glb
    view = tree["bufferViews"][tree["images"][1]["bufferView"]]
    encoded = np.frombuffer(binary, np.uint8, view["byteLength"], view["byteOffset"])
    alpha = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)[..., 3]
    assert alpha.min() == 0 and alpha.max() > 180


def test_a_reader_of_others_opens_it(asset, tmp_path):
    pygltflib = pytest.importorskip("pygltflib")
    document = pygltflib.GLTF2().load(str(export_glb(asset, tmp_path / "head.glb")))
    assert document.meshes[0].extras["targetNames"][ARKIT_INDEX["jawOpen"]] == "jawOpen"


def test_a_head_of_skin_only_is_exported_without_lashes(asset, tmp_path):
    plain = SimpleNamespace(**{**vars(asset), "parts": np.zeros(len(asset.faces), np.uint8)})
    tree, _ = parse(export_glb(plain, tmp_path / "plain.glb").read_bytes())
    assert len(tree["images"]) == len(tree["textures"]) == len(tree["materials"]) == 1


def test_too_many_vertices_are_refused_before_anything_is_written(asset, tmp_path):
    big = SimpleNamespace(**{**vars(asset), "vertices": np.zeros((70000, 3), np.float32)})
    with pytest.raises(AvatarError, match="70000 vertices"):
        export_glb(big, tmp_path / "big.glb")
    assert not (tmp_path / "big.glb").exists()
