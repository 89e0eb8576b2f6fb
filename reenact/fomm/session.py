"""A render by the published network: from an open avatar and a driving video to a signed file."""

from dataclasses import dataclass
from pathlib import Path

from reenact.driving import DrivingVideo
from reenact.fomm.checkpoint import Networks, load_checkpoint
from reenact.fomm.driving import DrivingPictures
from reenact.fomm.engine import FommEngine
from reenact.fomm.runtime import Runtime, bound_threads
from reenact.pipeline import Progress, RenderJob, render_driven
from reenact.result import RenderResult
from reenact.stages import Stopwatch, side_by_side
from reenact.transfer import Motion


@dataclass(frozen=True, slots=True, eq=False)
class FommSession:
    """The networks of a checkpoint on a device."""

    networks: Networks
    runtime: Runtime

    @classmethod
    def open(cls, checkpoint: Path, *, device: str = "auto") -> "FommSession":
        """Open a checkpoint.

        Raises:
            WeightsError: It is not of this model.
            MissingBackendError: The device is not there.
        """
        runtime = Runtime.choose(device)
        bound_threads()
        return cls(load_checkpoint(checkpoint), runtime)

    @property
    def size(self) -> int:
        """Side of the rendered head crop in px; the networks know no other."""
        return self.networks.configuration.image_side

    @property
    def weights(self) -> tuple[str, ...]:
        """Names of the model files, for the proof; the checkpoint's name is its SHA-256."""
        return ("face-landmarker", "landmark-rig", f"fomm-checkpoint:{self.networks.sha256}")

    def render(
        self,
        job: RenderJob,
        video: DrivingVideo,
        *,
        motion: Motion,
        stopwatch: Stopwatch,
        on_progress: Progress | None = None,
    ) -> RenderResult:
        """Let the avatar follow a video.

        Args:
            job: What to render.
            video: The driving video.
            motion: Relative or absolute.
            stopwatch: Started when the job was.
            on_progress: Called with (frames done, frames expected).

        Raises:
            ConsentError: The permit does not hold, or the consent is withdrawn meanwhile.
            MediaError: The video cannot be written.
            NoFaceError: The driving video never shows the face.
        """
        with stopwatch("reference_s"):
            pictures = DrivingPictures(video, job.asset.appearance, side=self.size)
        with stopwatch("source_s"):
            engine = FommEngine(
                job.asset.appearance,
                self.networks,
                reference=pictures.reference,
                rate=float(video.info.fps),
                runtime=self.runtime,
                motion=motion,
            )
        driven = side_by_side(stopwatch.stage("motion_ms", pictures))
        return render_driven(job, driven, engine, stopwatch=stopwatch, on_progress=on_progress)
