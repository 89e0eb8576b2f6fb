"""The parametric head: mean shape, identity modes, 52 ARKit actions and MediaPipe's landmarks.

Built from the CC0 MakeHuman mesh by `synthetic/bake_head.py`. It is an artist's model, not
statistics of scanned people.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

import weights
from capture.arkit import ARKIT_52
from capture.arrays import check_arrays

PARTS = (
    "skin",
    "cavity",
    "eye_left",
    "eye_right",
    "teeth_upper",
    "teeth_lower",
    "tongue",
    "lashes",
)
"""What a face's part number means; the cavity is the inside of mouth and eye sockets."""


@dataclass(frozen=True, eq=False)
class HeadModel:
    """A head with neck, eyes, teeth, tongue and lashes.

    Metres, glTF axes (+X the subject's left, +Y up, +Z out of the face), origin midway between the
    eyeballs. Vertices are split along the seams of the texture atlas. Glossary: v vertices,
    f faces, i identity modes, k = 52 actions, n = 478 landmarks. Arrays become read-only.
    """

    vertices: NDArray[np.float32]
    """(v, 3) the mean head at rest."""
    faces: NDArray[np.int32]
    """(f, 3) counter-clockwise seen from outside."""
    uv: NDArray[np.float32]
    """(v, 2) in [0, 1], origin at the bottom left of the texture."""
    parts: NDArray[np.uint8]
    """(f,) index into `PARTS`."""
    identity: NDArray[np.float32]
    """(i, v, 3) offset of one standard deviation of each mode, by falling variance."""
    deltas: NDArray[np.float32]
    """(k, v, 3) offset of each action at coefficient 1."""
    names: tuple[str, ...]
    """(k,) `ARKIT_52`."""
    weld: NDArray[np.int32]
    """(v,) the same number for copies of one point along a seam."""
    mirror: NDArray[np.int32]
    """(v,) the vertex on the other side of the face."""
    lips: NDArray[np.float32]
    """(v,) how much a vertex belongs to the lips' red, in [0, 1]."""
    landmark_faces: NDArray[np.int32]
    """(n, 3) vertices of the triangle that each MediaPipe landmark lies on."""
    landmark_barycentric: NDArray[np.float32]
    """(n, 3) weights of its corners."""
    landmark_spread: NDArray[np.float32]
    """(n,) metres: how far the landmark wanders on the head when the view changes."""

    def __post_init__(self) -> None:
        v, f = len(self.vertices), len(self.faces)
        k, n = len(self.names), len(self.landmark_faces)
        check_arrays(
            self,
            {
                "vertices": ((v, 3), np.float32),
                "faces": ((f, 3), np.int32),
                "uv": ((v, 2), np.float32),
                "parts": ((f,), np.uint8),
                "identity": ((len(self.identity), v, 3), np.float32),
                "deltas": ((k, v, 3), np.float32),
                "weld": ((v,), np.int32),
                "mirror": ((v,), np.int32),
                "lips": ((v,), np.float32),
                "landmark_faces": ((n, 3), np.int32),
                "landmark_barycentric": ((n, 3), np.float32),
                "landmark_spread": ((n,), np.float32),
            },
        )
        if self.names != ARKIT_52:
            raise ValueError("names: want ARKit's 52 in order")
        for field in ("faces", "landmark_faces"):
            if getattr(self, field).max(initial=0) >= v:
                raise ValueError(f"{field}: an index lies outside the {v} vertices")

    @classmethod
    def load(cls) -> "HeadModel":
        """Open the shipped model.

        Raises:
            weights.WeightsError: The file is missing or altered.
        """
        arrays = weights.open_arrays("head-model")
        weld = arrays["weld"]
        # Modes are stored in 8-bit steps, everything else per welded vertex.
        identity = arrays["identity_modes"] * arrays["identity_steps"][:, None, None]
        return cls(
            vertices=arrays["vertices"][weld],
            faces=arrays["faces"],
            uv=arrays["uv"],
            parts=arrays["parts"],
            identity=identity.astype(np.float32)[:, weld],
            deltas=arrays["deltas"].astype(np.float32)[:, weld],
            names=tuple(str(name) for name in arrays["names"]),
            weld=weld,
            mirror=arrays["mirror"],
            lips=arrays["lips"].astype(np.float32)[weld],
            landmark_faces=arrays["landmark_faces"],
            landmark_barycentric=arrays["landmark_barycentric"],
            landmark_spread=arrays["landmark_spread"],
        )

    @cached_property
    def vertex_parts(self) -> NDArray[np.uint8]:
        """(v,) the part each vertex belongs to; parts share no vertices of the split mesh."""
        out = np.zeros(len(self.vertices), np.uint8)
        out[self.faces.ravel()] = np.repeat(self.parts, 3)
        return out

    def part(self, *names: str) -> NDArray[np.bool_]:
        """(f,) whether a face belongs to one of the named parts."""
        return np.isin(self.parts, [PARTS.index(name) for name in names])

    def at_landmarks(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Per-vertex values (..., v, c) at the landmarks, (..., n, c)."""
        corners = values[..., self.landmark_faces, :]
        return np.einsum("nk,...nkc->...nc", self.landmark_barycentric, corners)

    def normals(self, vertices: NDArray[np.float32]) -> NDArray[np.float32]:
        """Unit normals (v, 3) of a shape, continuous across seams."""
        corners = vertices[self.faces]
        faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        total = np.zeros((int(self.weld.max()) + 1, 3), np.float32)
        for corner in range(3):
            np.add.at(total, self.weld[self.faces[:, corner]], faces)
        length = np.linalg.norm(total, axis=1, keepdims=True)
        return (total / np.maximum(length, 1e-12))[self.weld].astype(np.float32)
