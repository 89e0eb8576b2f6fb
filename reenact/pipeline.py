"""The last step that every kind of driving shares: motion in, a signed video out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import file_digest
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar.asset import AvatarAsset
from capture.audio import AudioClip
from capture.motion import MotionSequence
from capture.staging import scratch_output
from capture.video import write_mp4
from consent import Permit, PermitLease, Purpose, Registry, sign_output
from reenact.compositor import Compositor
from reenact.engine import DrivenFace, FirstOrderEngine, RenderedHead
from reenact.engines import Driving, Engine
from reenact.mouth import MouthInterior
from reenact.result import RenderResult
from reenact.stages import Stopwatch, side_by_side
from reenact.transfer import Transfer

RATE_FACTOR = 17
"""Of x264: at its usual 18 pores and lashes begin to go."""
CHECK_EVERY = 50
"""Frames between two looks at the consent: a withdrawal stops a running render."""

Progress = Callable[[int, int], None]
Smooth = Callable[[Iterable[DrivenFace]], Iterator[DrivenFace]]


def open_avatar(
    subject_id: str, *, purpose: Purpose, permit: Permit, registry: Registry
) -> AvatarAsset:
    """Unseal a person's avatar. Nothing else in the toolkit does.

    Raises:
        ConsentError: The permit does not hold for this person and purpose.
    """
    registry.verify(permit, subject_id=subject_id, purpose=purpose)
    return AvatarAsset.from_bytes(registry.unseal(permit))


@dataclass(frozen=True, slots=True)
class RenderJob:
    """What to render, apart from the motion."""

    asset: AvatarAsset
    out: Path
    permit: Permit
    registry: Registry
    size: int
    fps: Fraction
    total: int
    """Frames expected, for progress; 0 if unknown."""
    sound: AudioClip | Path | None
    inputs: Mapping[str, Path]
    """Input files by role; their SHA-256 goes into the proof."""
    options: Mapping[str, object]
    weights: tuple[str, ...]
    overwrite: bool = False


def render_video(
    job: RenderJob,
    motion: Iterable[MotionSequence],
    transfer: Transfer,
    *,
    stopwatch: Stopwatch,
    smooth: Smooth | None = None,
    on_progress: Progress | None = None,
) -> RenderResult:
    """Render motion with the default engine; see `render_driven`.

    Args:
        job: What to render.
        motion: The motion in pieces, in order.
        transfer: Turns it into driven faces.
        stopwatch: Started when the job was.
        smooth: Applied to the stream of driven faces.
        on_progress: Called with (frames done, frames expected).

    Raises:
        ConsentError: The permit does not hold, or the consent is withdrawn meanwhile.
        MediaError: The sound cannot be read or the video cannot be written.
    """

    def placed() -> Iterator[DrivenFace]:
        for piece in side_by_side(stopwatch.stage("motion_ms", motion)):
            yield from transfer.faces(piece)

    mouth = MouthInterior(job.asset)
    engine = FirstOrderEngine(job.asset.appearance, mouth=mouth, size=job.size)
    driven = placed() if smooth is None else smooth(placed())
    return render_driven(job, driven, engine, stopwatch=stopwatch, on_progress=on_progress)


def render_driven(
    job: RenderJob,
    driven: Iterable[Driving],
    engine: Engine[Driving],
    *,
    stopwatch: Stopwatch,
    on_progress: Progress | None = None,
) -> RenderResult:
    """Render, encode, sign and publish. Streams; leaves nothing behind if anything fails.

    Args:
        job: What to render.
        driven: What drives each frame, in order.
        engine: Draws it.
        stopwatch: Started when the job was.
        on_progress: Called with (frames done, frames expected).

    Raises:
        ConsentError: The permit does not hold, or the consent is withdrawn meanwhile.
        MediaError: The sound cannot be read or the video cannot be written.
    """
    lease = PermitLease(job.registry, job.permit)
    lease.check()
    compositor = Compositor(job.asset.appearance)

    def heads() -> Iterator[RenderedHead]:
        for driving in driven:
            with stopwatch("render_ms"):
                head = engine.render(driving)
            yield head

    def frames() -> Iterator[NDArray[np.uint8]]:
        for done, head in enumerate(side_by_side(heads()), start=1):
            if done % CHECK_EVERY == 0:
                lease.check()
            with stopwatch("paste_ms"):
                frame = compositor.paste(head)
            stopwatch.note("first_frame_s")
            yield frame
            if on_progress is not None:
                on_progress(done, job.total)

    with scratch_output(job.out, overwrite=job.overwrite) as part:
        count = write_mp4(frames(), part, fps=job.fps, audio=job.sound, crf=RATE_FACTOR)
        timings = stopwatch.milliseconds_per(max(count, 1))
        sidecar = _publish(job, part, lease.check(), count, timings)
    return RenderResult(
        output=job.out,
        sidecar=sidecar,
        frames=count,
        fps=job.fps,
        seconds=stopwatch.elapsed(),
        device=engine.device,
        weights=job.weights,
        timings=timings,
    )


def _publish(
    job: RenderJob, part: Path, permit: Permit, count: int, timings: Mapping[str, float]
) -> Path:
    """Sign the finished video and put it and its sidecar in place; returns the sidecar."""
    return sign_output(
        part,
        job.out,
        registry=job.registry,
        permit=permit,
        inputs={role: _sha256(path) for role, path in job.inputs.items()},
        details={
            "weights": list(job.weights),
            "options": dict(job.options),
            "frames": count,
            "fps": str(job.fps),
            "timings": dict(timings),
        },
        overwrite=job.overwrite,
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
