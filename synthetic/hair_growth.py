"""How strands grow: marched along a comb field over the head, cut, and gathered into locks."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.hair_scalp import SKULL_CENTRE, Roots, Scalp
from synthetic.noise import fractal_noise

GRAVITY = np.array([0.0, -1.0, 0.0])


@dataclass(frozen=True, slots=True, eq=False)
class Tips:
    """The growing ends of n strands."""

    position: NDArray[np.float64]
    """(n, 3) on the average head."""
    normal: NDArray[np.float64]
    """(n, 3) of the surface below."""
    travelled: NDArray[np.float64]
    """(n,) metres from the root."""


Comb = Callable[[Tips], tuple[NDArray[np.float64], NDArray[np.float64]]]
"""Wished direction (n, 3), not yet of unit length, and how firmly it is wished (n,)."""
Lift = Callable[[Tips], NDArray[np.float64]]
"""Height over the skin (n,) that strands keep."""


def march(
    scalp: Scalp,
    roots: Roots,
    comb: Comb,
    lift: Lift,
    length: NDArray[np.float64],
    steps: int,
    rng: np.random.Generator,
    *,
    stiffness: float = 0.55,
    hug: float = 0.004,
) -> NDArray[np.float64]:
    """March every strand from its root along the comb field, outside the skin.

    Args:
        scalp: What the strands lie on.
        roots: Where they start.
        comb: Which way they go.
        lift: How high over the skin.
        length: (n,) metres.
        steps: Points of each strand.
        rng: For each strand's place among the layers.
        stiffness: Share of its direction that a strand keeps from step to step.
        hug: Metres by which strands above the ears may sink towards the skin in a step.

    Returns:
        (n, steps, 3)
    """
    count = len(roots)
    layer = rng.uniform(0.55, 1.15, count)
    position, direction = roots.points.copy(), roots.normals.copy()
    points = np.empty((count, steps, 3))
    points[:, 0] = position
    step = length / (steps - 1)
    tips = Tips(roots.average.copy(), roots.normals, np.zeros(count))
    for i in range(1, steps):
        wish, grip = comb(tips)
        wish = wish / np.maximum(np.linalg.norm(wish, axis=1, keepdims=True), 1e-6)
        keep = stiffness if i > 2 else 0.45 * stiffness
        direction = keep * direction + grip[:, None] * wish + (1 - grip)[:, None] * 0.45 * GRAVITY
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        position = position + direction * step[:, None]
        near = scalp.nearest(position)
        here = Tips(position - near.offset, near.normal, tips.travelled + step)
        wanted = lift(here) * layer * (1 - 0.8 * near.ear)
        pull = -hug * np.clip((here.position[:, 1] + 0.03) / 0.05, 0, 1)
        push = np.where(near.distance < 0.05, np.clip(wanted - near.clearance, pull, 0.006), 0)
        push = np.where(near.clearance < 0, np.clip(wanted - near.clearance, 0, 0.02), push)
        position = position + push[:, None] * near.normal
        # What lies on something slides along it.
        inward = np.minimum(np.einsum("nc,nc->n", direction, near.normal), 0)
        direction = direction - np.where(push > 0.001, inward, 0)[:, None] * near.normal
        points[:, i] = position
        tips = Tips(here.position + push[:, None] * near.normal, near.normal, here.travelled)
    return points


def along_surface(wish: NDArray[np.float64], normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take from directions (n, 3) what points into the surface."""
    inward = np.einsum("nc,nc->n", wish, normal)
    return wish - np.minimum(inward, 0)[:, None] * normal


