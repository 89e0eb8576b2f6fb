"""A person's skin chart: fine colour and relief that are looked up by place on the average face."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from synthetic.bust import Bust
from synthetic.subdivision import subdivide

CYLINDER_Z_M = -0.075
"""The chart's cylinder stands on this depth of the average head."""
CYLINDER_RADIUS_M = 0.082
LEFT_M, TOP_M = -0.172, 0.130
"""Arc from the middle of the face, and height, of the chart's first texel."""
WIDTH_M, HEIGHT_M = 0.344, 0.300
FOLD_GROUPS = ("brows_up", "brows_down", "smile")
"""Movements that deepen folds."""


@dataclass(frozen=True, slots=True, eq=False)
class ChartGrid:
    """The chart's texels on the average face: the same for all people."""

    texel_m: float
    points: NDArray[np.float32]
    """(h, w, 3) metres; 0 where there is no skin."""
    masks: dict[str, NDArray[np.float32]]
    """(h, w) of `bust.MASKS`, and `skin` where there is skin."""

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        height, width = self.points.shape[:2]
        return height, width

    def texel(self, arc_m: NDArray[np.floating], y_m: NDArray[np.floating]) -> NDArray[np.float64]:
        """(..., 2) column and row of places given as arc and height."""
        column = (np.asarray(arc_m) - LEFT_M) / self.texel_m
        row = (TOP_M - np.asarray(y_m)) / self.texel_m
        return np.stack([column, row], axis=-1)

    def arc(self) -> NDArray[np.float32]:
        """(w,) arc of every column, m, 0 in the middle of the face."""
        return (LEFT_M + (np.arange(self.shape[1]) + 0.5) * self.texel_m).astype(np.float32)

    def height(self) -> NDArray[np.float32]:
        """(h,) height of every row, m, 0 between the eyes."""
        return (TOP_M - (np.arange(self.shape[0]) + 0.5) * self.texel_m).astype(np.float32)

    def spot(self, arc_m: float, y_m: float, wide_m: float, tall_m: float) -> NDArray[np.float32]:
        """(h, w) a Gaussian spot on each side of the face, 1 in its middle."""
        across = np.exp(-0.5 * ((np.abs(self.arc()) - arc_m) / wide_m) ** 2)
        down = np.exp(-0.5 * ((self.height() - y_m) / tall_m) ** 2)
        return down[:, None] * across[None, :]


@dataclass(frozen=True, slots=True, eq=False)
class SkinChart:
    """What one person's skin has beyond its tone."""

    detail: NDArray[np.float32]
    """(h, w, 5) factors of red, green and blue, and slopes along the arc and up."""
    folds: NDArray[np.float32]
    """(len(FOLD_GROUPS), h, w, 2) slopes that movements add at their full strength."""

    def moved(self, amounts: NDArray[np.floating]) -> NDArray[np.float32]:
        """(h, w, 5) the detail with folds of these amounts, (len(FOLD_GROUPS),), in 0 to 1."""
        acting = [group for group, amount in enumerate(amounts) if amount > 0.02]
        if not acting:
            return self.detail
        out = self.detail.copy()
        for group in acting:
            out[..., 3:] += np.float32(amounts[group]) * self.folds[group]
        return out


def chart_place(average: NDArray[np.floating]) -> NDArray[np.float64]:
    """(..., 2) column and row, as shares of the chart's, of places (..., 3) on the average head."""
    x, y, z = average[..., 0], average[..., 1], average[..., 2]
    arc = np.arctan2(x, z - CYLINDER_Z_M) * CYLINDER_RADIUS_M
    return np.stack([(arc - LEFT_M) / WIDTH_M, (TOP_M - y) / HEIGHT_M], axis=-1)


@lru_cache(maxsize=4)
def chart_grid(bust: Bust, texel_m: float) -> ChartGrid:
    """Spread the average face's skin over the chart."""
    from avatar.raster import rasterize

    skin = subdivide(bust.part("skin"), len(bust.vertices), 1)
    points = (skin.matrix @ bust.vertices).astype(np.float32)
    radius = np.hypot(points[:, 0], points[:, 2] - CYLINDER_Z_M)
    place = chart_place(points) * np.array([WIDTH_M, HEIGHT_M]) / texel_m - 0.5
    flat = np.concatenate([place, 1 - radius[:, None]], axis=1).astype(np.float32)
    triangles = skin.triangles()
    # Shoulders stand further out than the neck, and the back of the head is cut open.
    torso = (radius > 0.13) | (points[:, 1] < -0.185)
    kept = (np.ptp(place[triangles, 0], axis=1) < 0.08 / texel_m) & ~torso[triangles].any(axis=1)
    triangles = np.ascontiguousarray(triangles[kept])
    width, height = round(WIDTH_M / texel_m), round(HEIGHT_M / texel_m)
    fragments = rasterize(flat, triangles, width, height)
    covered = fragments.face_index >= 0
    corners = triangles[fragments.face_index[covered]]
    weights = fragments.barycentric[covered]

    def spread(values: NDArray[np.floating]) -> NDArray[np.float32]:
        out = np.zeros((height, width, *values.shape[1:]), np.float32)
        out[covered] = np.einsum("nk,nk...->n...", weights, values[corners])
        return out

    masks = {name: spread(np.clip(skin.matrix @ mask, 0, 1)) for name, mask in bust.masks.items()}
    masks["skin"] = covered.astype(np.float32)
    return ChartGrid(texel_m=texel_m, points=spread(points), masks=masks)


def slopes(height_m: NDArray[np.floating], texel_m: float) -> NDArray[np.float32]:
    """(h, w, 2) slope along the arc and upwards of a height field (h, w)."""
    down, across = np.gradient(np.asarray(height_m, np.float32), texel_m)
    return np.stack([across, -down], axis=-1)
