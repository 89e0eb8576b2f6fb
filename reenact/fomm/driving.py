"""A driving video as pictures of its face."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance
from avatar.background import cut
from reenact.driving import REFERENCE_SEARCH, DrivingVideo
from reenact.fomm.framing import Framing, SquareFollower
from reenact.motion.transfer import unlikeness

STRIDES = (5, 1)
"""Every how many frames the reference is looked for; the next where the one before saw no face."""


@dataclass(frozen=True, slots=True, eq=False)
class DrivingPicture:
    """What the networks see of one driving frame."""

    image: NDArray[np.uint8] | None
    """(s, s, 3) RGB; None where the face is not seen."""
    offset: NDArray[np.float32]
    """(2,) px of the picture: how far the square has moved since the reference frame."""


class DrivingPictures:
    """The followed face of a video, cut out. Streams, as often as asked."""

    def __init__(self, video: DrivingVideo, appearance: Appearance, *, side: int) -> None:
        """Look for the reference frame, the one whose face looks most like the source's.

        Args:
            video: The driving video.
            appearance: Of the avatar; the driving face is framed like its face.
            side: Of the pictures in px.

        Raises:
            NoFaceError: No frame shows the face.
        """
        self._video, self._side = video, side
        self._framing = Framing.of(appearance)
        frame, self._landmarks = _best_frame(video, appearance.references[0].landmarks)
        start = SquareFollower(self._framing, self._landmarks).start
        self.reference = DrivingPicture(cut(frame, start, side), np.zeros(2, np.float32))
        """The reference frame."""

    def __iter__(self) -> Iterator[DrivingPicture]:
        """Every frame's picture, in order."""
        follower = SquareFollower(self._framing, self._landmarks)
        start, square = follower.start, follower.start
        for frame, found in self._video.follow():
            image = None
            if found is not None:
                square = follower.follow(found.landmarks)
                image = cut(frame, square, self._side)
            moved = np.array([square.x - start.x, square.y - start.y], np.float32)
            yield DrivingPicture(image, moved * (self._side / start.side))


def _best_frame(
    video: DrivingVideo, source: NDArray[np.float32]
) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The driving frame most like the source's face, and its landmarks (478, 3) in px.

    Looked for in the half minute after the face first appears; sampling keeps the cost low.
    """
    for stride in STRIDES:
        best, least, searched = None, np.inf, 0
        for frame, found in video.follow(stride=stride):
            if found is not None:
                cost = unlikeness(found.landmarks, source)
                if cost < least:
                    best, least = (frame, found.landmarks), cost
            searched += stride if best else 0
            if searched >= REFERENCE_SEARCH:
                break
        if best is not None:
            return best
    raise video.no_face()
