"""Pasting the rendered head crop back into the full source frame."""

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance, Crop
from reenact.engine import RenderedHead

FEATHER = 0.08
"""Of the crop's side: over this its rim fades into the source frame."""


class Compositor:
    """Pastes rendered crops into one source frame, at the frame's own size."""

    def __init__(self, appearance: Appearance) -> None:
        """Prepare the rim.

        Args:
            appearance: Of the person; its frame is the canvas.
        """
        crop, frame = appearance.crop, appearance.frame
        height, width = frame.shape[:2]
        left, top = max(crop.x, 0), max(crop.y, 0)
        right, bottom = min(crop.x + crop.side, width), min(crop.y + crop.side, height)
        self._frame = frame
        self._side = crop.side
        self._place = np.s_[top:bottom, left:right]
        self._inside = np.s_[top - crop.y : bottom - crop.y, left - crop.x : right - crop.x]
        self._alpha = np.ascontiguousarray(_rim(crop, width, height)[self._inside])
        self._still = np.ascontiguousarray(frame[self._place])

    def paste(self, head: RenderedHead) -> NDArray[np.uint8]:
        """The source frame, (h, w, 3), with the rendered crop in its place.

        What does not move keeps the source frame's own pixels.
        """
        shrinks = len(head.image) > self._side
        method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        square = cv2.resize(head.image, (self._side, self._side), interpolation=method)
        piece = np.ascontiguousarray(square[self._inside])
        moved = cv2.resize(head.moved, (self._side, self._side))[self._inside]
        alpha = np.ascontiguousarray(self._alpha * moved)
        out = self._frame.copy()
        out[self._place] = cv2.blendLinear(piece, self._still, alpha, 1 - alpha)
        return out


def _rim(crop: Crop, width: int, height: int) -> NDArray[np.float32]:
    """(side, side) opacity: 0 on the crop's border, 1 inside; no rim where the frame ends."""
    steps = np.arange(crop.side, dtype=np.float32)
    far = np.float32(crop.side)

    def ramp(start_inside: bool, end_inside: bool) -> NDArray[np.float32]:
        distance = np.full(crop.side, far)
        if start_inside:
            distance = np.minimum(distance, steps)
        if end_inside:
            distance = np.minimum(distance, far - 1 - steps)
        share = np.clip(distance / (FEATHER * far), 0, 1)
        return share * share * (3 - 2 * share)

    across = ramp(crop.x > 0, crop.x + crop.side < width)
    down = ramp(crop.y > 0, crop.y + crop.side < height)
    return (down[:, None] * across[None]).astype(np.float32)
