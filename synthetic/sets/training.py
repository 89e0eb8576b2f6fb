"""Training stills: many people, poses, expressions, rooms and cameras, made fast."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_52, ARKIT_INDEX
from synthetic.acting import EXPRESSIONS, single_actions, spelled
from synthetic.masks import label_map
from synthetic.performance import Performance
from synthetic.posing import pose_figure
from synthetic.scenes import draw_shot
from synthetic.sets import truth
from synthetic.sets.cast import draw_cast, item_seed
from synthetic.sets.clips import ARRAYS, FPS, TRUTH
from synthetic.sets.driving import LARGEST_DEGREES
from synthetic.sets.items import SCHEMA, Item, write_json
from synthetic.sets.options import Options
from synthetic.sets.pictures import write_jpeg, write_png
from synthetic.sets.studio import Studio
from synthetic.visemes import SHAPES

FRAMES_A_SHOT = 4
"""Frames of one person in the same room, so that one can be the reference of another."""


@dataclass(frozen=True, slots=True)
class TrainingItem(Item):
    """Stills of one person."""

    set_name: ClassVar[str] = "training"
    frames: int = 20

    def make(self, folder: Path, studio: Studio) -> None:
        """Draw and render all frames."""
        rng = np.random.default_rng(self.seed)
        figure = studio.figure(self.person, self.look.detail)
        performance = scattered(rng, self.frames)
        size, stills, track = self.look.size, [], []
        for first in range(0, self.frames, FRAMES_A_SHOT):
            shot = draw_shot(rng)
            renderer = studio.renderer(self.person, shot.scene, self.look)
            last = min(first + FRAMES_A_SHOT, self.frames)
            camera = shot.scene.camera
            for index in range(first, last):
                posed = pose_figure(figure, performance.pose(index))
                frame = shot.film.develop(renderer.draw(posed), rng)
                write_jpeg(folder / f"{index:03d}.jpg", frame, quality=shot.film.jpeg_quality)
                labels = label_map(figure, posed, camera, size)
                write_png(folder / f"{index:03d}.labels.png", labels)
                track.append(truth.landmarks_px(figure, posed, camera, size))
            part = _part(performance, first, last)
            clip = truth.clip_truth(shot, part, size=size)
            stills.append({"first": first, "stop": last, **clip})
        truth.write_arrays(folder / ARRAYS, figure, landmarks_px=np.stack(track))
        write_json(folder / TRUTH, {"schema": SCHEMA, "shots": stills})
        write_json(folder / "person.json", asdict(self.person))


def plan(options: Options) -> list[Item]:
    """`frames` stills of each person."""
    return [
        TrainingItem(
            f"p{index:03d}",
            person,
            item_seed(options.seed, index, 6),
            options.look,
            options.frames,
        )
        for index, person in enumerate(draw_cast(options.seed, options.people))
    ]


def scattered(rng: np.random.Generator, frames: int) -> Performance:
    """Frames that have nothing to do with each other: poses, expressions, mouths, gazes."""
    coefficients = np.zeros((frames, len(ARKIT_52)))
    shapes = [shape for parts in SHAPES.values() for shape in parts]
    singles, strong = single_actions(), list(EXPRESSIONS.values())
    for row in coefficients:
        kind = rng.random()
        if kind < 0.30:
            _add(row, shapes[rng.integers(len(shapes))], rng.uniform(0.5, 1.5))
            _add(row, strong[rng.integers(len(strong))], rng.uniform(0, 0.3))
        elif kind < 0.60:
            _add(row, strong[rng.integers(len(strong))], rng.uniform(0.3, 1.1))
        elif kind < 0.85:
            for index in rng.choice(len(singles), 3, replace=False):
                _add(row, singles[index], rng.uniform(0, 1))
        _add(row, {"eyeBlink": 1.0}, rng.choice([0.0, rng.uniform(0, 1)], p=[0.8, 0.2]))
        _look(row, rng.normal(0, 0.35), rng.normal(0, 0.3))
    reach = rng.uniform(0, 1, (frames, 1)) ** 0.8
    towards = rng.normal(0, 1, (frames, 3)) * np.array([0.8, 1.2, 0.6])
    towards /= np.linalg.norm(towards, axis=1, keepdims=True)
    return Performance(
        fps=FPS,
        coefficients=np.clip(coefficients, 0, 1).astype(np.float32),
        rotation=np.deg2rad(reach * towards * np.array(LARGEST_DEGREES)),
        shift=rng.normal(0, 0.004, (frames, 3)),
    )


def _add(row: NDArray[np.float64], expression: Mapping[str, float], strength: float) -> None:
    for name, value in spelled(expression).items():
        row[ARKIT_INDEX[name]] += strength * value


def _look(row: NDArray[np.float64], left: float, up: float) -> None:
    """Both eyes towards the subject's left and up, as shares of how far they turn."""
    ways = {
        ("eyeLookOutLeft", "eyeLookInRight"): left,
        ("eyeLookInLeft", "eyeLookOutRight"): -left,
        ("eyeLookUpLeft", "eyeLookUpRight"): up,
        ("eyeLookDownLeft", "eyeLookDownRight"): -up,
    }
    for names, amount in ways.items():
        for name in names:
            row[ARKIT_INDEX[name]] += max(amount, 0.0)


def _part(performance: Performance, first: int, last: int) -> Performance:
    return Performance(
        performance.fps,
        performance.coefficients[first:last],
        performance.rotation[first:last],
        performance.shift[first:last],
    )
