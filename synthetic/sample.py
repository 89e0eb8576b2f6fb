"""The crafted people's footage: a consent recording and stills of each, and the embedded sample."""

import logging
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_INDEX
from capture.audio import AudioClip
from synthetic.acting import EXPRESSIONS, express
from synthetic.background import Backdrop
from synthetic.bust import load_bust
from synthetic.camera import Camera
from synthetic.figure import build_figure
from synthetic.footage import write_footage
from synthetic.people import PEOPLE, SAMPLE_NAME, VOICES_OF, WALLS_OF
from synthetic.performance import Performance, Score
from synthetic.render import Renderer, Scene
from synthetic.sets.consent import consent_performance, statement_spoken
from synthetic.speech import speak
from synthetic.voices import VOICES

log = logging.getLogger(__name__)

FPS = Fraction(25)
SIZE = 512
PEOPLE_CRF, SAMPLE_CRF = 25, 22
"""H.264 quality: the sample is what avatars are made of, the others are looked at."""
STATEMENT = (
    "I am {name}, a synthetic person. I agree that an avatar is made of my face and voice, "
    "and that it may speak for me."
)
SPEECH = (
    "Hello, and welcome. Nobody ever filmed me: every picture of me was computed. "
    "Give me your words, and I will say them."
)
_STILLS = {
    "left": (38.0, -3.0, 1.5),
    "right": (-36.0, 2.0, -1.0),
    "up": (14.0, -14.0, 2.0),
    "smile": (-12.0, 4.0, -2.5),
}
"""Yaw, pitch, roll in degrees; positive yaw is to the subject's left, positive pitch down."""
_AT_EASE = {"mouthSmile": 0.10, "cheekSquint": 0.06, "browInnerUp": 0.05}


def make_sample(out: Path, *, workers: int = 1) -> None:
    """Write the embedded sample into the folder `out`: footage, stills, parameters, more speech."""
    import soundfile

    make_person(SAMPLE_NAME, out, workers=workers, crf=SAMPLE_CRF)
    voice = VOICES[VOICES_OF[SAMPLE_NAME]]
    speech = speak(SPEECH, seed=2, speed=1.05, voice=voice).audio
    soundfile.write(out / "speech.flac", speech.samples, speech.sample_rate, subtype="PCM_16")


def make_people(out: Path, names: tuple[str, ...] = (), *, workers: int = 1) -> None:
    """Write a folder for each of these people (all by default) into `out`; finished ones stay."""
    for name in names or tuple(PEOPLE):
        folder = out / name
        if not (folder / "person.json").exists():
            make_person(name, folder, workers=workers)


def make_person(name: str, out: Path, *, workers: int = 1, crf: int = PEOPLE_CRF) -> None:
    """Write a consent recording with its truth, four stills, and last the person's parameters.

    Args:
        name: A key of `PEOPLE`.
        out: Folder to write into.
        workers: Processes.
        crf: Quality of the video, lower is better.

    Raises:
        KeyError: Nobody of that name was crafted.
    """
    person = PEOPLE[name]
    out.mkdir(parents=True, exist_ok=True)
    text = STATEMENT.format(name=person.name)
    utterance = statement_spoken(text, VOICES_OF[name], seed=1)
    performance = at_ease(consent_performance(utterance, np.random.default_rng(person.seed)))
    write_footage(
        out / "person.mp4", person, scene_of(name), performance, size=SIZE,
        audio=_as_long(utterance.audio, len(performance)), phones=utterance.phones,
        text=text, workers=workers, crf=crf,
    )  # fmt: skip
    write_stills(name, out)
    person.save(out / "person.json")
    log.info("%s is in %s", person.name, out)


def write_stills(name: str, out: Path, *, size: int = 768) -> None:
    """Four JPEG stills of a person from other angles and cameras."""
    import cv2

    figure = build_figure(PEOPLE[name], load_bust())
    for index, (still, (yaw, pitch, roll)) in enumerate(_STILLS.items()):
        score = Score(1, FPS)
        score.rotation[0] = np.deg2rad([pitch, yaw, roll])
        score.glance(np.random.default_rng(index), reach=0.0)
        if still == "smile":
            express(score, EXPRESSIONS["smile"], -1, 2, ease_s=0.45)
        camera = Camera(
            distance_m=0.88, vertical_fov_degrees=23.0, yaw_degrees=[0, 0, -6, 5][index]
        )
        scene = replace(scene_of(name), camera=camera)
        renderer = Renderer(figure, scene, width=size, height=size, samples=3)
        picture = renderer.frame(at_ease(score.finish()).pose(0))
        cv2.imwrite(
            str(out / f"still_{still}.jpg"), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90]
        )


def at_ease(performance: Performance) -> Performance:
    """The same with a trace of a smile: a face at rest looks sullen."""
    coefficients = performance.coefficients.copy()
    for name, amount in _AT_EASE.items():
        for column in (name, name + "Left", name + "Right"):
            if column in ARKIT_INDEX:
                coefficients[:, ARKIT_INDEX[column]] += amount
    return replace(performance, coefficients=np.clip(coefficients, 0, 1))


def scene_of(name: str) -> Scene:
    """The room in which a person is filmed."""
    backdrop = Backdrop(seed=PEOPLE[name].seed % 89, wall=WALLS_OF[name])
    return Scene(camera=Camera(vertical_fov_degrees=22.0), backdrop=backdrop)


def _as_long(audio: AudioClip, frames: int) -> AudioClip:
    """The speech with a room's faint noise, as long as the picture."""
    rate = audio.sample_rate
    samples: NDArray[np.float32] = np.zeros(round(frames / FPS * rate), np.float32)
    spoken = audio.samples[: len(samples)]
    samples[: len(spoken)] = spoken
    room = np.random.default_rng(0).normal(0, 0.0006, len(samples))
    return AudioClip(samples=(samples + room).astype(np.float32), sample_rate=rate)
