"""The squares of source and driving video that the networks see."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance, Crop
from capture.landmark_rig import LandmarkRig

FACE_SHARE = 0.48
"""Of the square's side that the face spans, about as in the crops of VoxCeleb that the published
weights were trained on; the avatar's own crop is wider, the more so the more the person moved."""
SLACK = 0.06
"""Of the square's side: so far the head may go from its place before the square follows."""
SMALLEST_SIDE_PX = 16


def source_square(appearance: Appearance) -> Crop:
    """The square of the source frame, within the avatar's crop, that the networks animate."""
    crop, face = appearance.crop, appearance.references[0].landmarks[:, :2]
    low, high = face.min(axis=0), face.max(axis=0)
    side = min(round(float((high - low).max()) / FACE_SHARE), crop.side)
    first = np.array([crop.x, crop.y])
    corner = np.clip(np.round((low + high - side) / 2), first, first + crop.side - side)
    return Crop(x=int(corner[0]), y=int(corner[1]), side=side)


@dataclass(frozen=True, slots=True, eq=False)
class Framing:
    """How a square lies around a head: its side and its middle against the head's."""

    side_m: float
    """Side of the square in metres at the head."""
    shift: NDArray[np.float32]
    """(2,) from the head's origin to the square's middle, in sides: x right, y down."""

    @classmethod
    def of(cls, appearance: Appearance) -> "Framing":
        """How the animated square lies around the face in the source frame."""
        origin, scale = _head(appearance.references[0].landmarks)
        square = source_square(appearance)
        middle = np.array([square.x, square.y], np.float32) + square.side / 2
        return cls(side_m=square.side / scale, shift=((middle - origin) / square.side))

    def around(self, landmarks: NDArray[np.float32], *, side: int | None = None) -> Crop:
        """The square that lies so around another face.

        Args:
            landmarks: (478, 3) px of that face.
            side: Of the square in px; None to fit it to the face.
        """
        origin, scale = _head(landmarks)
        if side is None:
            side = max(round(self.side_m * scale), SMALLEST_SIDE_PX)
        corner = np.round(origin + (self.shift - 0.5) * side).astype(int)
        return Crop(x=int(corner[0]), y=int(corner[1]), side=side)


class SquareFollower:
    """A square of fixed size, padded like the source's, that keeps a face in view.

    It stands still while the head moves a little and is drawn along when it goes further, by whole
    pixels: what moves in the picture is the head, not the tracker's noise.
    """

    def __init__(self, framing: Framing, reference: NDArray[np.float32]) -> None:
        """Start at the reference frame's face.

        Args:
            framing: How the square lies around a face.
            reference: (478, 3) px, landmarks of the reference frame.
        """
        self._framing = framing
        self.start = framing.around(reference)
        """The square of the reference frame."""
        self._square = self.start

    def follow(self, landmarks: NDArray[np.float32]) -> Crop:
        """The square for the next frame's face, (478, 3) px."""
        side = self.start.side
        wanted, slack = self._framing.around(landmarks, side=side), round(SLACK * side)
        self._square = Crop(
            x=min(max(self._square.x, wanted.x - slack), wanted.x + slack),
            y=min(max(self._square.y, wanted.y - slack), wanted.y + slack),
            side=side,
        )
        return self._square


def _head(landmarks: NDArray[np.float32]) -> tuple[NDArray[np.float32], float]:
    """The head's origin (2,) in px, x right and y down, and px a metre."""
    pose = LandmarkRig.load().align(landmarks[None])
    return pose.offset[0, :2] * np.array([1, -1], np.float32), float(pose.scale[0])
