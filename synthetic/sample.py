"""The embedded sample: one person's consent footage, stills and a speech clip."""

import logging
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.audio import AudioClip
from synthetic.bust import load_bust
from synthetic.camera import Camera
from synthetic.figure import build_figure
from synthetic.footage import write_footage
from synthetic.people import SAMPLE
from synthetic.performance import Performance, Score
from synthetic.render import Renderer, Scene
from synthetic.speech import Utterance, speak
from synthetic.visemes import mouth_curves

log = logging.getLogger(__name__)

FPS = Fraction(25)
SIZE = 512
STATEMENT = (
    "My name is Mara Lind. I am a synthetic person. I agree that an avatar of my face and voice "
    "is made, and that it may speak for me."
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


def make_sample(out: Path, *, workers: int = 1) -> None:
    """Write everything into the folder `out`."""
    import soundfile

    out.mkdir(parents=True, exist_ok=True)
    utterance = speak(STATEMENT, seed=1, speed=1.08)
    lead_s = 0.8
    performance = consent_performance(utterance, lead_s)
    audio = _placed(utterance, lead_s, len(performance))
    phones = tuple(
        replace(p, start_s=p.start_s + lead_s, stop_s=p.stop_s + lead_s) for p in utterance.phones
    )
    write_footage(
        out / "person.mp4", SAMPLE, Scene(), performance, size=SIZE, audio=audio, phones=phones,
        text=STATEMENT, workers=workers, crf=18,
    )  # fmt: skip
    speech = speak(SPEECH, seed=2, speed=1.05).audio
    soundfile.write(out / "speech.flac", speech.samples, speech.sample_rate, subtype="PCM_16")
    write_stills(out)
    SAMPLE.save(out / "person.json")


def write_stills(out: Path, *, size: int = 768) -> None:
    """Four JPEG stills of the sample person from other angles, camera and light."""
    import cv2

    figure = build_figure(SAMPLE, load_bust())
    for index, (name, (yaw, pitch, roll)) in enumerate(_STILLS.items()):
        score = Score(1, FPS)
        score.rotation[0] = np.deg2rad([pitch, yaw, roll])
        score.glance(np.random.default_rng(index), reach=0.0)
        if name == "smile":
            smile(score, -1, 2, 1.0)
        camera = Camera(distance_m=0.85, height_m=-0.025, yaw_degrees=[0, 0, -6, 5][index])
        renderer = Renderer(figure, Scene(camera=camera), width=size, height=size, samples=3)
        picture = renderer.frame(score.finish().pose(0))
        cv2.imwrite(
            str(out / f"still_{name}.jpg"), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92]
        )


def smile(score: Score, start_s: float, stop_s: float, height: float) -> None:
    """A smile that shows the upper teeth and lifts the cheeks."""
    parts = {"mouthSmile": 0.66, "cheekSquint": 0.50, "mouthUpperUp": 0.42, "eyeSquint": 0.30,
             "mouthDimple": 0.12, "mouthLowerDown": 0.20, "mouthStretch": 0.10}  # fmt: skip
    for name, share in parts.items():
        score.bump([name + "Left", name + "Right"], start_s, stop_s, share * height, 0.45)
    score.bump(["jawOpen"], start_s, stop_s, 0.07 * height, 0.45)


def consent_performance(utterance: Utterance, lead_s: float) -> Performance:
    """Speak the statement, then turn to both sides, open the mouth, blink and smile."""
    spoken = lead_s + utterance.audio.duration
    frames = int(np.ceil((spoken + 6.6) * FPS))
    score = Score(frames, FPS)
    rng = np.random.default_rng(SAMPLE.seed)
    score.coefficients += mouth_curves(utterance.phones, score.times - lead_s, strength=1.25)
    _talk_gestures(score, utterance, lead_s, rng)
    t = spoken
    score.turn(
        [0, lead_s, 0.5 * spoken, t - 0.2, t + 0.8, t + 1.25, t + 2.4, t + 2.85, t + 3.6, t + 6.6],
        [[0, 0, 0], [0, 0, 0], [1, 4, -1], [0, 0, 0], [1, 31, 1], [1, 31, 1], [1, -31, -1],
         [1, -31, -1], [0, 0, 0], [-1, 3, 1]],
    )  # fmt: skip
    score.bump(["jawOpen"], t + 3.5, t + 4.6, 0.62, 0.4)
    score.bump(["mouthLowerDownLeft", "mouthLowerDownRight"], t + 3.5, t + 4.6, 0.15, 0.4)
    smile(score, t + 4.7, t + 7.5, 1.0)
    for at in (0.55, t + 0.35, t + 1.7, t + 3.4, t + 5.0, t + 6.0):
        score.blink(at)
    score.sway(rng)
    score.glance(rng)
    return score.finish()


def _talk_gestures(
    score: Score, utterance: Utterance, lead_s: float, rng: np.random.Generator
) -> None:
    """Nods and raised brows on stressed sounds, blinks at pauses."""
    for phone in utterance.phones:
        at = phone.start_s + lead_s
        if phone.stressed and rng.random() < 0.6:
            nod = np.exp(-(((score.times - at - 0.06) / 0.11) ** 2))
            score.rotation[:, 0] += np.deg2rad(rng.uniform(0.6, 2.0)) * nod
        if phone.stressed and rng.random() < 0.25:
            brow = 0.30 * np.exp(-(((score.times - at) / 0.22) ** 2))
            score.add(["browInnerUp", "browOuterUpLeft", "browOuterUpRight"], brow)
        if not phone.symbol and phone.stop_s - phone.start_s > 0.15:
            score.blink(at + rng.uniform(0.0, 0.12))


def _placed(utterance: Utterance, lead_s: float, frames: int) -> AudioClip:
    """The speech after a lead of silence, as long as the picture."""
    rate = utterance.audio.sample_rate
    samples: NDArray[np.float32] = np.zeros(round(frames / FPS * rate), np.float32)
    start = int(lead_s * rate)
    spoken = utterance.audio.samples[: len(samples) - start]
    samples[start : start + len(spoken)] = spoken
    room = np.random.default_rng(0).normal(0, 0.0006, len(samples))
    return AudioClip(samples=(samples + room).astype(np.float32), sample_rate=rate)
