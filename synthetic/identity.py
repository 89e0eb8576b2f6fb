"""Draws the shape of a head: amounts of the bust's rows that belong together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

ANCESTRIES = ("african", "asian", "caucasian")
YOUNG_YEARS, OLD_YEARS = 24.0, 78.0
"""Ages at which MakeHuman's `young` and `old` figures look right."""

# Two-way sliders: stem, the endings of its two rows, spread of the amount, most on either side.
# A stem that starts with "lr:" is a pair of rows, left and right.
_SLIDERS: tuple[tuple[str, str, str, float, float], ...] = (
    ("head-scale-horiz", "decr", "incr", 0.28, 0.52),
    ("head-scale-vert", "decr", "incr", 0.20, 0.40),
    ("head-scale-depth", "decr", "incr", 0.30, 0.60),
    ("head-back-scale-depth", "decr", "incr", 0.30, 0.60),
    ("head-fat", "decr", "incr", 0.35, 1.00),
    ("forehead-nubian", "decr", "incr", 0.22, 0.45),
    ("forehead-scale-vert", "decr", "incr", 0.22, 0.40),
    ("forehead-temple", "decr", "incr", 0.40, 0.80),
    ("forehead-trans", "backward", "forward", 0.22, 0.40),
    ("eyebrows-trans", "down", "up", 0.39, 0.76),
    ("eyebrows-angle", "down", "up", 0.22, 0.45),
    ("eyebrows-trans", "backward", "forward", 0.25, 0.49),
    ("lr:eye-trans", "in", "out", 0.95, 1.80),
    ("lr:eye-trans", "down", "up", 0.72, 1.35),
    ("lr:eye-scale", "decr", "incr", 0.40, 0.81),
    ("lr:eye-height1", "decr", "incr", 0.45, 0.86),
    ("lr:eye-height2", "decr", "incr", 0.45, 0.86),
    ("lr:eye-height3", "decr", "incr", 0.45, 0.86),
    ("lr:eye-corner1", "down", "up", 0.50, 0.97),
    ("lr:eye-corner2", "down", "up", 0.56, 1.08),
    ("lr:eye-push1", "in", "out", 0.45, 0.76),
    ("lr:eye-push2", "in", "out", 0.45, 0.76),
    ("lr:eye-bag", "decr", "incr", 0.34, 0.86),
    ("lr:eye-bag", "in", "out", 0.39, 0.76),
    ("lr:eye-bag-height", "decr", "incr", 0.39, 0.76),
    ("lr:eye-eyefold", "down", "up", 0.50, 0.97),
    ("lr:eye-eyefold", "concave", "convex", 0.45, 0.86),
    ("lr:eye-eyefold-angle", "down", "up", 0.50, 0.97),
    ("lr:eye-epicanthus", "in", "out", 0.25, 0.65),
    ("lr:cheek-bones", "decr", "incr", 0.50, 0.97),
    ("lr:cheek-inner", "decr", "incr", 0.45, 0.86),
    ("lr:cheek-trans", "down", "up", 0.45, 0.86),
    ("lr:cheek-volume", "decr", "incr", 0.52, 1.00),
    ("nose-scale-vert", "decr", "incr", 0.66, 1.10),
    ("nose-scale-horiz", "decr", "incr", 0.58, 1.08),
    ("nose-scale-depth", "decr", "incr", 0.39, 0.81),
    ("nose-trans", "down", "up", 0.68, 1.15),
    ("nose-trans", "backward", "forward", 0.28, 0.54),
    ("nose-base", "down", "up", 0.58, 1.00),
    ("nose-hump", "decr", "incr", 0.38, 0.75),
    ("nose-curve", "concave", "convex", 0.45, 0.86),
    ("nose-greek", "decr", "incr", 0.45, 0.86),
    ("nose-point", "down", "up", 0.34, 0.59),
    ("nose-point-width", "decr", "incr", 0.56, 1.08),
    ("nose-volume", "decr", "incr", 0.39, 0.76),
    ("nose-flaring", "decr", "incr", 0.45, 0.86),
    ("nose-nostrils-width", "decr", "incr", 0.45, 0.86),
    ("nose-nostrils-angle", "down", "up", 0.39, 0.76),
    ("nose-septumangle", "decr", "incr", 0.45, 0.86),
    ("nose-width1", "decr", "incr", 0.56, 1.08),
    ("nose-width2", "decr", "incr", 0.56, 1.08),
    ("nose-width3", "decr", "incr", 0.50, 0.97),
    ("nose-compression", "compress", "uncompress", 0.34, 0.65),
    ("mouth-scale-horiz", "decr", "incr", 0.54, 1.03),
    ("mouth-scale-vert", "decr", "incr", 0.34, 0.65),
    ("mouth-trans", "down", "up", 0.52, 0.95),
    ("mouth-trans", "backward", "forward", 0.28, 0.54),
    ("mouth-angles", "down", "up", 0.31, 0.59),
    ("mouth-cupidsbow", "decr", "incr", 0.50, 0.97),
    ("mouth-cupidsbow-width", "decr", "incr", 0.50, 0.97),
    ("mouth-lowerlip-height", "decr", "incr", 0.36, 0.65),
    ("mouth-lowerlip-volume", "decr", "incr", 0.45, 0.86),
    ("mouth-upperlip-height", "decr", "incr", 0.45, 0.86),
    ("mouth-upperlip-volume", "decr", "incr", 0.45, 0.86),
    ("mouth-upperlip-middle", "down", "up", 0.34, 0.54),
    ("mouth-philtrum-volume", "decr", "incr", 0.56, 1.08),
    ("mouth-laugh-lines", "in", "out", 0.45, 0.86),
    ("mouth-dimples", "in", "out", 0.45, 0.86),
    ("chin-height", "decr", "incr", 0.36, 0.65),
    ("chin-width", "decr", "incr", 0.43, 0.76),
    ("chin-prominent", "decr", "incr", 0.40, 0.76),
    ("chin-prognathism", "decr", "incr", 0.29, 0.54),
    ("chin-bones", "decr", "incr", 0.45, 0.86),
    ("chin-jaw-drop", "decr", "incr", 0.50, 0.97),
    ("chin-cleft", "decr", "incr", 0.34, 0.97),
    ("lr:ear-scale", "decr", "incr", 0.35, 0.70),
    ("lr:ear-wing", "decr", "incr", 0.45, 0.90),
    ("lr:ear-lobe", "decr", "incr", 0.45, 0.90),
    ("lr:ear-rot", "backward", "forward", 0.40, 0.80),
    ("lr:ear-trans", "down", "up", 0.30, 0.60),
    ("lr:ear-flap", "decr", "incr", 0.40, 0.80),
    ("neck-double", "decr", "incr", 0.25, 0.80),
    ("neck-scale-horiz", "decr", "incr", 0.25, 0.50),
)
_OUTLINES = (
    "head-diamond", "head-invertedtriangular", "head-oval", "head-rectangular", "head-round",
    "head-square", "head-triangular", "chin-triangle",
)  # fmt: skip
_EAR_SHAPES = ("pointed", "round", "square", "triangle")

