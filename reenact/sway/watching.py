"""Watching how hair, neck and shoulders of a filmed person move around the head."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from capture.landmark_rig import LandmarkRig
from reenact.alignment.view import View
from reenact.sway.square import NODES, Glimpse, MotionSeeker

if TYPE_CHECKING:
    from capture.trackers.matte import PersonMatte
    from capture.trackers.mediapipe import FaceObservation

MATTE_EVERY = 8
"""Frames for which one matte serves: the square goes with the head."""


def watch_sway(
    seen: "Iterable[tuple[NDArray[np.uint8], FaceObservation | None]]",
) -> "Iterator[tuple[FaceObservation | None, NDArray[np.float32]]]":
    """Measure for each frame how what is around the head moved since the frame before.

    Args:
        seen: Frames (h, w, 3) RGB with the face, None where it is not seen.

    Returns:
        The face, and (NODES, NODES, 3) as in `MotionSequence.sway`.

    Raises:
        WeightsError: The segmenter's model file is missing or altered.
    """
    from capture.trackers.matte import PersonMatte

    with PersonMatte() as segmenter:
        watch = _Watch(segmenter)
        for frame, found in seen:
            yield found, watch.look(frame, None if found is None else found.landmarks)


class _Watch:
    def __init__(self, segmenter: "PersonMatte") -> None:
        self._segmenter = segmenter
        self._rig, self._seeker = LandmarkRig.load(), MotionSeeker()
        self._before: Glimpse | None = None
        self._person: NDArray[np.uint8] | None = None
        self._age = 0

    def look(
        self, frame: NDArray[np.uint8], landmarks: NDArray[np.float32] | None
    ) -> NDArray[np.float32]:
        if landmarks is None:
            self._before = self._person = None
            return np.zeros((NODES, NODES, 3), np.float32)
        pose = self._rig.align(landmarks[None])
        view = View.of_head(pose, scale=1.0, corner=np.zeros(2, np.float32))
        glimpse, before = Glimpse.around(frame, view), self._before
        self._before = glimpse
        if self._person is None or self._age == MATTE_EVERY:
            coloured = Glimpse.around(frame, view, colours=True).cut(view)
            self._person, self._age = self._segmenter.matte(coloured), 0
        self._age += 1
        if before is None:
            return np.zeros((NODES, NODES, 3), np.float32)
        return self._seeker.seek(glimpse.cut(view), before.cut(view), self._person)
