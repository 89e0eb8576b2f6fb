"""Long hair: bobs, fringes, straight and waved hair, ponytails and buns."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.hair_growth import (
    Tips,
    along_surface,
    cut,
    flattened,
    gather,
    march,
    stray,
    wave,
)
from synthetic.hair_scalp import Roots, Scalp
from synthetic.person import Hair

Points = NDArray[np.float64]


def parting_side(roots: Roots, hair: Hair, rng: np.random.Generator) -> NDArray[np.float64]:
    """(n,) +1 for roots that fall to the subject's left of the parting, -1 for the others."""
    x = roots.average[:, 0] + rng.normal(0, 0.0015, len(roots))
    return np.where(x > 0.055 * hair.parting, 1.0, -1.0)


@dataclass(frozen=True, slots=True)
class Fall:
    """How long hair falls from its parting."""

    inward: float = 0.45
    """How far it turns in below the jaw."""
    volume_m: float = 0.019
    """Most height over the skin."""
    fringe: bool = False


def fall(
    scalp: Scalp,
    roots: Roots,
    hair: Hair,
    rng: np.random.Generator,
    shape: Fall,
    *,
    length: float,
    steps: int,
) -> Points:
    """Hair that falls from a parting over skull, ears and shoulders, (n, steps, 3)."""
    side = parting_side(roots, hair, rng)
    front = np.clip((roots.average[:, 2] + 0.05) / 0.07, 0, 1)
    ahead_of_ear = roots.average[:, 2] + rng.normal(0, 0.008, len(roots)) > -0.066
    before = np.where(ahead_of_ear & (roots.average[:, 1] > -0.012), 1.0, 0.0)
    widest = np.where(
        before > 0, rng.uniform(0.07, 0.125, len(roots)), rng.uniform(0.03, 0.075, len(roots))
    )
    deepest = np.where(before > 0, rng.uniform(-0.03, 0.015, len(roots)), -0.185)
    fringe = _fringe(roots, rng) if shape.fringe else np.zeros(len(roots), bool)

    def comb(tips: Tips) -> tuple[Points, Points]:
        x, y, z = tips.position.T
        lower = np.clip((0.035 - y) / 0.06, 0, 1)
        under = np.clip((-0.05 - y) / 0.07, 0, 1)
        wish = np.stack([side, np.full(len(side), -0.45), -0.2 - 0.5 * front], axis=1)
        wish[:, 0] *= 1 - lower
        wish[:, 0] -= shape.inward * under * np.sign(x)
        wish[:, 1] -= 1.2 * lower
        wish[:, 2] *= 1 - 0.75 * lower
        wish[:, 2] += 0.25 * under * np.clip((-0.09 - z) / 0.05, 0, 1)
        # Below the neck, what grew in front falls before the shoulder, the rest behind it.
        low = np.clip((-0.075 - y) / 0.04, 0, 1)
        beyond = np.clip(30 * (np.abs(x) - widest), 0, 1.0)
        within = np.clip(30 * (0.062 - np.abs(x)), 0, 1.2) * before
        wish[:, 0] += low * np.sign(x) * (within - beyond)
        wish[:, 2] += low * np.clip(20 * (deepest - z), -0.9, 1.3)
        wish = flattened(wish, tips.normal * (1 - lower)[:, None])
        wish = along_surface(wish, tips.normal)
        if shape.fringe:
            forward = 0.65 * np.clip((y - 0.055) / 0.03, 0, 1) - 0.15
            ahead = np.stack([0.25 * x / 0.05, np.full(len(x), -0.75), forward], axis=1)
            wish = np.where(fringe[:, None], along_surface(ahead, tips.normal), wish)
        return wish, np.full(len(side), 0.7)

    def lift(tips: Tips) -> Points:
        height = np.minimum(0.0012 + 0.13 * tips.travelled, shape.volume_m)
        return np.where(fringe, np.minimum(0.0015 + 0.10 * tips.travelled, 0.0075), height)

    long = length * rng.uniform(0.9, 1.05, len(roots))
    points = march(scalp, roots, comb, lift, np.where(fringe, 0.115, long), steps, rng)
    if shape.fringe:
        ends = 0.019 + 0.10 * np.abs(roots.average[:, 0]) ** 1.5 + rng.normal(0, 0.002, len(roots))
        points = np.where(fringe[:, None, None], cut(points, ends), points)
    return points


