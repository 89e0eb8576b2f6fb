"""`speak`: an avatar says what a recording says."""

import dataclasses
import math
from fractions import Fraction
from pathlib import Path

import audio2motion
from audio2motion.behaviour import Manner
from audio2motion.gains import NATURAL as NATURAL_GAINS
from audio2motion.gains import Gains
from capture.audio import sound_seconds
from consent import Permit, Purpose, Registry
from reenact.controls import NATURAL, Controls
from reenact.manners import held_still, manner_record
from reenact.outputs import output_path
from reenact.picture import AS_FILMED, Picture
from reenact.pipeline import Progress, RenderJob, open_avatar, render_video
from reenact.result import RenderResult
from reenact.stages import Stopwatch
from reenact.transfer import Transfer

WEIGHTS = (
    "landmark-rig",
    "lips",
    "behaviour-vae",
    *(f"pocketsphinx-en-us-{part}" for part in ("mdef", "means", "variances", "sendump")),
)
"""Model files that speech passes through."""
NATURAL_MANNER = Manner()


def speak(
    subject_id: str,
    *,
    audio: Path | str,
    out: Path | str,
    permit: Permit,
    registry: Registry,
    size: int = 512,
    fps: Fraction = Fraction(25),
    seed: int = 0,
    gains: Gains = NATURAL_GAINS,
    manner: Manner = NATURAL_MANNER,
    controls: Controls = NATURAL,
    picture: Picture = AS_FILMED,
    personal: bool = True,
    overwrite: bool = False,
    on_progress: Progress | None = None,
) -> RenderResult:
    """Render a person's avatar speaking a recording.

    Args:
        subject_id: Whom to show.
        audio: The speech, any format; it becomes the sound of the video.
        out: The video to write: `name.mp4`, `name.webm`, or pictures: `name_%05d.png` or "folder/".
        permit: For this person and `Purpose.SPEAK`.
        registry: The registry that made the permit.
        size: Side of the rendered head crop in px.
        fps: Frames a second.
        seed: Of blinks, gaze and head motion.
        gains: How strongly mouth, jaw, upper face, head, gaze and blinking go.
        manner: Mood, gestures and generator of everything that is not lips.
        controls: Strengths, openings, gaze, view and stillness, on top of the motion.
        picture: What the output shows: cut, size, background.
        personal: Use what personalising learnt, if anything.
        overwrite: Replace `out` where it exists.
        on_progress: Called with (frames done, frames in all).

    Raises:
        ConsentError: Before the first frame is made if the permit does not hold; or later, if the
            consent is withdrawn meanwhile.
        MediaError: The recording cannot be read or the video cannot be written.
    """
    stopwatch = Stopwatch()
    audio, out = Path(audio), output_path(out)
    rate = fps / picture.stride
    gains, applied = held_still(gains, controls)
    registry.verify(permit, subject_id=subject_id, purpose=Purpose.SPEAK)
    seconds = sound_seconds(audio)  # what is no sound is told before the avatar is opened
    asset = open_avatar(subject_id, purpose=Purpose.SPEAK, permit=permit, registry=registry)
    personal = personal and asset.is_personal
    job = RenderJob(
        asset=asset,
        out=out,
        permit=permit,
        registry=registry,
        size=size,
        fps=rate,
        total=math.ceil(seconds * rate),
        sound=audio,
        inputs={"audio": audio},
        options={
            "command": "speak",
            "size": size,
            "fps": str(fps),
            "seed": seed,
            "personal": personal,
            **manner_record(gains, manner),
            **controls.record(),
        },
        weights=WEIGHTS,
        picture=picture,
        personal=personal,
        overwrite=overwrite,
    )
    pieces = audio2motion.predict_pieces(audio, fps=rate, seed=seed, gains=gains, manner=manner)
    transfer = Transfer(asset, reference=None, controls=applied)
    result = render_video(job, pieces, transfer, stopwatch=stopwatch, on_progress=on_progress)
    return dataclasses.replace(result, warnings=(*result.warnings, *transfer.warnings))
