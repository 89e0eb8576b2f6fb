"""Runs the generator on rendered heads, and puts what it asks for into the picture at full size."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numba
import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance
from capture.landmark_rig import LandmarkRig
from reenact.engine import DrivenFace, RenderedHead
from reenact.generator.inputs import Condition, draw_contours
from reenact.generator.takes import cut_to
from reenact.generator.view import SIDE, View

FADE = 0.1
"""Of the square's side: over this its rim fades into the warped picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """What the generator asks for, as arrays."""

    flow: NDArray[np.float32]
    """(c, c, 2) px of the square, x and y."""
    shade: NDArray[np.float32]
    """(c, c, 3) in [-1, 1]."""
    paint: NDArray[np.float32]
    """(SIDE, SIDE, 3) multiplied by how much of it is seen."""
    occluded: NDArray[np.float32]
    """(SIDE, SIDE) how much of what is below is hidden."""


Run = Callable[[NDArray[np.uint8], NDArray[np.float32]], Maps]
"""(SIDE, SIDE, CHANNELS) inputs and (CONDITION,) numbers to maps."""


class Refiner:
    """Mends rendered heads of one person. No state between frames."""

    def __init__(self, appearance: Appearance, run: Run, *, size: int) -> None:
        """Prepare.

        Args:
            appearance: Of the person.
            run: The generator.
            size: Side of the rendered crops in px.
        """
        self._run, self._rig = run, LandmarkRig.load()
        crop = appearance.crop
        self._scale = size / crop.side
        self._corner = np.array([crop.x, crop.y], np.float32)
        self._plate = cut_to(appearance.plate, size)
        landmarks = appearance.references[0].landmarks[None]
        source = self._rig.align(landmarks)
        self._condition = Condition(source, source.to_canonical(landmarks)[0])
        self._rim = _rim(SIDE)

    def refine(self, head: RenderedHead, face: DrivenFace) -> RenderedHead:
        """Mend a head that was rendered for a face."""
        pose = self._rig.align(face.landmarks[None])
        view = View.of_head(pose, scale=self._scale, corner=self._corner)
        flat = (face.landmarks[:, :2] - self._corner) * np.float32(self._scale) - np.float32(0.5)
        coverage = np.zeros(head.image.shape[:2], np.float32)
        if head.coverage is not None:
            coverage = head.coverage
        inputs = np.concatenate(
            [
                view.look(head.image),
                np.round(view.look(coverage)[..., None] * 255).astype(np.uint8),
                view.look(self._plate),
                draw_contours(view.place(flat)),
            ],
            axis=2,
        )
        maps = self._run(inputs, self._condition.describe(pose, face.shape))
        return replace(head, image=self._apply(head.image, view, maps))

    def _apply(self, image: NDArray[np.uint8], view: View, maps: Maps) -> NDArray[np.uint8]:
        """Bend, shade and paint the part of a crop (s, s, 3) that the square lies on."""
        size = len(image)
        corners = np.array([[0, 0], [SIDE, 0], [0, SIDE], [SIDE, SIDE]], np.float32) - 0.5
        reached = corners @ view.to_crop[:, :2].T + view.to_crop[:, 2]
        low = np.clip(np.floor(reached.min(axis=0)).astype(int), 0, size)
        high = np.clip(np.ceil(reached.max(axis=0)).astype(int) + 1, 0, size)
        if (high - low < 2).any():
            return image
        rim = cv2.resize(self._rim, maps.flow.shape[:2], interpolation=cv2.INTER_AREA)[..., None]
        bend = np.concatenate([maps.flow @ view.to_crop[:, :2].T * rim, maps.shade * rim], axis=2)
        cover = np.dstack([maps.paint, maps.occluded]) * self._rim[..., None]

        def grown(values: NDArray[np.float32]) -> NDArray[np.float32]:
            return _lay(values, view, low, high - low)

        bend_xy, light, paint = grown(bend[..., :2]), grown(bend[..., 2:]), grown(cover)
        out = image.copy()
        _finish(image, bend_xy, light, paint, low[0], low[1], out)
        return out


def _lay(
    values: NDArray[np.float32], view: View, low: NDArray[np.int64], extent: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Maps (c, c, k) of the square over a window of the crop, (h, w, k); 0 beyond the square."""
    factor = len(values) / SIDE
    matrix = view.from_crop().astype(np.float64)
    matrix[:, 2] += matrix[:, :2] @ low
    matrix *= factor
    matrix[:, 2] += 0.5 * factor - 0.5
    width, height = int(extent[0]), int(extent[1])
    return cv2.warpAffine(
        np.ascontiguousarray(values), matrix, (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT,
    )  # fmt: skip


@numba.njit(cache=True, fastmath=True, nogil=True)
def _finish(
    image: NDArray[np.uint8],
    flow: NDArray[np.float32],
    light: NDArray[np.float32],
    paint: NDArray[np.float32],
    left: int,
    top: int,
    out: NDArray[np.uint8],
) -> None:
    """Write a window of `out`: the image found where the flow leads, lit, and painted over."""
    height, width = image.shape[:2]
    for row in range(flow.shape[0]):
        for column in range(flow.shape[1]):
            x, y = column + left, row + top
            sx = min(max(x + flow[row, column, 0], 0.0), width - 1.001)
            sy = min(max(y + flow[row, column, 1], 0.0), height - 1.001)
            x0, y0 = int(sx), int(sy)
            right, down = sx - x0, sy - y0
            keep = 1.0 - paint[row, column, 3]
            for channel in range(3):
                upper = image[y0, x0, channel] * (1 - right)
                upper += image[y0, x0 + 1, channel] * right
                lower = image[y0 + 1, x0, channel] * (1 - right)
                lower += image[y0 + 1, x0 + 1, channel] * right
                value = upper + down * (lower - upper) + 255.0 * light[row, column, channel]
                value = keep * value + 255.0 * paint[row, column, channel]
                out[y, x, channel] = np.uint8(min(max(value + 0.5, 0.0), 255.0))


def _rim(side: int) -> NDArray[np.float32]:
    """(side, side) 1 inside, smoothly 0 at the border."""
    steps = np.minimum(np.arange(side), np.arange(side)[::-1]) / (FADE * side)
    ramp = np.clip(steps, 0, 1)
    ramp = ramp * ramp * (3 - 2 * ramp)
    return (ramp[:, None] * ramp[None]).astype(np.float32)
