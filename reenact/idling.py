"""`idle`: an avatar that waits: it breathes, blinks, looks about and hardly moves."""

import dataclasses
import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio2motion.behaviour import Manner, ProsodyFrames, behave
from audio2motion.behaviour.hearing import PROSODY_RATE
from audio2motion.gains import NATURAL as NATURAL_GAINS
from audio2motion.gains import Gains
from capture.arkit import ARKIT_INDEX
from capture.motion import MotionSequence
from consent import Permit, Purpose, Registry
from reenact.controls import NATURAL, Controls
from reenact.errors import ControlError
from reenact.manners import as_person, held_still, manner_record
from reenact.outputs import output_path
from reenact.picture import AS_FILMED, Picture
from reenact.pipeline import Progress, RenderJob, open_avatar, render_video
from reenact.result import RenderResult
from reenact.stages import Stopwatch
from reenact.transfer import Transfer

LONGEST_S = 3600.0
PIECE = 25
"""Frames of motion that are handed on together."""
CALM_HEAD, CALM_TEMPO = 0.6, 0.5
"""Of a listener's: who waits for nobody moves less, and more slowly."""
GLANCES = 0.6
"""Of a speaker's glances: eyes that wait stay near the camera."""
WAITING = Manner(generator="procedural", tempo=CALM_TEMPO)
"""The trained generators have heard nobody wait."""
FACE_DRIFTS_S = 1.6
FACE_PLAY = {
    "mouthSmileLeft": 0.05,
    "mouthSmileRight": 0.05,
    "browInnerUp": 0.06,
    "mouthPressLeft": 0.04,
    "mouthPressRight": 0.04,
    "cheekSquintLeft": 0.03,
    "cheekSquintRight": 0.03,
}
"""Standard deviations of coefficients that play a little; only their upper half shows."""


def idle(
    subject_id: str,
    *,
    seconds: float,
    out: Path | str,
    permit: Permit,
    registry: Registry,
    size: int = 512,
    fps: Fraction = Fraction(25),
    seed: int = 0,
    gains: Gains = NATURAL_GAINS,
    manner: Manner = WAITING,
    controls: Controls = NATURAL,
    picture: Picture = AS_FILMED,
    personal: bool = True,
    overwrite: bool = False,
    on_progress: Progress | None = None,
) -> RenderResult:
    """Render a person's avatar waiting, without sound; one enrolled picture is enough.

    Args:
        subject_id: Whom to show.
        seconds: Length of the video, above 0 and up to an hour.
        out: The video to write: `name.mp4`, `name.webm`, or pictures: `name_%05d.png` or "folder/".
        permit: For this person and `Purpose.SPEAK`.
        registry: The registry that made the permit.
        size: Side of the rendered head crop in px.
        fps: Frames a second.
        seed: Of all chance; the same seed gives the same motion.
        gains: How strongly head, brows, gaze and lids play.
        manner: Mood and gestures.
        controls: What is set on top of the motion.
        picture: What the output shows: cut, size, background.
        personal: Use what enrolment and personalising learnt about how this person moves.
        overwrite: Replace `out` where it exists.
        on_progress: Called with (frames done, frames in all).

    Raises:
        ConsentError: Before the first frame is made if the permit does not hold; or later, if the
            consent is withdrawn meanwhile.
        ControlError: The length is out of its range.
        MediaError: The video cannot be written.
    """
    stopwatch = Stopwatch()
    rate = fps / picture.stride
    gains, applied = held_still(gains, controls)
    _check_length(seconds)
    asset = open_avatar(subject_id, purpose=Purpose.SPEAK, permit=permit, registry=registry)
    own_gains, own_manner = as_person(gains, manner, asset.habits if personal else None)
    motion = idle_motion(seconds, fps=rate, seed=seed, gains=own_gains, manner=own_manner)
    personal = personal and asset.is_personal
    job = RenderJob(
        asset=asset,
        out=output_path(out),
        permit=permit,
        registry=registry,
        size=size,
        fps=rate,
        total=len(motion),
        sound=None,
        inputs={},
        options={
            "command": "idle",
            "size": size,
            "fps": str(fps),
            "seed": seed,
            "seconds": seconds,
            "personal": personal,
            **manner_record(gains, manner),
            **controls.record(),
        },
        weights=("landmark-rig",),
        picture=picture,
        personal=personal,
        overwrite=overwrite,
    )
    transfer = Transfer(asset, reference=None, speaks=False, controls=applied)
    result = render_video(
        job, _pieces(motion), transfer, stopwatch=stopwatch, on_progress=on_progress
    )
    return dataclasses.replace(result, warnings=(*result.warnings, *transfer.warnings))


