"""Follow one face through a video, frame by frame or as a whole."""

import logging
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capture.errors import NoFaceError
from capture.track import FaceTrack, LandmarkScheme
from capture.video import probe, read_frames

if TYPE_CHECKING:
    from capture.trackers.mediapipe import FaceObservation

logger = logging.getLogger(__name__)

MAX_FACES = 4
"""Faces looked for when a clip shows more than one."""
COUNTING_SAMPLES = 6
"""Frames looked at to learn whether a clip shows more than one face."""


class FaceFollower:
    """Keeps to one face where several are seen.

    The face is chosen in the first frame that shows enough of them, by size: 0 is the largest.
    After that it is the one whose box centre is nearest to where it was.
    """

    def __init__(self, *, face: int = 0) -> None:
        self._face = face
        self._centre: NDArray[np.float32] | None = None

    def choose(self, found: list["FaceObservation"]) -> "FaceObservation | None":
        """The followed face among those found in the next frame, None if it is not there."""
        centre = self._centre
        if centre is None:
            if len(found) <= self._face:
                return None
            by_size = sorted(found, key=lambda seen: -_area(seen.box))
            chosen = by_size[self._face]
        elif not found:
            return None
        else:
            chosen = min(found, key=lambda seen: _distance(seen.box, centre))
            if _distance(chosen.box, centre) > (chosen.box[2:] - chosen.box[:2]).max():
                return None  # somebody else: ours is hidden
        self._centre = _centre(chosen.box)
        return chosen


def _area(box: NDArray[np.float32]) -> float:
    return float((box[2] - box[0]) * (box[3] - box[1]))


def _centre(box: NDArray[np.float32]) -> NDArray[np.float32]:
    return (box[:2] + box[2:]) / np.float32(2)


def _distance(box: NDArray[np.float32], point: NDArray[np.float32]) -> float:
    return float(np.hypot(*(_centre(box) - point)))


def count_faces(path: Path) -> int:
    """The most faces seen in any of a few frames spread over the clip, at most `MAX_FACES`."""
    from capture.trackers.mediapipe import MediaPipeTracker

    frame_count = probe(path).frame_count
    picks = np.unique(np.linspace(0, max(frame_count - 1, 0), COUNTING_SAMPLES).astype(int))
    most = 0
    with MediaPipeTracker(faces=MAX_FACES) as tracker:
        for pick in picks:
            for frame in read_frames(path, start=int(pick), stop=int(pick) + 1):
                most = max(most, len(tracker.find(frame)))
    return most


def faces_to_follow(path: Path, *, face: int | None) -> int:
    """`count_faces`, checked against the face that is asked for.

    Raises:
        NoFaceError: Fewer faces are seen than `face` needs.
    """
    faces = count_faces(path)
    if face is not None and face >= faces:
        raise NoFaceError(
            f"{path.name}: face {face} was asked for, but at most {faces} were seen at a time",
            hint="Faces are numbered from 0, the largest first; leave --face out for the largest.",
        )
    return faces


def follow_face(
    frames: Iterable[NDArray[np.uint8]], *, faces: int = 1, face: int | None = None
) -> Iterator["tuple[NDArray[np.uint8], FaceObservation | None]"]:
    """Yield each frame with the followed face, None where it is not seen. Streams.

    Args:
        frames: (h, w, 3) RGB, in order.
        faces: How many faces the clip shows at most (see `count_faces`).
        face: Which to follow, 0 the largest; None means the largest.
    """
    from capture.trackers.mediapipe import FaceObservation, MediaPipeTracker

    follower = FaceFollower(face=face or 0)
    wanted = max(faces, (face or 0) + 1)
    with MediaPipeTracker(faces=min(wanted, MAX_FACES)) as tracker:
        last: FaceObservation | None = None
        for frame in frames:
            found = None
            if last is not None:
                found = tracker.look(frame, last.landmarks)
                found = follower.choose([] if found is None else [found])
            if found is None:
                found = follower.choose(tracker.find(frame))
                if found is not None:
                    found = tracker.look(frame, found.landmarks) or found
            last = found
            yield frame, found


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
    faces = faces_to_follow(path, face=face)
    if faces > 1 and face is None:
        logger.warning("%s shows %d faces; following the largest", path.name, faces)
    frames = read_frames(path, start=start, stop=stop)
    seen = [found for _, found in follow_face(frames, faces=max(faces, 1), face=face)]
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
