"""`reenact`: an avatar follows the face of a driving video."""

import dataclasses
from pathlib import Path
from typing import Literal

from consent import Permit, Purpose, Registry
from reenact.driving import DrivingVideo
from reenact.pipeline import Progress, RenderJob, open_avatar, render_video
from reenact.result import RenderResult
from reenact.face_smoothing import smooth_faces
from reenact.stages import Stopwatch
from reenact.transfer import Motion, Region, Transfer


def reenact(
    subject_id: str,
    *,
    driving: Path | str,
    out: Path | str,
    permit: Permit,
    registry: Registry,
    motion: Motion | str = Motion.RELATIVE,
    region: Region | str = Region.ALL,
    audio: Literal["driving", "none"] | Path | str = "driving",
    size: int = 512,
    face: int | None = None,
    overwrite: bool = False,
    on_progress: Progress | None = None,
) -> RenderResult:
    """Render a person's avatar following a driving video, frame for frame.

    Args:
        subject_id: Whom to show.
        driving: The video whose face moves the avatar.
        out: The MP4 to write, at the source frame's size and the driving video's rate.
        permit: For this person and `Purpose.REENACT`.
        registry: The registry that made the permit.
        motion: Changes since the best driving frame, or poses and shapes as they are.
        region: What follows; the rest stays as in the source frame.
        audio: The sound: the driving video's (silence if it has none), none, or a file.
        size: Side of the rendered head crop in px.
        face: Which driving face, 0 the largest; None means the largest.
        overwrite: Replace `out` where it exists.
        on_progress: Called with (frames done, frames in all).

    Raises:
        ConsentError: Before the first frame is made if the permit does not hold; or later, if the
            consent is withdrawn meanwhile.
        MediaError: An input cannot be read or the video cannot be written.
        NoFaceError: The driving video never shows the face.
    """
    stopwatch = Stopwatch()
    driving, out = Path(driving), Path(out)
    motion, region = Motion(motion), Region(region)
    asset = open_avatar(subject_id, purpose=Purpose.REENACT, permit=permit, registry=registry)
    video = DrivingVideo(driving, face=face)
    with stopwatch("reference_s"):
        reference = video.reference(asset)
    sound = _sound(audio, video)
    inputs = {"driving": driving}
    if isinstance(sound, Path) and sound != driving:
        inputs["audio"] = sound
    job = RenderJob(
        asset=asset,
        out=out,
        permit=permit,
        registry=registry,
        size=size,
        fps=video.info.fps,
        total=video.info.frame_count,
        sound=sound,
        inputs=inputs,
        options={
            "command": "reenact",
            "size": size,
            "motion": motion.value,
            "region": region.value,
            "audio": audio if audio in ("driving", "none") else "file",
        },
        weights=("face-landmarker", "landmark-rig"),
        overwrite=overwrite,
    )
    result = render_video(
        job,
        video.motion(),
        Transfer(asset, reference=reference, motion=motion, region=region),
        stopwatch=stopwatch,
        smooth=smooth_faces,
        on_progress=on_progress,
    )
    return dataclasses.replace(result, warnings=_warnings(video, audio))


def _sound(audio: Path | str, video: DrivingVideo) -> Path | None:
    if audio == "none" or (audio == "driving" and not video.info.has_audio):
        return None
    return video.path if audio == "driving" else Path(audio)


def _warnings(video: DrivingVideo, audio: Path | str) -> tuple[str, ...]:
    warnings = []
    if video.bridged:
        warnings.append(f"{video.bridged} frames show no face; the motion was bridged over them")
    if video.faces > 1:
        warnings.append(f"the driving video shows {video.faces} faces; one was followed (--face)")
    if audio == "driving" and not video.info.has_audio:
        warnings.append("the driving video has no sound; neither has the output")
    return tuple(warnings)
