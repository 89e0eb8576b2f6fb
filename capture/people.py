"""Who is in a video: its people, and keeping to one of them where faces cross or vanish.

A place in the picture says who somebody is as long as nobody else comes near; where it does not,
dlib's face descriptor (`capture.evidence.faces`) decides. That costs 0.1 to 0.3 s a face, so it is
asked only then.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

import weights
from capture.area import Area
from capture.errors import NoFaceError
from capture.evidence.same_face import SAME_PERSON_DISTANCE
from capture.landmarks import EYE_INNER_LEFT, EYE_INNER_RIGHT, EYE_OUTER_LEFT, EYE_OUTER_RIGHT
from capture.video import probe, read_frames

if TYPE_CHECKING:
    from capture.trackers.mediapipe import FaceObservation

MAX_FACES = 4
"""Faces looked for when a clip shows more than one."""
SAMPLES = 12
"""Frames looked at to learn who is in a clip."""
NOSE_BASE = 2
DESCRIBED_POINTS = (EYE_OUTER_LEFT, EYE_INNER_LEFT, EYE_OUTER_RIGHT, EYE_INNER_RIGHT, NOSE_BASE)
"""Landmarks in the order of dlib's five points."""
NEAR = 1.3
"""Face sizes between the middles of two faces up to which they may be taken for one another."""
LONGEST_BLIND = 3
"""Frames after which a face that was lost must be recognised."""
LOOK_AGAIN = 5
"""Frames between two looks at who is who while faces are near each other."""
PROFILE_FACES = 3
"""Faces that a profile is made of."""
TWINS = 0.1
"""Difference of likeness up to which the place says who is who."""
MARGIN = 0.05
"""By how much another face must be more alike before it is followed instead."""

Describe = Callable[[NDArray[np.uint8], "FaceObservation"], NDArray[np.float32]]


