"""`Person`: every parameter of one synthetic person, drawn from a seed and kept as JSON."""

import json
import types
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

import numpy as np

from synthetic.bust import Bust

Colour = tuple[float, float, float]
"""Linear RGB reflectance."""


@dataclass(frozen=True, slots=True)
class Skin:
    """Skin of the face and neck. Amounts are 0 to 1 unless said otherwise."""

    tone: Colour = (0.58, 0.345, 0.245)
    redness: float = 0.5
    freckles: float = 0.35
    moles: int = 2
    """How many."""
    blemishes: float = 0.1
    """Spots, and patches of uneven colour."""
    pores: float = 0.6
    wrinkles: float = 0.1
    """Forehead, crow's feet, nasolabial folds, neck."""
    age_spots: float = 0.0
    lips: Colour = (0.44, 0.155, 0.14)
    lips_gloss: float = 0.5
    under_eye: float = 0.4
    oiliness: float = 0.5
    stubble: float = 0.0


@dataclass(frozen=True, slots=True)
class Makeup:
    """What is worn on the skin. Amounts are 0 to 1."""

    eyeshadow: float = 0.0
    eyeshadow_colour: Colour = (0.25, 0.13, 0.10)
    liner: float = 0.0
    blush: float = 0.0
    lipstick: float = 0.0
    lipstick_colour: Colour = (0.40, 0.06, 0.07)


@dataclass(frozen=True, slots=True)
class Hair:
    """Scalp hair, brows and lashes."""

    style: str = "bob"
    colour: Colour = (0.11, 0.052, 0.026)
    highlight: Colour = (0.20, 0.105, 0.052)
    grey: float = 0.0
    """Share of hairs that are grey."""
    length_m: float = 0.125
    """How far below the eyes a bob ends."""
    parting: float = 0.35
    waviness: float = 0.4
    brow_density: float = 0.8
    brow_colour: Colour = (0.06, 0.034, 0.022)
    brow_thickness: float = 0.5
    lash_length: float = 0.5


@dataclass(frozen=True, slots=True)
class Beard:
    """Facial hair that stands off the skin; see `Skin.stubble` for what does not."""

    style: str = "none"
    length_m: float = 0.012
    colour: Colour = (0.05, 0.027, 0.018)
    grey: float = 0.0


@dataclass(frozen=True, slots=True)
class Eyes:
    """Colours of the eyes."""

    iris: Colour = (0.16, 0.20, 0.13)
    inner: Colour = (0.24, 0.14, 0.05)
    pupil_m: float = 0.0021
    redness: float = 0.2
    """Veins and warmth of the whites, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Teeth:
    """The tooth arch."""

    colour: Colour = (0.83, 0.765, 0.655)
    crowding: float = 0.2
    """How irregular they stand, 0 to 1."""
    gap_m: float = 0.0
    """Between the upper middle teeth."""


@dataclass(frozen=True, slots=True)
class Clothes:
    """What is worn on the shoulders."""

    style: str = "jumper"
    colour: Colour = (0.035, 0.13, 0.14)
    second: Colour = (0.60, 0.58, 0.54)
    """Shirt under a jacket, stripes, collar."""


@dataclass(frozen=True, slots=True)
class Glasses:
    """Spectacles."""

    style: str = "oval"
    colour: Colour = (0.02, 0.018, 0.016)
    thickness_m: float = 0.0022
    metal: bool = False


@dataclass(frozen=True, slots=True)
class Earrings:
    """One in each ear."""

    style: str = "stud"
    colour: Colour = (0.72, 0.55, 0.26)


@dataclass(frozen=True, slots=True)
class Person:
    """One synthetic person. The same seed gives the same person."""

    seed: int
    name: str = ""
    sex: str = "female"
    identity: dict[str, float] = field(default_factory=dict)
    """Amounts of the bust's rows."""
    free_form_m: float = 0.0
    """Root mean square of a smooth displacement that no rows can express."""
    skin: Skin = field(default_factory=Skin)
    makeup: Makeup = field(default_factory=Makeup)
    hair: Hair = field(default_factory=Hair)
    beard: Beard = field(default_factory=Beard)
    eyes: Eyes = field(default_factory=Eyes)
    teeth: Teeth = field(default_factory=Teeth)
    clothes: Clothes = field(default_factory=Clothes)
    glasses: Glasses | None = None
    earrings: Earrings | None = None

    def save(self, path: Path) -> None:
        """Write the parameters as JSON."""
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> "Person":
        """Read what `save` wrote."""
        return _read(cls, json.loads(path.read_text(encoding="utf-8")))


