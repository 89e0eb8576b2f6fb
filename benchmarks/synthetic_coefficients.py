"""Does a face tracker see the expression that was rendered?

Correlation (Pearson) between a coefficient that was rendered and what MediaPipe reports for it. Its
coefficients are neither linear in the action nor zero at rest, and every coefficient also answers
to other actions, so 1 is out of reach even for perfect pictures.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.synthetic_faces import steady
from capture.arkit import ARKIT_52, ARKIT_INDEX
from synthetic.bust import Bust
from synthetic.figure import COARSE, Figure, build_figure
from synthetic.performance import Performance
from synthetic.person import Person
from synthetic.posing import Pose
from synthetic.render import Renderer
from synthetic.scenes import STEADY, draw_shot
from synthetic.sets.driving import drive
from synthetic.sets.talking import talk
from synthetic.speech import Utterance
from synthetic.tracking import Landmarker

GESTURES: dict[str, tuple[str, ...]] = {
    "jawOpen": ("jawOpen",),
    "smile": ("mouthSmileLeft", "mouthSmileRight"),
    "pucker": ("mouthPucker",),
    "blink": ("eyeBlinkLeft", "eyeBlinkRight"),
}
"""What the footage must reach 0.9 on; the mean where there are two."""
WANTED = 0.9
LEVELS = 7
LEAST_SPREAD = 0.02
"""Standard deviation that the truth must have for a correlation to mean anything."""
SIZE = 256
_CALM = 0.4
_SMILING = ("smile", 0.9)
"""A smile that comes and goes while somebody talks."""
_SMALL_TURN_DEGREES = (5.0, 12.0, 4.0)


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Frames of one person in which a face was found; f frames."""

    person: int
    part: str
    """`sweep` (one action alone), `talk`, `act` (small head turns) or `drive` (large ones)."""
    truth: NDArray[np.float64]
    """(f, 52)."""
    reported: NDArray[np.float64]
    """(f, 52)."""


def observe(
    person: Person,
    bust: Bust,
    landmarker: Landmarker,
    utterance: Utterance,
    *,
    talk_stride: int,
    drive_stride: int,
) -> list[Seen]:
    """One person doing each gesture alone, talking, and acting, in front of a steady camera."""
    figure = build_figure(person, bust, COARSE)
    rng = np.random.default_rng([person.seed, 3])
    parts: dict[str, Sequence[Pose]] = {
        "sweep": list(sweeps(rng)),
        "talk": every(talk(utterance, rng, mood=_SMILING), talk_stride),
        "act": every(calmed(drive(rng, seconds=8.0, number=person.seed % 50)[0]), drive_stride),
        "drive": every(drive(rng, seconds=8.0, number=person.seed % 50)[0], drive_stride),
    }
    return [_seen(figure, part, poses, landmarker, rng) for part, poses in parts.items()]


def gestures(person: Person, bust: Bust, landmarker: Landmarker) -> Seen:
    """One person doing each gesture alone, in front of a steady camera."""
    rng = np.random.default_rng([person.seed, 3])
    return _seen(build_figure(person, bust, COARSE), "sweep", list(sweeps(rng)), landmarker, rng)


def _seen(
    figure: Figure,
    part: str,
    poses: Sequence[Pose],
    landmarker: Landmarker,
    rng: np.random.Generator,
) -> Seen:
    """What is reported of some poses, in a room and light of their own."""
    shot = steady(draw_shot(rng, STEADY))
    renderer = Renderer(figure, shot.scene, width=SIZE, height=SIZE, samples=2)
    rows = []
    for pose in poses:
        found = landmarker.detect(shot.film.develop(renderer.frame(pose), rng))
        if found is not None:
            rows.append((pose.coefficients.astype(np.float64), found.coefficients))
    truth, reported = (np.stack(column) for column in zip(*rows, strict=True))
    return Seen(figure.person.seed, part, truth, reported)


def sweeps(rng: np.random.Generator) -> Iterator[Pose]:
    """Each gesture from nothing to everything, at small random turns of the head."""
    for names in GESTURES.values():
        for level in np.linspace(0, 1, LEVELS):
            coefficients = np.zeros(len(ARKIT_52), np.float32)
            for name in names:
                coefficients[ARKIT_INDEX[name]] = level
            turn = np.deg2rad(rng.uniform(-1, 1, 3) * _SMALL_TURN_DEGREES)
            yield Pose(coefficients, turn, np.zeros(3))