def flattened(wish: NDArray[np.float64], normal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Directions (n, 3) without their part along the normals (n, 3), which may be short."""
    return wish - np.einsum("nc,nc->n", wish, normal)[:, None] * normal


def cut(points: NDArray[np.float64], height: NDArray[np.float64]) -> NDArray[np.float64]:
    """End each strand where it first falls below a height (n,), keeping its number of points."""
    count, steps, _ = points.shape
    below = points[:, :, 1] < height[:, None]
    last = np.where(below.any(axis=1), below.argmax(axis=1), steps - 1).astype(np.float64)
    last = np.maximum(last, 3)
    at = np.linspace(0, 1, steps)[None, :] * last[:, None]
    before = np.minimum(at.astype(int), steps - 2)
    share = (at - before)[..., None]
    strand = np.arange(count)[:, None]
    return points[strand, before] * (1 - share) + points[strand, before + 1] * share


@dataclass(frozen=True, slots=True, eq=False)
class Locks:
    """Which lock each of n strands belongs to."""

    member: NDArray[np.int64]
    """(n,)"""
    guides: NDArray[np.int64]
    """(l,) the strand that leads each lock."""

    def draw(self, rng: np.random.Generator, low: float, high: float) -> NDArray[np.float64]:
        """(n,) one uniform number per lock, given to its members."""
        return rng.uniform(low, high, len(self.guides))[self.member]


def gather(
    points: NDArray[np.float64],
    rng: np.random.Generator,
    *,
    locks: int,
    tightness: tuple[float, float] = (0.35, 0.85),
    onset: float = 1.2,
) -> tuple[NDArray[np.float64], Locks]:
    """Gather strands into locks that share roots and way.

    Args:
        points: (n, k, 3)
        rng: For guides and how far each strand joins its lock.
        locks: How many; fewer where each would have less than four strands.
        tightness: Range of the share by which a strand's tip moves to its guide's.
        onset: Power of the way along the strand with which it does.
    """
    from scipy.spatial import cKDTree

    count, steps, _ = points.shape
    guides = rng.choice(count, max(min(locks, count // 4), 1), replace=False)
    feature = np.concatenate([points[:, 0], points[:, steps // 2] * 0.8], axis=1)
    _, member = cKDTree(feature[guides]).query(feature)
    guide = points[guides[member]]
    t = np.linspace(0, 1, steps)[None, :, None]
    pull = rng.uniform(*tightness, (count, 1, 1)) * t**onset
    return guide + (points - guide) * (1 - pull), Locks(member, guides)


def _axes(points: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Sideways and outward unit vectors (n, k, 3) and the length so far (n, k) along strands."""
    tangent = np.gradient(points, axis=1)
    tangent /= np.maximum(np.linalg.norm(tangent, axis=2, keepdims=True), 1e-9)
    outward = points - SKULL_CENTRE
    outward /= np.maximum(np.linalg.norm(outward, axis=2, keepdims=True), 1e-9)
    sideways = np.cross(tangent, outward)
    sideways /= np.maximum(np.linalg.norm(sideways, axis=2, keepdims=True), 0.2)
    outward = np.cross(sideways, tangent)
    step = np.linalg.norm(np.diff(points, axis=1, prepend=points[:, :1]), axis=2)
    return sideways, outward, np.cumsum(step, axis=1)


def wave(
    points: NDArray[np.float64],
    rng: np.random.Generator,
    locks: Locks,
    *,
    amplitude_m: float,
    wavelength_m: float,
    onset_m: float = 0.10,
    depth: float = 0.5,
    jitter: float = 0.25,
    vary: float = 0.2,
) -> NDArray[np.float64]:
    """Wave or curl locks: sideways by a sine and outward by `depth` times a cosine.

    A depth of 0.5 waves, of 1 curls into helices. Each lock has a phase, a handedness and, by the
    share `vary`, a wavelength and an amplitude of its own; a strand differs from its lock by
    `jitter` radians.
    """
    sideways, outward, length = _axes(points)
    count = len(points)
    phase = locks.draw(rng, 0, 2 * np.pi) + rng.normal(0, jitter, count)
    period = wavelength_m * locks.draw(rng, 1 - vary, 1 + vary)
    handed = np.sign(locks.draw(rng, -1, 1))[:, None]
    turn = length / period[:, None] * 2 * np.pi + phase[:, None]
    size = (
        amplitude_m * locks.draw(rng, 1 - vary, 1 + vary)[:, None] * np.clip(length / onset_m, 0, 1)
    )
    # Never into the head: the outward part starts from its inner turn.
    swell = depth * size * (np.cos(turn) + 0.6)
    return (
        points + (handed * size * np.sin(turn))[..., None] * sideways + swell[..., None] * outward
    )


def stray(
    points: NDArray[np.float64],
    rng: np.random.Generator,
    *,
    share: float = 0.05,
    far_m: float = 0.010,
    near_m: float = 0.0011,
    scale: float = 60.0,
) -> NDArray[np.float64]:
    """Let all strands wander a little and a share of them further: frizz and flyaways."""
    count, steps, _ = points.shape
    sideways, outward, _ = _axes(points)
    t = np.linspace(0, 1, steps)[None, :]
    own = np.broadcast_to(rng.uniform(0, 99, (count, 1, 1)), (count, steps, 1))
    place = np.concatenate([points[:, :, :2] * scale, own], axis=2)
    first = fractal_noise(place, 3, 2)
    second = fractal_noise(place + 31.7, 4, 1)
    size = np.where(rng.random(count) < share, far_m, near_m)[:, None] * t
    flown = np.where(size > near_m, np.abs(second), second)
    return points + (size * first)[..., None] * sideways + (0.7 * size * flown)[..., None] * outward
