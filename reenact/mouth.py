"""The inside of the mouth, drawn from the 3D head where no reference shows it open enough."""

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar.asset import AvatarAsset
from avatar.head_model import PARTS
from avatar.raster import interpolate, rasterize
from capture.head_pose import HeadPoses, align_heads
from capture.landmark_rig import LandmarkRig
from capture.landmarks import INNER_LIPS

CHIN = np.array([148, 152, 175, 176, 199, 377, 400], np.int32)
"""Landmarks that move with the jaw bone."""
SHOWN_BADLY, SHOWN_WELL = 0.25, 0.6
"""Opening that the references show over the one needed: below the first the drawn mouth is seen,
above the second the photographed one."""
SMALLEST_OPENING = 0.05
"""Of the mouth's width, as a mean gap: narrower mouths are left as they are."""
DARKNESS = np.array([26, 10, 9], np.float32)
"""RGB of the throat."""
FADE_M = 0.05
"""How far behind the lips it is dark."""
LIP_SHADOW = 0.3
"""How much the upper lip darkens what is just below it."""


class MouthInterior:
    """Teeth, gums and tongue of one person, in the space of the tracked landmarks."""

    def __init__(self, asset: AvatarAsset) -> None:
        """Carry the mouth's parts of the 3D head over to the landmarks' canonical space.

        Args:
            asset: Of the person.
        """
        rig = LandmarkRig.load()
        self._rest = asset.rig.neutral
        flipped = asset.rig.neutral * np.array([1, -1, -1], np.float32)
        place = align_heads(flipped[None], asset.sites, rig.rigid_index, rig.rigid_weight)
        wanted = [PARTS.index(name) for name in ("teeth_upper", "teeth_lower", "tongue")]
        chosen = np.isin(asset.parts, wanted)
        used, faces = np.unique(asset.faces[chosen], return_inverse=True)
        self._faces = faces.reshape(-1, 3).astype(np.int32)
        self._vertices = place.to_image(asset.vertices[None, used])[0] * np.array([1, -1, -1], "f4")
        self._uv = asset.uv[used]
        lower = np.isin(asset.parts, wanted[1:])
        self._with_jaw = np.isin(used, np.unique(asset.faces[lower]))
        self._texture = asset.texture

    def draw(
        self,
        over: NDArray[np.float32],
        *,
        shape: NDArray[np.float32],
        pose: HeadPoses,
        lips: NDArray[np.float32],
        scale: float,
        corner: NDArray[np.float32],
        shown: float,
    ) -> None:
        """Blend the inside of the mouth into a drawn face, in place.

        Args:
            over: (s, s, 3) the face.
            shape: (478, 3) metres, the driven face in canonical head space.
            pose: Its one pose, canonical space to px of the source frame.
            lips: (20, 2) px of `over`: the inner lips.
            scale: Px of `over` for a px of the source frame.
            corner: (2,) px of the source frame at the origin of `over`.
            shown: Opening that the references show over the one needed, in [0, 1].
        """
        share = 1 - _smooth_step((shown - SHOWN_BADLY) / (SHOWN_WELL - SHOWN_BADLY))
        width = float(np.linalg.norm(lips[0] - lips[10]))
        area = float(abs(cv2.contourArea(lips.astype(np.float32))))
        share *= _smooth_step(area / max(width, 1.0) ** 2 / SMALLEST_OPENING - 0.5)
        if share < 0.01:
            return
        low = np.maximum(np.floor(lips.min(axis=0)).astype(int) - 2, 0)
        high = np.minimum(np.ceil(lips.max(axis=0)).astype(int) + 3, len(over))
        if (high - low < 3).any():
            return
        vertices = self._vertices.copy()
        vertices[self._with_jaw] += (shape[CHIN] - self._rest[CHIN]).mean(axis=0)
        placed = pose.to_image(vertices[None])[0] * np.float32(scale)
        placed[:, :2] -= corner * scale + 0.5 + low
        front = float(pose.to_image(shape[None, INNER_LIPS])[0, :, 2].mean() * scale)
        fade = FADE_M * float(pose.scale[0]) * scale
        inside = self._render(placed, *(high - low), front=front, fade=fade)
        mask = np.zeros(inside.shape[:2], np.uint8)
        # 4 fractional bits keep the lips' edge from jumping between pixels
        cv2.fillPoly(mask, [np.round((lips - low) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        alpha = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), 0.8)[..., None] * share
        window = over[low[1] : high[1], low[0] : high[0]]
        window += alpha * (self._under_lip(inside, mask) - window)

    def _render(
        self, placed: NDArray[np.float32], width: int, height: int, *, front: float, fade: float
    ) -> NDArray[np.float32]:
        """(height, width, 3) teeth and tongue, darker the deeper they lie, over the dark throat."""
        fragments = rasterize(placed, self._faces, int(width), int(height))
        drawn = fragments.face_index >= 0
        uv = interpolate(fragments, self._faces, self._uv)
        side = len(self._texture)
        column = np.clip(uv[..., 0] * side, 0, side - 1).astype(int)
        row = np.clip((1 - uv[..., 1]) * side, 0, side - 1).astype(int)
        depth = np.where(drawn, fragments.depth, front + fade)
        light = np.clip(1 - (depth - front) / fade, 0, 1)[..., None]
        colour = self._texture[row, column].astype(np.float32)
        return np.where(drawn[..., None], DARKNESS + light * (colour - DARKNESS), DARKNESS)

    @staticmethod
    def _under_lip(inside: NDArray[np.float32], mask: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Darken the rows just under the upper lip: it throws a shadow."""
        opened = mask > 127
        below = np.cumsum(opened, axis=0).astype(np.float32)
        tallest = max(float(opened.sum(axis=0).max()), 1.0)
        shadow = 1 - LIP_SHADOW * np.exp(-3.0 * below / (0.35 * tallest + 1))
        return inside * shadow[..., None].astype(np.float32)


def _smooth_step(value: float) -> float:
    value = min(max(value, 0.0), 1.0)
    return value * value * (3 - 2 * value)
