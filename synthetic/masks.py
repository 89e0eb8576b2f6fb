"""Which part of a person each pixel shows, from the same rasteriser and strands as the picture."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from avatar.raster import Fragments, rasterize
from synthetic import kernels
from synthetic.camera import Camera
from synthetic.figure import Figure
from synthetic.posing import Posed

LABELS = (
    "background", "skin", "face", "lips", "ears", "eyes", "mouth", "clothes", "worn", "hair",
    "face hair",
)  # fmt: skip
"""Label of a pixel: its position here. `skin` is neck and scalp, `face` what is neither lips nor
ears of the front of the head, `mouth` teeth, tongue and what is behind the lips, `worn` glasses and
earrings, `face hair` brows, lashes and beard."""

_LAYERS = {
    "skin": "skin", "tongue": "mouth", "upper_teeth": "mouth", "lower_teeth": "mouth",
    "eye_left": "eyes", "eye_right": "eyes",
}  # fmt: skip
_REGIONS = ("face", "ears", "lips", "mouth")
"""Of the skin; a later one wins."""
_RIDES_ON_HEAD = 0.5
_BRIGHTEST = 0.93
"""Of a strand drawn in white; see `kernels.draw_strands`."""


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """What is seen where."""

    labels: NDArray[np.uint8]
    """(h, w) index into `LABELS`; hair where it covers more than half of a pixel."""
    hair: NDArray[np.uint8]
    """(h, w) share of the pixel that scalp hair covers, of 255."""
    person: NDArray[np.uint8]
    """(h, w) share of the pixel that is not background, of 255."""


def label_map(figure: Figure, posed: Posed, camera: Camera, size: int) -> NDArray[np.uint8]:
    """(size, size) the labels alone, quickly; see `coverage`."""
    return coverage(figure, posed, camera, size, oversampling=1).labels


def coverage(
    figure: Figure, posed: Posed, camera: Camera, size: int, *, oversampling: int = 2
) -> Coverage:
    """Look at a posed figure through a camera.

    Args:
        figure: Who.
        posed: In which pose.
        camera: Where from.
        size: Width and height, px.
        oversampling: Along each axis.
    """
    import cv2

    wide = size * oversampling
    rotation, translation = camera.to_camera()
    flat = camera.project(posed.vertices @ rotation.T + translation, wide, wide)
    faces = _towards_camera(flat.astype(np.float32), figure.faces)
    fragments = rasterize(flat.astype(np.float32), faces, wide, wide)
    labels = _surface_labels(figure, faces, fragments)
    drawn = np.zeros((wide, wide, 3), np.float32)
    depth = fragments.depth.copy()
    for index, strands in enumerate(posed.strands):
        points = strands.points.reshape(-1, 3) @ rotation.T + translation
        at = camera.project(points, wide, wide)
        width = strands.width * (camera.focal_px(wide) / at[:, 2].reshape(strands.width.shape))
        colour = np.zeros((*strands.width.shape, 3), np.float32)
        colour[..., 0 if index == 0 else 1] = 1.0
        kernels.draw_strands(
            at.reshape(strands.points.shape).astype(np.float32),
            width.astype(np.float32),
            colour,
            drawn,
            depth,
            0.0 if index == 0 else 0.0004,
        )
    covered = np.maximum((labels > 0).astype(np.float32), drawn.max(axis=2) / _BRIGHTEST)
    soft = cv2.resize(
        np.dstack([drawn / _BRIGHTEST, covered]), (size, size), interpolation=cv2.INTER_AREA
    )
    small = labels[::oversampling, ::oversampling].copy()
    small[soft[..., 1] > 0.5] = LABELS.index("face hair")
    small[soft[..., 0] > 0.5] = LABELS.index("hair")
    return Coverage(small, _byte(soft[..., 0]), _byte(soft[..., 3]))


def _surface_labels(
    figure: Figure, faces: NDArray[np.int32], fragments: Fragments
) -> NDArray[np.uint8]:
    """(h, w) labels without hair."""
    base = _layer_labels(figure)[faces[:, 0]]
    hit = fragments.face_index
    labels = np.where(hit < 0, 0, base[hit]).astype(np.uint8)
    rows, columns = np.nonzero(labels == LABELS.index("skin"))
    corners = faces[hit[rows, columns]]
    weights = fragments.barycentric[rows, columns]
    regions = np.zeros((len(figure.head_weight), len(_REGIONS)), np.float32)
    skin = figure.slices["skin"]
    regions[skin] = _skin_regions(figure, figure.moving[skin])
    seen = np.einsum("nc,ncr->nr", weights, regions[corners])
    of_skin = labels[rows, columns]
    for index, name in enumerate(_REGIONS):
        of_skin[seen[:, index] > 0.5] = LABELS.index(name)
    labels[rows, columns] = of_skin
    return labels


def _layer_labels(figure: Figure) -> NDArray[np.uint8]:
    """(v,) index into `LABELS` of each vertex by its layer."""
    out = np.zeros(len(figure.head_weight), np.uint8)
    for name, rows in figure.slices.items():
        rides = bool(figure.head_weight[rows].min() > _RIDES_ON_HEAD)
        label = _LAYERS.get(name, "worn" if rides else "clothes")
        out[rows] = LABELS.index(label)
    return out


def _skin_regions(figure: Figure, matrix: Any) -> NDArray[np.float32]:
    """(v, r) how far the skin layer's vertices lie within `_REGIONS`; the edge is at 0.5."""
    bust, marks = figure.bust, figure.marks
    x, y, z = (matrix @ figure.rest).T
    brow = float(marks.eyes[:, 1].mean()) + 0.065
    jaw = float(marks.chin[1]) - 0.006 + 0.5 * np.clip(marks.chin[2] - 0.035 - z, 0, None)
    inside = np.minimum.reduce([brow - y, y - jaw, z + 0.055, 0.085 - np.abs(x)])
    behind_lips = np.zeros(len(figure.rest), np.float32)
    behind_lips[np.unique(bust.part("mouth"))] = 1.0
    behind_lips[figure.mouth_line] = 0.0
    regions = {
        "face": np.clip(0.5 + inside / 0.01, 0, 1),
        "ears": matrix @ bust.masks["ears"] + 0.1,
        "lips": matrix @ bust.masks["lips"] + 0.1,
        "mouth": matrix @ behind_lips,
    }
    return np.stack([regions[name] for name in _REGIONS], axis=1).astype(np.float32)


def _towards_camera(flat: NDArray[np.float32], faces: NDArray[np.int32]) -> NDArray[np.int32]:
    a, b, c = (flat[faces[:, corner], :2] for corner in range(3))
    u, v = b - a, c - a
    return np.ascontiguousarray(faces[u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0] < 0])


def _byte(share: NDArray[np.float32]) -> NDArray[np.uint8]:
    return np.clip(share * 255 + 0.5, 0, 255).astype(np.uint8)
