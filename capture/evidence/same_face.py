"""Is it one and the same face throughout? Figures from `FaceEvidence`."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from capture.evidence.faces import FaceEvidence, median_descriptor

SAME_PERSON_DISTANCE: Final = 0.5
"""Distance to a person's median descriptor up to which a face is counted as that person's."""


@dataclass(frozen=True, slots=True)
class SameFace:
    """How alike the faces of a clip are. Distances are between dlib descriptors."""

    max_distance: float
    """Largest distance of a frame's largest face to the median of the person seen most."""
    median_distance: float
    """Median of the same distances."""
    people: int
    """Different people among all described faces; one or more."""
    frames: int
    """Frames looked at."""
    frames_without_face: int
    frames_with_several: int
    """Frames with two faces or more."""


def same_face_throughout(evidence: FaceEvidence) -> SameFace:
    """Measure how far the faces of a clip stray from one face.

    Raises:
        NoFaceError: No frame shows a face.
    """
    faces = evidence.largest
    distances = np.linalg.norm(faces - median_descriptor(faces[_one_person(faces)]), axis=1)
    return SameFace(
        max_distance=float(distances.max()),
        median_distance=float(np.median(distances)),
        people=count_people(evidence.descriptors),
        frames=len(evidence.frame_indices),
        frames_without_face=int((evidence.faces_per_frame == 0).sum()),
        frames_with_several=int((evidence.faces_per_frame > 1).sum()),
    )


def count_people(descriptors: NDArray[np.float32]) -> int:
    """Number of different people among (m, 128) descriptors."""
    people = 0
    rest = descriptors
    while len(rest):
        rest = rest[~_one_person(rest)]
        people += 1
    return people


def _one_person(descriptors: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(m,) whose descriptors are those of the person seen most often.

    That is the descriptor with the most others near it, and whatever is near the median of these:
    so a turned head or an odd expression joins its person, though it may be far from some of the
    other frames. The median of all would not do: of two people who share a clip evenly it lies
    between both, near enough to each.
    """
    if len(descriptors) == 0:
        return np.zeros(0, bool)
    between = np.linalg.norm(descriptors[:, None] - descriptors[None], axis=2)  # (m, m)
    near = between <= SAME_PERSON_DISTANCE
    middle = int(near.sum(axis=1).argmax())
    face = median_descriptor(descriptors[near[middle]])
    mine: NDArray[np.bool_] = np.linalg.norm(descriptors - face, axis=1) <= SAME_PERSON_DISTANCE
    mine[middle] = True  # even if the median moved away from it
    return mine
