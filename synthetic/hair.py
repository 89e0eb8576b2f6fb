"""Scalp hair: roots inside a hairline, grown over the skull in locks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.noise import fractal_noise
from synthetic.person import Hair
from synthetic.strands import Strands, tint

SKULL_CENTRE = np.array([0.0, 0.02, -0.068])

_HAIRLINE_AZIMUTH = np.array([0.0, 0.32, 0.6, 0.82, 1.0, 1.18, 1.36, 1.55, 1.75, 2.1, 2.6, np.pi])
_HAIRLINE_HEIGHT = np.array(
    [0.066, 0.067, 0.060, 0.046, 0.026, 0.006, -0.014, 0.016, -0.010, -0.035, -0.060, -0.070]
)


def hairline_distance(points: NDArray[np.floating], seed: int) -> NDArray[np.float64]:
    """How far (m) each head point (..., 3) lies above the hairline; negative on bare skin."""
    x, y, z = np.moveaxis(points - SKULL_CENTRE, -1, 0)
    azimuth = np.abs(np.arctan2(x, z))
    line = np.interp(azimuth, _HAIRLINE_AZIMUTH, _HAIRLINE_HEIGHT)
    wobble = 0.0022 * fractal_noise(points * 130, seed, 2)
    return y + SKULL_CENTRE[1] - line + wobble


@dataclass(frozen=True, slots=True, eq=False)
class Scalp:
    """The head's surface at rest, as hair sees it."""

    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    triangles: NDArray[np.int32]
    ears: NDArray[np.float32]
    """(v,) 1 on the ears, which hair passes closely."""

    def sample_roots(
        self, count: int, rng: np.random.Generator
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Points (n, 3), normals (n, 3) and hairline distances (n,), even over the scalp."""
        corners = self.vertices[self.triangles].astype(np.float64)
        centre = corners.mean(axis=1)
        inside = (hairline_distance(centre, 1) > -0.006) & (centre[:, 1] > -0.1)
        near_skull = np.abs(centre[:, 0]) < 0.083
        triangles = self.triangles[inside & near_skull]
        corners = self.vertices[triangles].astype(np.float64)
        area = np.linalg.norm(
            np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1
        )
        chosen = rng.choice(len(triangles), int(count * 1.15), p=area / area.sum())
        weights = rng.dirichlet([1, 1, 1], len(chosen))
        roots = np.einsum("nk,nkc->nc", weights, corners[chosen])
        normals = np.einsum("nk,nkc->nc", weights, self.normals[triangles[chosen]])
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        above = hairline_distance(roots, 1)
        keep = rng.random(len(roots)) < np.clip((above + 0.002) / 0.010, 0, 1) ** 0.8
        return roots[keep][:count], normals[keep][:count], above[keep][:count]


def grow_hair(scalp: Scalp, hair: Hair, rng: np.random.Generator, *, count: int) -> Strands:
    """Hair of the person's style.

    Args:
        scalp: Head at rest.
        hair: Style, colours, length, parting, waviness.
        rng: For roots, locks and strays.
        count: Strands; 14,000 covers at 512 px, fewer are drawn wider.

    Raises:
        ValueError: Unknown style.
    """
    styles = {"bob": (28, 0.40), "crop": (10, 0.042), "bun": (26, 0.26)}
    if hair.style not in styles:
        raise ValueError(f"style: want one of {sorted(styles)}, got {hair.style!r}")
    steps, length = styles[hair.style]
    roots, normals, above = scalp.sample_roots(count, rng)
    count = len(roots)
    edge = np.clip(above / 0.018, 0.25, 1)
    long = length * rng.uniform(0.88, 1.06, count)
    if hair.style == "crop":
        long *= edge**0.5 * np.clip(0.45 + (roots[:, 1] + 0.02) / 0.10, 0.35, 1.0)
    points = _grow(scalp, hair, roots, normals, long, steps, rng)
    if hair.style == "bob":
        points = _cut(points, -hair.length_m + rng.normal(0, 0.005, count))
    points = _lock(points, roots, hair, rng)
    colour, random = tint(rng, count, steps, hair.colour, hair.highlight)
    t = np.linspace(0, 1, steps)
    width = 0.00042 * np.sqrt(14000 / count) * (1 - 0.72 * t**3)[None, :]
    width = width * (0.35 + 0.65 * edge[:, None]) * rng.uniform(0.75, 1.2, (count, 1))
    return Strands(
        points=points.astype(np.float32),
        width=width.astype(np.float32),
        colour=colour,
        random=random,
    )


def _grow(
    scalp: Scalp,
    hair: Hair,
    roots: NDArray[np.float64],
    normals: NDArray[np.float64],
    length: NDArray[np.float64],
    steps: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """March every strand from its root along the comb field, above the skin."""
    from scipy.spatial import cKDTree

    tree = cKDTree(scalp.vertices)
    count = len(roots)
    parting_x = 0.055 * hair.parting
    side = np.where(roots[:, 0] + rng.normal(0, 0.0015, count) > parting_x, 1.0, -1.0)
    layer = rng.uniform(0.55, 1.15, count)
    position, direction = roots.copy(), normals.copy()
    points = np.empty((count, steps, 3))
    points[:, 0] = position
    step = length / (steps - 1)
    travelled = np.zeros(count)
    for i in range(1, steps):
        _, near = tree.query(position)
        normal = scalp.normals[near].astype(np.float64)
        comb, grip = _comb(hair.style, position, roots, side, normal)
        gravity = np.array([0.0, -1.0, 0.0])
        keep = 0.55 if i > 2 else 0.25
        direction = keep * direction + grip[:, None] * comb + (1 - grip)[:, None] * 0.45 * gravity
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        position = position + direction * step[:, None]
        travelled += step
        _, near = tree.query(position)
        surface, normal = scalp.vertices[near].astype(np.float64), scalp.normals[near]
        clearance = np.einsum("nc,nc->n", position - surface, normal)
        wanted = _lift(hair.style, travelled, roots) * layer * (1 - 0.8 * scalp.ears[near])
        distance = np.linalg.norm(position - surface, axis=1)
        pull = -0.004 * np.clip((position[:, 1] + 0.03) / 0.05, 0, 1)
        push = np.where(distance < 0.05, np.clip(wanted - clearance, pull, 0.006), 0)
        position = position + push[:, None] * normal
        points[:, i] = position
    return points


def _cut(points: NDArray[np.float64], height: NDArray[np.float64]) -> NDArray[np.float64]:
    """End each strand where it first falls below a height, keeping its number of points."""
    count, steps, _ = points.shape
    below = points[:, :, 1] < height[:, None]
    last = np.where(below.any(axis=1), below.argmax(axis=1), steps - 1).astype(np.float64)
    last = np.maximum(last, 3)
    at = np.linspace(0, 1, steps)[None, :] * last[:, None]
    before = np.minimum(at.astype(int), steps - 2)
    share = (at - before)[..., None]
    strand = np.arange(count)[:, None]
    return points[strand, before] * (1 - share) + points[strand, before + 1] * share


def _comb(
    style: str,
    position: NDArray[np.float64],
    roots: NDArray[np.float64],
    side: NDArray[np.float64],
    normal: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Unit direction (n, 3) in which hair is combed, and how firmly (n,)."""
    front = np.clip((roots[:, 2] + 0.05) / 0.07, 0, 1)
    if style == "bob":
        lower = np.clip((0.035 - position[:, 1]) / 0.06, 0, 1)
        under = np.clip((-0.05 - position[:, 1]) / 0.07, 0, 1)
        wish = np.stack([side, np.full(len(side), -0.45), -0.2 - 0.5 * front], axis=1)
        wish[:, 0] *= 1 - lower
        wish[:, 0] -= 0.45 * under * np.sign(position[:, 0])
        wish[:, 1] -= 1.2 * lower
        wish[:, 2] *= 1 - 0.75 * lower
        wish[:, 2] += 0.25 * under * np.clip((-0.09 - position[:, 2]) / 0.05, 0, 1)
        normal = normal * (1 - lower)[:, None]
        wish = wish - np.einsum("nc,nc->n", wish, normal)[:, None] * normal
        grip = np.full(len(side), 0.7)
    elif style == "bun":
        knot = np.array([0.0, 0.035, -0.185])
        wish = knot - position
        grip = np.full(len(side), 0.8)
    else:
        whorl = np.array([0.01, 0.095, -0.10])
        away = position - whorl
        wish = away / np.linalg.norm(away, axis=1, keepdims=True)
        wish = wish + np.array([0.35, 0.0, 0.25]) * front[:, None]
        grip = np.full(len(side), 0.5)
        flat = np.clip((0.055 - roots[:, 1]) / 0.05, 0, 1)
        wish[:, 1] -= 0.8 * flat
        wish += normal * (1.3 * (1 - flat) + 0.12)[:, None]
        return wish / np.linalg.norm(wish, axis=1, keepdims=True), grip
    inward = np.einsum("nc,nc->n", wish, normal)
    wish = wish - np.minimum(inward, 0)[:, None] * normal
    return wish / np.maximum(np.linalg.norm(wish, axis=1, keepdims=True), 1e-6), grip


def _lift(
    style: str, travelled: NDArray[np.float64], roots: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Height over the skin that a strand keeps, growing as it passes over other hair."""
    if style == "bob":
        return np.minimum(0.0012 + 0.13 * travelled, 0.019)
    if style == "bun":
        return np.minimum(0.0008 + 0.05 * travelled, 0.008)
    return np.minimum(0.001 + 0.25 * travelled, 0.004)


def _lock(
    points: NDArray[np.float64],
    roots: NDArray[np.float64],
    hair: Hair,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Gather strands into locks, wave them, and let a few stray."""
    from scipy.spatial import cKDTree

    count, steps, _ = points.shape
    fine = hair.style == "crop"
    guides = rng.choice(count, max(count // (14 if fine else 36), 1), replace=False)
    feature = np.concatenate([roots * 1.0, points[:, steps // 2] * 0.8], axis=1)
    _, member = cKDTree(feature[guides]).query(feature)
    guide = points[guides[member]]
    t = np.linspace(0, 1, steps)[None, :, None]
    pull = rng.uniform(0.35, 0.85, (count, 1, 1)) * t ** (0.9 if fine else 1.2)
    spread = (points - guide) * (1 - pull)
    out = guide + spread
    tangent = np.gradient(out, axis=1)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=2, keepdims=True), 1e-9)
    outward = out - SKULL_CENTRE
    outward /= np.maximum(np.linalg.norm(outward, axis=2, keepdims=True), 1e-9)
    sideways = np.cross(tangent, outward)
    length = np.cumsum(np.linalg.norm(np.diff(out, axis=1, prepend=out[:, :1]), axis=2), axis=1)
    phase = (rng.uniform(0, 2 * np.pi, len(guides)))[member][:, None]
    amplitude = hair.waviness * (0.002 if fine else 0.0075) * np.clip(length / 0.10, 0, 1)
    wave = amplitude * np.sin(length / 0.075 * 2 * np.pi + phase)
    lift = amplitude * 0.5 * np.cos(length / 0.075 * 2 * np.pi + phase)
    out = out + wave[..., None] * sideways + lift[..., None] * outward
    jitter = fractal_noise(
        np.concatenate(
            [out[:, :, :2] * 60, rng.uniform(0, 99, (count, 1, 1)) + 0 * t + 0 * out[:, :, :1]],
            axis=2,
        ),
        3,
        2,
    )
    stray = np.where(rng.random(count) < 0.05, 0.010, 0.0011)[:, None] * t[..., 0]
    return out + (stray * jitter)[..., None] * sideways