class FaceDescriber:
    """dlib's descriptor network for faces whose landmarks are known."""

    def __init__(self) -> None:
        """Load the network.

        Raises:
            WeightsError: The model file is missing or altered.
            MissingBackendError: dlib is not installed.
        """
        self._dlib = weights.require("dlib", extra="", used_for="telling people apart")
        path = str(weights.path("dlib-face-descriptor"))
        self._network = self._dlib.face_recognition_model_v1(path)

    def __call__(self, frame: NDArray[np.uint8], found: "FaceObservation") -> NDArray[np.float32]:
        """(128,) the descriptor of a face in an (h, w, 3) frame."""
        points = [
            self._dlib.point(*map(round, found.landmarks[index, :2].tolist()))
            for index in DESCRIBED_POINTS
        ]
        box = self._dlib.rectangle(*map(round, found.box.tolist()))
        shape = self._dlib.full_object_detection(box, points)
        image = np.ascontiguousarray(frame)  # dlib refuses strides
        return np.array(self._network.compute_face_descriptor(image, shape), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class SeenPerson:
    """One person of a clip, as far as a few frames tell."""

    share: float
    """Of the looked-at frames that show the face."""
    box: NDArray[np.float32]
    """(4,) x0, y0, x1, y1 in px, the median."""
    descriptor: NDArray[np.float32]
    """(128,) the mean of the looked-at faces'."""
    frame: int
    """A frame that shows the face, the one in which it is largest."""
    box_then: NDArray[np.float32]
    """(4,) where it is in that frame."""
    first_box: NDArray[np.float32]
    """(4,) where it is in the first frame that shows it."""
    reach: NDArray[np.float32]
    """(4,) around all of its places."""


@dataclass(slots=True)
class _Gathered:
    frames: list[int]
    boxes: list[NDArray[np.float32]]
    descriptors: list[NDArray[np.float32]]

    def distance(self, descriptor: NDArray[np.float32]) -> float:
        return float(np.linalg.norm(np.mean(self.descriptors, axis=0) - descriptor))


def survey_people(
    path: Path, *, samples: int = SAMPLES, area: Area | None = None
) -> list[SeenPerson]:
    """Tell the people of a clip apart, the largest face first; `--face N` counts like this.

    Args:
        path: The clip.
        samples: Frames to look at, evenly spread.
        area: Where to look; None for the whole picture.

    Raises:
        MediaError: The clip cannot be read.
        NoFaceError: None of the frames shows a face.
    """
    from capture.trackers.mediapipe import MediaPipeTracker

    count = probe(path).frame_count
    picks = np.unique(np.linspace(0, max(count - 1, 0), samples).astype(int))
    describe = FaceDescriber()
    people: list[_Gathered] = []
    with MediaPipeTracker(faces=MAX_FACES) as tracker:
        for pick in picks.tolist():
            for frame in read_frames(path, start=pick, stop=pick + 1):
                shown = frame if area is None else area.cut(frame)
                found = [(each, describe(shown, each)) for each in tracker.find(shown)]
                _gather(people, pick, found, area)
    if not people:
        raise NoFaceError(
            f"{path.name}: no face was found in any of {len(picks)} frames",
            hint="Use a clip with a well-lit face that looks towards the camera.",
        )
    told = [_told(each, len(picks)) for each in people]
    return sorted(told, key=lambda person: -_area(person.box) * person.share**0.5)


def _gather(
    people: list[_Gathered],
    frame: int,
    found: list[tuple["FaceObservation", NDArray[np.float32]]],
    area: Area | None,
) -> None:
    """Give the faces of one frame to the people they are most alike; nobody gets two."""
    pairs = sorted(
        (person.distance(descriptor), index, who)
        for index, (_, descriptor) in enumerate(found)
        for who, person in enumerate(people)
    )
    taken: dict[int, int] = {}
    for distance, index, who in pairs:
        if distance <= SAME_PERSON_DISTANCE and index not in taken and who not in taken.values():
            taken[index] = who
    for index, (observation, descriptor) in enumerate(found):
        if index not in taken:
            people.append(_Gathered([], [], []))
        person = people[taken.get(index, len(people) - 1)]
        person.frames.append(frame)
        person.boxes.append(observation.box if area is None else area.box_outside(observation.box))
        person.descriptors.append(descriptor)


def _told(person: _Gathered, looked: int) -> SeenPerson:
    boxes = np.stack(person.boxes)
    largest = int(np.argmax([_area(box) for box in boxes]))
    return SeenPerson(
        share=len(person.frames) / looked,
        box=np.median(boxes, axis=0).astype(np.float32),
        descriptor=np.mean(person.descriptors, axis=0).astype(np.float32),
        frame=person.frames[largest],
        box_then=boxes[largest],
        first_box=boxes[0],
        reach=np.concatenate([boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)]),
    )


def thumbnails(path: Path, people: list[SeenPerson], *, side: int) -> NDArray[np.uint8]:
    """A row of squares (side, n * side, 3), one for each person, in order.

    Raises:
        MediaError: The clip cannot be read.
    """
    import cv2

    squares = []
    for person in people:
        (frame,) = read_frames(path, start=person.frame, stop=person.frame + 1)
        left, top, right, bottom = person.box_then.tolist()
        half = 0.9 * max(right - left, bottom - top)
        x, y = (left + right) / 2 - half, (top + bottom) / 2 - half
        scale = side / (2 * half)
        step = np.array([[scale, 0, -x * scale], [0, scale, -y * scale]])
        square = cv2.warpAffine(frame, step, (side, side), flags=cv2.INTER_AREA)
        squares.append(np.asarray(square, np.uint8))
    return np.concatenate(squares, axis=1)


