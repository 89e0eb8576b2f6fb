"""The pictures inside an exported head: its texture, and lashes with an alpha channel."""

import numpy as np
from numpy.typing import NDArray

JPEG_QUALITY = 93
LASH_SIDE_PX = 256
LASHES_PER_LID = 42


def jpeg_bytes(texture: NDArray[np.uint8]) -> bytes:
    """Encode (h, w, 3) sRGB as JPEG."""
    import cv2

    flipped = cv2.cvtColor(texture, cv2.COLOR_RGB2BGR)
    return bytes(cv2.imencode(".jpg", flipped, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1])


def lash_uv(uv: NDArray[np.float32]) -> NDArray[np.float32]:
    """From the atlas (origin bottom left) to the lashes' own picture (origin top left)."""
    low, high = uv.min(axis=0), uv.max(axis=0)
    unit = (uv - low) / np.maximum(high - low, 1e-9)
    return np.stack([unit[:, 0], 1.0 - unit[:, 1]], axis=1).astype(np.float32)


def lash_png_bytes() -> bytes:
    """Two by two ribbons of dark strands that thin out to their tips, as PNG with alpha.

    The bottom row holds the lower lids' lashes, shorter and sparser.
    """
    import cv2

    half = LASH_SIDE_PX // 2
    alpha = np.zeros((LASH_SIDE_PX, LASH_SIDE_PX), np.uint8)
    rng = np.random.default_rng(0)
    for row, (length, share) in enumerate(((0.92, 1.0), (0.75, 0.6))):  # upper lids on top
        for column in range(2):
            cell = np.zeros((half * 4, half * 4), np.uint8)  # drawn large, then shrunk
            count = round(LASHES_PER_LID * share)
            for root in np.linspace(0.03, 0.97, count) + rng.normal(0.0, 0.006, count):
                _strand(cell, float(root), length * float(rng.uniform(0.7, 1.0)), rng)
            # Every ribbon starts on a dense line along the lid.
            cell[-half // 3 :] = np.maximum(cell[-half // 3 :], 150)
            small = cv2.resize(cell, (half, half), interpolation=cv2.INTER_AREA)
            rows = slice(row * half, (row + 1) * half)
            alpha[rows, column * half : (column + 1) * half] = small
    picture = np.dstack([np.full((*alpha.shape, 3), 12, np.uint8), alpha])
    return bytes(cv2.imencode(".png", picture)[1])


def _strand(cell: NDArray[np.uint8], root: float, length: float, rng: np.random.Generator) -> None:
    """Draw one curved, tapering lash from the bottom of a cell, in place."""
    import cv2

    side = len(cell)
    lean = (root - 0.5) * 0.25 + float(rng.normal(0.0, 0.03))
    steps = np.linspace(0.0, 1.0, 12)
    x = (root + lean * steps**1.6) * side
    y = (1.0 - length * steps) * side
    for index in range(len(steps) - 1):
        thickness = max(1, round(side * 0.011 * (1.0 - 0.8 * steps[index])))
        start = (round(float(x[index])), round(float(y[index])))
        stop = (round(float(x[index + 1])), round(float(y[index + 1])))
        cv2.line(cell, start, stop, 230, thickness, cv2.LINE_AA)
