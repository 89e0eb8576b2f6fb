"""Taking the person out of the picture: onto another background, or onto none."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numba
import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance
from reenact.backdrop import backdrop
from reenact.canvas import Canvas, full_canvas
from reenact.compositor import Compositor
from reenact.engine import RenderedHead

COLOUR_REACH = 0.04
"""Of a picture's larger side: how far around a rim pixel its pure colours are looked for."""
REDUCED_PX = 256
"""Larger side at which those smooth colours are computed."""
RIM = 0.012
"""Of a matte's side: how far the segmenter's edge may be off."""
TOLD = (0.12, 0.8)
"""Shares of the person's colour in a pixel that count as none and as all of it: colours vary."""
CONTRAST = (25.0, 70.0)
"""Distance of person and background (8-bit RGB) from which colour tells them apart at all, and
surely."""


@dataclass(frozen=True, slots=True, eq=False)
class Mattes:
    """How much of each pixel is the person, in an appearance's pictures."""

    references: tuple[NDArray[np.uint8], ...]
    """(c, c) of each reference."""
    frame: NDArray[np.uint8]
    """(h, w) of the source frame."""


class CutOut:
    """Lays the person over a backdrop. Prepares all that does not move once."""

    def __init__(
        self,
        appearance: Appearance,
        mattes: Mattes,
        *,
        canvas: Canvas | None = None,
        background: str | Path | None,
    ) -> None:
        """Prepare what stands still.

        Args:
            appearance: Of the person.
            mattes: Its mattes.
            canvas: What is shown; None for the whole source frame.
            background: `blur`, a colour or a picture; None for no background: frames have a
                fourth channel then.
        """
        canvas = canvas or full_canvas(appearance)
        self._compositor = Compositor(appearance, canvas)
        self._place = self._compositor.place
        frame, matte = self._compositor.frame, canvas.show(mattes.frame)
        self._still_matte = np.ascontiguousarray(matte[self._place])
        self._still = np.ascontiguousarray(frame[self._place])
        self._behind = (
            None if background is None else backdrop(background, canvas, frame=frame, matte=matte)
        )
        self._out = _laid_over(frame, matte, self._behind)
        self._behind_crop = (
            None if self._behind is None else np.ascontiguousarray(self._behind[self._place])
        )

    def paste(self, head: RenderedHead) -> NDArray[np.uint8]:
        """The person with the rendered head, (h, w, 3) over the backdrop or (h, w, 4) over none.

        Raises:
            ValueError: The head has no matte.
        """
        if head.matte is None:
            raise ValueError("head.matte: want a matte, got None (see `with_mattes`)")
        opacity = self._compositor.opacity(head)
        picture = self._compositor.blend(head.image, self._still, opacity)
        matte = self._compositor.blend(head.matte, self._still_matte, opacity)
        out = self._out.copy()
        out[self._place] = _laid_over(picture, matte, self._behind_crop)
        return out


def person_mattes(appearance: Appearance) -> Mattes:
    """Compute the mattes of a person's pictures.

    Those of the references come with them, and are made finer where the plate, the same place
    without the person, tells hair from background. The source frame's is a segmenter's.

    Raises:
        WeightsError: The segmenter's model file is missing or altered.
    """
    from capture.trackers.matte import PersonMatte

    references = tuple(
        refined(reference.image, reference.matte, appearance.plate)
        for reference in appearance.references
    )
    with PersonMatte() as segmenter:
        frame = segmenter.matte(appearance.frame)
    compositor = Compositor(appearance)
    below = np.ascontiguousarray(frame[compositor.place])
    everywhere = np.ones((8, 8), np.float32)
    opacity = compositor.opacity(RenderedHead(appearance.references[0].image, everywhere))
    frame[compositor.place] = compositor.blend(references[0], below, opacity)
    return Mattes(references, frame)


def with_mattes(heads: Iterable[RenderedHead]) -> Iterator[RenderedHead]:
    """Give heads that came without a matte one that is found in their picture."""
    from capture.trackers.matte import PersonMatte

    segmenter: PersonMatte | None = None
    try:
        for head in heads:
            if head.matte is None:
                segmenter = segmenter or PersonMatte()
                head = replace(head, matte=segmenter.matte(head.image))
            yield head
    finally:
        if segmenter is not None:
            segmenter.close()


