"""`Person`: every parameter of one synthetic person, kept as JSON."""

import json
import types
from dataclasses import asdict, dataclass, field, is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

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
    recession: float = 0.0
    """How far the hairline has moved back at the temples, 0 to 1."""
    widows_peak: float = 0.15
    brow_density: float = 0.8
    brow_colour: Colour = (0.06, 0.034, 0.022)
    brow_thickness: float = 0.5
    brow_arch: float = 0.5
    """0 straight to 1 strongly arched."""
    brow_tilt_degrees: float = 0.0
    """Positive: the outer end is higher."""
    brow_height_m: float = 0.0
    """Above where they usually are."""
    brow_gap_m: float = 0.0
    """By how much each inner end lies further out than usual."""
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
    age_years: float = 30.0
    """What shape and skin were drawn for; brows and lashes follow it."""
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
