"""The styles of scalp hair, whom they suit, and the one function that grows them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic import hair_curly, hair_long, hair_short
from synthetic.hair_scalp import Hairline, Roots, Scalp, hairline_distance
from synthetic.person import Hair
from synthetic.strands import Strands, tint

Grower = Callable[[Scalp, Roots, Hair, np.random.Generator], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Style:
    """A way to wear one's hair."""

    grow: Grower
    female: float
    """How common it is among women, relative to other styles."""
    male: float
    curl: tuple[float, float] = (0.0, 0.6)
    """The natural curl that it takes, 0 straight to 1 coiled."""
    ages: tuple[float, float] = (0.0, 1.0)
    """From young (0) to old (1) adults."""
    share: float = 1.0
    """Strands against those of other styles."""
    width_m: float = 0.00042
    """Of a strand that stands for several hairs, among 14,000."""
    taper: float = 0.72
    """By how much a strand thins towards its tip."""
    scatter: float = 1.0
    """By how much light that wanders among dark strands brightens them."""
    cover: float = 1.0
    """How much the hair hides the scalp's own colour, 0 to 1."""
    recession: float = 0.0
    """Of the hairline, at least."""
    crown: float = 0.0
    """How bald the top is, 0 to 1."""

    def weight(self, sex: str, age: float, curl: float) -> float:
        """How likely a person wears it.

        Args:
            sex: `female` or `male`.
            age: 0 young to 1 old.
            curl: Natural curl of the hair, 0 straight to 1 coiled.
        """
        outside = max(self.curl[0] - curl, curl - self.curl[1], 0.0)
        years = max(self.ages[0] - age, age - self.ages[1], 0.0)
        common = self.female if sex == "female" else self.male
        return common * max(0.0, 1 - 5 * outside) * max(0.0, 1 - 4 * years)


_ANY = (0.0, 1.0)
STYLES: dict[str, Style] = {
    "bob": Style(hair_long.bob, 1.0, 0.0),
    "fringe_bob": Style(hair_long.fringe_bob, 0.6, 0.0, (0.0, 0.4)),
    "long_straight": Style(hair_long.long_straight, 1.2, 0.06, (0.0, 0.35), (0.0, 0.7)),
    "long_fringe": Style(hair_long.long_fringe, 0.6, 0.0, (0.0, 0.4), (0.0, 0.6)),
    "long_wavy": Style(hair_long.long_wavy, 1.2, 0.08, (0.15, 0.65), (0.0, 0.8)),
    "ponytail": Style(hair_long.ponytail, 0.9, 0.08, (0.0, 0.7)),
    "bun": Style(hair_long.bun, 0.7, 0.03, _ANY),
    "top_knot": Style(hair_long.top_knot, 0.4, 0.12, _ANY, (0.0, 0.5)),
    "pixie": Style(hair_short.pixie, 0.6, 0.05, (0.0, 0.6)),
    "messy": Style(hair_short.messy, 0.3, 0.8, (0.1, 0.6), (0.0, 0.6)),
    "crop": Style(hair_short.crop, 0.15, 1.2, (0.0, 0.6)),
    "side_part": Style(hair_short.side_part, 0.05, 1.2, (0.0, 0.45)),
    "slicked_back": Style(hair_short.slicked_back, 0.10, 0.6, (0.0, 0.5)),
    "quiff": Style(hair_short.quiff, 0.0, 0.7, (0.0, 0.5), (0.0, 0.6)),
    "textured": Style(hair_short.textured, 0.0, 0.8, (0.0, 0.65), (0.0, 0.5), cover=0.9),
    "buzz": Style(
        hair_short.buzz, 0.05, 0.8, _ANY, share=1.6, width_m=0.00027, taper=0.3, cover=0.92
    ),
    "receding": Style(
        hair_short.receding, 0.0, 0.7, (0.0, 0.6), (0.3, 1.0), share=0.75, cover=0.7,
        recession=0.75,
    ),
    "balding": Style(
        hair_short.balding, 0.0, 0.8, _ANY, (0.4, 1.0), share=0.55, cover=0.7,
        crown=1.0,
    ),
    "bald": Style(
        hair_short.buzz, 0.0, 0.3, _ANY, share=0.0, cover=0.0
    ),
    "curly": Style(hair_curly.curly, 0.9, 0.08, (0.45, 0.95), (0.0, 0.8), taper=0.5),
    "locs": Style(hair_curly.locs, 0.5, 0.4, (0.75, 1.0), (0.0, 0.7), taper=0.2),
    "afro": Style(hair_curly.afro, 0.7, 0.35, (0.75, 1.0), (0.0, 0.8), taper=0.4, scatter=1.7),
    "afro_short": Style(hair_curly.afro_short, 0.6, 0.7, (0.7, 1.0), taper=0.4, scatter=1.6),
    "tight_coils": Style(
        hair_curly.tight_coils, 0.3, 1.0, (0.7, 1.0), share=1.1, taper=0.4, scatter=1.4,
    ),
}  # fmt: skip


def draw_style(rng: np.random.Generator, sex: str, age: float, curl: float) -> str:
    """Draw a style that suits; see `Style.weight`."""
    weights = np.array([style.weight(sex, age, curl) for style in STYLES.values()])
    return str(rng.choice(list(STYLES), p=weights / weights.sum()))


def style_of(hair: Hair) -> Style:
    """The style that a person wears.

    Raises:
        ValueError: Unknown style.
    """
    if hair.style not in STYLES:
        raise ValueError(f"style: want one of {sorted(STYLES)}, got {hair.style!r}")
    return STYLES[hair.style]


def hairline_of(hair: Hair) -> Hairline:
    """The hairline of a person's age and style."""
    style = style_of(hair)
    return Hairline(max(style.recession, hair.recession), hair.widows_peak, style.crown)


def scalp_shade(average: NDArray[np.floating], hair: Hair) -> NDArray[np.float64]:
    """Hairline distance (n,) for tinting the skin under the hair, less where hair is sparse.

    Args:
        average: (n, 3) points on the average head's skin.
        hair: Its style says how well it covers.
    """
    cover = style_of(hair).cover
    above = hairline_distance(average, hairline_of(hair))
    return np.minimum(above, 0.012 * cover - 0.001) if cover > 0 else np.full(above.shape, -1.0)


def grow_hair(scalp: Scalp, hair: Hair, rng: np.random.Generator, *, count: int) -> Strands:
    """Hair of the person's style.

    Args:
        scalp: The person's head and shoulders.
        hair: Style, colours, length, parting, waviness.
        rng: For roots, locks and strays.
        count: Strands; 14,000 cover at 512 px, fewer are drawn wider.

    Raises:
        ValueError: Unknown style.
    """
    style = style_of(hair)
    if style.share == 0:
        return Strands.none()
    roots = scalp.sample_roots(int(count * style.share), hairline_of(hair), rng)
    points = style.grow(scalp, roots, hair, rng)
    number, steps, _ = points.shape
    colour, random = tint(rng, points, hair)
    t = np.linspace(0, 1, steps)[None, :]
    width = style.width_m * (14000 * style.share / number) ** 0.7 * (1 - style.taper * t**3)
    width = width * (0.35 + 0.65 * roots.edge[:, None]) * rng.uniform(0.75, 1.2, (number, 1))
    # What is light already cannot gain as much.
    colour *= 1 + np.float32(style.scatter - 1) / (1 + (colour / np.float32(0.08)) ** 2)
    return Strands(points.astype(np.float32), width.astype(np.float32), colour, random)
