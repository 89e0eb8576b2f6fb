"""`preview`: one picture that shows what would follow what, before a video is rendered."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.area import Area
from consent import Permit, Purpose, Registry
from reenact.controls import NATURAL, Controls
from reenact.driving import DrivingVideo
from reenact.errors import ControlError
from reenact.outputs import Sheet
from reenact.picture import AS_FILMED, Picture
from reenact.pipeline import RenderJob, open_avatar, render_video
from reenact.regions import Region
from reenact.result import RenderResult
from reenact.stages import Stopwatch
from reenact.transfer import Motion, Transfer

HEIGHT = 512
"""Of the picture, px."""
FACE_COLOUR, AREA_COLOUR = (255, 200, 0), (0, 200, 255)


def preview(
    subject_id: str,
    *,
    driving: Path | str,
    out: Path | str,
    permit: Permit,
    registry: Registry,
    motion: Motion | str = Motion.RELATIVE,
    region: Region | str = Region.ALL,
    controls: Controls = NATURAL,
    size: int = 512,
    face: int | None = None,
    driving_crop: Area | str | None = None,
    picture: Picture = AS_FILMED,
    overwrite: bool = False,
) -> RenderResult:
    """Show source, driving frame and the first frame of the result beside one another.

    It shows a frame of the person, so it needs the same permit as `reenact` and carries the same
    proof. In the driving frame the followed face is boxed, and the part it is looked for in.

    Args:
        subject_id: Whom to show.
        driving: The video whose face would move the avatar.
        out: The PNG to write.
        permit: For this person and `Purpose.REENACT`.
        registry: The registry that made the permit.
        motion: As of `reenact`.
        region: As of `reenact`.
        controls: As of `reenact`.
        size: Side of the rendered head crop in px.
        face: Which driving face, 0 the largest; None means the largest.
        driving_crop: As of `reenact`.
        picture: What the output would show.
        overwrite: Replace `out` where it exists.

    Raises:
        ConsentError: The permit does not hold.
        ControlError: `out` is no PNG.
        MediaError: An input cannot be read or the picture cannot be written.
        NoFaceError: The driving video never shows the face.
    """
    stopwatch = Stopwatch()
    driving, out = Path(driving), Path(out)
    if out.suffix.lower() != ".png":
        raise ControlError(f"{out.name}: a preview is a PNG", hint="Give a name that ends in .png.")
    motion, region = Motion(motion), Region(region)
    asset = open_avatar(subject_id, purpose=Purpose.REENACT, permit=permit, registry=registry)
    video = DrivingVideo(driving, face=face, crop=driving_crop)
    with stopwatch("reference_s"):
        reference = video.reference(asset)
    frame, found, first = video.first()
    transfer = Transfer(asset, reference=reference, motion=motion, region=region, controls=controls)
    beside = (asset.appearance.frame, _boxed(frame, found.box, video.crop))
    job = RenderJob(
        asset=asset,
        out=out,
        permit=permit,
        registry=registry,
        size=size,
        fps=video.info.fps,
        total=1,
        sound=None,
        inputs={"driving": driving},
        options={
            "command": "preview",
            "size": size,
            "motion": motion.value,
            "region": region.value,
            **controls.record(),
        },
        weights=("face-landmarker", "landmark-rig"),
        picture=picture,
        overwrite=overwrite,
        sheet=Sheet(out, beside, HEIGHT),
    )
    return render_video(job, [first], transfer, stopwatch=stopwatch)


def _boxed(
    frame: NDArray[np.uint8], box: NDArray[np.float32], area: Area | None
) -> NDArray[np.uint8]:
    """A copy of an (h, w, 3) frame with the face boxed, and the part it is looked for in."""
    out = frame.copy()
    width = max(1, round(len(frame) / 200))
    left, top, right, bottom = map(round, box.tolist())
    cv2.rectangle(out, (left, top), (right, bottom), FACE_COLOUR, width)
    if area is not None:
        corner = (area.x + area.width - 1, area.y + area.height - 1)
        cv2.rectangle(out, (area.x, area.y), corner, AREA_COLOUR, width)
    return out
