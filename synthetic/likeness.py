"""How alike drawn people are to a face recogniser, and how alike one of them is to themselves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_INDEX
from capture.evidence.faces import median_descriptor
from synthetic.camera import Camera
from synthetic.lighting import Light
from synthetic.posing import Pose
from synthetic.render import Scene
from synthetic.scenes import light_on_face

_RETURNED, _FLOOR = 0.33, 0.7
"""Share of the key light that a room sends back, and how much of that its floor does."""

_EXPRESSIONS: tuple[dict[str, float], ...] = (
    {},
    {"mouthSmile": 0.6, "cheekSquint": 0.4},
    {"jawOpen": 0.3},
    {"mouthPucker": 0.5},
    {"browInnerUp": 0.6, "browOuterUp": 0.5},
    {"eyeSquint": 0.5, "mouthPress": 0.3},
    {"browDown": 0.5, "mouthFrown": 0.4},
    {"jawOpen": 0.15, "mouthUpperUp": 0.3, "mouthSmile": 0.3},
)


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """Distances between dlib descriptors (see `capture.evidence.faces`)."""

    between: NDArray[np.float32]
    """(p,) of the median descriptors of every pair of people."""
    within: NDArray[np.float32]
    """(m,) of every frame's descriptor to the median of that person."""
    pairs_within: NDArray[np.float32]
    """(q,) of every pair of frames of one person."""
    pairs_between: NDArray[np.float32]
    """(r,) of every pair of frames of two people."""
    found: float
    """Share of frames in which a face was found."""


def varied_poses(count: int, seed: int) -> list[Pose]:
    """Poses within 30 degrees of the front, each with another expression; the first is neutral."""
    rng = np.random.default_rng(seed)
    out = []
    for index in range(count):
        coefficients = np.zeros(len(ARKIT_INDEX), np.float32)
        for name, height in _EXPRESSIONS[index % len(_EXPRESSIONS)].items():
            for column in (name, name + "Left", name + "Right"):
                if column in ARKIT_INDEX:
                    coefficients[ARKIT_INDEX[column]] = height
        limits = np.array([12.0, 30.0, 8.0]) if index else np.zeros(3)
        turn = np.deg2rad(rng.uniform(-limits, limits))
        out.append(Pose(coefficients, turn, np.zeros(3)))
    return out


def varied_scene(rng: np.random.Generator) -> Scene:
    """A close camera and one to three soft lights from somewhere in front."""
    colour = np.array([1.0, 0.95, 0.88]) ** rng.uniform(-1, 1.5)
    key = colour * rng.uniform(1.0, 1.5)
    lights = [
        Light((rng.uniform(-0.8, 0.8), rng.uniform(0.2, 0.7), 0.8), _triple(key), 0.009),
        Light((rng.choice([-0.9, 0.9]), 0.3, -0.5), _triple(0.5 * key), 0.006),
    ]
    return Scene(
        camera=Camera(distance_m=1.0, vertical_fov_degrees=17.5, height_m=-0.02),
        lights=tuple(lights),
        exposure=float(rng.uniform(0.85, 1.15)),
    )


def in_a_room(scene: Scene) -> Scene:
    """The same lights in a room of average brightness, by a camera that exposes for the face.

    The room sends a third of the first light back from all around, so that skin which faces it gets
    2 to 3 times as much as skin that only the room lights; without the room, about 4 times.
    """
    light, room = _RETURNED * np.array(scene.lights[0].colour), scene.surroundings
    surroundings = replace(
        room,
        above=_triple(np.array(room.above) + light),
        around=_triple(np.array(room.around) + light),
        below=_triple(np.array(room.below) + _FLOOR * light),
    )
    lit = replace(scene, surroundings=surroundings)
    return replace(lit, exposure=scene.exposure * light_on_face(Scene()) / light_on_face(lit))


def likeness(descriptors: Sequence[NDArray[np.float32]], looked_at: int) -> Likeness:
    """Distances among people, each given as descriptors (m, 128); people without any are left out.

    Args:
        descriptors: One array a person.
        looked_at: Frames in all.
    """
    seen = [faces for faces in descriptors if len(faces)]
    medians = np.stack([median_descriptor(faces) for faces in seen])
    within = [
        np.linalg.norm(faces - median, axis=1) for faces, median in zip(seen, medians, strict=True)
    ]
    every = np.concatenate(seen)
    owner = np.repeat(np.arange(len(seen)), [len(faces) for faces in seen])
    apart = _distances(every, every)
    upper = np.triu(np.ones(apart.shape, bool), 1)
    same = owner[:, None] == owner[None]
    between = _distances(medians, medians)[np.triu_indices(len(seen), 1)]
    return Likeness(
        between=between,
        within=np.concatenate(within),
        pairs_within=apart[upper & same],
        pairs_between=apart[upper & ~same],
        found=len(every) / looked_at,
    )


def _distances(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.linalg.norm(first[:, None] - second[None], axis=2).astype(np.float32)


def _triple(values: NDArray[np.float64]) -> tuple[float, float, float]:
    red, green, blue = (float(value) for value in values)
    return red, green, blue
