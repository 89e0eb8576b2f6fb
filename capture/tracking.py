"""Follow one face through a video, frame by frame or as a whole."""

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capture.area import Area
from capture.errors import NoFaceError
from capture.people import MAX_FACES, FaceDescriber, PersonKeeper, SeenPerson, survey_people
from capture.track import FaceTrack, LandmarkScheme
from capture.video import probe, read_frames

if TYPE_CHECKING:
    from capture.trackers.mediapipe import FaceObservation, MediaPipeTracker

logger = logging.getLogger(__name__)

COUNTING_SAMPLES = 6
"""Frames looked at to learn whether a clip shows more than one face."""


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Whose face of a clip is followed."""

    faces: int
    """The most seen at a time."""
    person: SeenPerson | None = None
    """Who, where there are several."""
    area: Area | None = None
    """Where the face is looked for; None for the whole picture."""


def count_faces(path: Path, *, area: Area | None = None, start: int = 0) -> int:
    """The most faces seen in any of a few frames spread over the clip, at most `MAX_FACES`.

    Args:
        path: The clip.
        area: Where to look; None for the whole picture.
        start: Frames before this one are not looked at.

    Raises:
        MediaError: The clip cannot be read.
    """
    from capture.trackers.mediapipe import MediaPipeTracker

    frame_count = probe(path).frame_count
    picks = np.unique(np.linspace(0, max(frame_count - 1, 0), COUNTING_SAMPLES).astype(int))
    picks = picks[picks >= start]
    most = 0
    if not len(picks):
        return most
    with MediaPipeTracker(faces=MAX_FACES) as tracker:
        for pick in picks:
            for frame in read_frames(path, start=int(pick), stop=int(pick) + 1):
                most = max(most, len(tracker.find(frame if area is None else area.cut(frame))))
    return most


class FaceCounter:
    """Counts faces in a few frames of a stream that passes through."""

    def __init__(self, *, every: int) -> None:
        """Look at every n-th frame of those that pass."""
        self._every = every
        self.most = 0
        """The most faces seen in one, at most `MAX_FACES`."""

    def through(self, frames: Iterable[NDArray[np.uint8]]) -> Iterator[NDArray[np.uint8]]:
        """Hand the frames on."""
        from capture.trackers.mediapipe import MediaPipeTracker

        with MediaPipeTracker(faces=MAX_FACES) as tracker:
            for index, frame in enumerate(frames):
                if index % self._every == 0:
                    self.most = max(self.most, len(tracker.find(frame)))
                yield frame


def whom_to_follow(path: Path, *, face: int | None, area: Area | None = None) -> Followed:
    """Find out who is in a clip, as far as that matters.

    Args:
        path: The clip.
        face: Which person, 0 the largest (see `capture.people.survey_people`); None for 0.
        area: Where to look; None for the whole picture.

    Raises:
        MediaError: The clip cannot be read.
        NoFaceError: There are fewer people than `face` needs.
    """
    faces = count_faces(path, area=area)
    if faces <= 1 and not face:
        return Followed(faces, area=area)
    people = survey_people(path, area=area) if faces else []
    face = face or 0
    if face >= len(people):
        raise NoFaceError(
            f"{path.name}: face {face} was asked for, but {len(people)} were seen",
            hint="List them with: avatar faces VIDEO. Leave --face out for the largest.",
        )
    faces = max(faces, min(len(people), MAX_FACES))
    return Followed(faces, people[face], area)


def follow_face(
    frames: Iterable[NDArray[np.uint8]], followed: Followed | None = None
) -> Iterator["tuple[NDArray[np.uint8], FaceObservation | None]"]:
    """Yield each frame with the followed face, None where it is not seen. Streams.

    Args:
        frames: (h, w, 3) RGB, in order.
        followed: From `whom_to_follow`; None for the only face.
    """
    followed = followed or Followed(1)
    area = followed.area
    if area is None:
        yield from _follow(frames, followed)
        return
    if followed.person is not None:
        inside = area.box_inside(followed.person.first_box)
        followed = replace(followed, person=replace(followed.person, first_box=inside))
    whole: deque[NDArray[np.uint8]] = deque()

    def parts() -> Iterator[NDArray[np.uint8]]:
        for frame in frames:
            whole.append(frame)
            yield area.cut(frame)

    for _, found in _follow(parts(), followed):
        yield whole.popleft(), None if found is None else area.outside(found)


def _follow(
    frames: Iterable[NDArray[np.uint8]], followed: Followed
) -> Iterator["tuple[NDArray[np.uint8], FaceObservation | None]"]:
    from capture.trackers.mediapipe import MediaPipeTracker

    faces = min(max(followed.faces, 1), MAX_FACES)
    with MediaPipeTracker(faces=faces) as tracker:
        if faces > 1:
            yield from _follow_person(tracker, frames, followed)
        else:
            yield from _follow_only(tracker, frames)


def _follow_only(
    tracker: "MediaPipeTracker", frames: Iterable[NDArray[np.uint8]]
) -> Iterator["tuple[NDArray[np.uint8], FaceObservation | None]"]:
    """Where there is one face, it is looked for near where it was."""
    last: FaceObservation | None = None
    centre: NDArray[np.float32] | None = None
    for frame in frames:
        found = None if last is None else _near(tracker.look(frame, last.landmarks), centre)
        if found is None:
            for seen in tracker.find(frame):
                found = _near(seen, centre)
            if found is not None:
                found = tracker.look(frame, found.landmarks) or found
        last = found
        if found is not None:
            centre = (found.box[:2] + found.box[2:]) / np.float32(2)
        yield frame, found


def _near(
    found: "FaceObservation | None", centre: NDArray[np.float32] | None
) -> "FaceObservation | None":
    """A face, unless it is so far from where the last one was that it is somebody else's."""
    if found is None or centre is None:
        return found
    gap = float(np.hypot(*((found.box[:2] + found.box[2:]) / np.float32(2) - centre)))
    return None if gap > (found.box[2:] - found.box[:2]).max() else found