# Mean of a slider in spreads: MakeHuman's middle has narrow eyes, low brows and a sullen mouth.
_USUAL = {
    "lr:eye-height2/incr": 0.9, "lr:eye-height1/incr": 0.3, "lr:eye-height3/incr": 0.3,
    "lr:eye-scale/incr": 0.6, "mouth-angles/up": 0.7, "eyebrows-angle/up": 0.5,
    "eyebrows-trans/up": 0.4, "mouth-scale-horiz/incr": 0.35, "lr:cheek-bones/incr": 0.3,
}  # fmt: skip
# What goes together: how many spreads a slider (stem, upper ending) moves for one unit of a cause.
_WEIGHT = {
    "head-fat/incr": 2.0, "lr:cheek-volume/incr": 1.0, "lr:cheek-inner/incr": 0.7,
    "lr:cheek-bones/incr": -0.6, "neck-double/incr": 1.8, "chin-bones/incr": -0.6,
    "chin-width/incr": 0.6, "neck-scale-horiz/incr": 1.2, "nose-width3/incr": 0.3,
    "lr:eye-height2/incr": -0.3,
}  # fmt: skip
_RUGGED = {
    "eyebrows-trans/forward": 0.9, "eyebrows-trans/up": -0.6, "chin-width/incr": 0.8,
    "chin-prominent/incr": 0.6, "chin-bones/incr": 0.8, "chin-height/incr": 0.5,
    "nose-scale-vert/incr": 0.4, "nose-hump/incr": 0.5, "nose-width1/incr": 0.5,
    "mouth-upperlip-volume/incr": -0.5, "lr:eye-scale/incr": -0.5, "chin-cleft/incr": 0.6,
    "neck-scale-horiz/incr": 0.9, "lr:cheek-volume/incr": -0.3,
}  # fmt: skip
_AGEING = {
    "lr:eye-bag/incr": 1.1, "lr:eye-eyefold/up": -0.9, "lr:eye-corner2/up": -0.5,
    "eyebrows-trans/up": -0.5, "nose-point/up": -0.7, "nose-volume/incr": 0.5,
    "mouth-upperlip-volume/incr": -0.9, "mouth-lowerlip-volume/incr": -0.6,
    "mouth-upperlip-height/incr": -0.4, "mouth-angles/up": -0.8, "mouth-laugh-lines/out": -0.9,
    "lr:cheek-trans/up": -0.7, "lr:ear-scale/incr": 0.9, "lr:ear-lobe/incr": 1.0,
    "neck-double/incr": 0.7, "lr:eye-height2/incr": -0.4, "lr:cheek-inner/incr": -0.5,
}  # fmt: skip
_PARTS = ("eye", "nose", "mouth", "chin", "cheek", "head", "forehead", "eyebrows", "ear")


