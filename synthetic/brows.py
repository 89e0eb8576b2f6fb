"""Brows: hairs that fan up at the inner end, close over the ridge and lie flat in the tail."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic.bust import Bust
from synthetic.lashes import grow_lashes, islands
from synthetic.person import Hair, Person
from synthetic.strands import GREY, BoundStrands, FrontProjection, Strands

BROW_STEPS = 6
_KNOTS = (0.0, 0.18, 0.6, 0.82, 1.0)
"""Places along a brow, from the inner end to the tail, at which it is described."""


def brow_line(
    hair: Hair, along: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Where the left brow runs on the average face.

    Args:
        hair: The brow's height, arch, tilt, gap and thickness.
        along: (n,) 0 at the inner end, 1 at the tail.

    Returns:
        x and y of its middle and half its height, (n,) each, m.
    """
    x = np.interp(along, _KNOTS, [0.0115, 0.0190, 0.0385, 0.0475, 0.0550])
    x = x + hair.brow_gap_m * (1 - along)
    y = 0.0172 + 0.0030 * along + hair.brow_height_m
    y = y + 2 * hair.brow_arch * np.interp(along, _KNOTS, [0.0, 0.0011, 0.0044, 0.0034, -0.0006])
    y = y + np.tan(np.deg2rad(hair.brow_tilt_degrees)) * (x - 0.031)
    half = np.interp(along, _KNOTS, [0.0030, 0.0041, 0.0034, 0.0023, 0.0008])
    return x, y, half * (0.45 + 1.1 * hair.brow_thickness)


def brow_veil(hair: Hair, average: NDArray[np.floating]) -> NDArray[np.float64]:
    """(...) how much brow lies over places (..., 3) of the average face, 0 to 1."""
    along = np.linspace(0, 1, 60)
    x, y, half = brow_line(hair, along)
    at = np.abs(average[..., 0])
    middle, size = np.interp(at, x, y), np.interp(at, x, half)
    ends = np.clip((at - x[0] + 0.002) / 0.006, 0, 1) * np.clip((x[-1] - at) / 0.008, 0, 1)
    veil = np.exp(-0.5 * ((average[..., 1] - middle - 0.0008) / (0.75 * size)) ** 2)
    return hair.brow_density * ends * veil * (average[..., 2] > -0.03)


def grow_brow(
    average: NDArray[np.floating],
    vertices: NDArray[np.float32],
    normals: NDArray[np.float32],
    surface: FrontProjection,
    side: float,
    person: Person,
    rng: np.random.Generator,
) -> BoundStrands:
    """One brow, laid out on the average face and bound to the person's.

    Args:
        average: (v, 3) the skin's vertices on the average face.
        vertices: (v, 3) on the person's.
        normals: (v, 3) there.
        surface: Of the average face.
        side: +1 for the subject's left.
        person: Sex, age, and how the brow grows.
        rng: For the hairs.
    """
    from scipy import sparse

    flat, bushy = _lay(person, rng)
    count = len(flat)
    flat = flat * np.array([side, 1.0])
    corners, weights, hit = surface(flat.reshape(-1, 2))
    hit = hit.reshape(count, BROW_STEPS).all(axis=1)
    matrix = sparse.csr_matrix(
        (weights.reshape(-1), (np.repeat(np.arange(len(corners)), 3), corners.reshape(-1))),
        (len(corners), len(average)),
    )
    t = np.linspace(0, 1, BROW_STEPS)
    rise = 0.0001 + (0.0009 * np.sin(t * 2.3) + bushy[:, None] * t)
    offset = (matrix @ normals * rise.reshape(-1, 1)).astype(np.float32)
    keep = np.repeat(hit, BROW_STEPS)
    matrix, offset = matrix[keep], offset[keep]
    count = int(hit.sum())
    width = 0.00012 * (1 - 0.8 * t[None, :] ** 1.5) * rng.uniform(0.65, 1.25, (count, 1))
    shade = np.array(person.hair.brow_colour) * np.exp(rng.normal(0, 0.25, (count, 1)))
    grey = (rng.random((count, 1)) < 0.55 * person.hair.grey) * rng.uniform(0.5, 1.0, (count, 1))
    shade = shade * (1 - grey) + 0.55 * GREY * np.array([1.05, 1.0, 0.92]) * grey
    colour = shade[:, None, :] * (1 + 0.35 * t[None, :, None])
    points = (matrix @ vertices + offset).reshape(count, BROW_STEPS, 3)
    strands = Strands(
        points=points.astype(np.float32),
        width=width.astype(np.float32),
        colour=colour.astype(np.float32),
        random=rng.random(count).astype(np.float32),
    )
    return BoundStrands(strands=strands, matrix=matrix, offset=offset)