def _follow_person(
    tracker: "MediaPipeTracker", frames: Iterable[NDArray[np.uint8]], followed: Followed
) -> Iterator["tuple[NDArray[np.uint8], FaceObservation | None]"]:
    """Where there are several faces, all are looked for, and the person is kept to."""
    keeper = PersonKeeper(FaceDescriber(), followed.person)
    last: FaceObservation | None = None
    for frame in frames:
        seen = tracker.find(frame)
        if last is not None:
            close = tracker.look(frame, last.landmarks)
            if close is not None and not any(_overlap(close, each) for each in seen):
                seen.append(close)  # the whole picture's detector misses small and turned faces
        found = keeper.choose(frame, seen)
        if found is not None:
            found = tracker.look(frame, found.landmarks) or found
        last = found
        yield frame, found


def _overlap(first: "FaceObservation", second: "FaceObservation") -> bool:
    """Whether two observations are of one face."""
    gap = (first.box[:2] + first.box[2:] - second.box[:2] - second.box[2:]) / 2
    return bool(np.hypot(*gap) < 0.5 * (first.box[2:] - first.box[:2]).max())


def track_video(
    path: Path, *, face: int | None = None, start: int = 0, stop: int | None = None
) -> FaceTrack:
    """Track one face through a clip.

    Args:
        path: The clip.
        face: Which face, 0 the largest, 1 the second largest, …; None means the largest.
        start: First frame.
        stop: Frame to stop before, None for the end.

    Raises:
        MediaError: The clip cannot be read.
        NoFaceError: No frame shows the face.
    """
    info = probe(path)
    followed = whom_to_follow(path, face=face)
    if followed.faces > 1 and face is None:
        logger.warning("%s shows %d faces; following the largest", path.name, followed.faces)
    frames = read_frames(path, start=start, stop=stop)
    seen = [found for _, found in follow_face(frames, followed)]
    if not any(seen):
        raise NoFaceError(
            f"{path.name}: no face was found in any of {len(seen)} frames",
            hint="Use a clip with a well-lit face that looks towards the camera.",
        )
    return bridge(seen, fps=info.fps, start=start, width=info.width, height=info.height)


def bridge(
    seen: "list[FaceObservation | None]", *, fps: Fraction, start: int, width: int, height: int
) -> FaceTrack:
    """Make a track of observations; frames without a face are interpolated and marked invalid."""
    valid = np.array([found is not None for found in seen])
    known = np.flatnonzero(valid)
    landmarks = np.stack([found.landmarks for found in seen if found is not None])
    blendshapes = np.stack([found.blendshapes for found in seen if found is not None])
    frames = np.arange(len(seen))
    right = np.clip(np.searchsorted(known, frames), 0, len(known) - 1)
    left = np.clip(np.searchsorted(known, frames, side="right") - 1, 0, len(known) - 1)
    span = np.maximum(known[right] - known[left], 1)
    blend = np.clip((frames - known[left]) / span, 0, 1).astype(np.float32)
    points = landmarks[left] + blend[:, None, None] * (landmarks[right] - landmarks[left])
    values = blendshapes[left] + blend[:, None] * (blendshapes[right] - blendshapes[left])
    flat = points[:, :, :2]
    return FaceTrack(
        timestamps=((frames + start) / float(fps)).astype(np.float64),
        boxes=np.concatenate([flat.min(axis=1), flat.max(axis=1)], axis=1).astype(np.float32),
        landmarks=points.astype(np.float32),
        blendshapes=values.astype(np.float32),
        scores=valid.astype(np.float32),
        valid=valid,
        scheme=LandmarkScheme.MEDIAPIPE_478,
        width=width,
        height=height,
    )