@dataclass(frozen=True, slots=True)
class Slider:
    """One signed amount: two rows of the bust, or two on either side of the face."""

    rows: tuple[tuple[str, str], ...]
    """(downwards, upwards) for each side."""
    spread: float


@dataclass(frozen=True, slots=True)
class Origins:
    """What decides the large part of a head's shape."""

    sex: str
    age_years: float
    ancestry: dict[str, float]
    """Shares of `ANCESTRIES`, summing to 1."""
    weight: float
    """Standard deviations from the usual."""


def draw_origins(rng: np.random.Generator) -> Origins:
    """Sex, age from 18 to 80, ancestry (mostly of one kind, often mixed) and weight."""
    shares = rng.dirichlet([0.22] * len(ANCESTRIES))
    return Origins(
        sex=str(rng.choice(["female", "male"])),
        age_years=float(np.round(rng.uniform(18, 80), 1)),
        ancestry=dict(zip(ANCESTRIES, map(float, np.round(shares, 3)), strict=True)),
        weight=float(np.clip(rng.normal(0, 1), -1.8, 2.2)),
    )


def draw_identity(
    origins: Origins, row_names: Sequence[str], rng: np.random.Generator
) -> dict[str, float]:
    """Amounts of the bust's rows, {row name: amount}.

    Every slider gets a normal amount whose mean follows weight, sex and age; one or two parts of
    the face are drawn wider than the others, because it is these that tell people apart.
    """
    amounts = _figures(origins, rng)
    old = np.clip((origins.age_years - YOUNG_YEARS) / (OLD_YEARS - YOUNG_YEARS), 0, 1)
    rugged = rng.normal(0.65 if origins.sex == "male" else -0.65, 0.6)
    causes: tuple[tuple[Mapping[str, float], float], ...] = (
        (_USUAL, 1 / 0.75),
        (_WEIGHT, origins.weight),
        (_RUGGED, rugged),
        (_AGEING, 1.5 * float(old)),
    )
    marked = rng.choice(_PARTS, 2, replace=False)
    for stem, low, high, spread, most in _SLIDERS:
        key = f"{stem}/{high}"
        mean = sum(row.get(key, 0.0) * amount for row, amount in causes)
        wide = 2.0 if stem.removeprefix("lr:").startswith(tuple(marked)) else 1.0
        value = spread * (mean * 0.75 + rng.normal(0, wide))
        value = float(np.clip(value, -most, most))
        uneven = rng.normal(0, 0.07)
        if abs(value) > 0.03:
            _put(amounts, stem, high if value > 0 else low, abs(value), uneven)
    for outline in rng.choice(_OUTLINES, 2, replace=False):
        amounts[str(outline)] = float(rng.uniform(0.0, 0.6))
    _put(amounts, "lr:ear-shape", str(rng.choice(_EAR_SHAPES)), float(rng.uniform(0, 0.8)), 0.0)
    lopsided = [name for name in row_names if name.startswith("asym-")]
    for name in rng.choice(lopsided, 9, replace=False):
        amounts.setdefault(str(name), float(min(abs(rng.normal(0, 0.2)), 0.5)))
    return {name: round(amount, 3) for name, amount in amounts.items() if abs(amount) > 1e-3}


def sliders() -> list[Slider]:
    """Every two-way slider with the spread of its amount."""
    out = []
    for stem, low, high, spread, _ in _SLIDERS:
        plain = stem.removeprefix("lr:")
        sides = ("",) if plain == stem else ("l-", "r-")
        rows = tuple((f"{side}{plain}-{low}", f"{side}{plain}-{high}") for side in sides)
        out.append(Slider(rows, spread))
    return out


def _figures(origins: Origins, rng: np.random.Generator) -> dict[str, float]:
    """Amounts of MakeHuman's figures by ancestry, sex and age."""
    old = float(np.clip((origins.age_years - YOUNG_YEARS) / (OLD_YEARS - YOUNG_YEARS), 0, 1))
    other = "male" if origins.sex == "female" else "female"
    like_other = float(rng.uniform(0.0, 0.2))
    strength = float(rng.uniform(0.85, 1.6))
    amounts = {}
    for ancestry, share in origins.ancestry.items():
        for sex, part in ((origins.sex, 1 - like_other), (other, like_other)):
            for age, aged in (("young", 1 - old), ("old", old)):
                amounts[f"{ancestry}-{sex}-{age}"] = share * part * aged * strength
    return amounts


def _put(amounts: dict[str, float], stem: str, ending: str, amount: float, uneven: float) -> None:
    """Set a row, or both rows of a pair with one side a little stronger."""
    if stem.startswith("lr:"):
        stem = stem.removeprefix("lr:")
        amounts[f"l-{stem}-{ending}"] = amount * (1 + uneven)
        amounts[f"r-{stem}-{ending}"] = amount * (1 - uneven)
    else:
        amounts[f"{stem}-{ending}"] = amount
