"""Draw docs/images/emotions.jpg: the embedded synthetic person says the same in every mood.

`python docs/emotion_figure.py`; about two minutes on one core.
"""

import tempfile
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

import avatar
import reenact
from audio2motion.behaviour import Emotion, Manner
from audio2motion.behaviour.emotion import EMOTIONS
from audio2motion.gains import Gains
from capture.video import read_frames
from consent import Kind, Permit, Purpose, Registry
from reenact.demo import ATTESTATION, NAME, SAMPLE

OUT = Path(__file__).parent / "images" / "emotions.jpg"
STRENGTH = 0.8
FRAME = 38
SIZE = 512
CUT = (slice(40, 440), slice(76, 436))
COLUMNS = 3


def main() -> None:
    """Enrol, speak in every mood, put one frame of each on a sheet."""
    with tempfile.TemporaryDirectory() as folder:
        with Registry.open(Path(folder) / "home") as registry:
            enrolled = avatar.enroll(
                NAME,
                video=SAMPLE / "person.mp4",
                photos=SAMPLE,
                kind=Kind.SYNTHETIC,
                attestation=ATTESTATION,
                purposes=[Purpose.SPEAK],
                registry=registry,
            )
            permit = registry.authorize(enrolled.subject_id, purpose=Purpose.SPEAK)
            faces = [
                _face(name, enrolled.subject_id, permit, registry, Path(folder))
                for name in EMOTIONS
            ]
    rows = [np.hstack(faces[i : i + COLUMNS]) for i in range(0, len(faces), COLUMNS)]
    sheet = cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(OUT), sheet, [cv2.IMWRITE_JPEG_QUALITY, 90])


def _face(
    name: str, subject: str, permit: Permit, registry: Registry, folder: Path
) -> NDArray[np.uint8]:
    """One frame of a mood, named."""
    out = folder / f"{name}.mp4"
    reenact.speak(
        subject,
        audio=SAMPLE / "speech.flac",
        out=out,
        permit=permit,
        registry=registry,
        size=SIZE,
        seed=3,
        gains=Gains(blink_rate=0, gaze=0.3),
        manner=Manner(emotion=Emotion(name, STRENGTH)),
    )
    frame = next(read_frames(out, start=FRAME, stop=FRAME + 1))[CUT].copy()
    cv2.putText(frame, name, (10, 26), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (255, 255, 255), 2)
    return frame


if __name__ == "__main__":
    main()
