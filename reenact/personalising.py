"""A person's own generator: trained on their own footage, sealed in their avatar."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

import weights
from avatar.asset import AvatarAsset
from avatar.errors import AvatarError
from avatar.footage import Footage, read_footage
from avatar.renderer import PersonalRenderer
from capture.evidence.faces import compare, describe_faces, describe_video
from capture.video import read_frames
from consent import Permit, Registry
from reenact.engine import FirstOrderEngine
from reenact.generator.choosing import GENERIC
from reenact.generator.takes import Stage, Takes, gather
from reenact.mouth import MouthInterior
from reenact.pipeline import open_avatar

SIZE = 512
"""Side of the rendered head crops that are learnt from, px."""
MOST_TAKES = 360
"""What is learnt from at most: memory stays below half a gigabyte."""
HELD_OUT = 0.15
"""Share of the footage, its end, that decides when to stop."""
GAP_S = 0.4
"""Footage between both parts that is not used: neighbours are nearly the same picture."""
FEWEST = 24
"""Frames that are worth learning from."""
SAME_PERSON = 0.6
"""Largest distance of dlib descriptors between the avatar and the footage."""
SECONDS_KEPT = 4.0
"""Of the time, for sealing and for the last trial."""

Progress = Callable[[int, int], None]


def personalize(
    subject_id: str,
    *,
    video: Path | str,
    permit: Permit,
    registry: Registry,
    minutes: float = 3.0,
    face: int | None = None,
    on_progress: Progress | None = None,
) -> PersonalRenderer:
    """Train a person's own generator and seal it inside their avatar.

    The end of the footage is kept back: there it is measured whether the person's own generator,
    the shared one or none at all draws them best, and that is what is used from then on.

    Args:
        subject_id: Whose avatar.
        video: Footage of them: what they were enrolled with, or other.
        permit: For this person, for any act that makes frames.
        registry: The registry that made the permit.
        minutes: Of wall time in all, on one thread.
        face: Which face of several, 0 the largest.
        on_progress: Called with (seconds spent, seconds in all).

    Returns:
        What was measured and chosen.

    Raises:
        ConsentError: The permit does not hold.
        AvatarError: The footage shows somebody else, or too little.
        CaptureError: The footage cannot be used.
        WeightsError: The shared generator's weights are missing or altered.
        MissingBackendError: PyTorch is not installed.
    """
    begun, seconds = time.perf_counter(), 60.0 * minutes
    video = Path(video)
    asset = open_avatar(subject_id, purpose=permit.purpose, permit=permit, registry=registry)
    weights.require("torch", extra="torch", used_for="personalising")
    from reenact.generator.learning import Lesson, learn

    _check_person(asset, video)
    training, held_out = _takes(asset, read_footage(video, face=face))
    spent = time.perf_counter() - begun

    def tell(share: float) -> None:
        if on_progress is not None:
            on_progress(round(spent + share * (seconds - spent)), round(seconds))

    renderer = learn(
        Lesson(training, held_out),
        _shared(),
        seconds=max(seconds - spent - SECONDS_KEPT, 1.0),
        on_progress=tell,
    )
    record = registry.show(subject_id).record
    registry.seal(record, replace(asset, renderer=renderer).to_bytes())
    return renderer


def _shared() -> dict[str, np.ndarray] | None:
    """The shared generator's weights, if this version ships any."""
    listed = any(entry.name == GENERIC for entry in weights.catalog())
    return weights.open_arrays(GENERIC) if listed else None


def _check_person(asset: AvatarAsset, video: Path) -> None:
    """Footage of somebody else would teach the avatar their face.

    Raises:
        AvatarError: It is somebody else's.
        NoFaceError: No face is found.
    """
    enrolled = describe_faces([asset.appearance.frame]).largest
    distance = compare(enrolled, describe_video(video, samples=4).largest)
    if distance > SAME_PERSON:
        raise AvatarError(
            f"{video.name} shows somebody else: the faces are {distance:.2f} apart, at most "
            f"{SAME_PERSON} is one person",
            hint="Use footage of the person that the avatar was made of.",
        )


def _takes(asset: AvatarAsset, footage: Footage) -> tuple[Takes, Takes]:
    """What is learnt from, and what is kept back.

    Raises:
        AvatarError: There are too few frames.
    """
    engine = FirstOrderEngine(asset.appearance, mouth=MouthInterior(asset), size=SIZE)
    stage = Stage(engine, asset.appearance)
    track, rate = footage.track, float(footage.info.fps)
    usable = stage.usable(track.landmarks, track.valid, fps=rate)
    if len(usable) < FEWEST:
        raise AvatarError(
            f"{footage.path.name}: {len(usable)} usable frames are too few to learn from",
            hint="Use at least five seconds of footage, better half a minute.",
        )
    end = int(usable[int((1 - HELD_OUT) * len(usable))])
    late = _neighbours(usable[usable >= end], max(round(HELD_OUT * MOST_TAKES), 4))
    early = _neighbours(usable[usable < end - GAP_S * rate], MOST_TAKES)
    parts, rng = [], np.random.default_rng(0)
    for wanted, more in ((early, {}), (late, {"dropped": 0.0})):
        chosen = set(wanted.tolist())
        frames = (
            (index, frame)
            for index, frame in enumerate(read_frames(footage.path, stop=int(wanted[-1]) + 1))
            if index in chosen
        )
        drawn = stage.draw(frames, track.landmarks, fps=rate, rng=rng, **more)
        parts.append(gather(drawn, len(wanted)))
    return parts[0], parts[1]


def _neighbours(indices: np.ndarray, most: int) -> np.ndarray:
    """At most so many of the rising numbers, evenly spread, in pairs of neighbours."""
    if len(indices) <= most:
        return indices
    starts = np.linspace(0, len(indices) - 2, most // 2).astype(int)
    return indices[np.unique(np.concatenate([starts, starts + 1]))]