def _fringe(roots: Roots, rng: np.random.Generator) -> NDArray[np.bool_]:
    x, _, z = roots.average.T
    depth = 0.050 - 0.3 * np.abs(x) + rng.normal(0, 0.006, len(roots))
    return (z > 0.012 - depth) & (np.abs(x) < 0.057 + rng.normal(0, 0.004, len(roots)))


def _ends(hair: Hair, rng: np.random.Generator, count: int, spread: float) -> Points:
    return -hair.length_m + rng.normal(0, spread, count)


def bob(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Cut level below the jaw, turned in."""
    points = fall(scalp, roots, hair, rng, Fall(), length=0.40, steps=28)
    return _dress(cut(points, _ends(hair, rng, len(roots), 0.005)), hair, rng)


def fringe_bob(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """A bob with a fringe over the brows."""
    points = fall(scalp, roots, hair, rng, Fall(fringe=True), length=0.38, steps=28)
    ends = np.maximum(_ends(hair, rng, len(roots), 0.004), -0.115)
    return _dress(cut(points, ends), hair, rng)


def long_straight(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Past the shoulders, straight."""
    points = fall(scalp, roots, hair, rng, Fall(inward=0.05, volume_m=0.015), length=0.50, steps=38)
    return _dress(points, hair, rng, waviness=0.25 * hair.waviness)


def long_fringe(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Past the shoulders, with a fringe over the brows."""
    shape = Fall(inward=0.05, volume_m=0.016, fringe=True)
    points = fall(scalp, roots, hair, rng, shape, length=0.48, steps=38)
    return _dress(points, hair, rng, waviness=0.4 * hair.waviness)


def long_wavy(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Past the shoulders, in broad waves."""
    points = fall(scalp, roots, hair, rng, Fall(inward=0.0, volume_m=0.026), length=0.46, steps=44)
    points, locks = gather(points, rng, locks=140, tightness=(0.5, 0.9), onset=0.8)
    size = 0.007 + 0.006 * hair.waviness
    points = wave(
        points, rng, locks, amplitude_m=size, wavelength_m=0.085, onset_m=0.14, jitter=0.12
    )
    return stray(points, rng, share=0.05, far_m=0.009)


def _dress(
    points: Points, hair: Hair, rng: np.random.Generator, *, waviness: float | None = None
) -> Points:
    """Locks, waves and strays of smooth hair."""
    points, locks = gather(points, rng, locks=420)
    amount = hair.waviness if waviness is None else waviness
    points = wave(points, rng, locks, amplitude_m=0.0075 * amount, wavelength_m=0.075, jitter=0.0)
    return stray(points, rng)


@dataclass(frozen=True, slots=True)
class Tie:
    """Where hair is gathered behind the head."""

    knot: tuple[float, float, float]
    """On the average head."""
    scalp_steps: int = 18


def _gather_to(
    scalp: Scalp, roots: Roots, rng: np.random.Generator, tie: Tie
) -> tuple[Points, Points]:
    """Strands combed over the skull to a knot, (n, steps, 3), and the knot, (3,)."""
    knot = np.array(tie.knot)
    centre = np.array([0.0, 0.02, -0.075])
    way = knot - roots.average
    angle = np.arccos(
        np.clip(np.einsum("nc,c->n", _unit(roots.average - centre), _unit(knot - centre)), -1, 1)
    )
    length = np.maximum(np.linalg.norm(way, axis=1), 0.098 * angle) * 1.03

    def comb(tips: Tips) -> tuple[Points, Points]:
        wish = along_surface(knot - tips.position, tips.normal)
        return wish, np.full(len(wish), 0.95)

    def lift(tips: Tips) -> Points:
        return np.minimum(0.0008 + 0.06 * tips.travelled, 0.008)

    points = march(scalp, roots, comb, lift, length, tie.scalp_steps, rng, stiffness=0.35)
    here = scalp.nearest(knot[None]).offset[0] + knot
    # All ends meet in the band.
    t = np.linspace(0, 1, tie.scalp_steps)[None, :, None] ** 4
    band = here + rng.normal(0, 0.0035, (len(roots), 1, 3))
    return points + (band - points[:, -1:]) * t, here


def _unit(vectors: Points) -> Points:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def ponytail(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Tied high at the back, hanging to the shoulders."""
    head, _ = _gather_to(scalp, roots, rng, Tie((0.0, 0.078, -0.168)))
    steps = 22
    t = np.linspace(0, 1, steps)
    path = np.stack(
        [
            0.075 * np.sin(2.0 * t) ** 2 * np.sign(hair.parting + 1e-6),
            0.018 * np.sin(np.pi * np.minimum(t * 2.2, 1)) - 0.25 * t**1.6,
            -0.046 * np.sin(np.pi / 2 * np.minimum(t * 2.5, 1)) + 0.05 * t**2,
        ],
        axis=1,
    )
    round_ = rng.normal(0, 0.5, (len(roots), 2)).clip(-1, 1)
    thick = 0.026 * np.interp(t, [0, 0.12, 0.4, 1.0], [0.25, 0.8, 1.0, 0.45])
    spread = np.stack([round_[:, :1] * thick, 0 * t + 0 * round_[:, :1], round_[:, 1:] * thick], -1)
    tail = head[:, -1:] + path * rng.uniform(0.8, 1.05, (len(roots), 1, 1)) + spread
    tail, locks = gather(tail, rng, locks=300)
    tail = wave(
        tail, rng, locks, amplitude_m=0.008 * hair.waviness, wavelength_m=0.08, onset_m=0.12
    )
    head, _ = gather(head, rng, locks=750, tightness=(0.1, 0.5))
    tail = tail + (head[:, -1:] - tail[:, :1])
    return stray(np.concatenate([head, tail[:, 1:]], axis=1), rng, share=0.04, far_m=0.008)


def bun(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Wound into a knot low at the back."""
    return _wound(scalp, roots, rng, Tie((0.0, 0.045, -0.172)), out=(0, 0.10, -1), size=0.034)


def top_knot(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Wound into a knot on top of the head."""
    return _wound(scalp, roots, rng, Tie((0.0, 0.112, -0.105)), out=(0, 1, -0.35), size=0.031)


def _wound(
    scalp: Scalp,
    roots: Roots,
    rng: np.random.Generator,
    tie: Tie,
    *,
    out: tuple[float, float, float],
    size: float,
) -> Points:
    """Hair combed to a knot and wound round it, as strands on a ball that twist as they go."""
    head, knot = _gather_to(scalp, roots, rng, tie)
    count, steps = len(roots), 26
    axis = _unit(np.array(out))
    across = _unit(np.cross(axis, [1.0, 0.2, 0.0]))
    other = np.cross(axis, across)
    t = np.linspace(0, 1, steps)[None, :]
    # Bands of strands wind together, each rising from the base to its own height on the ball.
    band = np.round(rng.uniform(0, 1, (count, 1)) * 9) / 9 + rng.normal(0, 0.035, (count, 1))
    angle = 2 * np.pi * (rng.uniform(0, 1, (count, 1)) + t * rng.uniform(0.75, 1.2, (count, 1)))
    wobble = 0.10 * np.sin(2 * angle + 4 * band)
    height = np.clip(np.minimum(4 * t, 1) * (0.06 + 0.90 * band) + wobble * t, 0.0, 1.0)
    polar = np.pi * (0.93 - 0.90 * height)
    ridge = 0.86 + 0.14 * np.cos(2 * np.pi * 9 * (band - np.round(band * 9) / 9))
    radius = size * rng.uniform(0.86, 1.0, (count, 1)) * ridge * np.minimum(0.25 + 6 * t, 1)
    centre = knot + axis * size * 0.55
    ball = (
        centre
        + (radius * np.sin(polar) * np.cos(angle))[..., None] * across
        + (radius * np.sin(polar) * np.sin(angle))[..., None] * other
        + (0.82 * radius * np.cos(polar))[..., None] * axis
    )
    head, _ = gather(head, rng, locks=750, tightness=(0.1, 0.5))
    joined = np.concatenate([head, ball], axis=1)
    return stray(joined, rng, share=0.03, far_m=0.006, near_m=0.0006)
