"""What stands behind the person: a colour, a picture, the blurred room, or nothing."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar.background import PERSON, fill_unknown
from capture.errors import MediaError
from reenact.canvas import Canvas

BLUR = 0.03
"""Of the canvas's larger side: how far the room is blurred."""
LARGEST_PICTURE = 1 << 26
"""Pixels of a background picture."""


def backdrop(
    background: str | Path,
    canvas: Canvas,
    *,
    frame: NDArray[np.uint8],
    matte: NDArray[np.uint8],
) -> NDArray[np.uint8]:
    """The picture (h, w, 3) behind the person.

    Args:
        background: `blur`, a colour, or a picture's path, which fills the canvas.
        canvas: What is shown.
        frame: (h, w, 3) the source frame as it is shown.
        matte: (h, w) where the person is in it.

    Raises:
        MediaError: The picture cannot be read.
    """
    if isinstance(background, Path):
        return _covering(_read_picture(background), canvas.width, canvas.height)
    if background == "blur":
        return _blurred(frame, matte)
    code = background.removeprefix("#")
    colour = np.array([int(code[place : place + 2], 16) for place in (0, 2, 4)], np.uint8)
    return np.ascontiguousarray(np.broadcast_to(colour, (canvas.height, canvas.width, 3)))


def _blurred(frame: NDArray[np.uint8], matte: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The room out of focus; the person is taken out first, or a halo would stay."""
    spread = max(3, round(BLUR * max(frame.shape[:2])))
    grown = cv2.dilate(matte, np.ones((2 * (spread // 4) + 3,) * 2, np.uint8))
    room = fill_unknown(frame, grown > PERSON // 4)
    return np.asarray(cv2.GaussianBlur(room, (0, 0), spread), np.uint8)


def _covering(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Scale a picture to cover the canvas, its middle in the middle."""
    scale = max(width / picture.shape[1], height / picture.shape[0])
    size = (
        max(width, round(picture.shape[1] * scale)),
        max(height, round(picture.shape[0] * scale)),
    )
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(picture, size, interpolation=method)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width])


def _read_picture(path: Path) -> NDArray[np.uint8]:
    try:
        data = np.frombuffer(path.read_bytes(), np.uint8)
    except OSError as error:
        raise MediaError(f"{path} cannot be read: {error.strerror}", hint="Check it.") from error
    try:
        picture = cv2.imdecode(data, cv2.IMREAD_COLOR) if len(data) else None
    except cv2.error:
        picture = None
    if picture is None or picture.shape[0] * picture.shape[1] > LARGEST_PICTURE:
        raise MediaError(
            f"{path} is no picture that can be read",
            hint="Give a PNG, JPEG or WebP file as the background.",
        )
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
