"""`reenact`: an avatar follows the face of a driving video."""

import dataclasses
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from capture.area import Area
from consent import Permit, Purpose, Registry
from reenact.controls import NATURAL, Controls
from reenact.driving import DrivingVideo
from reenact.engines import Device, EngineName, open_fomm
from reenact.errors import ControlError
from reenact.face_smoothing import smooth_faces
from reenact.outputs import output_path
from reenact.picture import AS_FILMED, Picture
from reenact.pipeline import Progress, RenderJob, open_avatar, render_video
from reenact.regions import Region
from reenact.result import RenderResult
from reenact.stages import Stopwatch
from reenact.transfer import Motion, Transfer

if TYPE_CHECKING:
    from reenact.fomm.session import FommSession

WEIGHTS = ("face-landmarker", "landmark-rig", "selfie-segmenter")
"""Model files that a driving video passes through."""
SIZE = 512
"""Side of the rendered head crop by default, px."""


def reenact(
    subject_id: str,
    *,
    driving: Path | str,
    out: Path | str,
    permit: Permit,
    registry: Registry,
    motion: Motion | str = Motion.RELATIVE,
    region: Region | str = Region.ALL,
    controls: Controls = NATURAL,
    audio: Literal["driving", "none"] | Path | str = "driving",
    size: int = SIZE,
    face: int | None = None,
    driving_crop: Area | str | None = None,
    picture: Picture = AS_FILMED,
    personal: bool = True,
    engine: EngineName | str = EngineName.FIRST_ORDER,
    checkpoint: Path | str | None = None,
    device: Device = "auto",
    overwrite: bool = False,
    on_progress: Progress | None = None,
) -> RenderResult:
    """Render a person's avatar following a driving video, frame for frame.

    Args:
        subject_id: Whom to show.
        driving: The video whose face moves the avatar.
        out: The video to write at the driving video's rate: `name.mp4`, `name.webm`, or pictures:
            `name_%05d.png` or "folder/".
        permit: For this person and `Purpose.REENACT`.
        registry: The registry that made the permit.
        motion: Changes since the best driving frame, or poses and shapes as they are.
        region: What follows; the rest stays as in the source frame.
        controls: Strengths, openings, gaze, view and stillness, on top of the motion.
        audio: The sound: the driving video's (silence if it has none), none, or a file.
        size: Side of the rendered head crop in px.
        face: Which driving face, 0 the largest; None means the largest.
        driving_crop: Where in the driving video the face is looked for: a part, as
            "x,y,width,height" in px too; "auto" for one that is found around the face.
        picture: What the output shows: cut, size, background.
        personal: Use what personalising learnt, if anything.
        engine: What draws the frames. "fomm" renders 256 px whatever `size` is, and says so in the
            result's warnings where another one is asked for.
        checkpoint: Of the first-order motion model, for the engine "fomm".
        device: What that engine runs on; "auto" takes CUDA where there is any.
        overwrite: Replace `out` where it exists.
        on_progress: Called with (frames done, frames in all).

    Raises:
        ConsentError: Before the first frame is made if the permit does not hold; or later, if the
            consent is withdrawn meanwhile.
        MediaError: An input cannot be read or the video cannot be written.
        NoFaceError: The driving video never shows the face.
        WeightsError: The engine "fomm" has no checkpoint, or one that is not of its model.
        MissingBackendError: The engine "fomm" has no PyTorch, or not the device.
        ControlError: A control that the engine has not.
    """
    stopwatch = Stopwatch()
    driving, out = Path(driving), output_path(out)
    motion, region, engine = Motion(motion), Region(region), EngineName(engine)
    asset = open_avatar(subject_id, purpose=Purpose.REENACT, permit=permit, registry=registry)
    _check_controls(engine, checkpoint, region, controls)
    fomm = _open_network(engine, checkpoint, device)
    asked, size = size, fomm.size if fomm else size
    personal = personal and asset.is_personal and fomm is None
    video = DrivingVideo(driving, face=face, crop=driving_crop, stride=picture.stride)
    sound = _sound(audio, video)
    own = {} if sound in (None, driving) else {"audio": sound}
    job = RenderJob(
        asset=asset,
        out=out,
        permit=permit,
        registry=registry,
        size=size,
        fps=video.info.fps,
        total=video.info.frame_count,
        sound=sound,
        inputs={"driving": driving, **own},
        options={
            **{"command": "reenact", "engine": engine.value, "personal": personal},
            **{"size": size, "motion": motion.value, "region": region.value},
            **{"audio": audio if audio in ("driving", "none") else "file"},
            **{"face": face, "driving_crop": None if driving_crop is None else str(driving_crop)},
            **controls.record(),
        },
        weights=fomm.weights if fomm else WEIGHTS,
        picture=picture,
        personal=personal,
        overwrite=overwrite,
    )
    transfer = partial(Transfer, asset, motion=motion, region=region, controls=controls)
    watch = {"stopwatch": stopwatch, "on_progress": on_progress}
    result = _render(job, video, fomm, motion, transfer, **watch)
    warnings = (*_resized(asked, size), *_warnings(video, audio))
    return dataclasses.replace(result, warnings=(*result.warnings, *warnings))


