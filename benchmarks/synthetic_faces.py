"""Is a drawn person a face, to a face tracker, and one person, to a face recogniser?"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capture.evidence.faces import FaceEvidence, describe_faces, describe_video
from synthetic.acting import EXPRESSIONS, spelled
from synthetic.bust import Bust
from synthetic.drawing import draw_person
from synthetic.figure import COARSE, FINE, Figure, build_figure
from synthetic.likeness import Likeness, in_a_room, likeness, varied_poses, varied_scene
from synthetic.performance import Score
from synthetic.posing import Pose
from synthetic.render import Renderer, Scene
from synthetic.scenes import Shot, draw_shot
from synthetic.sets.clips import FPS
from synthetic.tracking import Landmarker

LARGEST_YAW_DEGREES = 45.0
IDENTITY_FRAMES, IDENTITY_SIZE = 8, 288
SAME, OTHER = 0.4, 0.5
"""Descriptors nearer than the first are of one person, further than the second of two."""


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """Descriptors of pictures of one person, of those in which a face was found."""

    varied: NDArray[np.float32]
    """(m, 128) each with a pose, an expression and a light of its own."""
    yaw_degrees: NDArray[np.float64]
    """(m,) of these pictures."""
    one_light: NDArray[np.float32]
    """(k, 128) the same poses and expressions, all in one light, as within one clip."""
    in_a_room: NDArray[np.float32]
    """(l, 128) the varied ones in a room that returns a third of the light."""
    facing: NDArray[np.float32]
    """(n, 128) the varied ones with the head to the front."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One picture, and whether a face was found in it."""

    person: int
    size: int
    yaw_degrees: float
    expression: str
    found: bool


def sightings(
    seed: int, bust: Bust, landmarker: Landmarker, *, small: int, large: int
) -> list[Sighting]:
    """Show a drawn person to the tracker, in random light, up to 45 degrees from the camera.

    Args:
        seed: Of the person.
        bust: Shared by all.
        landmarker: The tracker.
        small: How many pictures of 256 px, at the detail of training footage.
        large: How many of 512 px, at the detail of hero frames.
    """
    person = draw_person(seed, bust)
    out = []
    for size, count, detail in ((256, small, COARSE), (512, large, FINE)):
        if not count:
            continue
        figure = build_figure(person, bust, detail)
        rng = np.random.default_rng([seed, size])
        for index in range(count):
            yaw = spread_yaw(index, count, rng)
            name, image = random_picture(figure, rng, size=size, yaw_degrees=yaw)
            found = landmarker.detect(image) is not None
            out.append(Sighting(seed, size, yaw, name, found))
    return out


def spread_yaw(index: int, count: int, rng: np.random.Generator) -> float:
    """The index-th of `count` angles that cover -45 to 45 degrees; the ends are among them."""
    if index < 2 and count > 2:
        return LARGEST_YAW_DEGREES * (1 if index else -1)
    return float(rng.uniform(-LARGEST_YAW_DEGREES, LARGEST_YAW_DEGREES))


def random_picture(
    figure: Figure, rng: np.random.Generator, *, size: int, yaw_degrees: float
) -> tuple[str, NDArray[np.uint8]]:
    """The name of a random expression, and a picture (size, size, 3) as a camera records it.

    Args:
        figure: Who.
        rng: Expression, pitch, roll, camera, light, film.
        size: px.
        yaw_degrees: Of the head against the camera's direction.
    """
    shot = draw_shot(rng)
    name = str(rng.choice(list(EXPRESSIONS)))
    score = Score(1, FPS)
    for coefficient, value in spelled(EXPRESSIONS[name]).items():
        score.add([coefficient], np.array([value * rng.uniform(0.3, 1.0)]))
    pitch, roll = rng.uniform(-12, 12), rng.uniform(-10, 10)
    camera = shot.scene.camera
    turn = [pitch - camera.pitch_degrees, yaw_degrees - camera.yaw_degrees, roll]
    score.turn([0.0, 1.0], [turn, turn])
    renderer = Renderer(figure, shot.scene, width=size, height=size, samples=2)
    return name, shot.film.develop(renderer.frame(score.finish().pose(0)), rng)


def descriptors(person_seed: int, bust: Bust, frames: int) -> Described:
    """Pictures of one person; poses, expressions and lights are the same for everybody."""
    figure = build_figure(draw_person(person_seed, bust), bust, COARSE)
    rng = np.random.default_rng(1)
    poses = varied_poses(frames, seed=0)
    scenes = [varied_scene(rng) for _ in poses]

    def described(scenes: list[Scene], poses: list[Pose]) -> FaceEvidence:
        shown = (_picture(figure, *each) for each in zip(scenes, poses, strict=True))
        return describe_faces(shown, max_frames=frames)

    varied = described(scenes, poses)
    yaw = np.rad2deg([pose.rotation[1] for pose in poses])
    return Described(
        varied=varied.largest,
        yaw_degrees=yaw[np.unique(varied.face_frames)],
        one_light=described([scenes[0]] * frames, poses).largest,
        in_a_room=described([in_a_room(scene) for scene in scenes], poses).largest,
        facing=described(scenes, [replace(pose, rotation=np.zeros(3)) for pose in poses]).largest,
    )


