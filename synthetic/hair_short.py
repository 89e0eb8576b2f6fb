"""Short hair: crops, side partings, pixies, buzz cuts and what is left of hair."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.hair_growth import Tips, along_surface, flattened, gather, march, stray, wave
from synthetic.hair_long import parting_side
from synthetic.hair_scalp import Roots, Scalp
from synthetic.noise import fractal_noise
from synthetic.person import Hair

Points = NDArray[np.float64]
_WHORL = np.array([0.01, 0.095, -0.10])


def _ramp(values: Points, low: float, high: float) -> Points:
    t = np.clip((values - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def _top(roots: Roots, low: float = 0.030, high: float = 0.068) -> Points:
    """(n,) 1 on top of the head, 0 on its sides and back."""
    _, y, z = roots.average.T
    return _ramp(y + 0.55 * np.minimum(z + 0.10, 0), low, high)


def _ruffle(roots: Roots, scale: float, seed: int) -> Points:
    """(n, 3) smooth random directions, alike for roots near each other."""
    return np.stack(
        [fractal_noise(roots.average * scale + 17.0 * axis, seed, 2) for axis in range(3)], axis=1
    )


@dataclass(frozen=True, slots=True)
class Cut:
    """A short cut's lengths and how it stands."""

    top_m: float
    side_m: float
    rise: float
    """How far the top stands up against lying down."""
    volume_m: float
    messy: float = 0.0
    locks: int = 1070
    waviness_m: float = 0.0
    steps: int = 12
    stiffness: float = 0.55


def _short(
    scalp: Scalp,
    roots: Roots,
    rng: np.random.Generator,
    shape: Cut,
    wish_top: Points,
    wish_side: Points,
    *,
    top: Points,
    length: Points | None = None,
) -> Points:
    """Short hair that is combed one way on top and another on the sides.

    Args:
        scalp: What it lies on.
        roots: n roots.
        rng: For lengths, locks and strays.
        shape: Lengths and stand.
        wish_top: (n, 3) which way the top is combed.
        wish_side: (n, 3)
        top: (n,) 1 where hair is the top's.
        length: (n,) instead of the cut's.
    """
    ruffle = shape.messy * _ruffle(roots, 70.0, 5)
    wish = wish_side + (wish_top - wish_side) * top[:, None] + ruffle
    stand = 0.10 + (shape.rise - 0.10) * top

    def comb(tips: Tips) -> tuple[Points, Points]:
        flat = flattened(wish, tips.normal)
        flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)
        rise = stand * np.clip(1.2 - tips.travelled / (shape.top_m + 1e-3), 0.15, 1)
        return flat + rise[:, None] * tips.normal, 0.55 + 0.25 * (1 - top)

    def lift(tips: Tips) -> Points:
        most = 0.0035 + (shape.volume_m - 0.0035) * top
        return np.minimum(0.001 + 0.35 * tips.travelled, most)

    if length is None:
        length = (shape.side_m + (shape.top_m - shape.side_m) * top) * roots.edge**0.4
    long = length * rng.uniform(0.82, 1.06, len(roots))
    points = march(
        scalp, roots, comb, lift, long, shape.steps, rng, stiffness=shape.stiffness, hug=0.002
    )
    points, locks = gather(points, rng, locks=shape.locks, onset=0.9)
    if shape.waviness_m > 0:
        points = wave(
            points, rng, locks, amplitude_m=shape.waviness_m, wavelength_m=0.045, onset_m=0.05
        )
    return stray(points, rng, share=0.06, far_m=0.006, near_m=0.0012)


def _down(roots: Roots) -> Points:
    """(n, 3) sides and back: down, and a little back."""
    back = np.clip((roots.average[:, 2] + 0.06) / 0.05, 0, 1)
    return np.stack([0 * back, 0 * back - 1, -0.35 * back], axis=1)


def _from_whorl(roots: Roots) -> Points:
    away = roots.average - _WHORL
    return away / np.linalg.norm(away, axis=1, keepdims=True)


