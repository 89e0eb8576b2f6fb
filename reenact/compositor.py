"""Pasting the rendered head crop back into the full source frame."""

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance
from reenact.canvas import Canvas, full_canvas
from reenact.engine import RenderedHead

FEATHER = 0.08
"""Of the crop's side: over this its rim fades into the source frame."""


class Compositor:
    """Pastes rendered crops into one source frame, at the size of the canvas."""

    def __init__(self, appearance: Appearance, canvas: Canvas | None = None) -> None:
        """Prepare the rim.

        Args:
            appearance: Of the person.
            canvas: What is shown of its frame; None for all of it, at its own size.
        """
        canvas = canvas or full_canvas(appearance)
        self.frame = canvas.show(appearance.frame)
        """(h, w, 3) the source frame as it is shown."""
        left, top = max(canvas.x, 0), max(canvas.y, 0)
        right = min(canvas.x + canvas.side, canvas.width)
        bottom = min(canvas.y + canvas.side, canvas.height)
        self.place = np.s_[top:bottom, left:right]
        """Where the crop lies in the frame."""
        self._side = canvas.side
        self._inside = np.s_[top - canvas.y : bottom - canvas.y, left - canvas.x : right - canvas.x]
        rim = _rim(_borders(appearance), canvas.side)
        self._alpha = np.ascontiguousarray(rim[self._inside])
        self._still = np.ascontiguousarray(self.frame[self.place])

    def paste(self, head: RenderedHead) -> NDArray[np.uint8]:
        """The shown frame, (h, w, 3), with the rendered crop in its place.

        What does not move keeps the source frame's own pixels.
        """
        out = self.frame.copy()
        out[self.place] = self.blend(head.image, self._still, self.opacity(head))
        return out

    def opacity(self, head: RenderedHead) -> NDArray[np.float32]:
        """How much the crop replaces what `place` holds, in [0, 1]."""
        moved = cv2.resize(head.moved, (self._side, self._side))[self._inside]
        return np.ascontiguousarray(self._alpha * moved)

    def blend(
        self, crop: NDArray[np.uint8], below: NDArray[np.uint8], opacity: NDArray[np.float32]
    ) -> NDArray[np.uint8]:
        """Lay a picture of the crop, (s, s) or (s, s, 3), over what `place` holds."""
        shrinks = len(crop) > self._side
        method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        square = cv2.resize(crop, (self._side, self._side), interpolation=method)
        piece = np.ascontiguousarray(square[self._inside])
        return np.asarray(cv2.blendLinear(piece, below, opacity, 1 - opacity), np.uint8)


def _borders(appearance: Appearance) -> tuple[bool, bool, bool, bool]:
    """Whether the source frame goes on left, right, above and below the crop."""
    crop = appearance.crop
    height, width = appearance.frame.shape[:2]
    return crop.x > 0, crop.x + crop.side < width, crop.y > 0, crop.y + crop.side < height


def _rim(borders: tuple[bool, bool, bool, bool], side: int) -> NDArray[np.float32]:
    """(side, side) opacity: 0 on the crop's border, 1 inside; no rim where the frame ends."""
    steps = np.arange(side, dtype=np.float32)
    far = np.float32(side)

    def ramp(start_inside: bool, end_inside: bool) -> NDArray[np.float32]:
        distance = np.full(side, far)
        if start_inside:
            distance = np.minimum(distance, steps)
        if end_inside:
            distance = np.minimum(distance, far - 1 - steps)
        share = np.clip(distance / (FEATHER * far), 0, 1)
        return share * share * (3 - 2 * share)

    left, right, top, bottom = borders
    return (ramp(top, bottom)[:, None] * ramp(left, right)[None]).astype(np.float32)
