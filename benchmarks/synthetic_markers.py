"""Small bright discs on a person's skin, and where they are found in the picture."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synthetic import paint
from synthetic.figure import Figure
from synthetic.person import Beard, Person
from synthetic.posing import Posed
from synthetic.render import Renderer, Scene

RADIUS_M, LIFT_M = 0.0014, 0.00015
_CORNERS = 16
_APART_PX = 9.0
_FACING = 0.45
"""Least cosine between a disc's axis and the direction to the camera."""
_COLOUR = (0.05, 3.0, 0.05)
_LEAST_CHANGE = 24.0
"""Of 8-bit levels, summed over channels."""
_FINER, _WHOLE = 4, 0.97
"""Samples a pixel along each axis, and share of a disc's that must be seen, for it to be whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Discs seen in one picture."""

    chosen: NDArray[np.intp]
    """(n,) which of the points they lie on."""
    centres_px: NDArray[np.float64]
    """(n, 2) the middle of what changed."""


def bare(person: Person) -> Person:
    """The same person without what may hide the skin."""
    hair = replace(person.hair, style="bald", brow_density=0.0, lash_length=0.0)
    return replace(person, hair=hair, beard=Beard(), glasses=None, earrings=None)


def find_markers(
    figure: Figure,
    posed: Posed,
    scene: Scene,
    rows: NDArray[np.int64],
    *,
    size: int,
) -> Found:
    """Render a posed figure with and without discs, and find what changed.

    The renderer knows nothing of the discs but that they are surface; where they are in the
    picture is read from the 8-bit picture alone.

    Args:
        figure: Who, `bare`.
        posed: In which pose.
        scene: Camera and lights.
        rows: (n,) vertices to mark, those that are turned away or too near to others are not.
        size: px.
    """
    plain = Renderer(figure, scene, width=size, height=size, samples=3)
    where = plain.project(posed.vertices[rows])[:, :2]
    chosen = _visible(figure, posed, plain, rows, where, size)
    if not len(chosen):
        return Found(chosen, np.zeros((0, 2)))
    dotted, more = _with_discs(figure, posed, rows[chosen])
    whole = _seen_whole(figure, dotted, more, plain, size)
    marked = Renderer(dotted, scene, width=size, height=size, samples=3)
    change = np.abs(marked.draw(more).astype(float) - plain.draw(posed).astype(float)).sum(axis=2)
    centres = [_centre(change, at) for at in where[chosen]]
    kept = whole & np.array([centre is not None for centre in centres], bool)
    centres = [centre for centre, keep in zip(centres, kept, strict=True) if keep]
    return Found(chosen[kept], np.array(centres).reshape(-1, 2))


def _visible(
    figure: Figure,
    posed: Posed,
    renderer: Renderer,
    rows: NDArray[np.int64],
    where: NDArray[np.float64],
    size: int,
) -> NDArray[np.intp]:
    """Points that face the camera, that nothing hides, that lie inside, far from the others."""
    from avatar.raster import rasterize

    rotation, offset = renderer.scene.camera.to_camera()
    towards = -(posed.vertices[rows] @ rotation.T + offset)
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    facing = ((posed.normals[rows] @ rotation.T) * towards).sum(axis=1)
    flat = renderer.project(posed.vertices).astype(np.float32)
    depth = rasterize(flat, figure.faces, size, size).depth
    kept: list[int] = []
    for index in np.argsort(-facing):
        x, y = np.round(where[index]).astype(int)
        margin = 6
        if facing[index] < _FACING or not (margin <= min(x, y) and max(x, y) < size - margin):
            continue
        around = depth[y - 2 : y + 3, x - 2 : x + 3]
        hidden = around.min() < flat[rows[index], 2] - 0.004
        far = all(np.hypot(*(where[index] - where[other])) > _APART_PX for other in kept)
        if far and not hidden:
            kept.append(int(index))
    return np.array(kept, np.intp)


def _seen_whole(
    figure: Figure, dotted: Figure, posed: Posed, renderer: Renderer, size: int
) -> NDArray[np.bool_]:
    """(n,) which discs nothing lies over.

    The fold of an upper lid covers half of a disc on its margin; the middle of the other half is
    not where the vertex is.
    """
    from avatar.raster import rasterize

    side, first = _FINER * size, len(figure.faces)
    flat = renderer.project(posed.vertices).astype(np.float32) * [_FINER, _FINER, 1]
    flat = flat.astype(np.float32)
    alone = np.ascontiguousarray(dotted.faces[first:])
    seen = rasterize(flat, dotted.faces, side, side).face_index - first
    whole = rasterize(flat, alone, side, side).face_index
    count = len(alone) // _CORNERS
    areas = [np.bincount(index[index >= 0] // _CORNERS, minlength=count) for index in (seen, whole)]
    return np.asarray(areas[0] >= _WHOLE * areas[1])


def _with_discs(figure: Figure, posed: Posed, rows: NDArray[np.int64]) -> tuple[Figure, Posed]:
    """The figure and its pose with a disc on each of the vertices."""
    count, start = len(rows), len(posed.vertices)
    normal = posed.normals[rows].astype(np.float64)
    side = np.cross(normal, np.where(np.abs(normal[:, :1]) < 0.8, [1.0, 0, 0], [0, 1.0, 0]))
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    third = np.cross(normal, side)
    angles = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    middle = posed.vertices[rows] + LIFT_M * normal
    rim = RADIUS_M * (
        np.cos(angles)[None, :, None] * side[:, None]
        + np.sin(angles)[None, :, None] * third[:, None]
    )
    points = np.concatenate([middle[:, None], middle[:, None] + rim], axis=1).reshape(-1, 3)
    around = 1 + np.arange(_CORNERS)
    fan = np.stack([0 * around, around, 1 + around % _CORNERS], axis=1)
    faces = start + (np.arange(count)[:, None, None] * (_CORNERS + 1) + fan).reshape(-1, 3)
    each = _CORNERS + 1
    material = paint.blank(len(points), roughness=0.9)
    material[:, :3] = _COLOUR
    extended = replace(
        figure,
        faces=np.concatenate([figure.faces, faces]).astype(np.int32),
        kinds=np.concatenate([figure.kinds, np.zeros(len(faces), figure.kinds.dtype)]),
        material=np.concatenate([figure.material, material]),
        lookup=np.concatenate([figure.lookup, points]).astype(np.float32),
    )
    return extended, replace(
        posed,
        vertices=np.concatenate([posed.vertices, points]).astype(np.float32),
        normals=np.concatenate([posed.normals, np.repeat(normal, each, axis=0)]).astype(np.float32),
        openness=np.concatenate([posed.openness, np.ones(len(points))]).astype(np.float32),
    )


def _centre(change: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Weighted middle of the patch of change at a place, as far as it reaches; None without one."""
    import cv2

    _, labels = cv2.connectedComponents((change > _LEAST_CHANGE).astype(np.uint8), connectivity=8)
    x, y = np.round(at).astype(int)
    near = labels[y - 2 : y + 3, x - 2 : x + 3]
    near = near[near > 0]
    if not len(near):
        return None
    rows, columns = np.nonzero(labels == np.bincount(near).argmax())
    weight = change[rows, columns]
    return np.array([weight @ columns, weight @ rows]) / weight.sum()