def idle_motion(
    seconds: float,
    *,
    fps: Fraction = Fraction(25),
    seed: int = 0,
    gains: Gains = NATURAL_GAINS,
    manner: Manner = WAITING,
) -> MotionSequence:
    """Breathing, swaying, blinking and glancing, about the identity pose and a resting face.

    All of it is stationary: it wanders about the rest and never away from it.

    Args:
        seconds: Length, above 0 and up to an hour.
        fps: Frames a second.
        seed: Same seed, same motion.
        gains: How strongly head, brows, gaze and lids play.
        manner: Mood and gestures.

    Raises:
        ControlError: The length is out of its range.
    """
    _check_length(seconds)
    frames = math.ceil(seconds * fps)
    for_behaviour, for_face = np.random.SeedSequence(seed).generate_state(2)
    behaviour = behave(
        ProsodyFrames.silence(math.ceil(seconds * PROSODY_RATE)),
        fps=fps,
        frames=frames,
        seed=int(for_behaviour),
        gains=dataclasses.replace(gains, head=CALM_HEAD * gains.head, gaze=GLANCES * gains.gaze),
        manner=manner,
    )
    coefficients = behaviour.face + behaviour.mouth
    play = _face_play(frames, float(fps), np.random.default_rng(for_face))
    for name, values in play.items():
        coefficients[:, ARKIT_INDEX[name]] += gains.upper_face * values
    return MotionSequence(
        fps=fps,
        blendshapes=np.clip(coefficients, 0, 1).astype(np.float32),
        head_rotation=behaviour.rotation,
        head_translation=behaviour.translation,
    )


def _check_length(seconds: float) -> None:
    if not 0 < seconds <= LONGEST_S:
        raise ControlError(
            f"seconds: want a length above 0 and up to {LONGEST_S:g}, got {seconds:g}",
            hint="A waiting avatar is usually shown for 10 to 60 seconds.",
        )


def _pieces(motion: MotionSequence) -> Iterator[MotionSequence]:
    for start in range(0, len(motion), PIECE):
        yield motion.slice(start, min(start + PIECE, len(motion)))


def _face_play(
    frames: int, rate: float, rng: np.random.Generator
) -> dict[str, NDArray[np.float64]]:
    """Coefficients of a face that is not frozen; left and right move together, but not quite."""
    curves = {}
    for name, spread in FACE_PLAY.items():
        if name.endswith("Right"):
            continue
        both = _slow_noise(frames, FACE_DRIFTS_S * rate, rng)
        sides = (name, name.replace("Left", "Right")) if name.endswith("Left") else (name,)
        for side in sides:
            own = _slow_noise(frames, FACE_DRIFTS_S * rate, rng)
            curves[side] = np.clip(spread * (0.9 * both + 0.3 * own), 0, 1)
    return curves


def _slow_noise(frames: int, width: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """(n,) stationary noise of unit variance, smooth over about `width` frames."""
    from scipy.ndimage import gaussian_filter1d

    margin = math.ceil(4 * width)
    white = rng.standard_normal(frames + 2 * margin)
    smooth = gaussian_filter1d(white, width, mode="wrap")[margin : margin + frames]
    # the variance of white noise after a Gaussian of this width
    noise: NDArray[np.float64] = smooth * math.sqrt(2 * math.sqrt(math.pi) * width)
    return noise
