"""The last step that every kind of driving shares: motion in, a signed video out."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from hashlib import file_digest
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar.asset import AvatarAsset
from capture.audio import AudioClip
from capture.motion import MotionSequence
from consent import Permit, PermitLease, Purpose, Registry
from reenact.alignment.bending import LearntBend
from reenact.alignment.learning import Alignment
from reenact.bent_engine import Bender, BentEngine
from reenact.cutout import Mattes, with_mattes
from reenact.engine import DrivenFace, FirstOrderEngine, RenderedHead
from reenact.engines import Driving, Engine
from reenact.mouth import MouthInterior
from reenact.outputs import Output, Proof, Sheet, open_output
from reenact.picture import AS_FILMED, Picture
from reenact.result import RenderResult
from reenact.stages import Stopwatch, side_by_side
from reenact.sway.following import SwayBend
from reenact.transfer import Transfer

CHECK_EVERY = 50
"""Frames between two looks at the consent: a withdrawal stops a running render."""
_SILENT = "pictures carry no sound; the output has none"

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
    picture: Picture = AS_FILMED
    personal: bool = False
    """Whether the default engine uses what was learnt about the person."""
    overwrite: bool = False
    sheet: Sheet | None = None
    """Where one frame goes, instead of a film or pictures."""

    def __post_init__(self) -> None:
        self.output()  # what cannot be written is told before the work, not after it

    def output(self) -> Output:
        """Where frames go.

        Raises:
            ControlError: By its name `out` is no output.
        """
        if self.sheet is not None:
            return self.sheet
        picture = self.picture
        return open_output(self.out, transparent=picture.alpha, hasty=picture.preview)


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

    mattes = job.picture.mattes(job.asset.appearance)
    with stopwatch("load_s"):
        warping = FirstOrderEngine(
            job.asset.appearance,
            mouth=MouthInterior(job.asset),
            size=job.picture.head_size(job.size),
            cutouts=None if mattes is None else mattes.references,
            redirects_gaze=transfer.redirects_gaze,
        )
        engine = BentEngine(warping, _benders(job, warping.size))
    driven = placed() if smooth is None else smooth(placed())
    return render_driven(
        job, driven, engine, stopwatch=stopwatch, mattes=mattes, on_progress=on_progress
    )


def _benders(job: RenderJob, size: int) -> list[Bender]:
    """What corrects the default engine: what was learnt, then what is seen of the driver."""
    appearance, benders = job.asset.appearance, list[Bender]()
    if job.personal and job.asset.learnt is not None:
        alignment = Alignment.from_arrays(job.asset.learnt.arrays)
        benders.append(LearntBend(appearance, alignment, size=size))
    return [*benders, SwayBend(appearance, size=size, fps=float(job.fps))]


def render_driven(
    job: RenderJob,
    driven: Iterable[Driving],
    engine: Engine[Driving],
    *,
    stopwatch: Stopwatch,
    mattes: Mattes | None = None,
    on_progress: Progress | None = None,
) -> RenderResult:
    """Render, encode, sign and publish. Streams; leaves nothing behind if anything fails.

    Args:
        job: What to render.
        driven: What drives each frame, in order.
        engine: Draws it.
        stopwatch: Started when the job was.
        mattes: Of the person, if they were computed already.
        on_progress: Called with (frames done, frames expected).

    Raises:
        ConsentError: The permit does not hold, or the consent is withdrawn meanwhile.
        MediaError: The sound cannot be read or the video cannot be written.
    """
    lease = PermitLease(job.registry, job.permit)
    lease.check()
    appearance, picture = job.asset.appearance, job.picture
    output = job.output()
    paster = picture.paster(appearance, mattes or picture.mattes(appearance))

    def rendered() -> Iterator[RenderedHead]:
        for driving in driven:
            with stopwatch("render_ms"):
                head = engine.render(driving)
            yield head

    def heads() -> Iterator[RenderedHead]:
        return with_mattes(rendered()) if picture.cuts_out else rendered()

    def frames() -> Iterator[NDArray[np.uint8]]:
        for done, head in enumerate(side_by_side(heads()), start=1):
            if done % CHECK_EVERY == 0:
                lease.check()
            with stopwatch("paste_ms"):
                frame = paster.paste(head)
            stopwatch.note("first_frame_s")
            yield frame
            if on_progress is not None:
                on_progress(done, job.total)

    with output.scratch(overwrite=job.overwrite) as part, _stages_alone():
        count = output.write(frames(), part, fps=job.fps, sound=job.sound)
        timings = stopwatch.milliseconds_per(max(count, 1))
        sidecar = output.sign(part, count, _proof(job, lease.check(), count, timings))
    return RenderResult(
        output=job.out,
        sidecar=sidecar,
        frames=count,
        fps=job.fps,
        seconds=stopwatch.elapsed(),
        device=engine.device,
        weights=job.weights,
        warnings=() if output.has_sound or job.sound is None else (_SILENT,),
        timings=timings,
    )


@contextmanager
def _stages_alone() -> Iterator[None]:
    """Keep OpenCV to one thread: the stages that run side by side are what fills the cores."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def _proof(job: RenderJob, permit: Permit, count: int, timings: Mapping[str, float]) -> Proof:
    """Say what the finished output rests on."""
    inputs = {**job.inputs, **job.picture.inputs()}
    return {
        "registry": job.registry,
        "permit": permit,
        "inputs": {role: _sha256(path) for role, path in inputs.items()},
        "details": {
            "weights": list(job.weights),
            "options": {**job.options, **job.picture.options()},
            "frames": count,
            "fps": str(job.fps),
            "timings": dict(timings),
        },
        "overwrite": job.overwrite,
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
