"""A square that follows the head and stands upright with it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.head_pose import HeadPoses

SIDE = 256
"""Of the square in px."""
SIDE_M = 0.345
"""The same in metres: 1.95 times the average face's extent, so that hair and neck are in it."""
MIDDLE_M = np.array([0.0, -0.006, 0.03], np.float32)
"""Its middle in canonical head space: the middle of the average face."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Where the square lies in a rendered crop."""

    to_crop: NDArray[np.float32]
    """(2, 3) px of the square to px of the crop, pixel centres at whole numbers."""

    @classmethod
    def of_head(cls, pose: HeadPoses, *, scale: float, corner: NDArray[np.float32]) -> "View":
        """The square around a head.

        Args:
            pose: One, canonical space to px of the source frame.
            scale: Px of the crop for one px of the source frame.
            corner: (2,) px of the source frame at the crop's origin.
        """
        middle = pose.to_image(MIDDLE_M[None, None])[0, 0, :2]
        up = pose.rotation[0, :2, 1]
        length = max(float(np.hypot(*up)), 1e-6)
        # columns: one px of the square to the right and down, in px of the crop
        step = float(pose.scale[0]) * SIDE_M / SIDE * scale
        cosine, sine = step * float(up[1]) / length, step * float(up[0]) / length
        turn = np.array([[cosine, -sine], [sine, cosine]], np.float32)
        middle = (middle - corner) * scale - 0.5
        offset = middle - turn @ np.full(2, (SIDE - 1) / 2, np.float32)
        return cls(np.concatenate([turn, offset[:, None]], axis=1).astype(np.float32))

    @property
    def step(self) -> float:
        """Px of the crop for one px of the square."""
        return float(np.hypot(self.to_crop[0, 0], self.to_crop[1, 0]))

    def from_crop(self) -> NDArray[np.float32]:
        """(2, 3) px of the crop to px of the square."""
        return np.asarray(cv2.invertAffineTransform(self.to_crop), np.float32)

    def place(self, points: NDArray[np.float32]) -> NDArray[np.float32]:
        """(n, 2) px of the crop to px of the square."""
        inverse = self.from_crop()
        return (points @ inverse[:, :2].T + inverse[:, 2]).astype(np.float32)

    def look(self, picture: NDArray[np.generic]) -> NDArray[np.generic]:
        """What of a crop (s, s, ...) is in the square, (SIDE, SIDE, ...); borders repeat.

        A crop with far more px than the square is averaged down first, so that nothing aliases.
        """
        matrix, side = self.to_crop.astype(np.float64), len(picture)
        while self.step * len(picture) / side > 2.0:
            half = len(picture) // 2
            picture = cv2.resize(picture, (half, half), interpolation=cv2.INTER_AREA)
        if len(picture) != side:
            factor = len(picture) / side
            matrix *= factor
            matrix[:, 2] += 0.5 * factor - 0.5
        return cv2.warpAffine(
            picture, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
