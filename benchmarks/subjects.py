"""Enrolling a person in a throw-away registry and driving them through the public interface."""

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import avatar
import reenact
from avatar.asset import AvatarAsset
from consent import Purpose, Registry
from reenact.pipeline import open_avatar


@dataclass(frozen=True, slots=True, eq=False)
class SelfReenactment:
    """What the engine made of one clip, and what the comparisons need of the avatar."""

    output: Path
    frame: NDArray[np.uint8]
    """(h, w, 3) RGB source frame."""
    landmarks: NDArray[np.float32]
    """(478, 2) px of its face."""
    crop_corner: tuple[int, int]
    """x, y of the pasted square."""
    crop_side: int
    enrol_s: float
    render_s: float
    frames: int


def self_reenact(
    enrolment: Path,
    driving: Path,
    folder: Path,
    *,
    size: int = 512,
) -> SelfReenactment:
    """Enrol from one video and follow another of the same person with absolute motion.

    Args:
        enrolment: Footage of the person.
        driving: Other footage of the same person.
        folder: For the throw-away home, the release and the output.
        size: Side of the rendered head crop in px.
    """
    release = folder / "release.txt"
    release.write_text("Throw-away release for a benchmark; the home is deleted after it.\n")
    out = folder / "output.mp4"
    with Registry.open(folder / "home") as registry:
        registry.set_policy(allow_documented=True)
        started = time.perf_counter()
        subject_id = avatar.enroll("Benchmark", video=enrolment, registry=registry, release=release)
        enrolled = time.perf_counter()
        permit = registry.authorize(subject_id, purpose=Purpose.REENACT)
        result = reenact.reenact(
            subject_id,
            driving=driving,
            out=out,
            permit=permit,
            registry=registry,
            motion="absolute",
            size=size,
        )
        rendered = time.perf_counter()
        permit = registry.authorize(subject_id, purpose=Purpose.REENACT)
        asset: AvatarAsset = open_avatar(
            subject_id, purpose=Purpose.REENACT, permit=permit, registry=registry
        )
    appearance = asset.appearance
    return SelfReenactment(
        output=out,
        frame=appearance.frame,
        landmarks=appearance.references[0].landmarks[:, :2],
        crop_corner=(appearance.crop.x, appearance.crop.y),
        crop_side=appearance.crop.side,
        enrol_s=enrolled - started,
        render_s=rendered - enrolled,
        frames=result.frames,
    )