def _render(
    job: RenderJob,
    video: DrivingVideo,
    fomm: "FommSession | None",
    motion: Motion,
    transfer_from: Callable[..., Transfer],
    *,
    stopwatch: Stopwatch,
    on_progress: Progress | None,
) -> RenderResult:
    """Render by the network, or else by the default engine."""
    if fomm is not None:
        return fomm.render(job, video, motion=motion, stopwatch=stopwatch, on_progress=on_progress)
    with stopwatch("reference_s"):
        reference = video.reference(job.asset)
    transfer = transfer_from(reference=reference)
    result = render_video(
        job,
        video.motion(sway=True),
        transfer,
        stopwatch=stopwatch,
        smooth=smooth_faces,
        on_progress=on_progress,
    )
    return dataclasses.replace(result, warnings=(*result.warnings, *transfer.warnings))


def _open_network(
    engine: EngineName, checkpoint: Path | str | None, device: Device
) -> "FommSession | None":
    """The first-order motion model, where it is the engine that was asked for."""
    if engine is not EngineName.FOMM:
        return None
    return open_fomm(checkpoint and Path(checkpoint), device=device)


def _sound(audio: Path | str, video: DrivingVideo) -> Path | None:
    if audio == "none" or (audio == "driving" and not video.info.has_audio):
        return None
    return video.path if audio == "driving" else Path(audio)


def _check_controls(
    engine: EngineName, checkpoint: Path | str | None, region: Region, controls: Controls
) -> None:
    """Refuse what the engine has not."""
    if engine is not EngineName.FOMM:
        if checkpoint is not None:
            raise ControlError("only the engine fomm takes a checkpoint", hint="Add --engine fomm.")
        return
    if controls != NATURAL:
        raise ControlError(
            "the engine fomm follows the driving video as it is; its motion cannot be controlled",
            hint="Leave the controls at their defaults, or use the default engine.",
        )
    if region is not Region.ALL:
        raise ControlError(
            f"the engine fomm cannot follow the region {region.value!r} alone",
            hint="Its keypoints know no parts of a face; use the default engine.",
        )


def _resized(asked: int, rendered: int) -> tuple[str, ...]:
    """Say so where a size that was asked for is not the engine's own."""
    if asked in (rendered, SIZE):
        return ()
    return (f"the engine renders {rendered} px, whatever the size: {asked} px was not used",)


def _warnings(video: DrivingVideo, audio: Path | str) -> tuple[str, ...]:
    warnings = []
    if video.bridged:
        warnings.append(f"{video.bridged} frames show no face; the motion was bridged over them")
    if video.faces > 1:
        warnings.append(f"the driving video shows {video.faces} faces; one was followed (--face)")
    if audio == "driving" and not video.info.has_audio:
        warnings.append("the driving video has no sound; neither has the output")
    return tuple(warnings)