def crop(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Short all over, longer on top."""
    front = np.clip((roots.average[:, 2] + 0.05) / 0.07, 0, 1)[:, None]
    side = np.sign(hair.parting + 1e-6)
    top = _from_whorl(roots) + np.array([0.35 * side, 0.0, 0.25]) * front
    shape = Cut(0.038, 0.014, 0.85, 0.016, messy=0.35, waviness_m=0.002 * hair.waviness)
    return _short(scalp, roots, rng, shape, top, _down(roots), top=_top(roots))


def side_part(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Combed over from a parting, short at the sides."""
    side = np.sign(hair.parting + 1e-6)
    line = 0.034 * side
    over = np.where((roots.average[:, 0] - line) * side < 0, -side, side)
    front = np.clip((roots.average[:, 2] + 0.06) / 0.06, 0, 1)
    wish = np.stack([over, 0.15 * front, -0.55 + 0.25 * front], axis=1)
    away = np.abs(roots.average[:, 0] - line)
    top = _top(roots, 0.038, 0.062)
    length = 0.013 + (0.062 - 0.013) * top * np.where(over == side, 0.45, 1.0)
    length = length * roots.edge**0.2
    shape = Cut(
        0.062, 0.013, 0.75, 0.017, messy=0.12, locks=580,
        waviness_m=0.003 * hair.waviness, steps=14,
    )  # fmt: skip
    flat = np.clip(away / 0.015, 0.15, 1)[:, None]
    return _short(scalp, roots, rng, shape, wish / flat**0.5, _down(roots), top=top, length=length)


def slicked_back(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Combed straight back, close to the head."""
    x = roots.average[:, 0]
    top = _top(roots, 0.015, 0.06)
    back = np.stack([0.6 * x / 0.07, 0 * x, 0 * x - 1], axis=1)
    side = np.stack([0 * x, 0 * x - 0.45, 0 * x - 1], axis=1)
    shape = Cut(
        0.105, 0.050, 0.55, 0.010, locks=330, steps=18, stiffness=0.45,
        waviness_m=0.0015 * hair.waviness,
    )  # fmt: skip
    length = (0.050 + 0.055 * top) * np.clip(roots.edge, 0.6, 1)
    return _short(scalp, roots, rng, shape, back, side, top=top, length=length)


def quiff(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Swept up from the forehead and back, sides cut close."""
    x, _, z = roots.average.T
    front = np.clip((z + 0.06) / 0.06, 0, 1)
    side = np.sign(hair.parting + 1e-6)
    wish = np.stack([-0.35 * side + 0.2 * x / 0.05, 0.8 * front, -0.55 - 0.2 * front], axis=1)
    top = _top(roots, 0.040, 0.062)
    shape = Cut(
        0.070, 0.008, 1.5, 0.030, messy=0.25, locks=500, steps=14,
        waviness_m=0.003 * hair.waviness,
    )  # fmt: skip
    length = 0.008 + top * (0.035 + 0.035 * front) * np.clip(roots.edge, 0.55, 1)
    return _short(scalp, roots, rng, shape, wish, _down(roots), top=top, length=length)


def textured(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Undercut: a long rough top combed forward and across over shorn sides."""
    x = roots.average[:, 0]
    top = _top(roots, 0.048, 0.058)
    side = np.sign(hair.parting + 1e-6)
    wish = np.stack([-0.75 * side + 0 * x, 0 * x, 0 * x + 0.8], axis=1)
    shape = Cut(
        0.068, 0.004, 0.75, 0.022, messy=0.75, locks=380, steps=14,
        waviness_m=0.002 + 0.004 * hair.waviness,
    )  # fmt: skip
    length = 0.004 + top * 0.064 * np.clip(roots.edge, 0.7, 1)
    return _short(scalp, roots, rng, shape, wish, _down(roots), top=top, length=length)


def pixie(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Short and soft, swept across the forehead."""
    z = roots.average[:, 2]
    side = np.sign(hair.parting + 1e-6)
    front = np.clip((z + 0.04) / 0.05, 0, 1)
    top = _top(roots, 0.022, 0.06)
    wish = _from_whorl(roots) + front[:, None] * np.array([-1.3 * side, 0.0, 0.25])
    shape = Cut(
        0.066, 0.032, 0.22, 0.011, messy=0.22, locks=440, steps=16,
        waviness_m=0.004 * hair.waviness,
    )  # fmt: skip
    length = (0.030 + 0.036 * top) * np.clip(roots.edge, 0.5, 1)
    return _short(scalp, roots, rng, shape, wish, _down(roots), top=top, length=length)


def messy(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Of medium length, over the ears, tousled."""
    side = parting_side(roots, hair, rng)
    front = np.clip((roots.average[:, 2] + 0.05) / 0.07, 0, 1)
    ruffle = 0.75 * _ruffle(roots, 45.0, 9)

    def comb(tips: Tips) -> tuple[Points, Points]:
        lower = np.clip((0.045 - tips.position[:, 1]) / 0.06, 0, 1)
        wish = np.stack(
            [0.9 * side * (1 - lower), -0.35 - 0.9 * lower, 0.15 - 0.5 * front * lower], axis=1
        )
        wish = wish + ruffle * (1 - 0.5 * lower)[:, None] + 0.25 * tips.normal
        return along_surface(wish, tips.normal), np.full(len(wish), 0.6)

    def lift(tips: Tips) -> Points:
        return np.minimum(0.0015 + 0.30 * tips.travelled, 0.020)

    length = 0.115 * rng.uniform(0.7, 1.05, len(roots)) * np.clip(roots.edge, 0.6, 1)
    length *= np.clip(1.0 + 3.0 * np.minimum(roots.average[:, 1], 0), 0.65, 1)
    points = march(scalp, roots, comb, lift, length, 18, rng)
    points, locks = gather(points, rng, locks=420, tightness=(0.45, 0.9), onset=0.9)
    points = wave(
        points, rng, locks, amplitude_m=0.004 + 0.004 * hair.waviness, wavelength_m=0.055,
        onset_m=0.06,
    )  # fmt: skip
    return stray(points, rng, share=0.08, far_m=0.011)


def buzz(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Shorn to some millimetres."""
    return _bristles(roots, rng, length=0.0055, steps=4)


def balding(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """A horseshoe of short hair round a bald crown."""
    x, _, z = roots.average.T
    back = np.stack([0 * x, 0 * x - 0.55, -0.7 * np.clip((z + 0.14) / 0.05, 0, 1)], axis=1)
    shape = Cut(0.026, 0.026, 0.2, 0.006, messy=0.2, locks=1500)
    return _short(scalp, roots, rng, shape, back, back, top=np.zeros(len(roots)))


def receding(scalp: Scalp, roots: Roots, hair: Hair, rng: np.random.Generator) -> Points:
    """Thin short hair that has moved back from the temples."""
    x = roots.average[:, 0]
    wish = np.stack([0.5 * np.sign(hair.parting + 1e-6) + 0 * x, 0 * x, 0 * x - 0.8], axis=1)
    shape = Cut(0.040, 0.014, 0.55, 0.008, messy=0.25, locks=830)
    return _short(scalp, roots, rng, shape, wish, _down(roots), top=_top(roots))


def _bristles(roots: Roots, rng: np.random.Generator, *, length: float, steps: int) -> Points:
    """Straight short hairs, leaning down and away from the whorl, (n, steps, 3)."""
    lean = roots.normals + 0.45 * _from_whorl(roots) + np.array([0.0, -0.35, 0.0])
    lean = lean + rng.normal(0, 0.16, (len(roots), 3))
    lean /= np.linalg.norm(lean, axis=1, keepdims=True)
    long = length * rng.uniform(0.6, 1.1, len(roots)) * roots.edge**0.5
    t = np.linspace(0, 1, steps)[None, :, None]
    return roots.points[:, None] + t * long[:, None, None] * lean[:, None]
