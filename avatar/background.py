"""The head crop, and what lies behind the person in it."""

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Crop

MARGIN = 0.62
"""Of the face's extent, on every side of all the places where the face was."""
MAX_SPREAD = 2.0
"""The crop's side is at most this many times the one that a still face would need."""
PERSON = 64
"""Matte values above this are the person."""


def choose_crop(boxes: NDArray[np.float32], source: NDArray[np.float32]) -> Crop:
    """A square around the face wherever it went, hair and neck included.

    Args:
        boxes: (t, 4) x0, y0, x1, y1 in px of the frames with a face.
        source: (4,) the box in the source frame, kept in the middle if the face went far.
    """
    extent = float(np.median((boxes[:, 2:] - boxes[:, :2]).max(axis=1)))
    low = np.percentile(boxes[:, :2], 2, axis=0) - MARGIN * extent
    high = np.percentile(boxes[:, 2:], 98, axis=0) + MARGIN * extent
    still = (1 + 2 * MARGIN) * extent
    side = float(min(max(high - low), MAX_SPREAD * still))
    centre = (low + high) / 2
    middle = (source[:2] + source[2:]) / 2
    slack = max(side - still, 0) / 2
    centre = np.clip(centre, middle - slack, middle + slack)
    corner = np.round(centre - side / 2).astype(int)
    return Crop(x=int(corner[0]), y=int(corner[1]), side=round(side))


def cut(frame: NDArray[np.uint8], crop: Crop, size: int) -> NDArray[np.uint8]:
    """The crop of an (h, w, 3) frame at `size` px; beyond the frame its border repeats."""
    height, width = frame.shape[:2]
    columns = np.clip(np.arange(crop.x, crop.x + crop.side), 0, width - 1)
    rows = np.clip(np.arange(crop.y, crop.y + crop.side), 0, height - 1)
    square = frame[rows[:, None], columns[None]]
    shrinks = crop.side > size
    method = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
    return np.ascontiguousarray(cv2.resize(square, (size, size), interpolation=method))


def clean_plate(
    crops: Iterable[tuple[NDArray[np.uint8], NDArray[np.uint8]]], source: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """The background, from crops with mattes: what each pixel is when the person is elsewhere.

    Args:
        crops: (c, c, 3) images with (c, c) mattes.
        source: (c, c, 3) the source crop, for its size.

    Returns:
        (c, c, 3): the median of each pixel's background values; a pixel that was never seen is
        filled from the ones around it.
    """
    images, masks = [], []
    grow = np.ones((7, 7), np.uint8)
    for image, matte in crops:
        images.append(image)
        masks.append(cv2.dilate(matte, grow) > PERSON)
    seen = ~np.stack(masks)  # (n, c, c)
    # the person's values sort to the end, so the median of the others is at half their number
    values = np.where(seen[..., None], np.stack(images), np.uint8(255))
    values.sort(axis=0, kind="stable")
    count = seen.sum(axis=0)
    median = np.take_along_axis(
        values, (count // 2).clip(max=len(seen) - 1)[None, ..., None], axis=0
    )[0]
    unseen = count == 0
    plate = np.where(unseen[..., None], source, median).astype(np.uint8)
    return fill_unknown(plate, unseen)


def fill_unknown(image: NDArray[np.uint8], unknown: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """Fill unknown pixels smoothly from the known ones (push-pull; Gortler et al. 1996)."""
    if unknown.all() or not unknown.any():
        return image
    levels = [(image.astype(np.float32) * ~unknown[..., None], (~unknown).astype(np.float32))]
    while len(levels[-1][1]) > 2:
        colour, known = levels[-1]
        levels.append((cv2.pyrDown(colour), cv2.pyrDown(known)))
    colour, known = levels[-1]
    filled = colour / np.maximum(known, 1e-6)[..., None]
    for colour, known in reversed(levels[:-1]):
        coarse = cv2.resize(filled, known.shape[::-1], interpolation=cv2.INTER_LINEAR)
        share = np.clip(known, 0, 1)[..., None]
        filled = colour + (1 - share) * coarse
    out = np.where(unknown[..., None], filled, image)
    return np.clip(np.round(out), 0, 255).astype(np.uint8)
