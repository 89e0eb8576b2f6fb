"""Beards and moustaches, bound to the skin so that they follow jaw and lips."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.brows import BoundStrands
from synthetic.hair_growth import Tips, along_surface, cut, gather, march, stray
from synthetic.hair_scalp import Hairline, Roots, Scalp
from synthetic.person import Beard, Hair
from synthetic.strands import GREY, Strands, tint
from synthetic.subdivision import Subdivision

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Trim:
    """How one style is worn."""

    shortest_m: float
    longest_m: float
    volume_m: float
    """Most height over the skin."""
    locks: int = 1100
    chin: float = 0.0
    """By how much of its length a beard is longer at the chin."""


BEARDS: dict[str, Trim | None] = {
    "none": None,
    "moustache": Trim(0.006, 0.014, 0.004),
    "goatee": Trim(0.005, 0.016, 0.006),
    "van_dyke": Trim(0.006, 0.020, 0.007, chin=0.5),
    "chinstrap": Trim(0.003, 0.008, 0.003),
    "short": Trim(0.003, 0.009, 0.0035),
    "full": Trim(0.016, 0.050, 0.016, locks=450, chin=0.6),
}


def _ramp(values: Points, over: float) -> Points:
    """0 below zero, 1 above `over`, smooth between."""
    t = np.clip(values / over, 0, 1)
    return t * t * (3 - 2 * t)


def beard_density(average: Points, lips: NDArray[np.floating], style: str) -> Points:
    """(n,) how densely a style grows, 0 to 1, thinning out at cheeks and neck.

    Args:
        average: (n, 3) points on the average head's skin.
        lips: (n,) 1 on the lips.
        style: A name in `BEARDS`.
    """
    x, y, z = average.T
    # Distance round the face from its middle, m.
    u = 0.082 * np.abs(np.arctan2(x, z + 0.075))
    cheek = np.interp(
        u,
        [0.0, 0.021, 0.030, 0.042, 0.062, 0.082, 0.092, 0.098],
        [-0.0495, -0.0500, -0.0600, -0.0630, -0.0550, -0.0370, -0.0120, 0.0120],
    )
    neck = np.interp(u, [0.0, 0.050, 0.085, 0.108], [-0.118, -0.112, -0.093, -0.064])
    full = _ramp(cheek + 0.001 - y, 0.009) * _ramp(y - neck, 0.014) * _ramp(0.105 - u, 0.008)
    full = full * (1 - _ramp(lips - 0.02, 0.1))
    bare = np.exp(-0.5 * (((u - 0.012) / 0.0055) ** 2 + ((y + 0.0845) / 0.0038) ** 2))
    philtrum = np.exp(-0.5 * ((u / 0.0022) ** 2 + ((y + 0.052) / 0.005) ** 2))
    full = full * (1 - 0.8 * bare) * (1 - 0.35 * philtrum)
    lip = _ramp(y + 0.0700, 0.004) * _ramp(0.034 - u, 0.006)
    if style == "moustache":
        return full * lip
    if style == "goatee":
        return full * _ramp(0.035 - u, 0.005) * _ramp(y + 0.113, 0.006)
    if style == "van_dyke":
        chin = _ramp(0.022 - u, 0.005) * _ramp(-0.076 - y, 0.004) * _ramp(y + 0.113, 0.006)
        return full * np.maximum(lip, chin)
    if style == "chinstrap":
        strap = np.interp(
            u, [0.0, 0.045, 0.070, 0.088, 0.098], [-0.090, -0.086, -0.066, -0.035, 0.012]
        )
        return full * _ramp(strap - y, 0.004)
    return full * np.where(lip > 0.5, 1.0, 0.72)


def beard_veil(
    average: Points, lips: NDArray[np.floating], beard: Beard
) -> tuple[Points, NDArray[np.float64]]:
    """What hair hides of the skin below it: shares (n,) and the hair's colour in its shade (3,).

    Args:
        average: (n, 3) points on the average head's skin.
        lips: (n,) 1 on the lips.
        beard: The person's.

    Raises:
        ValueError: Unknown style.
    """
    if _trim(beard) is None:
        return np.zeros(len(average)), np.zeros(3)
    share = 0.72 * _ramp(beard_density(average, lips, beard.style), 0.7)
    colour = np.array(beard.colour) * (1 - beard.grey) + GREY * beard.grey
    return share, 0.6 * colour


def _trim(beard: Beard) -> Trim | None:
    if beard.style not in BEARDS:
        raise ValueError(f"beard: want one of {sorted(BEARDS)}, got {beard.style!r}")
    return BEARDS[beard.style]


def grow_beard(
    scalp: Scalp,
    skin: Subdivision,
    beard: Beard,
    rng: np.random.Generator,
    *,
    count: int,
) -> tuple[BoundStrands, ...]:
    """A beard, bound to the bust's coarse vertices; none if the style is `none`.

    Args:
        scalp: The person's head.
        skin: `Subdivision` of the skin.
        beard: Style, length, colour, grey.
        rng: For roots, lengths and strays.
        count: Strands of a full beard.

    Raises:
        ValueError: Unknown style.
    """
    trim = _trim(beard)
    if trim is None:
        return ()
    middle = scalp.average[scalp.triangles].astype(np.float64).mean(axis=1)
    # Every style draws from the area of a full beard, so that all are equally dense.
    outward = scalp.normals[scalp.triangles].mean(axis=1)
    among = (beard_density(middle, np.zeros(len(middle)), "full") > 0) & _outside(middle, outward)
    roots = scalp.scatter(int(2.2 * count), among, Hairline(), rng)
    on_lips = np.einsum("nk,nk->n", roots.weights, scalp.lips[roots.corners])
    density = beard_density(roots.average, on_lips, beard.style)
    roots = roots.where(np.flatnonzero(rng.random(len(roots)) < density))
    points = _grow(scalp, roots, beard, trim, rng)
    strands = _dress(points, beard, rng, count)
    return (_bind(strands, roots, scalp, skin),)


def _outside(middle: Points, normal: NDArray[np.floating]) -> NDArray[np.bool_]:
    """(t,) whether triangles belong to the face and not to the inside of the mouth."""
    outward = middle - np.array([0.0, -0.05, -0.06])
    return np.einsum("tc,tc->t", outward, normal) > 0


def _grow(scalp: Scalp, roots: Roots, beard: Beard, trim: Trim, rng: np.random.Generator) -> Points:
    """(n, k, 3) strands, combed down and outward from under the nose."""
    x, y, z = roots.average.T
    u = np.abs(x)
    upper = _ramp(y + 0.0700, 0.004) * _ramp(0.036 - u, 0.008)
    chin = _ramp(0.030 - u, 0.02) * _ramp(-0.078 - y, 0.008)
    side = np.sign(x + rng.normal(0, 0.0015, len(x)))
    wish = np.stack(
        [
            side * (0.9 * upper - 0.15 * chin),
            -0.65 * upper - 1.0 * (1 - upper),
            0.10 * upper + 0.30 * chin + 0.12 * (z > -0.02),
        ],
        axis=1,
    )
    wish = wish + rng.normal(0, 0.16, wish.shape)

    def comb(tips: Tips) -> tuple[Points, Points]:
        return along_surface(wish + 0.12 * tips.normal, tips.normal), np.full(len(wish), 0.6)

    def lift(tips: Tips) -> Points:
        return np.minimum(0.0004 + 0.28 * tips.travelled, trim.volume_m)

    long = float(np.clip(beard.length_m, trim.shortest_m, trim.longest_m))
    length = long * (1 + trim.chin * chin - 0.35 * trim.chin * (1 - chin))
    length = np.where(upper > 0.5, np.minimum(length, 0.011), length)
    length = length * rng.uniform(0.6, 1.05, len(roots))
    steps = 7 if long < 0.015 else 10
    points = march(scalp, roots, comb, lift, length, steps, rng, stiffness=0.6, hug=0.0)
    # A moustache is trimmed where the lip begins.
    border = np.interp(np.abs(x), [0.0, 0.012, 0.025, 0.034], [-0.0612, -0.0618, -0.069, -0.085])
    offset = roots.points[:, 1] - roots.average[:, 1]
    short = cut(points, border + offset + rng.normal(0, 0.0006, len(roots)))
    points = np.where((upper > 0.5)[:, None, None], short, points)
    points, _ = gather(points, rng, locks=trim.locks, tightness=(0.1, 0.6), onset=1.0)
    return stray(points, rng, share=0.08, far_m=0.12 * long, near_m=0.04 * long, scale=160.0)


def _dress(points: Points, beard: Beard, rng: np.random.Generator, count: int) -> Strands:
    """Width and colour: shaded at the roots, which lie deep."""
    number, steps, _ = points.shape
    red, green, blue = (1.35 * value for value in beard.colour)
    shades = Hair(colour=beard.colour, highlight=(red, green, blue), grey=beard.grey)
    colour, random = tint(rng, points, shades)
    t = np.linspace(0, 1, steps)
    colour = colour * (0.45 + 0.45 * t)[None, :, None]
    width = 0.00027 * (6000 / count) ** 0.7 * (1 - 0.7 * t**2)[None, :]
    width = width * rng.uniform(0.75, 1.25, (number, 1))
    return Strands(
        points.astype(np.float32), width.astype(np.float32), colour.astype(np.float32), random
    )


def _bind(strands: Strands, roots: Roots, scalp: Scalp, skin: Subdivision) -> BoundStrands:
    """Each strand moves as its root does."""
    from scipy import sparse

    number, steps, _ = strands.points.shape
    place = sparse.csr_matrix(
        (roots.weights.reshape(-1), (np.repeat(np.arange(number), 3), roots.corners.reshape(-1))),
        (number, len(scalp.vertices)),
    )
    coarse = (place @ skin.matrix).tocsr().astype(np.float32)
    offset = strands.points - roots.points[:, None].astype(np.float32)
    return BoundStrands(
        strands=strands,
        matrix=coarse[np.repeat(np.arange(number), steps)],
        offset=offset.reshape(-1, 3).astype(np.float32),
    )