def refined(
    image: NDArray[np.uint8], matte: NDArray[np.uint8], plate: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Sharpen a matte's edge by what the plate shows behind it.

    Args:
        image: (c, c, 3).
        matte: (c, c) from a segmenter, which sees 256 px only.
        plate: (c, c, 3) the same place without the person.

    Returns:
        (c, c): as the matte, but on its rim pixels like the plate's are background, others not.
    """
    side = len(matte)
    wide = 2 * max(1, round(RIM * side)) + 1
    kernel = np.ones((wide, wide), np.uint8)
    unsure = (cv2.dilate(matte, kernel) > 16) & (cv2.erode(matte, kernel) < 240)
    share = matte.astype(np.float32) / 255
    person, _ = _pure_colours(image, np.where(unsure, matte // 4, matte))
    contrast = person - plate
    square = (contrast**2).sum(axis=2)
    # how far each pixel is on the way from the plate's colour to the person's
    told = ((image - plate.astype(np.float32)) * contrast).sum(axis=2) / (square + 1)
    told = np.clip((told - TOLD[0]) / (TOLD[1] - TOLD[0]), 0, 1)
    low, high = CONTRAST
    trust = np.clip((np.sqrt(square) - low) / (high - low), 0, 1)
    # the segmenter is right about what is far from its edge, the plate about what is near
    trust *= np.clip(1.5 - 1.5 * np.abs(2 * cv2.GaussianBlur(share, (0, 0), wide / 3) - 1), 0, 1)
    mixed = share + trust * (told - share)
    return np.where(unsure, np.clip(mixed, 0, 1) * 255 + 0.5, matte).astype(np.uint8)


def _laid_over(
    picture: NDArray[np.uint8], matte: NDArray[np.uint8], behind: NDArray[np.uint8] | None
) -> NDArray[np.uint8]:
    """A picture's person over a backdrop (h, w, 3), or alone, (h, w, 4) with straight alpha."""
    person, room = _pure_colours(picture, matte)
    if behind is None:
        out = np.empty((*matte.shape, 4), np.uint8)
        _alone(picture, matte, person, room, out)
    else:
        out = np.empty((*matte.shape, 3), np.uint8)
        _over(picture, matte, person, room, behind, out)
    return out


def _pure_colours(
    picture: NDArray[np.uint8], matte: NDArray[np.uint8]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The smooth colour of the person and of the room around each pixel, (h, w, 3) each.

    Weighted means around the pixel (Forte, "Approximate Fast Foreground Colour Estimation", ICIP
    2021), at a reduced size: they are smooth.
    """
    height, width = matte.shape
    factor = min(1.0, REDUCED_PX / max(height, width))
    size = max(2, round(width * factor)), max(2, round(height * factor))
    small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    alpha = cv2.resize(matte, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    reach = 2 * max(1, round(COLOUR_REACH * max(size))) + 1
    out = []
    for share in (alpha, 1 - alpha):
        share = share**3  # what is nearly pure tells more than what is mixed
        colour = np.zeros((*share.shape, 3), np.float32)
        total = np.full(share.shape, 1e-6, np.float32)
        for side, trust in ((3, 1.0), (reach, 1e-2), (4 * reach + 1, 1e-4)):
            total += trust * cv2.blur(share, (side, side))
            colour += trust * cv2.blur(small * share[..., None], (side, side))
        out.append(cv2.resize(colour / total[..., None], (width, height)))
    return out[0], out[1]


@numba.njit(cache=True, fastmath=True, nogil=True, inline="always")
def _person_colour(seen: float, alpha: float, person: float, room: float) -> float:
    """The colour of the person alone in a mixed pixel."""
    # a rim pixel that is mostly room says little about the person
    value = person + alpha * alpha * (seen - alpha * person - (1.0 - alpha) * room)
    return min(max(value, 0.0), 255.0)


@numba.njit(cache=True, fastmath=True, nogil=True)
def _over(
    picture: NDArray[np.uint8],
    matte: NDArray[np.uint8],
    person: NDArray[np.float32],
    room: NDArray[np.float32],
    behind: NDArray[np.uint8],
    out: NDArray[np.uint8],
) -> None:
    for y in range(matte.shape[0]):
        for x in range(matte.shape[1]):
            alpha = matte[y, x] / 255.0
            for c in range(3):
                if alpha == 0.0:
                    out[y, x, c] = behind[y, x, c]
                elif alpha == 1.0:
                    out[y, x, c] = picture[y, x, c]
                else:
                    pure = _person_colour(picture[y, x, c], alpha, person[y, x, c], room[y, x, c])
                    out[y, x, c] = np.uint8(alpha * pure + (1.0 - alpha) * behind[y, x, c] + 0.5)


@numba.njit(cache=True, fastmath=True, nogil=True)
def _alone(
    picture: NDArray[np.uint8],
    matte: NDArray[np.uint8],
    person: NDArray[np.float32],
    room: NDArray[np.float32],
    out: NDArray[np.uint8],
) -> None:
    for y in range(matte.shape[0]):
        for x in range(matte.shape[1]):
            alpha = matte[y, x] / 255.0
            out[y, x, 3] = matte[y, x]
            for c in range(3):
                if alpha == 1.0:
                    out[y, x, c] = picture[y, x, c]
                else:
                    pure = _person_colour(picture[y, x, c], alpha, person[y, x, c], room[y, x, c])
                    out[y, x, c] = np.uint8(pure + 0.5)