class PersonKeeper:
    """Keeps to one person where several faces are seen."""

    def __init__(self, describe: Describe, person: SeenPerson | None = None) -> None:
        """Start without a face.

        Args:
            describe: What makes descriptors.
            person: Whom to keep to; None for whoever is largest at first.
        """
        self._describe = describe
        self._profile = [] if person is None else [person.descriptor]
        self._centre = None if person is None else _centre(person.first_box)
        self._seen = False
        self._speed = np.zeros(2, np.float32)
        self._lost = 0
        self._since_look = 0
        self._doubt = False
        self._count = 0

    def choose(
        self, frame: NDArray[np.uint8], found: "list[FaceObservation]"
    ) -> "FaceObservation | None":
        """The person's face among those found in the next frame, None if it is not there.

        Args:
            frame: (h, w, 3) RGB.
            found: All faces in it.
        """
        self._doubt |= len(found) < self._count  # the one who is gone may be ours
        self._count = len(found)
        chosen = self._chosen(frame, found)
        if chosen is None:
            self._lost += 1
            return None
        centre = _centre(chosen.box)
        if self._centre is not None and self._lost == 0:
            self._speed = (0.5 * self._speed + 0.5 * (centre - self._centre)).astype(np.float32)
        else:
            self._speed = np.zeros(2, np.float32)
        self._centre, self._lost, self._seen = centre, 0, True
        return chosen

    def _chosen(
        self, frame: NDArray[np.uint8], found: "list[FaceObservation]"
    ) -> "FaceObservation | None":
        if not found:
            return None
        if self._centre is None:
            largest = max(found, key=lambda seen: _area(seen.box))
            self._learn(frame, largest)
            return largest
        if not self._seen or self._lost > LONGEST_BLIND:
            return self._recognised(frame, found)
        expected = self._centre + self._speed
        nearest = min(found, key=lambda seen: _distance(seen.box, expected))
        size = float((nearest.box[2:] - nearest.box[:2]).max())
        if _distance(nearest.box, expected) > size:
            return None
        others = [each for each in found if each is not nearest]
        crowded = any(_distance(each.box, _centre(nearest.box)) < NEAR * size for each in others)
        self._since_look += 1
        vanished = self._lost > 0
        if not (crowded or vanished or self._doubt):
            if len(self._profile) < PROFILE_FACES and self._since_look >= LOOK_AGAIN:
                self._learn(frame, nearest)
            return nearest
        if self._since_look < LOOK_AGAIN and not vanished:
            self._doubt = True
            return nearest
        self._since_look = 0
        self._doubt = crowded  # once apart again, one look settles it
        return self._most_alike(frame, nearest, others)

    def _most_alike(
        self,
        frame: NDArray[np.uint8],
        nearest: "FaceObservation",
        others: "list[FaceObservation]",
    ) -> "FaceObservation | None":
        """The nearest face, unless another is more alike, or it is plainly somebody else's."""
        own = self._unlikeness(frame, nearest)
        if own <= SAME_PERSON_DISTANCE / 2:
            return nearest
        rivals = [(self._unlikeness(frame, each), each) for each in others]
        least, rival = min(rivals, key=lambda pair: pair[0], default=(np.inf, nearest))
        if least < own - MARGIN and least <= SAME_PERSON_DISTANCE:
            return rival
        return nearest if own <= SAME_PERSON_DISTANCE else None

    def _recognised(
        self, frame: NDArray[np.uint8], found: "list[FaceObservation]"
    ) -> "FaceObservation | None":
        """The face that is the person's by its descriptor, wherever it is."""
        self._since_look = 0
        told = [(self._unlikeness(frame, each), each) for each in found]
        least = min(unlikeness for unlikeness, _ in told)
        if least > SAME_PERSON_DISTANCE:
            return None
        alike = [each for unlikeness, each in told if unlikeness <= least + TWINS]
        where = self._centre
        if where is None:
            return alike[0]
        return min(alike, key=lambda seen: _distance(seen.box, where))

    def _learn(self, frame: NDArray[np.uint8], seen: "FaceObservation") -> None:
        self._profile.append(self._describe(frame, seen))
        self._since_look = 0

    def _unlikeness(self, frame: NDArray[np.uint8], seen: "FaceObservation") -> float:
        profile = np.mean(self._profile, axis=0)
        return float(np.linalg.norm(profile - self._describe(frame, seen)))


def _area(box: NDArray[np.float32]) -> float:
    return float((box[2] - box[0]) * (box[3] - box[1]))


def _centre(box: NDArray[np.float32]) -> NDArray[np.float32]:
    return ((box[:2] + box[2:]) / 2).astype(np.float32)


def _distance(box: NDArray[np.float32], point: NDArray[np.float32]) -> float:
    return float(np.hypot(*(_centre(box) - point)))
