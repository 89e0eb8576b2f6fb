"""Bends frames to where footage says that things belong."""

import cv2
import numpy as np
from numpy.typing import NDArray

from avatar.appearance import Appearance
from capture.landmark_rig import LandmarkRig
from capture.landmarks import LEFT_BROW, LEFT_EYE, OUTER_LIPS, RIGHT_BROW, RIGHT_EYE
from reenact.alignment.learning import GRID, Alignment
from reenact.alignment.numbers import FaceNumbers
from reenact.alignment.view import SIDE, View
from reenact.engine import DrivenFace, Prospect
from reenact.surroundings import GRID_STEP

FEATURES = (
    np.concatenate([RIGHT_EYE, RIGHT_BROW]),
    np.concatenate([LEFT_EYE, LEFT_BROW]),
    OUTER_LIPS,
)
"""Rings of landmarks that the bend leaves where they are."""
FADE = 0.1
"""Of the square's side: over this the bend fades towards its rim."""


class LearntBend:
    """Bends frames of one person by what was learnt about them. A `Bender`."""

    def __init__(self, appearance: Appearance, alignment: Alignment, *, size: int) -> None:
        """Prepare.

        Args:
            appearance: Of the person, the same that the engine has.
            alignment: Learnt on footage of the person.
            size: Side of the rendered crop in px.
        """
        self._alignment, self._size = alignment, size
        self._rig = LandmarkRig.load()
        crop = appearance.crop
        self._scale = size / crop.side
        self._corner = np.array([crop.x, crop.y], np.float32)
        references = appearance.references
        self._numbers = FaceNumbers(references[0].landmarks)
        self._shown = np.stack([self._numbers.describe(each.landmarks) for each in references])

    def bend(
        self, face: DrivenFace, prospect: Prospect, flow: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Add the correction to a flow (g, g, 2)."""
        pose = self._rig.align(face.landmarks[None])
        numbers = self._numbers.of_pose(pose, face.shape)
        view = View.of_head(pose, scale=self._scale, corner=self._corner)
        flat = (face.landmarks[:, :2] - self._corner) * np.float32(self._scale) - np.float32(0.5)
        free = _beside_features(view.place(flat))[..., None]
        relative = numbers - prospect.shares @ self._shown
        learnt = self._alignment.flow(numbers[None], relative[None])[0]
        return flow + on_nodes(learnt * free, view, self._size // GRID_STEP + 1)


def _beside_features(points: NDArray[np.float32]) -> NDArray[np.float32]:
    """(GRID, GRID) 0 at eyes, brows and lips of (478, 2) px of the square, 1 beside them.

    The tracked landmarks say where these belong, and the mesh has put them there.
    """
    mask = np.full((GRID, GRID), 255, np.uint8)
    small = np.round((points + 0.5) * (GRID / SIDE) * 16 - 8).astype(np.int32)
    for feature in FEATURES:
        hull = cv2.convexHull(small[feature])
        cv2.fillConvexPoly(mask, hull, 0, cv2.LINE_AA, 4)
        cv2.polylines(mask, [hull], isClosed=True, color=0, thickness=2, shift=4)
    return cv2.blur(mask, (3, 3)).astype(np.float32) / 255


def on_nodes(flow: NDArray[np.float32], view: View, nodes: int) -> NDArray[np.float32]:
    """A flow on the square as one on the nodes of a crop's grid, (nodes, nodes, 2) px of the crop.

    Args:
        flow: (g, g, 2) px of the square.
        view: Where the square lies in the crop.
        nodes: Of the grid over the crop, `GRID_STEP` px apart.
    """
    grid = len(flow)
    in_crop = flow @ view.to_crop[:, :2].T * _rim(grid)[..., None]
    matrix = view.from_crop().astype(np.float64)
    matrix[:, :2] *= GRID_STEP
    matrix *= grid / SIDE
    matrix[:, 2] += 0.5 * grid / SIDE - 0.5
    spread = cv2.warpAffine(
        np.ascontiguousarray(in_crop, np.float32), matrix, (nodes, nodes),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT,
    )  # fmt: skip
    return np.asarray(spread, np.float32)


def _rim(side: int) -> NDArray[np.float32]:
    """(side, side) 1 inside, smoothly 0 at the border."""
    steps = np.minimum(np.arange(side), np.arange(side)[::-1]) / (FADE * side)
    ramp = np.clip(steps, 0, 1)
    ramp = ramp * ramp * (3 - 2 * ramp)
    return (ramp[:, None] * ramp[None]).astype(np.float32)
