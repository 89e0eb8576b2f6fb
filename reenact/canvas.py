"""Which part of the source frame the output shows, and how large."""

from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance
from reenact.errors import ControlError

FACE_HEIGHT = 0.42
"""Where the middle of the face stands in an upright cut, over its height."""
SMALLEST_PX, LARGEST_PX = 16, 8192


@dataclass(frozen=True, slots=True)
class Canvas:
    """The output picture's pixels in terms of the source frame's.

    The head crop lies on whole pixels of the canvas, so that it needs no further resampling.
    """

    width: int
    height: int
    x: int
    """The head crop's left edge in px of the canvas; may be negative."""
    y: int
    side: int
    """The head crop's side in px of the canvas."""
    scale: float
    """Canvas px for one px of the source frame."""
    left: float
    """The canvas's left edge in px of the source frame."""
    top: float

    def show(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Cut and scale a picture (h, w, ...) of the source frame's size."""
        height, width = picture.shape[:2]
        if self.scale == 1.0:
            left, top = round(self.left), round(self.top)
            return np.ascontiguousarray(picture[top : top + self.height, left : left + self.width])
        if self.scale < 1.0:  # averaged down first: the step below only samples
            size = max(1, round(width * self.scale)), max(1, round(height * self.scale))
            picture = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)
        across, down = picture.shape[1] / width, picture.shape[0] / height
        # pixel centres: canvas px -> px of the (averaged) picture
        step = np.array(
            [
                [across / self.scale, 0, (0.5 / self.scale + self.left) * across - 0.5],
                [0, down / self.scale, (0.5 / self.scale + self.top) * down - 0.5],
            ]
        )
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        size = self.width, self.height
        shown = cv2.warpAffine(picture, step, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(shown, np.uint8)


def full_canvas(appearance: Appearance) -> Canvas:
    """The source frame as it is."""
    height, width = appearance.frame.shape[:2]
    crop = appearance.crop
    return Canvas(width, height, crop.x, crop.y, crop.side, scale=1.0, left=0.0, top=0.0)


def choose_canvas(
    appearance: Appearance,
    *,
    crop: str = "full",
    scale: float = 1.0,
    size: tuple[int, int] | None = None,
    largest: int | None = None,
) -> Canvas:
    """Frame the output.

    Args:
        appearance: Of the person.
        crop: `full` for the source frame; `head` for the square around the head; `square`, or a
            ratio such as `9:16`, for the largest such cut that keeps the face in place.
        scale: Output px for one px of the source frame, if `size` is None.
        size: Output (width, height) in px; a width of 0 follows from the cut. What is cut is
            trimmed to their ratio.
        largest: Bound of the longer side in px; what is larger is scaled down.

    Raises:
        ControlError: `crop` is unknown, or the output would be too small or too large.
    """
    window = _window(appearance, crop)
    if size is not None:
        width, height = size
        if width:
            window = _trimmed(appearance, window, Fraction(width, height))
        scale = height / (window[3] - window[1])
    left, top, right, bottom = window
    if largest is not None and scale * max(right - left, bottom - top) > largest:
        scale, size = largest / max(right - left, bottom - top), None
    width, height = round((right - left) * scale), round((bottom - top) * scale)
    if size is not None:
        width, height = size[0] or width, size[1]
    if min(width, height) < SMALLEST_PX or max(width, height) > LARGEST_PX:
        raise ControlError(
            f"the output would be {width} x {height} px",
            hint=f"Choose a size between {SMALLEST_PX} and {LARGEST_PX} px.",
        )
    head = appearance.crop
    side = max(1, round(head.side * scale))
    scale = side / head.side
    x, y = round((head.x - left) * scale), round((head.y - top) * scale)
    return Canvas(width, height, x, y, side, scale, left=head.x - x / scale, top=head.y - y / scale)


Window = tuple[float, float, float, float]
"""Left, top, right, bottom in px of the source frame."""


def _window(appearance: Appearance, crop: str) -> Window:
    height, width = appearance.frame.shape[:2]
    whole = (0.0, 0.0, float(width), float(height))
    if crop == "full":
        return whole
    if crop == "head":
        square = appearance.crop
        side = min(square.side, width, height)
        middle = (square.x + square.side / 2, square.y + square.side / 2)
        return _placed(middle, side, side, whole)
    if crop == "square":
        return _trimmed(appearance, whole, Fraction(1))
    try:
        across, _, down = crop.partition(":")
        ratio = Fraction(int(across), int(down))
        if not Fraction(1, 8) <= ratio <= 8:
            raise ValueError(crop)
    except (ValueError, ZeroDivisionError) as error:
        raise ControlError(
            f"{crop!r} is no crop", hint="Use full, head, square or a ratio such as 9:16."
        ) from error
    return _trimmed(appearance, whole, ratio)


def _trimmed(appearance: Appearance, window: Window, ratio: Fraction) -> Window:
    """The largest cut of a window with a ratio of sides, around the face."""
    left, top, right, bottom = window
    width = min(right - left, (bottom - top) * float(ratio))
    height = width / float(ratio)
    flat = appearance.references[0].landmarks[:, :2]
    x, y = (flat.min(axis=0) + flat.max(axis=0)) / 2
    return _placed((float(x), float(y) + (0.5 - FACE_HEIGHT) * height), width, height, window)


def _placed(middle: tuple[float, float], width: float, height: float, inside: Window) -> Window:
    """A window around a point, moved to lie inside another; on whole pixels."""
    left, top, right, bottom = inside
    x = min(max(middle[0] - width / 2, left), right - width)
    y = min(max(middle[1] - height / 2, top), bottom - height)
    x, y = float(round(x)), float(round(y))
    return x, y, min(x + width, right), min(y + height, bottom)
