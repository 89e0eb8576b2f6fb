"""Keeps the proportions of drawn faces near those of real ones.

Each of the bust's rows is harmless, but dozens of them move the nose: drawn independently, they add
up to noses and chins that nobody has. Here the amounts are moved, as little as possible, until the
distances between features vary about as far as among adults. The limits were set by eye, as a
multiple of a spread of 5 to 8 % of each distance, to either side of the means of the drawn heads;
they are not read off a survey of real faces.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from synthetic import anatomy
from synthetic.bust import Bust
from synthetic.identity import Slider

_STEPS = 3
_FREE = 0.6
"""Share of a range's reach in which distances stay as they were drawn."""


@dataclass(frozen=True, slots=True)
class Range:
    """A distance on the face, mm."""

    usual: float
    reach: float
    """No further than this from the usual."""

    def softened(self, value: float) -> float:
        """The value where it is well inside the range, otherwise pressed into it."""
        away = abs(value - self.usual)
        free = _FREE * self.reach
        if away > free:
            rest = self.reach - free
            away = free + rest * float(np.tanh((away - free) / rest))
        return self.usual + float(np.copysign(away, value - self.usual))


RANGES = {
    "eyes apart": Range(58.5, 9.0),
    "lids wide": Range(22.5, 4.2),
    "lids open": Range(9.6, 3.2),
    "eyes to nose": Range(40.5, 9.0),
    "nose to mouth": Range(27.5, 7.5),
    "mouth to chin": Range(24.0, 6.5),
    "nose wide": Range(42.5, 9.0),
    "nose deep": Range(24.5, 7.5),
    "face wide": Range(152.0, 14.0),
    "eyes to crown": Range(110.0, 13.0),
}


def with_real_proportions(
    bust: Bust, identity: Mapping[str, float], sliders: Sequence[Slider]
) -> dict[str, float]:
    """The same amounts of rows, moved to where every distance is in its range.

    Sliders move in proportion to the square of their spread: the likeliest amounts, if they were
    drawn from normal distributions, that have those distances.

    Args:
        bust: Whose rows.
        identity: {row name: amount}.
        sliders: What may be moved.
    """
    fitted = dict(identity)
    start = distances(bust, bust.shape(fitted))
    wanted = np.array(
        [limits.softened(value) for limits, value in zip(RANGES.values(), start, strict=True)]
    )
    effects = _row_effects(bust)
    for _ in range(_STEPS):
        missing = wanted - distances(bust, bust.shape(fitted))
        gain = np.stack([_gain(slider, fitted, effects) for slider in sliders])
        variance = np.array([slider.spread**2 for slider in sliders])
        normal = (gain * variance[:, None]).T @ gain
        normal += 1e-3 * np.trace(normal) / len(normal) * np.eye(len(normal))
        change = variance * (gain @ np.linalg.solve(normal, missing))
        for slider, amount in zip(sliders, change, strict=True):
            _move(slider, fitted, float(np.clip(amount, -2 * slider.spread, 2 * slider.spread)))
    return {name: round(amount, 3) for name, amount in fitted.items() if abs(amount) > 1e-3}


def distances(bust: Bust, rest: NDArray[np.float32]) -> NDArray[np.float64]:
    """(d,) those of `RANGES` on a bust's vertices (v, 3), mm."""
    at = _marks(bust)
    eyes = [rest[at[f"eye {side}"]].mean(axis=0) for side in ("left", "right")]
    eye_level = (eyes[0][1] + eyes[1][1]) / 2
    nose, chin, crown = (rest[at[name]][0] for name in ("nose", "chin", "crown"))
    lips = rest[at["lips"]].mean(axis=0)
    wings, cheeks = rest[at["wings"]], rest[at["cheeks"]]
    lids = [rest[at[f"lids {side}"]] for side in ("left", "right")]
    wide = np.mean([abs(lid[1, 0] - lid[0, 0]) for lid in lids])
    open_ = np.mean([lid[3, 1] - lid[2, 1] for lid in lids])
    return 1e3 * np.array(
        [
            eyes[0][0] - eyes[1][0],
            wide,
            open_,
            eye_level - nose[1],
            nose[1] - lips[1],
            lips[1] - chin[1],
            wings[1, 0] - wings[0, 0],
            nose[2] - wings[:, 2].mean(),
            cheeks[1, 0] - cheeks[0, 0],
            crown[1] - eye_level,
        ],
        np.float64,
    )


def _gain(
    slider: Slider, identity: Mapping[str, float], effects: Mapping[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """(d,) mm of each distance for a unit of the slider, about where it stands."""
    total = np.zeros(len(RANGES))
    for low, high in slider.rows:
        value = identity.get(high, 0.0) - identity.get(low, 0.0)
        if abs(value) < 0.05:
            total += (effects[high] - effects[low]) / 2
        else:
            total += effects[high] if value > 0 else -effects[low]
    return total


def _move(slider: Slider, identity: dict[str, float], amount: float) -> None:
    for low, high in slider.rows:
        value = identity.pop(high, 0.0) - identity.pop(low, 0.0) + amount
        identity[high if value > 0 else low] = abs(value)


@lru_cache(maxsize=1)
def _row_effects(bust: Bust) -> dict[str, NDArray[np.float64]]:
    """(d,) what each row adds to each distance at 1, mm."""
    usual = distances(bust, bust.vertices)
    return {name: distances(bust, bust.shape({name: 1.0})) - usual for name in bust.row_names}


@lru_cache(maxsize=1)
def _marks(bust: Bust) -> dict[str, NDArray[np.int64]]:
    """Vertices of the features, found on the average."""
    v = bust.vertices
    skin = np.unique(bust.part("skin"))
    marks, _ = anatomy.landmarks(bust, v)

    def nearest(point: NDArray[np.floating]) -> NDArray[np.int64]:
        return skin[[np.argmin(np.linalg.norm(v[skin] - point, axis=1))]].astype(np.int64)

    def widest(inside: NDArray[np.bool_]) -> NDArray[np.int64]:
        there = skin[inside]
        return there[[np.argmin(v[there, 0]), np.argmax(v[there, 0])]].astype(np.int64)

    x, y, z = v[skin].T
    nose_level = marks.nose[1]
    beside = (np.abs(y - nose_level + 0.004) < 0.006) & (np.abs(x) < 0.022) & (z > 0.01)
    face = (np.abs(y - nose_level) < 0.02) & (np.abs(z + 0.03) < 0.04) & (np.abs(x) < 0.085)
    found = {
        "nose": nearest(marks.nose),
        "chin": nearest(marks.chin),
        "crown": skin[[np.argmax(y)]].astype(np.int64),
        "lips": anatomy.shared(bust, "skin", "mouth").astype(np.int64),
        "wings": widest(beside),
        "cheeks": widest(face),
    }
    for side, line in zip(("left", "right"), anatomy.lid_lines(bust, v), strict=True):
        found[f"eye {side}"] = np.unique(bust.part(f"eye_{side}")).astype(np.int64)
        across = np.abs(v[line, 0])
        middle = line[np.abs(across - np.median(across)) < 0.004]
        ends = [line[np.argmin(across)], line[np.argmax(across)]]
        heights = [middle[np.argmin(v[middle, 1])], middle[np.argmax(v[middle, 1])]]
        found[f"lids {side}"] = np.array([*ends, *heights], np.int64)
    return found
