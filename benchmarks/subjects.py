"""Enrolling a person in a throw-away registry and driving them through the public interface."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import reenact
from avatar.asset import AvatarAsset
from avatar.enrolling import Enrolled
from benchmarks.rows import Row
from consent import Purpose, Registry
from reenact.pipeline import open_avatar


@dataclass(frozen=True, slots=True, eq=False)
class Rendered:
    """What one engine setting made of the driving video."""

    output: Path
    seconds: float
    frames: int
    timings: Mapping[str, float]
    """As `RenderResult` has them."""


@dataclass(frozen=True, slots=True, eq=False)
class Reenactment:
    """What was made of one person, and what the comparisons need of the avatar."""

    rendered: Mapping[str, Rendered]
    """By row."""
    learnt: Mapping[str, object]
    """Whether personalisation was a gain, and the errors that it measured; or why there is none."""
    frame: NDArray[np.uint8]
    """(h, w, 3) RGB source frame."""
    landmarks: NDArray[np.float32]
    """(478, 2) px of its face."""
    crop_corner: tuple[int, int]
    """x, y of the pasted square."""
    crop_side: int
    enrol_s: float


def reenact_person(
    enrolment: Path,
    driving: Path,
    folder: Path,
    *,
    rows: Sequence[Row],
    motion: str,
    size: int = 512,
    minutes: float = 0.0,
) -> Reenactment:
    """Enrol once from one video, and follow another one with every engine setting.

    Args:
        enrolment: Footage of the person.
        driving: Whose face moves the avatar.
        folder: For the throw-away home, the release and the outputs.
        rows: The engine settings.
        motion: Relative or absolute.
        size: Side of the rendered head crop in px.
        minutes: Of personalisation; 0 for none.
    """
    release = folder / "release.txt"
    release.write_text("Throw-away release for a benchmark; the home is deleted after it.\n")
    rendered = {}
    with Registry.open(folder / "home") as registry:
        registry.set_policy(allow_documented=True)
        started = time.perf_counter()
        made = reenact.enroll(
            "Benchmark",
            video=enrolment,
            registry=registry,
            release=release,
            personalizes=minutes > 0,
            minutes=minutes,
        )
        subject_id, learnt = made.subject_id, lesson(made, minutes=minutes)
        enrolled = time.perf_counter()
        for number, row in enumerate(rows):
            begun = time.perf_counter()
            result = reenact.reenact(
                subject_id,
                driving=driving,
                out=folder / f"output-{number}.mp4",
                permit=registry.authorize(subject_id, purpose=Purpose.REENACT),
                registry=registry,
                motion=motion,
                size=size,
                **row.options,
            )
            took = time.perf_counter() - begun
            rendered[row.name] = Rendered(result.output, took, result.frames, result.timings)
        permit = registry.authorize(subject_id, purpose=Purpose.REENACT)
        asset: AvatarAsset = open_avatar(
            subject_id, purpose=Purpose.REENACT, permit=permit, registry=registry
        )
    appearance = asset.appearance
    return Reenactment(
        rendered=rendered,
        learnt=learnt,
        frame=appearance.frame,
        landmarks=appearance.references[0].landmarks[:, :2],
        crop_corner=(appearance.crop.x, appearance.crop.y),
        crop_side=appearance.crop.side,
        enrol_s=enrolled - started,
    )


def lesson(made: Enrolled, *, minutes: float) -> dict[str, object]:
    """Whether learning was a gain, and the errors without and with it; or why nothing was."""
    if made.learnt is None:
        return {"useful": False, "why": made.not_learnt if minutes else "not asked for"}
    learnt = made.learnt
    return {"useful": learnt.useful, "plain": learnt.plain, "aligned": learnt.aligned}
