"""The published network as an engine: pictures of a driving face in, the person's head out."""

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from avatar.appearance import Appearance
from reenact.engine import RenderedHead
from reenact.fomm.checkpoint import Networks
from reenact.fomm.driving import DrivingPicture
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
RIM = 0.02
"""Of the crop's side: how far beyond the person's matte the network's picture is taken."""


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
            appearance: Of the person; the first reference is the source picture.
            networks: From a checkpoint.
            reference: Of the driving video: the frame that the source frame corresponds to.
            rate: Driving frames a second.
            runtime: Where the networks run.
            motion: Relative (with adaptive scale) or absolute.

        Raises:
            WeightsError: The networks find no finite keypoints.
        """
        source, side = appearance.references[0], networks.configuration.image_side
        self.size = side
        """Side of the rendered crop in px."""
        self.device = runtime.name
        """What the frames are computed on."""
        runtime.place(networks.detector)
        runtime.place(networks.generator)
        picture = cv2.resize(source.image, (side, side), interpolation=cv2.INTER_AREA)
        self._generator, self._runtime, self._kind = networks.generator, runtime, motion
        self._motion = LearnedMotion(networks, picture, runtime=runtime)
        with torch.inference_mode(), runtime.autocast():
            self._features = self._generator.encode(runtime.tensor(picture))
        self._reference = self._motion.find(_seen(reference))
        self._scale = adaptive_scale(self._motion.source, self._reference)
        self._smooth = KeypointFilter(rate=rate, side=side)
        self._driven = self._motion.source
        corner = np.array([appearance.crop.x, appearance.crop.y], np.float32)
        placed = (source.landmarks[:, :2] - corner) * np.float32(side / appearance.crop.side)
        near = nearness(face_frame(placed), side, 1, NEAR_RADIUS, FAR_RADIUS, BELOW_CHIN)
        self._near = near.astype(np.float32)
        matte = cv2.resize(source.matte, (side, side), interpolation=cv2.INTER_AREA)
        rim = 2 * round(RIM * side) + 1
        wider = cv2.GaussianBlur(cv2.dilate(matte, np.ones((rim, rim), np.uint8)), (0, 0), rim / 4)
        self._matte, self._source_person = matte, wider / np.float32(255)

    def render(self, driving: DrivingPicture) -> RenderedHead:
        """Draw the head crop. Without a face to follow the last pose is held."""
        if driving.image is not None:
            found = self._motion.find(driving.image)
            placed = Keypoints(found.points + driving.offset, found.jacobians.copy())
            self._driven = self._transferred(self._smooth(placed))
        flow, occlusion = self._motion.tensors(self._driven)
        with torch.inference_mode(), self._runtime.autocast():
            drawn = self._generator.draw(self._features, flow, occlusion)
        return self._placed(_as_picture(drawn), self._motion.places(flow))

    def _transferred(self, driving: Keypoints) -> Keypoints:
        if self._kind is Motion.ABSOLUTE:
            return driving
        return relative(self._motion.source, driving, self._reference, scale=self._scale)

    def _placed(self, picture: NDArray[np.uint8], places: NDArray[np.float32]) -> RenderedHead:
        """The picture, drawn from these places, and where it counts.

        That is on the person, where they are and where they were. Elsewhere the source frame keeps
        its own pixels: the network blurs what it redraws, and the soft masks of its motion drag
        the background along.
        """
        side = self.size
        matte = cv2.remap(self._matte, places, None, cv2.INTER_LINEAR, borderValue=0)
        wider = cv2.remap(self._source_person, places, None, cv2.INTER_LINEAR, borderValue=0)
        person = np.maximum(wider, self._source_person)
        rows, columns = np.mgrid[:side, :side].astype(np.float32)
        moved = np.hypot(places[..., 0] - columns, places[..., 1] - rows) * np.float32(256 / side)
        moves = np.clip((moved - STILL_PX) / (MOVED_PX - STILL_PX), 0, 1)
        counts = (person * np.maximum(moves, self._near)).astype(np.float32)
        return RenderedHead(image=picture, moved=counts, matte=matte)


def _seen(picture: DrivingPicture) -> NDArray[np.uint8]:
    if picture.image is None:
        raise ValueError("reference: want a frame that shows the face")
    return picture.image


def _as_picture(drawn: Tensor) -> NDArray[np.uint8]:
    """(1, 3, h, w) in [0, 1] to (h, w, 3) uint8."""
    scaled = (drawn[0].float().clamp(0, 1) * 255).round().to(torch.uint8)
    return np.ascontiguousarray(scaled.permute(1, 2, 0).cpu().numpy())
