"""The published network as an engine: pictures of a driving face in, the person's head out."""

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from avatar.appearance import Appearance, Crop
from avatar.background import cut
from reenact.engine import RenderedHead
from reenact.fomm.checkpoint import Networks
from reenact.fomm.driving import DrivingPicture
from reenact.fomm.framing import source_square
from reenact.fomm.runtime import Runtime
from reenact.motion.filtering import KeypointFilter
from reenact.motion.geometric import face_frame, nearness
from reenact.motion.interface import Keypoints
from reenact.motion.learned import LearnedMotion
from reenact.motion.transfer import adaptive_scale, relative
from reenact.transfer import Motion

NEAR_RADIUS, FAR_RADIUS, BELOW_CHIN = 1.3, 2.1, 2.0
"""In face radii: within the first the network always draws, beyond the second only what moves."""
STILL_PX, MOVED_PX = 0.5, 2.0
"""Of a crop of 256 px: what moves less than the first stands still, more than the second moves."""
RIM = 0.04
"""Of the square's side: how far beyond the person's matte the network's picture is taken."""
FEATHER = 0.06
"""Of the square's side: over this its border fades into the source frame."""


class FommEngine:
    """Renders one person. The source's features and keypoints are computed once."""

    def __init__(
        self,
        appearance: Appearance,
        networks: Networks,
        *,
        reference: DrivingPicture,
        rate: float,
        runtime: Runtime,
        motion: Motion = Motion.RELATIVE,
    ) -> None:
        """Encode the source.

        Args:
            appearance: Of the person; their source frame is animated.
            networks: From a checkpoint.
            reference: Of the driving video: the frame that the source frame corresponds to.
            rate: Driving frames a second.
            runtime: Where the networks run.
            motion: Relative (with adaptive scale) or absolute.

        Raises:
            WeightsError: The networks find no finite keypoints.
        """
        side = networks.configuration.image_side
        square = source_square(appearance)
        self.device = runtime.name
        """What the frames are computed on."""
        runtime.place(networks.detector)
        runtime.place(networks.generator)
        picture = cut(appearance.frame, square, side)
        self._generator, self._runtime, self._kind = networks.generator, runtime, motion
        self._motion = LearnedMotion(networks, picture, runtime=runtime)
        with torch.inference_mode(), runtime.autocast():
            self._features = self._generator.encode(runtime.tensor(picture))
        self._reference = self._motion.find(_seen(reference))
        self._scale = adaptive_scale(self._motion.source, self._reference)
        self._smooth = KeypointFilter(rate=rate, side=side)
        self._driven = self._motion.source
        self._pasting = _Pasting(appearance, square, side)

    def render(self, driving: DrivingPicture) -> RenderedHead:
        """Draw the head crop. Without a face to follow the last pose is held."""
        if driving.image is not None:
            found = self._motion.find(driving.image)
            placed = Keypoints(found.points + driving.offset, found.jacobians.copy())
            self._driven = self._transferred(self._smooth(placed))
        flow, occlusion = self._motion.tensors(self._driven)
        with torch.inference_mode(), self._runtime.autocast():
            drawn = self._generator.draw(self._features, flow, occlusion)
        return self._pasting.head(_as_picture(drawn), self._motion.places(flow))

    def _transferred(self, driving: Keypoints) -> Keypoints:
        if self._kind is Motion.ABSOLUTE:
            return driving
        return relative(self._motion.source, driving, self._reference, scale=self._scale)


class _Pasting:
    """Puts the networks' square into the avatar's crop, and tells where it counts.

    That is on the person, where they are and where they were. Elsewhere the source frame keeps its
    own pixels: the network blurs what it redraws, and the soft masks of its motion drag the
    background along.
    """

    def __init__(self, appearance: Appearance, square: Crop, side: int) -> None:
        """Prepare what stays the same: where the person and the face are in the source."""
        crop, source = appearance.crop, appearance.references[0]
        scale = side / square.side
        size = max(round(crop.side * scale), side)
        left, top = (
            min(round(at * scale), size - side) for at in (square.x - crop.x, square.y - crop.y)
        )
        self._side, self._place = side, np.s_[top : top + side, left : left + side]
        self._still = cut(appearance.frame, crop, size)
        shrinks = len(source.matte) > size
        method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        self._still_matte = cv2.resize(source.matte, (size, size), interpolation=method)
        self._matte = np.ascontiguousarray(self._still_matte[self._place])
        rim = 2 * round(RIM * side) + 1
        wider = cv2.dilate(self._matte, np.ones((rim, rim), np.uint8))
        self._person = cv2.GaussianBlur(wider, (0, 0), rim / 4) / np.float32(255)
        placed = (source.landmarks[:, :2] - (square.x, square.y)) * scale
        frame = face_frame(placed.astype(np.float32))
        self._near = nearness(frame, side, 1, NEAR_RADIUS, FAR_RADIUS, BELOW_CHIN)
        ramp = np.minimum(np.arange(side), np.arange(side)[::-1]) / np.float32(FEATHER * side)
        self._inside = np.clip(np.minimum(ramp[:, None], ramp), 0, 1).astype(np.float32)
        self._rows, self._columns = np.mgrid[:side, :side].astype(np.float32)

    def head(self, picture: NDArray[np.uint8], places: NDArray[np.float32]) -> RenderedHead:
        """The crop with an (s, s, 3) picture whose pixels come from (s, s, 2) places."""
        matte = cv2.remap(self._matte, places, None, cv2.INTER_LINEAR, borderValue=0)
        person = cv2.remap(self._person, places, None, cv2.INTER_LINEAR, borderValue=0)
        far = np.hypot(places[..., 0] - self._columns, places[..., 1] - self._rows)
        far *= np.float32(256 / self._side)
        moves = np.clip((far - STILL_PX) / (MOVED_PX - STILL_PX), 0, 1)
        counts = np.maximum(person, self._person) * np.maximum(moves, self._near) * self._inside
        image, moved = self._still.copy(), np.zeros(self._still.shape[:2], np.float32)
        image[self._place], moved[self._place] = picture, counts
        whole = self._still_matte.copy()
        whole[self._place] = cv2.blendLinear(matte, self._matte, counts, 1 - counts)
        return RenderedHead(image=image, moved=moved, matte=whole)


def _seen(picture: DrivingPicture) -> NDArray[np.uint8]:
    if picture.image is None:
        raise ValueError("reference: want a frame that shows the face")
    return picture.image


def _as_picture(drawn: Tensor) -> NDArray[np.uint8]:
    """(1, 3, h, w) in [0, 1] to (h, w, 3) uint8."""
    scaled = (drawn[0].float().clamp(0, 1) * 255).round().to(torch.uint8)
    return np.ascontiguousarray(scaled.permute(1, 2, 0).cpu().numpy())
