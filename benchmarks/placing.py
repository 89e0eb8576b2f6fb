"""Where a re-enacted head is held, apart from how it moves.

Relative motion starts from the pose of the source frame, and nothing says that the true clip starts
from there as well. One similarity for the whole clip, the best between the landmarks of output and
truth, takes this out of what is said about faces; what differs from frame to frame stays.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.baselines import similarity
from capture.track import FaceTrack
from capture.tracking import track_video

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """How a whole clip is moved onto the truth."""

    motion: NDArray[np.float64]
    """(2, 3) similarity in px of the frame."""
    figures: dict[str, float]
    """`unplaced`: mean landmark distance before, `right`, `down`: by how much the output's face
    is off, all in px of the frame; its `scale`, and its `roll` in degrees."""

    def place_points(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 2) landmarks in px of the frame, moved."""
        return (points @ self.motion[:, :2].T + self.motion[:, 2]).astype(np.float32)

    def place(self, frame: Image) -> Image:
        """A frame, (h, w, 3), moved; its borders repeat."""
        return cv2.warpAffine(
            frame,
            self.motion,
            frame.shape[1::-1],
            flags=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REPLICATE,
        )


def best_placement(points: NDArray[np.float32], truth: NDArray[np.float32]) -> Placement:
    """The placement of (t, n, 2) landmarks onto the true ones.

    Turn and scale come from the faces about their centres, so that a face that moves less than the
    true one does not shrink.
    """
    centres, true_centres = points.mean(axis=1, keepdims=True), truth.mean(axis=1, keepdims=True)
    linear = similarity((points - centres).reshape(-1, 2), (truth - true_centres).reshape(-1, 2))[
        :, :2
    ]
    shift = true_centres.mean(axis=0) - centres.mean(axis=0) @ linear.T
    right, down = (points - truth).mean(axis=(0, 1))
    return Placement(
        motion=np.concatenate([linear, shift.T], axis=1),
        figures={
            "unplaced": float(np.linalg.norm(points - truth, axis=2).mean()),
            "right": float(right),
            "down": float(down),
            "scale": float(1 / np.hypot(linear[0, 0], linear[1, 0])),
            "roll": float(-np.degrees(np.arctan2(linear[1, 0], linear[0, 0]))),
        },
    )


def place_video(output: Path, truth: FaceTrack) -> Placement:
    """The placement of a re-enacted clip.

    Raises:
        NoFaceError: The output never shows a face.
    """
    track = track_video(output)
    count = min(len(track), len(truth))
    known = track.valid[:count] & truth.valid[:count]
    return best_placement(
        track.landmarks[:count][known, :, :2], truth.landmarks[:count][known, :, :2]
    )
