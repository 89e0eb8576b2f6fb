"""Pasting the rendered head crop back into the full source frame."""

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance
from reenact.canvas import Canvas, full_canvas
from reenact.engine import RenderedHead
from reenact.rim import borders, rim

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
        opacity = rim(borders(appearance), canvas.side, 0.0, FEATHER)
        self._alpha = np.ascontiguousarray(opacity[self._inside])
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
