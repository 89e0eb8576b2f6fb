"""Short clips for tests, from the fast renderer at low detail."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from capture.audio import AudioClip
from capture.motion import MotionSequence
from capture.video import write_mp4
from synthetic.bust import load_bust
from synthetic.camera import Camera
from synthetic.drawing import draw_person
from synthetic.figure import COARSE, Figure, build_figure
from synthetic.performance import Performance, Score
from synthetic.person import Person
from synthetic.render import Renderer, Scene

FPS = Fraction(25)
_LIGHTS = 2
"""Of the studio's three: the key and one from behind."""


@dataclass(frozen=True, slots=True, eq=False)
class TinyClip:
    """A rendered clip and what it shows."""

    path: Path
    person: Person
    motion: MotionSequence
    """The truth, pose in camera space of a pinhole with `vertical_fov_degrees`."""
    vertical_fov_degrees: float


def tiny_clip(
    path: Path | str, *, frames: int = 40, size: int = 256, seed: int = 0, tone: bool = False
) -> TinyClip:
    """Render someone who turns left and right, talks, blinks and smiles.

    Args:
        path: MP4 to write, 25 fps.
        frames: Length.
        size: Width and height in px.
        seed: The same seed gives the same person and motion.
        tone: Add a soft tone that is loud while the mouth is open.
    """
    person = draw_person(seed, load_bust())
    return film(path, figure_of(person), tiny_performance(frames, seed), size=size, tone=tone)


def figure_of(person: Person) -> Figure:
    """A low-detail figure."""
    return build_figure(person, load_bust(), COARSE)


def film(
    path: Path | str,
    figure: Figure,
    performance: Performance,
    *,
    size: int = 256,
    tone: bool = False,
) -> TinyClip:
    """Render a performance of one figure at low detail."""
    scene = Scene(camera=Camera(distance_m=1.0), lights=Scene().lights[:_LIGHTS])
    renderer = Renderer(figure, scene, width=size, height=size, samples=2, shadowed_lights=1)
    frames = (renderer.frame(performance.pose(i)) for i in range(len(performance)))
    audio = _tone(performance) if tone else None
    write_mp4(frames, Path(path), fps=performance.fps, audio=audio)
    return TinyClip(
        path=Path(path),
        person=figure.person,
        motion=performance.to_motion(scene.camera),
        vertical_fov_degrees=scene.camera.vertical_fov_degrees,
    )


def tiny_performance(frames: int, seed: int) -> Performance:
    """Turns to both sides, three open mouths, blinks, a smile, within any number of frames."""
    rng = np.random.default_rng(seed)
    score = Score(frames, FPS)
    end = max(float(score.times[-1]), 0.1) if frames else 0.1
    score.turn(
        [0, 0.25 * end, 0.6 * end, end],
        [[0, 0, 0], [4, -18, 2], [-3, 20, -3], [0, 2, 0]],
    )
    for start, stop, height in ((0.1, 0.3, 0.35), (0.35, 0.5, 0.2), (0.55, 0.75, 0.5)):
        score.bump(["jawOpen"], start * end, stop * end, height, 0.12 * end)
    score.bump(["mouthSmileLeft", "mouthSmileRight"], 0.7 * end, end + 1, 0.6, 0.15 * end)
    for at in (0.22, 0.82):
        score.blink(at * end)
    score.sway(rng, 0.8)
    score.glance(rng)
    return score.finish()


def _tone(performance: Performance) -> AudioClip:
    rate = 16000
    count = int(len(performance) / performance.fps * rate)
    at = np.arange(count) / rate
    loud = np.interp(
        at,
        np.arange(len(performance)) / float(performance.fps),
        performance.to_motion(Camera()).column("jawOpen"),
    )
    samples = 0.4 * loud * np.sin(2 * np.pi * 180 * at)
    return AudioClip(samples=samples.astype(np.float32), sample_rate=rate)