def _picture(figure: Figure, scene: Scene, pose: Pose) -> NDArray[np.uint8]:
    side = IDENTITY_SIZE
    renderer = Renderer(figure, scene, width=side, height=side, samples=2, shadowed_lights=1)
    return renderer.frame(pose)


def detection_figures(seen: list[Sighting]) -> dict[str, Any]:
    """Shares found: over all, by size and by angle; and what was missed."""
    bands = ((0, 15), (15, 30), (30, 45.001))
    return {
        "frames": len(seen),
        "found": _share(seen),
        "by_size": {str(s): _share([x for x in seen if x.size == s]) for s in (256, 512)},
        "by_yaw": {
            f"{low} to {high:.0f}": _share([x for x in seen if low <= abs(x.yaw_degrees) < high])
            for low, high in bands
        },
        "missed": [
            {"person": x.person, "size": x.size, "yaw": x.yaw_degrees, "expression": x.expression}
            for x in seen
            if not x.found
        ],
    }


def _share(seen: list[Sighting]) -> float:
    return float(np.mean([x.found for x in seen])) if seen else float("nan")


def identity_figures(people: list[Described], frames: int) -> dict[str, Any]:
    """Distances between people and within one."""
    found = likeness([person.varied for person in people], frames * len(people))
    steady = likeness([person.one_light for person in people], frames * len(people))
    room = likeness([person.in_a_room for person in people], frames * len(people))
    facing = likeness([person.facing for person in people], frames * len(people))
    turns = np.concatenate([_yaw_between(person.yaw_degrees) for person in people])
    return {
        "people": len(people),
        "frames_each": frames,
        "found": found.found,
        "pairs_apart": float((found.between >= OTHER).mean()),
        "frames_alike": float((found.within <= SAME).mean()),
        "frame_pairs_apart": float((found.pairs_between >= OTHER).mean()),
        "frame_pairs_alike": float((found.pairs_within <= SAME).mean()),
        "alike_by_turn": {
            f"{low} to {high}": _alike(found.pairs_within[(turns >= low) & (turns < high)])
            for low, high in ((0, 20), (20, 35), (35, 60))
        },
        "one_light": _pair_shares(steady),
        "in_a_room": _pair_shares(room),
        "facing": _pair_shares(facing),
        "between": _spread(found.between),
        "within": _spread(found.within),
    }


def _pair_shares(found: Likeness) -> dict[str, float | None]:
    return {
        "frame_pairs_apart": float((found.pairs_between >= OTHER).mean()),
        "frame_pairs_alike": _alike(found.pairs_within),
    }


def _yaw_between(yaw: NDArray[np.float64]) -> NDArray[np.float64]:
    """(q,) between all pairs of frames, in the order of `Likeness.pairs_within`."""
    first, second = np.triu_indices(len(yaw), 1)
    return np.abs(yaw[first] - yaw[second])


def _alike(distances: NDArray[np.float32]) -> float | None:
    return float((distances <= SAME).mean()) if len(distances) else None


def real_figures(clips: list[Path], *, frames: int = 12) -> dict[str, Any]:
    """How alike real people are to themselves within one clip: the yardstick for drawn ones.

    Args:
        clips: Videos that show one person each.
        frames: Looked at in each, evenly spread.
    """
    described = [describe_video(path, samples=frames).largest for path in clips]
    found = likeness(described, frames * len(clips))
    each = [likeness([faces], frames).pairs_within for faces in described if len(faces) > 1]
    return {
        "clips": len(clips),
        "frames_each": frames,
        "frame_pairs_alike": _alike(found.pairs_within),
        "frame_pairs_apart": float((found.pairs_between >= OTHER).mean()),
        "clips_alike": float(np.mean([(pairs <= SAME).mean() >= 0.95 for pairs in each])),
    }


def _spread(values: NDArray[np.float32]) -> dict[str, float]:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    return {"p05": float(low), "median": float(middle), "p95": float(high)}


def steady(shot: Shot) -> Shot:
    """The same shot by a camera at the front, level."""
    camera = replace(shot.scene.camera, yaw_degrees=0.0, pitch_degrees=0.0, roll_degrees=0.0)
    return replace(shot, scene=replace(shot.scene, camera=camera))
