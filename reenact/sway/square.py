"""How a head square's content moves from one picture to the next."""

from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
from numpy.typing import NDArray

from reenact.alignment.view import SIDE, View

PX = 128
"""Side of the square in which motion is looked for."""
NODES = 32
"""Side of the grid on which it is told."""
MARGIN = 0.1
"""Of the square's side, kept around it: in the next frame it is somewhere else."""
LARGEST = 0.1
"""Of the square's side: longer motions from frame to frame are mismatches."""
MEDIAN_PX = 5


@dataclass(frozen=True, slots=True, eq=False)
class Glimpse:
    """A small picture of a square's neighbourhood."""

    picture: NDArray[np.uint8]
    """(h, w), or (h, w, 3) in colours."""
    to_picture: NDArray[np.float64]
    """(2, 3) px of the whole picture to px of this one."""

    @classmethod
    def around(cls, frame: NDArray[np.uint8], view: View, *, colours: bool = False) -> Self:
        """What of a frame (h, w, 3) is around a square, about as large as the square is cut."""
        far = np.array([-MARGIN * SIDE, (1 + MARGIN) * SIDE])
        corners = np.stack(np.meshgrid(far, far), axis=-1).reshape(-1, 2)
        places = corners @ view.to_crop[:, :2].T + view.to_crop[:, 2]
        height, width = frame.shape[:2]
        low = np.clip(np.floor(places.min(axis=0)), 0, [width - 2, height - 2]).astype(int)
        high = np.clip(np.ceil(places.max(axis=0)), low + 2, [width, height]).astype(int)
        part = frame[low[1] : high[1], low[0] : high[0]]
        part = part if colours else cv2.cvtColor(part, cv2.COLOR_RGB2GRAY)
        factor = min(1.0, PX / (view.step * SIDE))
        size = np.maximum(np.round((high - low) * factor), 2).astype(int)
        scale = size / (high - low)
        offset = (0.5 - low) * scale - 0.5
        small = cv2.resize(part, size.tolist(), interpolation=cv2.INTER_AREA)
        return cls(small, np.array([[scale[0], 0, offset[0]], [0, scale[1], offset[1]]]))

    def cut(self, view: View) -> NDArray[np.uint8]:
        """The square, (PX, PX) or (PX, PX, 3); borders repeat."""
        return cut(self.picture, view, self.to_picture)


def cut(
    picture: NDArray[np.uint8], view: View, to_picture: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """A square of a picture, (PX, PX, ...); borders repeat.

    Args:
        picture: (h, w, ...).
        view: The square in px of a whole picture.
        to_picture: (2, 3) px of the whole picture to px of this one.
    """
    factor = SIDE / PX
    matrix = np.vstack([view.to_crop, [0, 0, 1]]).astype(np.float64)
    matrix = matrix @ np.array(
        [[factor, 0, factor / 2 - 0.5], [0, factor, factor / 2 - 0.5], [0, 0, 1]]
    )
    return cv2.warpAffine(
        picture, to_picture @ matrix, (PX, PX), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip


class MotionSeeker:
    """Finds dense motion between two cuts (Kroeger et al., ECCV 2016). For one thread."""

    def __init__(self) -> None:
        self._seeker = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)

    def seek(
        self, now: NDArray[np.uint8], before: NDArray[np.uint8], person: NDArray[np.uint8]
    ) -> NDArray[np.float32]:
        """The motion of the person between two grey cuts (PX, PX).

        Args:
            now: Shows what is asked for.
            before: The same place a frame earlier.
            person: (PX, PX) how much of each pixel of `now` is the person.

        Returns:
            (NODES, NODES, 3): see `MotionSequence.sway`.
        """
        flow = np.clip(self._seeker.calc(now, before, None), -LARGEST * PX, LARGEST * PX)
        weight = person.astype(np.float32) / 255
        flow = cv2.medianBlur(flow, MEDIAN_PX) * weight[..., None]
        each = np.concatenate([flow, weight[..., None]], axis=2)
        mean = cv2.resize(each, (NODES, NODES), interpolation=cv2.INTER_AREA)
        mean[..., :2] /= PX * np.maximum(mean[..., 2:], 1e-3)
        return np.asarray(mean, np.float32)