def _read(kind: Any, values: Any) -> Any:
    """Build a dataclass, and those within it, from what `asdict` gave."""
    if isinstance(kind, types.UnionType):
        (kind,) = (each for each in get_args(kind) if each is not types.NoneType)
    if values is None or not is_dataclass(kind):
        return tuple(values) if isinstance(values, list) else values
    kinds = get_type_hints(kind)
    return kind(**{name: _read(kinds[name], value) for name, value in values.items()})


_ANCESTRY_TONES = {
    "african": (0.20, 0.105, 0.065),
    "asian": (0.56, 0.35, 0.235),
    "caucasian": (0.60, 0.365, 0.265),
}
_HAIR_COLOURS = (
    ((0.018, 0.012, 0.010), (0.035, 0.022, 0.016)),
    ((0.055, 0.028, 0.016), (0.10, 0.052, 0.028)),
    ((0.11, 0.052, 0.026), (0.20, 0.105, 0.052)),
    ((0.30, 0.185, 0.085), (0.45, 0.30, 0.15)),
    ((0.19, 0.055, 0.018), (0.32, 0.11, 0.035)),
)
_IRISES = (
    ((0.055, 0.028, 0.014), (0.10, 0.05, 0.022)),
    ((0.13, 0.17, 0.10), (0.20, 0.12, 0.045)),
    ((0.11, 0.19, 0.28), (0.22, 0.20, 0.13)),
)


def draw_person(seed: int, bust: Bust) -> Person:
    """Draw a person from the seed."""
    rng = np.random.default_rng(seed)
    sex = str(rng.choice(["female", "male"]))
    shares = dict(zip(_ANCESTRY_TONES, rng.dirichlet([0.45, 0.45, 0.45]), strict=True))
    tone = sum(
        share * np.array(_ANCESTRY_TONES[name]) for name, share in shares.items()
    ) * rng.uniform(0.85, 1.1)
    age = rng.beta(1.2, 2.5)
    identity = {}
    for name, share in shares.items():
        identity[f"{name}-{sex}-young"] = float(share * (1 - age))
        identity[f"{name}-{sex}-old"] = float(share * age)
    identity |= _sliders(bust.row_names, rng)
    dark = shares["african"] + shares["asian"] > 0.5
    colour, highlight = _HAIR_COLOURS[int(rng.integers(0, 2 if dark else len(_HAIR_COLOURS)))]
    iris, inner = _IRISES[int(rng.integers(0, 1 if dark else len(_IRISES)))]
    return Person(
        seed=seed,
        sex=sex,
        identity=identity,
        skin=Skin(
            tone=_colour(tone),
            redness=float(rng.uniform(0.3, 0.8)),
            freckles=float(rng.beta(1, 3)),
            lips=_colour(tone * np.array([0.78, 0.48, 0.58])),
            lips_gloss=float(rng.uniform(0.3, 0.7) if sex == "female" else 0.25),
        ),
        hair=Hair(
            style=str(rng.choice(["bob", "bun"] if sex == "female" else ["crop"])),
            colour=colour,
            highlight=highlight,
            parting=float(rng.uniform(-0.5, 0.5)),
            waviness=float(rng.uniform(0, 0.8)),
            brow_colour=_colour(np.array(colour) * 0.7),
        ),
        eyes=Eyes(iris=iris, inner=inner),
        clothes=Clothes(colour=_colour(rng.uniform(0.03, 0.35, 3))),
    )


def _sliders(names: Sequence[str], rng: np.random.Generator) -> dict[str, float]:
    """Small random amounts of the two-way sliders, left and right nearly alike."""
    amounts: dict[str, float] = {}
    plain = [n for n in names if "-young" not in n and "-old" not in n and not n.startswith("r-")]
    for name in plain:
        if rng.random() > 0.12 or "age" in name or name.startswith(("neck", "head-trans")):
            continue
        amount = float(np.clip(abs(rng.normal(0, 0.22)), 0, 0.5))
        amounts[name] = amount
        if name.startswith("l-") and "r-" + name[2:] in names:
            amounts["r-" + name[2:]] = amount * float(rng.uniform(0.8, 1.2))
    return amounts


def _colour(values: object) -> Colour:
    red, green, blue = (float(np.round(value, 4)) for value in np.asarray(values))
    return red, green, blue
