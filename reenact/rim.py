"""How a pasted crop fades at its border into the frame around it."""

import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance


def borders(appearance: Appearance) -> tuple[bool, bool, bool, bool]:
    """Whether the source frame goes on left, right, above and below the crop."""
    crop = appearance.crop
    height, width = appearance.frame.shape[:2]
    return crop.x > 0, crop.x + crop.side < width, crop.y > 0, crop.y + crop.side < height


def rim(
    continued: tuple[bool, bool, bool, bool], side: int, start: float, stop: float
) -> NDArray[np.float32]:
    """(side, side) that is 0 near the crop's border and 1 inside; no rim where the frame ends.

    Args:
        continued: From `borders`.
        side: Of the crop in px, or in nodes of a grid over it.
        start: As a share of the side, up to where it is 0.
        stop: As a share of the side, from where it is 1.
    """
    steps = np.arange(side, dtype=np.float32)
    far = np.float32(side)

    def ramp(from_first: bool, to_last: bool) -> NDArray[np.float32]:
        distance = np.full(side, far)
        if from_first:
            distance = np.minimum(distance, steps)
        if to_last:
            distance = np.minimum(distance, far - 1 - steps)
        share = np.clip((distance / far - start) / (stop - start), 0, 1)
        return share * share * (3 - 2 * share)

    left, right, top, bottom = continued
    return (ramp(top, bottom)[:, None] * ramp(left, right)[None]).astype(np.float32)
