"""Is it one and the same face throughout? Figures from `FaceEvidence`."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from capture.evidence.faces import FaceEvidence, median_descriptor

SAME_PERSON_DISTANCE: Final = 0.5
"""Mean distance up to which groups of descriptors are counted as one person."""


@dataclass(frozen=True, slots=True)
class SameFace:
    """How alike the faces of a clip are. Distances are between dlib descriptors."""

    max_distance: float
    """Largest distance of a frame's largest face to the median descriptor of these faces."""
    median_distance: float
    """Median of the same distances."""
    people: int
    """Groups that all described faces fall into, average linkage at 0.5; one or more."""
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
    distances = np.linalg.norm(faces - median_descriptor(faces), axis=1)
    return SameFace(
        max_distance=float(distances.max()),
        median_distance=float(np.median(distances)),
        people=count_people(evidence.descriptors),
        frames=len(evidence.frame_indices),
        frames_without_face=int((evidence.faces_per_frame == 0).sum()),
        frames_with_several=int((evidence.faces_per_frame > 1).sum()),
    )


def count_people(
    descriptors: NDArray[np.float32], *, distance: float = SAME_PERSON_DISTANCE
) -> int:
    """Number of groups in (m, 128) descriptors, merged while their mean distance is at most this.

    Average linkage: one frame with an odd expression neither splits a person nor joins two.
    """
    between = np.linalg.norm(descriptors[:, None] - descriptors[None], axis=2)  # (m, m)
    groups = [[index] for index in range(len(descriptors))]
    while len(groups) > 1:
        closest, first, second = min(
            (float(between[np.ix_(groups[i], groups[j])].mean()), i, j)
            for i in range(len(groups))
            for j in range(i)
        )
        if closest > distance:
            break
        groups[second] += groups.pop(first)
    return len(groups)
