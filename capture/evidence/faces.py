"""Face descriptors of a few frames of a video (dlib ResNet v1, 128 numbers a face).

Distances are Euclidean. On 24 clips of 24 people: largest distance of a frame to its own clip's
median 0.15 to 0.38 (0.51 in one with hands on a distorted face); medians of two different people
0.43 to 1.0, 3 of 276 pairs below 0.5. So 0.5 tells most people apart, not all: the descriptor is
weaker for some groups of people than for others, and a look-alike passes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

import weights
from capture.arrays import check_arrays
from capture.errors import NoFaceError
from capture.video import probe, read_frames

if TYPE_CHECKING:
    import dlib

logger = logging.getLogger(__name__)

DESCRIPTOR_SIZE: Final = 128
_DETECTION_SIDE_PX: Final = 640  # the HOG detector finds faces from 80 px at this size
_MOST_FACES: Final = 4  # faces described in one frame, the largest first
_SAMPLES: Final = 10


@dataclass(frozen=True, slots=True, eq=False)
class FaceEvidence:
    """Descriptors of the faces in f sampled frames, m faces in all. Arrays become read-only."""

    descriptors: NDArray[np.float32]
    """(m, 128) largest face of a frame first, frames in order."""
    face_frames: NDArray[np.int64]
    """(m,) index in the stream of the frame that each descriptor is from."""
    frame_indices: NDArray[np.int64]
    """(f,) indices in the stream of the frames looked at."""
    faces_per_frame: NDArray[np.int64]
    """(f,) faces found, which may be more than were described."""

    def __post_init__(self) -> None:
        frames, faces = len(self.frame_indices), len(self.face_frames)
        check_arrays(
            self,
            {
                "descriptors": ((faces, DESCRIPTOR_SIZE), np.float32),
                "face_frames": ((faces,), np.int64),
                "frame_indices": ((frames,), np.int64),
                "faces_per_frame": ((frames,), np.int64),
            },
        )

    @property
    def largest(self) -> NDArray[np.float32]:
        """(k, 128) the largest face of each frame that has one."""
        first = np.unique(self.face_frames, return_index=True)[1]
        return self.descriptors[first]


def describe_faces(
    frames: Iterable[NDArray[np.uint8]], *, every: int = 1, max_frames: int = _SAMPLES
) -> FaceEvidence:
    """Describe the faces of every `every`-th frame of a stream; holds one frame at a time.

    Faces are found by dlib's HOG detector at 640 px, aligned by its 5-point shape predictor and
    described at the frame's own size. About 0.4 s a frame on one core.

    Args:
        frames: (h, w, 3) uint8 RGB.
        every: 1 looks at each frame.
        max_frames: The stream is read no further than this many looks need.

    Raises:
        ValueError: `every` or `max_frames` is below 1.
        WeightsError: A dlib model is missing or altered.
        MissingBackendError: dlib is not installed.
    """
    if every < 1 or max_frames < 1:
        raise ValueError(f"every and max_frames: want at least 1, got {every} and {max_frames}")
    describer = _Describer()
    descriptors: list[NDArray[np.float32]] = []
    face_frames: list[int] = []
    looked_at: list[int] = []
    counts: list[int] = []
    for index, frame in enumerate(frames):
        if index % every:
            continue
        found = describer.find(frame)
        looked_at.append(index)
        counts.append(len(found))
        for box in found[:_MOST_FACES]:
            descriptors.append(describer.describe(frame, box))
            face_frames.append(index)
        if len(looked_at) == max_frames:
            break
    return FaceEvidence(
        descriptors=np.array(descriptors, np.float32).reshape(-1, DESCRIPTOR_SIZE),
        face_frames=np.array(face_frames, np.int64),
        frame_indices=np.array(looked_at, np.int64),
        faces_per_frame=np.array(counts, np.int64),
    )


def describe_video(path: Path, *, samples: int = _SAMPLES) -> FaceEvidence:
    """`describe_faces` for about `samples` frames spread evenly over a whole video file.

    Raises:
        MediaError: The file cannot be read.
    """
    every = max(1, -(-probe(path).frame_count // samples))
    # the stream may be a little longer than the container says
    return describe_faces(read_frames(path), every=every, max_frames=samples + 2)


def median_descriptor(descriptors: NDArray[np.float32]) -> NDArray[np.float32]:
    """(128,) elementwise median of (m, 128) descriptors.

    Raises:
        NoFaceError: There is none.
        ValueError: Not (m, 128).
    """
    if descriptors.ndim != 2 or descriptors.shape[1] != DESCRIPTOR_SIZE:
        raise ValueError(f"descriptors: want (m, {DESCRIPTOR_SIZE}), got {descriptors.shape}")
    if len(descriptors) == 0:
        raise NoFaceError(
            "No face was found in any of the frames looked at",
            hint="Use footage in which the face is seen from the front, lit, and at least an "
            "eighth of the picture wide.",
        )
    median: NDArray[np.float32] = np.median(descriptors, axis=0).astype(np.float32)
    return median


def compare(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Distance between the median descriptors of two sets (m, 128) and (n, 128) of one face each.

    Halves of one clip: 0.10 to 0.33. Different people: from 0.43 (see the module).

    Raises:
        NoFaceError: A set is empty.
    """
    return float(np.linalg.norm(median_descriptor(first) - median_descriptor(second)))


class _Describer:
    """dlib's detector, shape predictor and descriptor network, loaded once."""

    def __init__(self) -> None:
        backend = weights.require("dlib", extra="", used_for="comparing faces")
        self._backend = backend
        self._detector = backend.get_frontal_face_detector()
        self._points = backend.shape_predictor(str(weights.path("dlib-landmarks-5")))
        self._network = backend.face_recognition_model_v1(str(weights.path("dlib-face-descriptor")))

    def find(self, frame: NDArray[np.uint8]) -> list[dlib.rectangle]:
        """Boxes of the faces in (h, w, 3) RGB, in its pixels, largest first."""
        import cv2

        height, width = frame.shape[:2]
        scale = min(1.0, _DETECTION_SIDE_PX / max(height, width))
        if scale < 1:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            small = cv2.resize(frame, size, interpolation=cv2.INTER_AREA)
        else:
            small = np.ascontiguousarray(frame)
        boxes = sorted(self._detector(small, 0), key=lambda box: -box.area())
        return [
            self._backend.rectangle(
                *(
                    round(side / scale)
                    for side in (box.left(), box.top(), box.right(), box.bottom())
                )
            )
            for box in boxes
        ]

    def describe(self, frame: NDArray[np.uint8], box: dlib.rectangle) -> NDArray[np.float32]:
        """(128,) float32 descriptor of the face in a box."""
        image = np.ascontiguousarray(frame)  # dlib refuses strides
        points = self._points(image, box)
        return np.array(self._network.compute_face_descriptor(image, points), np.float32)
