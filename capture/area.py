"""A part of the picture in which a face is looked for."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capture.errors import CaptureError

if TYPE_CHECKING:
    from capture.trackers.mediapipe import FaceObservation

SMALLEST_PX = 32
ROOM = 0.8
"""Of a face's extent, on every side."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of a picture in px."""

    x: int
    y: int
    width: int
    height: int

    def __str__(self) -> str:
        """As it is typed: x,y,width,height."""
        return f"{self.x},{self.y},{self.width},{self.height}"

    def inside(self, width: int, height: int) -> "Area":
        """The part of it that lies in a picture.

        Raises:
            CaptureError: Next to nothing does.
        """
        left, top = max(self.x, 0), max(self.y, 0)
        right, bottom = min(self.x + self.width, width), min(self.y + self.height, height)
        if min(right - left, bottom - top) < SMALLEST_PX:
            raise CaptureError(
                f"the area {self} is not in a picture of {width} x {height} px",
                hint="Give x,y,width,height in px of the upright picture.",
            )
        return Area(left, top, right - left, bottom - top)

    @classmethod
    def around(cls, reach: NDArray[np.float32], *, width: int, height: int) -> "Area":
        """The part of a picture around a box (4,), with room for a head to move in."""
        left, top, right, bottom = reach.tolist()
        room = ROOM * max(right - left, bottom - top)
        return cls(
            round(left - room),
            round(top - room),
            round(right - left + 2 * room),
            round(bottom - top + 2 * room),
        ).inside(width, height)

    def cut(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """This part of an (h, w, 3) frame; a view."""
        return frame[self.y : self.y + self.height, self.x : self.x + self.width]

    def outside(self, found: "FaceObservation") -> "FaceObservation":
        """A face seen in the part, in px of the whole picture."""
        landmarks = found.landmarks.copy()
        landmarks[:, :2] += np.array([self.x, self.y], np.float32)
        return replace(found, landmarks=landmarks)

    def box_inside(self, box: NDArray[np.float32]) -> NDArray[np.float32]:
        """A box (4,) in the whole picture, in px of the part."""
        return box - np.array([self.x, self.y, self.x, self.y], np.float32)

    def box_outside(self, box: NDArray[np.float32]) -> NDArray[np.float32]:
        """A box (4,) in the part, in px of the whole picture."""
        return box + np.array([self.x, self.y, self.x, self.y], np.float32)


def parse_area(text: str) -> Area:
    """Read `x,y,width,height`.

    Raises:
        CaptureError: It is not that.
    """
    try:
        x, y, width, height = (int(part) for part in text.split(","))
    except ValueError as error:
        raise CaptureError(
            f"{text!r} is no area", hint="Give x,y,width,height in px of the upright picture."
        ) from error
    return Area(x, y, width, height)
