"""Re-packs MakeHuman's full-body texture atlas into one for the head alone.

The head's own island is turned upright and stretched where the face is, so that the face gets
about two thirds of the atlas's width; the neck, the mouth's inside, the eye sockets, eyes, teeth,
tongue and lashes get islands of their own below it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.head_mesh import PARTS, HeadMesh

EYE_EXPONENT = 0.55
Box = tuple[float, float, float, float]  # x0, y0, x1, y1 in the new atlas, origin bottom left

HEAD_BOX: Box = (0.006, 0.372, 0.994, 0.994)
NECK_BOX: Box = (0.010, 0.175, 0.610, 0.356)
MOUTH_BOX: Box = (0.630, 0.175, 0.860, 0.356)
SOCKET_BOXES: dict[str, Box] = {
    "right": (0.880, 0.175, 0.985, 0.258),
    "left": (0.880, 0.272, 0.985, 0.356),
}
FRONT_EYE_BOXES: dict[str, Box] = {
    "eye_left": (0.012, 0.012, 0.160, 0.160),
    "eye_right": (0.175, 0.012, 0.323, 0.160),
}
BACK_EYE_BOXES: dict[str, Box] = {
    "eye_left": (0.340, 0.090, 0.405, 0.155),
    "eye_right": (0.340, 0.012, 0.405, 0.077),
}
TEETH_BOXES: dict[str, Box] = {
    "teeth_upper": (0.420, 0.090, 0.600, 0.155),
    "teeth_lower": (0.420, 0.012, 0.600, 0.077),
}
TONGUE_BOX: Box = (0.620, 0.012, 0.720, 0.155)
LASH_BOX: Box = (0.740, 0.012, 0.985, 0.155)

FACE_COLUMNS = ((0.0, 0.10, 0.21, 0.5), (0.0, 0.20, 0.33, 0.5))
"""From the artist's layout to ours, outwards from the midline: eyes, nose and mouth get most."""
FACE_ROWS = ((0.0, 0.06, 0.50, 0.72, 1.0), (0.0, 0.05, 0.72, 0.88, 1.0))
"""The same from the throat upwards: chin, brows, hairline, back of the head."""


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """Vertices duplicated along the seams of the new atlas. Glossary: v of them."""

    weld: NDArray[np.int32]
    """(v,) the mesh vertex each one is a copy of."""
    uv: NDArray[np.float32]
    """(v, 2) origin bottom left."""
    faces: NDArray[np.int32]
    """(f, 3) rows of `weld` and `uv`."""


def pack_atlas(mesh: HeadMesh) -> Atlas:
    """Lay out every part and split the mesh along the seams."""
    uv = mesh.uv.copy()
    island = _islands(mesh)
    for label in np.unique(island):
        rows = np.unique(mesh.face_uv[island == label])
        part = PARTS[mesh.parts[island == label][0]]
        used = np.unique(mesh.faces[island == label])
        uv[rows] = _place(mesh.uv[rows], part, mesh.vertices[used], mesh)
    lashes = mesh.parts == PARTS.index("lashes")
    uv[mesh.face_uv[lashes].ravel()] = _lash_uv(mesh, island)[mesh.faces[lashes].ravel()]
    pairs = np.stack([mesh.faces.ravel(), mesh.face_uv.ravel()], axis=1)
    unique, inverse = np.unique(pairs, axis=0, return_inverse=True)
    return Atlas(
        weld=unique[:, 0].astype(np.int32),
        uv=uv[unique[:, 1]].astype(np.float32),
        faces=inverse.reshape(mesh.faces.shape).astype(np.int32),
    )


def _islands(mesh: HeadMesh) -> NDArray[np.int64]:
    """(f,) label of the connected piece of the texture layout that a face lies in."""
    label = np.arange(len(mesh.uv))
    while True:
        smallest = label[mesh.face_uv].min(axis=1)
        updated = label.copy()
        for corner in range(3):
            np.minimum.at(updated, mesh.face_uv[:, corner], smallest)
        if (updated == label).all():
            return label[mesh.face_uv[:, 0]]
        label = updated


