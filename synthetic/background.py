"""A still, blurred room behind the person."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Backdrop:
    """A wall with a window's glow, shelves and lamps, far out of focus."""

    seed: int = 4
    wall: tuple[float, float, float] = (0.20, 0.205, 0.20)

    def paint(self, width: int, height: int) -> NDArray[np.float32]:
        """(h, w, 3) linear radiance. The same picture at any size."""
        import cv2

        rng = np.random.default_rng(self.seed)
        size = 256
        y, x = np.meshgrid(np.linspace(0, 1, size), np.linspace(0, 1, size), indexing="ij")
        wall = np.array(self.wall)
        image = np.ones((size, size, 3)) * wall
        image *= (0.75 + 0.55 * np.exp(-(((x - 0.12) / 0.42) ** 2) - ((y - 0.3) / 0.6) ** 2))[
            ..., None
        ]
        for _ in range(26):
            left, top = rng.uniform(0.55, 1.0), rng.choice([0.1, 0.36, 0.62]) + rng.uniform(0, 0.05)
            right = left + rng.uniform(0.02, 0.06)
            colour = wall * rng.uniform(0.25, 1.5) * rng.uniform(0.7, 1.3, 3)
            image[(x > left) & (x < right) & (y > top) & (y < top + 0.2)] = colour
        image[(x > 0.02) & (x < 0.24) & (y > 0.04) & (y < 0.55)] = [0.85, 0.86, 0.84]
        image[(np.abs(x - 0.13) < 0.008) & (y > 0.04) & (y < 0.55)] = wall
        image = cv2.GaussianBlur(image, (0, 0), size * 0.032)
        for centre_x, centre_y, radius, power in ((0.86, 0.2, 0.03, 0.75), (0.74, 0.31, 0.02, 0.4)):
            disc = np.clip((radius - np.hypot(x - centre_x, y - centre_y)) / 0.006 + 0.5, 0, 1)
            image += disc[..., None] * power * np.array([1.0, 0.72, 0.42])
        image = cv2.GaussianBlur(image, (0, 0), size * 0.008)
        image *= (1 - 0.35 * ((x - 0.5) ** 2 + (y - 0.5) ** 2) * 2)[..., None]
        resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC)
        grain = rng.normal(0, 0.006, (height, width, 1))
        return np.clip(resized + grain * resized, 0, None).astype(np.float32)
