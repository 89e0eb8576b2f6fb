"""Two people who make the same motion in front of the same camera: footage with its truth.

The people are the crafted ones, whose enrolment footage the repository carries. Their motions are
rendered in the same rooms, so that the true picture of a motion is framed as the enrolment is.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.video import probe, read_frames, write_mp4
from synthetic.acting import EXPRESSIONS, express
from synthetic.people import PEOPLE, SAMPLE_NAME, VOICES_OF
from synthetic.performance import Performance, Score
from synthetic.sample import FPS, at_ease, scene_of
from synthetic.scenes import Shot
from synthetic.sets.clips import VIDEO, Take, film
from synthetic.sets.items import Item
from synthetic.sets.running import make_items
from synthetic.sets.studio import Look, Studio
from synthetic.sets.talking import talk
from synthetic.speech import speak
from synthetic.voices import VOICES

ROOT = Path(__file__).resolve().parent.parent
COUPLES = (
    ("adaeze", "henrik", "talk"),
    ("samuel", "mei", "act"),
    ("elsa", "rafael", "act"),
    ("mara", "kenji", "talk"),
)
"""Two people of different sex, age and shape, and the motion that they share."""
SIZE_PX = 384
SECONDS = 4.0
ENROLMENT_CRF = 12
_TEXT = "Please put the purple paper beside the broken printer."


def talking(rng: np.random.Generator) -> Performance:
    """A sentence with the blinks and head motion of someone who talks."""
    return talk(speak(_TEXT, seed=3, voice=VOICES[VOICES_OF[SAMPLE_NAME]]).later(0.4), rng)


def acting(rng: np.random.Generator) -> Performance:
    """From a calm face: smile, round and open mouth, raised brows, blinks, turns to each side."""
    score = Score(round(SECONDS * FPS), FPS)
    score.turn(
        [0, 0.4, 1.1, 1.5, 2.3, 2.7, 3.3, SECONDS],
        [[0, 0, 0], [0, 0, 0], [2, 22, 3], [2, 22, 3], [-3, -20, -3], [-3, -20, -3], [7, 0, 0],
         [-4, 2, 2]],
    )  # fmt: skip
    express(score, EXPRESSIONS["smile"], 0.5, 1.5, ease_s=0.3)
    express(score, EXPRESSIONS["oh"], 1.6, 2.3, ease_s=0.25)
    express(score, EXPRESSIONS["wide open"], 2.4, 3.0, strength=0.7, ease_s=0.25)
    express(score, EXPRESSIONS["raised brows"], 3.0, 3.9, ease_s=0.25)
    for at in (0.35, 1.9, 3.4):
        score.blink(at)
    score.sway(rng)
    score.glance(rng)
    return score.finish()


MOTIONS: dict[str, Callable[[np.random.Generator], Performance]] = {
    "talk": talking,
    "act": acting,
}


@dataclass(frozen=True, slots=True)
class MotionItem(Item):
    """One person's version of a motion."""

    set_name: ClassVar[str] = "cross-identity"
    who: str = SAMPLE_NAME
    """A key of `PEOPLE`."""
    motion: str = "talk"

    def make(self, folder: Path, studio: Studio) -> None:
        """Act in the person's own room and film it."""
        performance = at_ease(MOTIONS[self.motion](np.random.default_rng(self.seed)))
        take = Take(self.person, Shot(scene_of(self.who)), performance, self.seed)
        film(take, folder, studio, self.look, motion=self.motion)


@dataclass(frozen=True, slots=True)
class Pair:
    """One person who is shown, and another who drives."""

    source: str
    driver: str
    motion: str
    enrolment: Path
    driving: Path
    truth: Path
    """What a perfect re-enactment looks like."""

    @property
    def name(self) -> str:
        """For tables and files."""
        return f"{self.source}-by-{self.driver}"


def make_pairs(folder: Path, *, couples: int, size: int, seed: int, workers: int = 1) -> list[Pair]:
    """Render what is missing of the footage; each couple gives two pairs.

    Args:
        folder: Where it is kept, for later runs as well.
        couples: How many of `COUPLES`.
        size: Width and height of a frame in px.
        seed: Of everything drawn in the motions.
        workers: Processes.
    """
    chosen = COUPLES[:couples]
    look = Look(size=size, detail="fine")
    items = [
        MotionItem(f"{who}-{motion}-{size}", PEOPLE[who], seed, look, who, motion)
        for first, second, motion in chosen
        for who in (first, second)
    ]
    make_items(items, folder, workers=workers)
    return list(_pairs(folder, chosen, size))


def _pairs(folder: Path, chosen: Sequence[tuple[str, str, str]], size: int) -> Iterator[Pair]:
    for first, second, motion in chosen:
        for source, driver in ((first, second), (second, first)):
            yield Pair(
                source=source,
                driver=driver,
                motion=motion,
                enrolment=enrolment(source, folder, size),
                driving=folder / f"{driver}-{motion}-{size}" / VIDEO,
                truth=folder / f"{source}-{motion}-{size}" / VIDEO,
            )


def enrolment(who: str, folder: Path, size: int) -> Path:
    """A person's consent recording (speech, turns, a smile) at the size of the motions."""
    path = folder / f"{who}-enrolment-{size}.mp4"
    if not path.exists():
        recording = consent_recording(who)
        part = path.with_suffix(".part.mp4")
        fps = probe(recording).fps
        write_mp4(_scaled(recording, size), part, fps=fps, audio=recording, crf=ENROLMENT_CRF)
        part.replace(path)
    return path


def consent_recording(who: str) -> Path:
    """Where the repository keeps a person's footage."""
    if who == SAMPLE_NAME:
        return ROOT / "avatar" / "sample" / "person.mp4"
    return ROOT / "synthetic" / "people" / who / "person.mp4"


def _scaled(path: Path, size: int) -> Iterator[NDArray[np.uint8]]:
    for frame in read_frames(path):
        yield cv2.resize(frame, (size, size), interpolation=cv2.INTER_AREA)