def calmed(performance: Performance) -> Performance:
    """The same with head turns of at most 18 degrees of yaw."""
    return replace(performance, rotation=_CALM * performance.rotation)


def every(performance: Performance, stride: int) -> list[Pose]:
    """Every so-manieth frame."""
    return [performance.pose(index) for index in range(0, len(performance), stride)]


def correlation(truth: NDArray[np.float64], reported: NDArray[np.float64]) -> float:
    """Pearson's, NaN where the truth hardly moves; both (f,)."""
    if len(truth) < 4 or truth.std() < LEAST_SPREAD:
        return float("nan")
    if reported.std() < 1e-6:
        return 0.0
    return float(np.corrcoef(truth, reported)[0, 1])


def gesture(rows: NDArray[np.float64], names: Sequence[str]) -> NDArray[np.float64]:
    """(f,) mean of the named columns of (f, 52)."""
    return rows[:, [ARKIT_INDEX[name] for name in names]].mean(axis=1)


def figures(seen: Sequence[Seen]) -> dict[str, Any]:
    """Correlations per gesture and per coefficient, pooled and per person."""
    return {
        "people": len(_actors(seen)),
        "alone": len({one.person for one in seen}),
        "frames": sum(len(one.truth) for one in seen),
        "gestures": {name: _gesture_figures(seen, names) for name, names in GESTURES.items()},
        "coefficients": {name: _coefficient_figures(seen, name) for name in ARKIT_52},
    }


def _gesture_figures(seen: Sequence[Seen], names: Sequence[str]) -> dict[str, Any]:
    alone = {one.person: _sweep_of(one, names) for one in seen if one.part == "sweep"}
    rest = {
        person: gesture(one.reported, names)[gesture(one.truth, names) < 1e-6].mean()
        for person, one in alone.items()
    }

    def of(parts: Sequence[Seen]) -> float:
        truth = np.concatenate([gesture(one.truth, names) for one in parts])
        reported = [gesture(one.reported, names) - rest[one.person] for one in parts]
        return correlation(truth, np.concatenate(reported))

    def each_of(part: str) -> NDArray[np.float64]:
        return np.array([of([one]) for one in seen if one.part == part])

    actors = _actors(seen)
    each = np.array([of([one for one in seen if one.person == person]) for person in actors])
    return {
        "pooled": of([one for one in seen if one.person in actors]),
        "sweeps_pooled": of(list(alone.values())),
        "sweeps_person": float(np.median([of([one]) for one in alone.values()])),
        **{part: float(np.nanmedian(each_of(part))) for part in ("talk", "act", "drive")},
        "person_median": float(np.nanmedian(each)),
        "person_least": float(np.nanmin(each)),
        "people_at_0.9": float(np.nanmean(each[~np.isnan(each)] >= WANTED)),
        "at_rest": float(np.median(list(rest.values()))),
        "at_most": float(np.median([gesture(one.reported, names).max() for one in alone.values()])),
    }


def _actors(seen: Sequence[Seen]) -> list[int]:
    """People who did more than single gestures."""
    return sorted({one.person for one in seen if one.part != "sweep"})


def _sweep_of(one: Seen, names: Sequence[str]) -> Seen:
    """The frames of a sweep in which nothing but a gesture moves."""
    others = np.delete(one.truth, [ARKIT_INDEX[name] for name in names], axis=1)
    alone = others.max(axis=1) < 1e-6
    return Seen(one.person, one.part, one.truth[alone], one.reported[alone])


def _coefficient_figures(seen: Sequence[Seen], name: str) -> dict[str, float]:
    column = ARKIT_INDEX[name]
    acted = [one for one in seen if one.part != "sweep"]
    truth, reported = (
        np.concatenate([getattr(one, field)[:, column] for one in acted])
        for field in ("truth", "reported")
    )
    return {
        "pooled": correlation(truth, reported),
        "at_rest": float(np.median(reported[truth < 0.02])),
        "strong": float(np.median(reported[truth > 0.6])) if (truth > 0.6).any() else float("nan"),
    }
