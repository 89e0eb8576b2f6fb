"""`idle`: an avatar that waits: it breathes, blinks, looks about and hardly moves."""

import dataclasses
import math
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio2motion import eyes
from audio2motion.features import FRAME_RATE
from audio2motion.head import head_motion
from audio2motion.prosody import Prosody
from capture.arkit import ARKIT_INDEX
from capture.motion import MotionSequence
from consent import Permit, Purpose, Registry
from reenact.controls import NATURAL, Controls
from reenact.errors import ControlError
from reenact.outputs import output_path
from reenact.picture import AS_FILMED, Picture
from reenact.pipeline import Progress, RenderJob, open_avatar, render_video
from reenact.result import RenderResult
from reenact.stages import Stopwatch
from reenact.transfer import Transfer

LONGEST_S = 3600.0
PIECE = 25
"""Frames of motion that are handed on together."""
BLINK_RATE = 17 / 21
"""At rest people blink 17 times a minute (Bentivoglio et al. 1997), of a speaker's 21."""
GLANCES = 0.6
"""Of a speaker's glances: eyes that wait stay near the camera."""
BREATHS_PER_MINUTE = 14.0
BREATH_VARIATION, BREATH_VARIES_S = 0.12, 8.0
"""How much the rate of breathing changes, and how slowly."""
INHALE_SKEW = 0.35
"""Breathing in takes less time than breathing out."""
BREATH_LIFT_M, BREATH_NOD_DEGREES = 0.0012, 0.4
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
        controls: What is set on top of the motion.
        picture: What the output shows: cut, size, background.
        personal: Use what personalising learnt, if anything.
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
    motion = idle_motion(seconds, fps=rate, seed=seed)
    asset = open_avatar(subject_id, purpose=Purpose.SPEAK, permit=permit, registry=registry)
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
            **controls.record(),
        },
        weights=("landmark-rig",),
        picture=picture,
        personal=personal,
        overwrite=overwrite,
    )
    transfer = Transfer(asset, reference=None, speaks=False, controls=controls)
    result = render_video(
        job, _pieces(motion), transfer, stopwatch=stopwatch, on_progress=on_progress
    )
    return dataclasses.replace(result, warnings=(*result.warnings, *transfer.warnings))


def idle_motion(seconds: float, *, fps: Fraction = Fraction(25), seed: int = 0) -> MotionSequence:
    """Breathing, swaying, blinking and glancing, about the identity pose and a resting face.

    All of it is stationary: it wanders about the rest and never away from it.

    Args:
        seconds: Length, above 0 and up to an hour.
        fps: Frames a second.
        seed: Same seed, same motion.

    Raises:
        ControlError: The length is out of its range.
    """
    if not 0 < seconds <= LONGEST_S:
        raise ControlError(
            f"seconds: want a length above 0 and up to {LONGEST_S:g}, got {seconds:g}",
            hint="A waiting avatar is usually shown for 10 to 60 seconds.",
        )
    frames = math.ceil(seconds * fps)
    silence = _silence(math.ceil(seconds * FRAME_RATE) + FRAME_RATE)
    for_head, for_blinks, for_gaze, for_breath, for_face = (
        np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(5)
    )
    rotation, translation, angles = head_motion(
        silence, fps=fps, frames=frames, gain=1.0, rng=for_head
    )
    breath = _breath(frames, float(fps), for_breath)
    curves = eyes.blink_curves(
        silence, fps=fps, frames=frames, rate_gain=BLINK_RATE, rng=for_blinks
    )
    curves |= eyes.gaze_curves(angles, fps=fps, gain=GLANCES, rng=for_gaze)
    eyes.lids_follow_gaze(curves)
    curves |= _face_play(frames, float(fps), for_face)
    coefficients = np.zeros((frames, len(ARKIT_INDEX)), np.float32)
    for name, values in curves.items():
        coefficients[:, ARKIT_INDEX[name]] = values
    lift = BREATH_LIFT_M * breath[:, None] * np.array([0, 1, 0.5])
    return MotionSequence(
        fps=fps,
        blendshapes=coefficients,
        head_rotation=_nodded(rotation, -np.radians(BREATH_NOD_DEGREES) * breath),
        head_translation=(translation + lift).astype(np.float32),
    )


def _pieces(motion: MotionSequence) -> Iterator[MotionSequence]:
    for start in range(0, len(motion), PIECE):
        yield motion.slice(start, min(start + PIECE, len(motion)))


def _silence(frames: int) -> Prosody:
    """A recording in which nobody speaks; 100 frames a second."""
    nothing = np.zeros(frames, np.float32)
    return Prosody(
        activity=nothing,
        level=nothing,
        pitch=np.full(frames, np.nan, np.float32),
        accents=np.zeros((0, 2)),
        phrase_ends=np.zeros(0),
    )


def _breath(frames: int, rate: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """(n,) in [-1, 1]: 1 where the lungs are full."""
    varied = BREATH_VARIATION * _slow_noise(frames, BREATH_VARIES_S * rate, rng)
    pace = BREATHS_PER_MINUTE / 60 * np.clip(1 + varied, 0.5, 1.5)
    phase = rng.uniform(0, 2 * np.pi) + 2 * np.pi * np.cumsum(pace) / rate
    wave: NDArray[np.float64] = np.sin(phase + INHALE_SKEW * np.sin(phase))
    return wave


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


def _nodded(rotation: NDArray[np.float32], chin_down: NDArray[np.float64]) -> NDArray[np.float32]:
    """(n, 4) unit quaternions xyzw after a small turn about +X of the head."""
    from scipy.spatial.transform import Rotation

    turned = Rotation.from_quat(rotation) * Rotation.from_euler("x", chin_down[:, None])
    quaternions: NDArray[np.float32] = turned.as_quat().astype(np.float32)
    return quaternions