def _lay(
    person: Person, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Left hairs (n, steps, 2) seen from the front, m, and how far each tip stands off, (n,)."""
    hair = person.hair
    old = float(np.clip((person.age_years - 45) / 35, 0, 1)) * (
        1.0 if person.sex == "male" else 0.3
    )
    count = int(720 * hair.brow_density * (0.7 + 0.6 * hair.brow_thickness))
    count = int(count * (1 - 0.3 * hair.grey))
    along = np.clip(rng.beta(1.15, 1.25, count) + rng.normal(0, 0.01, count), 0, 1)
    # Hairs grow in tufts, and thin out unevenly towards the edges.
    tuft = np.interp(along, np.linspace(0, 1, 42), rng.normal(0, 1, 42))
    across = np.clip(rng.normal(0, 0.52, count) + 0.10 * tuft, -1.15, 1.15)
    strays = rng.random(count) < 0.025
    across = np.where(strays, across * rng.uniform(1.3, 2.4, count), across)
    x, y, half = brow_line(hair, along)
    slope = np.gradient(brow_line(hair, np.linspace(0, 1, 60))[1], np.linspace(0, 0.0435, 60))
    course = np.degrees(np.arctan(np.interp(along, np.linspace(0, 1, 60), slope)))
    # Below the middle hairs rise across the brow, above it they sweep outwards.
    lift = np.interp(along, _KNOTS, [66, 44, 14, 2, -2])
    lift -= across * np.interp(along, _KNOTS, [8, 24, 24, 14, 6])
    angle = np.deg2rad(lift + 0.8 * course + 6 * tuft + rng.normal(0, 8 + 8 * old, count))
    length = np.interp(along, _KNOTS, [0.0056, 0.0080, 0.0088, 0.0076, 0.0050])
    length *= rng.uniform(0.55, 1.15, count) * (0.72 + 0.45 * hair.brow_thickness)
    length *= 1 + 0.5 * old * rng.random(count) ** 3
    t = np.linspace(0, 1, BROW_STEPS)
    bend = np.deg2rad(-18) * t[None, :] + angle[:, None]
    step = length[:, None] / (BROW_STEPS - 1)
    dx = np.cumsum(np.cos(bend) * step, axis=1) - np.cos(bend[:, :1]) * step
    dy = np.cumsum(np.sin(bend) * step, axis=1) - np.sin(bend[:, :1]) * step
    # A hair's middle, not its root, lies in the line of the brow.
    x, y = x - 0.35 * dx[:, -1], y + across * half - 0.35 * dy[:, -1]
    flat = np.stack([x[:, None] + dx, y[:, None] + dy], axis=-1)
    return flat, 0.0022 * old * rng.random(count) ** 2


def grow_brows_and_lashes(
    bust: Bust,
    rest: NDArray[np.float32],
    skin: Any,
    points: NDArray[np.float32],
    normals: NDArray[np.float32],
    eyes: tuple[Any, Any],
    person: Person,
    rng: np.random.Generator,
) -> tuple[BoundStrands, ...]:
    """All of a person's brows and lashes, bound to the bust's coarse vertices."""
    average = (skin.matrix @ bust.vertices).astype(np.float32)
    surface = FrontProjection(average, skin.triangles())
    out = []
    lash_quads = bust.part("lashes")
    for eye, side in zip(eyes, (1.0, -1.0), strict=True):
        brow = grow_brow(average, points, normals, surface, side, person, rng)
        out.append(BoundStrands(brow.strands, (brow.matrix @ skin.matrix).tocsr(), brow.offset))
        mine = lash_quads[side * rest[lash_quads][:, :, 0].mean(axis=1) > 0]
        for strip in islands(mine):
            upper = bool(rest[strip][:, :, 1].mean() > eye.centre[1] + 0.001)
            out.append(grow_lashes(rest, strip, eye.centre, person, rng, upper=upper))
    return tuple(out)
