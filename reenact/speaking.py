"""`speak`: an avatar says what a recording or a text says."""

import dataclasses
import math
from fractions import Fraction
from pathlib import Path

from audio2motion.behaviour import Manner
from audio2motion.gains import NATURAL as NATURAL_GAINS
from audio2motion.gains import Gains
from consent import Permit, Purpose, Registry
from reenact.controls import NATURAL, Controls
from reenact.manners import as_person, held_still, manner_record
from reenact.outputs import output_path
from reenact.picture import AS_FILMED, Picture
from reenact.pipeline import Progress, RenderJob, open_avatar, render_video
from reenact.result import RenderResult
from reenact.speech import open_speech
from reenact.stages import Stopwatch
from reenact.transfer import Transfer

NATURAL_MANNER = Manner()


def speak(
    subject_id: str,
    *,
    audio: Path | str | None = None,
    text: str | None = None,
    voice: str | None = None,
    language: str | None = None,
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
    """Render a person's avatar speaking a recording or a text.

    Args:
        subject_id: Whom to show.
        audio: The speech, any format; it becomes the sound of the video. Or
        text: what it says, with directions in brackets such as `[smile]`: see docs/text.md.
        voice: Who says the text: `joe`, `heart`, `espeak:LANGUAGE` or the path of a Piper voice;
            None for the best that is installed.
        language: Of the text, such as `de`; None for the voice's own, or English.
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
        personal: Use what enrolment and personalising learnt about how this person moves.
        overwrite: Replace `out` where it exists.
        on_progress: Called with (frames done, frames in all).

    Raises:
        ConsentError: Before the first frame is made if the permit does not hold; or later, if the
            consent is withdrawn meanwhile.
        ControlError: Neither or both of `audio` and `text` are given.
        MediaError: The recording cannot be read or the video cannot be written.
        MissingBackendError: No voice is installed that speaks the text's language.
        TextError: The text, the voice or the language cannot be used.
    """
    stopwatch = Stopwatch()
    out = output_path(out)
    rate = fps / picture.stride
    gains, applied = held_still(gains, controls)
    registry.verify(permit, subject_id=subject_id, purpose=Purpose.SPEAK)
    # what is no sound or cannot be said is told before the avatar is opened
    with open_speech(audio=audio, text=text, voice=voice, language=language, seed=seed) as speech:
        asset = open_avatar(subject_id, purpose=Purpose.SPEAK, permit=permit, registry=registry)
        own_gains, own_manner = as_person(gains, manner, asset.habits if personal else None)
        job = RenderJob(
            asset=asset,
            out=out,
            permit=permit,
            registry=registry,
            size=size,
            fps=rate,
            total=math.ceil(speech.seconds * rate),
            sound=speech.sound,
            inputs=speech.inputs,
            options={
                "command": "speak",
                "size": size,
                "fps": str(fps),
                "seed": seed,
                "personal": personal and asset.is_personal,
                "habits": personal and asset.habits is not None,
                **speech.record,
                **manner_record(gains, manner),
                **controls.record(),
            },
            weights=(*speech.weights, *manner.weights),
            picture=picture,
            personal=personal and asset.is_personal,
            overwrite=overwrite,
        )
        pieces = speech.motion(fps=rate, seed=seed, gains=own_gains, manner=own_manner)
        transfer = Transfer(asset, reference=None, controls=applied)
        result = render_video(job, pieces, transfer, stopwatch=stopwatch, on_progress=on_progress)
    return dataclasses.replace(result, warnings=(*result.warnings, *transfer.warnings))