def _place(
    uv: NDArray[np.float64], part: str, points: NDArray[np.float64], mesh: HeadMesh
) -> NDArray[np.float64]:
    """New coordinates of one island; `points` are its vertices in space."""
    middle = uv.mean(axis=0)
    if part == "skin":
        if middle[0] > 0.6:
            return _fit(_stretch_face(uv), HEAD_BOX)
        return _fit(uv, NECK_BOX)
    if part == "cavity":
        if middle[0] > 0.5:
            return _fit(uv, MOUTH_BOX)
        return _fit(uv, SOCKET_BOXES["left" if points[:, 0].mean() > 0 else "right"])
    if part in FRONT_EYE_BOXES:
        eye = mesh.vertices[np.unique(mesh.faces[mesh.parts == PARTS.index(part)])]
        front = points[:, 2].mean() > (eye[:, 2].min() + eye[:, 2].max()) / 2.0
        # The pole, where the iris is, gets most of the front's disc.
        return _fit(
            _swell(uv) if front else uv, (FRONT_EYE_BOXES if front else BACK_EYE_BOXES)[part]
        )
    if part in TEETH_BOXES:
        return _fit(uv, TEETH_BOXES[part])
    if part == "tongue":
        return _fit(uv, TONGUE_BOX)
    return uv  # lashes are laid out by their geometry


def _stretch_face(uv: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn the head's island upright (it lies on its side) and widen the face, into [0, 1]."""
    upright = np.stack([uv[:, 1], -uv[:, 0]], axis=1)
    upright = (upright - upright.min(axis=0)) / np.ptp(upright, axis=0)
    # Keep the subject's left on the right of the atlas, as in a picture of the face.
    x, y = upright[:, 0] - 0.5, upright[:, 1]
    x = np.sign(x) * np.interp(np.abs(x), *FACE_COLUMNS)
    y = np.interp(y, *FACE_ROWS)
    return np.stack([x + 0.5, y], axis=1)


def _swell(uv: NDArray[np.float64]) -> NDArray[np.float64]:
    """Enlarge the middle of a round island."""
    offset = uv - (uv.min(axis=0) + uv.max(axis=0)) / 2.0
    radius = np.linalg.norm(offset, axis=1, keepdims=True)
    share = np.clip(radius / radius.max(), 1e-9, 1.0)
    return offset * share ** (EYE_EXPONENT - 1.0)


def _fit(uv: NDArray[np.float64], box: Box) -> NDArray[np.float64]:
    """Scale an island's bounding box onto `box`."""
    low, high = np.array(box[:2]), np.array(box[2:])
    unit = (uv - uv.min(axis=0)) / np.ptp(uv, axis=0)
    return low + unit * (high - low)


def _lash_uv(mesh: HeadMesh, island: NDArray[np.int64]) -> NDArray[np.float64]:
    """(v, 2): along each lash ribbon in x, from the lid to the tip in y, in four quarter boxes."""
    out = np.zeros((len(mesh.vertices), 2))
    skin = mesh.vertices[np.unique(mesh.faces[mesh.parts == PARTS.index("skin")])]
    x0, y0, x1, y1 = LASH_BOX
    width, height = (x1 - x0) / 2.0, (y1 - y0) / 2.0
    for label in np.unique(island[mesh.parts == PARTS.index("lashes")]):
        ribbon = np.unique(mesh.faces[island == label])
        points = mesh.vertices[ribbon]
        column, row = int(points[:, 0].mean() > 0.0), int(points[:, 1].mean() > -0.001)
        gap = np.sqrt(((points[:, None] - skin[None]) ** 2).sum(axis=2).min(axis=1))
        along = (points[:, 0] - points[:, 0].min()) / np.ptp(points[:, 0])
        away = (gap - gap.min()) / np.ptp(gap)
        out[ribbon, 0] = x0 + column * width + (0.03 + 0.94 * along) * width
        out[ribbon, 1] = y0 + row * height + (0.04 + 0.92 * away) * height
    return out
