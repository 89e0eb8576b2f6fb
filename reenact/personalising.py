"""`personalize`: learn from a person's own footage where things belong, sealed in the avatar."""

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from avatar.asset import AvatarAsset
from avatar.errors import AvatarError
from avatar.footage import Footage, read_footage
from avatar.learnt import Learnt
from capture.evidence.faces import compare, describe_faces, describe_video
from capture.evidence.same_face import SAME_PERSON_DISTANCE
from capture.video import read_frames
from consent import Permit, Purpose, Registry
from reenact.alignment.learning import learn
from reenact.alignment.takes import Stage, Takes, gather
from reenact.engine import FirstOrderEngine
from reenact.mouth import MouthInterior
from reenact.pipeline import open_avatar

SIZE = 512
"""Side of the rendered head crops that are learnt from, px."""
TAKES_A_MINUTE = 300
"""Frames that are drawn to learn from, for each minute allowed: half as fast as one core is."""
MOST_TAKES = 600
"""More add nothing; memory stays below half a gigabyte."""
FEWEST = 40
"""Frames that are worth learning from."""

Progress = Callable[[int, int], None]


def act_to_learn_for(subject_id: str, registry: Registry) -> Purpose | None:
    """The act of making frames that was granted; None where no frames may be made."""
    granted = registry.show(subject_id).record.purposes
    return next((act for act in (Purpose.REENACT, Purpose.SPEAK) if act in granted), None)


def personalize(
    subject_id: str,
    *,
    video: Path | str | Footage,
    permit: Permit,
    registry: Registry,
    minutes: float = 3.0,
    face: int | None = None,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Learnt:
    """Learn what warping gets wrong about a person, and seal it inside their avatar.

    The end of the footage is kept back: only if the correction is better there too is it used from
    then on. Footage says most where the head turns and leans while the person speaks.

    Args:
        subject_id: Whose avatar.
        video: Footage of them, at least ten seconds: what they were enrolled with, or other; a
            file, or what `avatar.enroll` has tracked already.
        permit: For this person, for any act that makes frames.
        registry: The registry that made the permit.
        minutes: Of one core's time; long footage is thinned out to fit.
        face: Which face of several, 0 the largest.
        seed: Of the references that are left out while learning.
        on_progress: Called with (frames done, frames in all): tracked first, then learnt from.

    Returns:
        What was measured and learnt.

    Raises:
        ConsentError: The permit does not hold.
        AvatarError: The footage shows somebody else, or too little.
        CaptureError: The footage cannot be used.
    """
    asset = open_avatar(subject_id, purpose=permit.purpose, permit=permit, registry=registry)
    _check_person(asset, video.path if isinstance(video, Footage) else Path(video))
    if isinstance(video, Footage):
        footage = video
    else:
        footage = read_footage(Path(video), face=face, on_progress=on_progress)
    wanted = max(min(round(minutes * TAKES_A_MINUTE), MOST_TAKES), FEWEST)
    rng = np.random.default_rng(seed)
    takes = _takes(asset, footage, wanted, rng, on_progress=on_progress)
    lesson = learn(takes)
    learnt = Learnt(
        plain=lesson.plain,
        aligned=lesson.aligned,
        arrays={} if lesson.alignment is None else lesson.alignment.to_arrays(),
    )
    record = registry.show(subject_id).record
    registry.seal(record, dataclasses.replace(asset, learnt=learnt).to_bytes())
    return learnt


def _check_person(asset: AvatarAsset, video: Path) -> None:
    """Footage of somebody else would teach the avatar their motion.

    Raises:
        AvatarError: It is somebody else's.
        NoFaceError: No face is found.
    """
    enrolled = describe_faces([asset.appearance.frame]).largest
    distance = compare(enrolled, describe_video(video, samples=4).largest)
    if distance > SAME_PERSON_DISTANCE:
        raise AvatarError(
            f"{video.name} shows somebody else: the faces are {distance:.2f} apart, at most "
            f"{SAME_PERSON_DISTANCE} is one person",
            hint="Use footage of the person that the avatar was made of.",
        )


def _takes(
    asset: AvatarAsset,
    footage: Footage,
    most: int,
    rng: np.random.Generator,
    *,
    on_progress: Progress | None,
) -> Takes:
    """Draw what the footage shows.

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
            hint="Use at least ten seconds of footage, better half a minute.",
        )
    chosen = usable[np.unique(np.linspace(0, len(usable) - 1, most).astype(int))]
    frames = _pick(footage.path, chosen, on_progress=on_progress)
    return gather(stage.draw(frames, track.landmarks, fps=rate, rng=rng), len(chosen))


def _pick(
    path: Path, chosen: NDArray[np.int64], *, on_progress: Progress | None
) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """(number, frame) of some frames of a video, in order, one at a time."""
    wanted, done = set(chosen.tolist()), 0
    for number, frame in enumerate(read_frames(path, stop=int(chosen[-1]) + 1)):
        if number in wanted:
            yield number, frame
            done += 1
            if on_progress is not None:
                on_progress(done, len(wanted))
