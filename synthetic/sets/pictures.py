"""Writes pictures: JPEG as a camera stores them, PNG for what must stay exact."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.errors import MediaError


def write_jpeg(path: Path, image: NDArray[np.uint8], *, quality: int) -> None:
    """Write an (h, w, 3) RGB picture.

    Raises:
        MediaError: The file cannot be written.
    """
    import cv2

    _written(path, cv2.imwrite(str(path), image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality]))


def write_png(path: Path, image: NDArray[np.uint8]) -> None:
    """Write an (h, w) or (h, w, 3) RGB picture without loss.

    Raises:
        MediaError: The file cannot be written.
    """
    import cv2

    _written(path, cv2.imwrite(str(path), image if image.ndim == 2 else image[..., ::-1]))


def _written(path: Path, done: bool) -> None:
    if not done:
        raise MediaError(f"{path} cannot be written", hint="Is there space on the disk?")
