"""Still, blurred surroundings behind the person."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float64]
_SIZE = 256


@dataclass(frozen=True, slots=True)
class Backdrop:
    """What is behind the person, far out of focus."""

    seed: int = 4
    wall: tuple[float, float, float] = (0.20, 0.205, 0.20)
    """Linear radiance of what there is most of."""
    kind: str = "room"
    """A key of `KINDS`."""
    grain: float = 0.006

    def paint(self, width: int, height: int) -> NDArray[np.float32]:
        """(h, w, 3) linear radiance. The same picture at any size."""
        import cv2

        rng = np.random.default_rng(self.seed)
        image = KINDS[self.kind](rng, np.array(self.wall))
        resized = cv2.resize(image, (width, height), interpolation=cv2.INTER_CUBIC)
        grain = rng.normal(0, self.grain, (height, width, 1))
        return np.clip(resized + grain * resized, 0, None).astype(np.float32)


def _grid() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two (h, w) arrays, x and y, from 0 to 1."""
    y, x = np.meshgrid(np.linspace(0, 1, _SIZE), np.linspace(0, 1, _SIZE), indexing="ij")
    return x, y


def _blurred(image: Picture, share: float) -> Picture:
    import cv2

    return np.asarray(cv2.GaussianBlur(image, (0, 0), _SIZE * share))


def _vignetted(image: Picture) -> Picture:
    x, y = _grid()
    return image * (1 - 0.35 * ((x - 0.5) ** 2 + (y - 0.5) ** 2) * 2)[..., None]


def _room(rng: np.random.Generator, wall: NDArray[np.float64]) -> Picture:
    """A wall with a window's glow, shelves and lamps."""
    x, y = _grid()
    image = np.ones((_SIZE, _SIZE, 3)) * wall
    image *= (0.75 + 0.55 * np.exp(-(((x - 0.12) / 0.42) ** 2) - ((y - 0.3) / 0.6) ** 2))[..., None]
    for _ in range(26):
        left, top = rng.uniform(0.55, 1.0), rng.choice([0.1, 0.36, 0.62]) + rng.uniform(0, 0.05)
        right = left + rng.uniform(0.02, 0.06)
        colour = wall * rng.uniform(0.25, 1.5) * rng.uniform(0.7, 1.3, 3)
        image[(x > left) & (x < right) & (y > top) & (y < top + 0.2)] = colour
    image[(x > 0.02) & (x < 0.24) & (y > 0.04) & (y < 0.55)] = [0.85, 0.86, 0.84]
    image[(np.abs(x - 0.13) < 0.008) & (y > 0.04) & (y < 0.55)] = wall
    image = _blurred(image, 0.032)
    for centre_x, centre_y, radius, power in ((0.86, 0.2, 0.03, 0.75), (0.74, 0.31, 0.02, 0.4)):
        disc = np.clip((radius - np.hypot(x - centre_x, y - centre_y)) / 0.006 + 0.5, 0, 1)
        image += disc[..., None] * power * np.array([1.0, 0.72, 0.42])
    return _vignetted(_blurred(image, 0.008))


def _studio(rng: np.random.Generator, wall: NDArray[np.float64]) -> Picture:
    """A plain wall, brighter on one side."""
    x, y = _grid()
    centre = rng.uniform(0.2, 0.8, 2)
    glow = np.exp(-(((x - centre[0]) / 0.5) ** 2) - ((y - centre[1]) / 0.5) ** 2)
    depth = rng.uniform(0.2, 0.8)
    return _vignetted((1 - depth + depth * glow)[..., None] * wall * 1.3)


def _shelves(rng: np.random.Generator, wall: NDArray[np.float64]) -> Picture:
    """Rows of books."""
    image = np.ones((_SIZE, _SIZE, 3)) * wall * 0.35
    row, board = int(rng.integers(34, 60)), 4
    for top in range(0, _SIZE, row):
        left = 0
        while left < _SIZE:
            width = int(rng.integers(4, 14))
            height = int(row * rng.uniform(0.6, 0.95)) - board
            colour = wall * rng.uniform(0.2, 1.8) * rng.uniform(0.7, 1.3, 3)
            if rng.random() > 0.08:
                image[
                    max(top + row - board - height, 0) : top + row - board, left : left + width
                ] = colour
            left += width + int(rng.integers(0, 2))
        image[top + row - board : top + row] = wall * np.array([0.7, 0.55, 0.4])
    return _vignetted(_blurred(image, rng.uniform(0.008, 0.02)))


def _outdoors(rng: np.random.Generator, wall: NDArray[np.float64]) -> Picture:
    """Sky over leaves, with discs where light comes through."""
    x, y = _grid()
    sky = np.array([0.62, 0.74, 0.95]) * rng.uniform(0.5, 1.0)
    leaves = np.array([0.16, 0.26, 0.08]) * rng.uniform(0.5, 1.3)
    edge = rng.uniform(0.1, 0.6)
    share = 1 / (1 + np.exp((y - edge + 0.1 * np.sin(7 * x + rng.uniform(0, 6))) / 0.05))
    image = share[..., None] * sky + (1 - share[..., None]) * leaves
    patches = _blurred(rng.normal(0, 1, (_SIZE, _SIZE, 4)), 0.025)
    image *= np.clip(1 + 5.5 * patches[..., :1] + 1.2 * patches[..., 1:], 0.3, 2.2)
    image = _blurred(image, 0.012)
    for _ in range(int(rng.integers(10, 50))):
        at, radius = rng.uniform(0, 1, 2), rng.uniform(0.008, 0.03)
        disc = np.clip((radius - np.hypot(x - at[0], y - at[1])) / 0.005 + 0.5, 0, 1)
        image += disc[..., None] * rng.uniform(0.05, 0.35) * np.array([1.0, 0.95, 0.75])
    return _blurred(image, 0.005)


def _office(rng: np.random.Generator, wall: NDArray[np.float64]) -> Picture:
    """Panes, frames and furniture: upright and level edges."""
    image = np.ones((_SIZE, _SIZE, 3)) * wall
    for _ in range(int(rng.integers(8, 24))):
        left, top = rng.integers(-40, _SIZE, 2)
        width, height = rng.integers(15, 130, 2)
        colour = wall * rng.uniform(0.2, 2.5) * rng.uniform(0.75, 1.25, 3)
        image[max(top, 0) : max(top + height, 0), max(left, 0) : max(left + width, 0)] = colour
    return _vignetted(_blurred(np.clip(image, 0, 1.2), rng.uniform(0.01, 0.035)))


KINDS: dict[str, Callable[[np.random.Generator, NDArray[np.float64]], Picture]] = {
    "room": _room,
    "studio": _studio,
    "shelves": _shelves,
    "outdoors": _outdoors,
    "office": _office,
}
"""Painters of (256, 256, 3) linear pictures, from a generator and the colour of the wall."""
