"""Keypoints that a network finds, and the dense motion that another one makes of them."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from reenact.fomm.checkpoint import Networks
from reenact.fomm.keypoint_detector import KeypointBatch
from reenact.fomm.runtime import Runtime
from reenact.motion.interface import DenseMotion, Keypoints, SparseMotion
from weights import WeightsError


class LearnedMotion:
    """Moves one source picture as keypoints say. A `MotionSource`.

    What depends on the source alone is computed once.
    """

    def __init__(self, networks: Networks, source: NDArray[np.uint8], *, runtime: Runtime) -> None:
        """Find the source's keypoints.

        Args:
            networks: Of a checkpoint, on the runtime's device.
            source: (s, s, 3) RGB, of the side that the networks were trained with.
            runtime: Where they run.

        Raises:
            WeightsError: The networks find no finite keypoints.
        """
        self._detector = networks.detector
        self._network = networks.generator.dense_motion_network
        self._runtime = runtime
        self.side = networks.configuration.image_side
        """Side of the pictures in px."""
        self._half = (self.side - 1) / 2
        self.source = self.find(source)
        """The source's keypoints."""
        with torch.inference_mode(), runtime.autocast():
            self._small = self._network.down(runtime.tensor(source)).float()
        self._known = self._batch(self.source)

    def find(self, picture: NDArray[np.uint8]) -> Keypoints:
        """Detect the keypoints of an (s, s, 3) RGB picture.

        Raises:
            WeightsError: They are not finite.
        """
        with torch.inference_mode(), self._runtime.autocast():
            found = self._detector(self._runtime.tensor(picture))
        points = (found.places[0].cpu().numpy() + 1) * self._half
        jacobians = found.jacobians[0].cpu().numpy().copy()
        if not (np.isfinite(points).all() and np.isfinite(jacobians).all()):
            raise WeightsError(
                "the checkpoint's detector finds no finite keypoints",
                hint="Give a checkpoint that was trained, or use --device cpu.",
            )
        return Keypoints(points.astype(np.float32), jacobians)

    def sparse(self, driving: Keypoints) -> SparseMotion:
        """The motion at the keypoints."""
        return SparseMotion(source=self.source, driving=driving)

    def dense(self, driving: Keypoints) -> DenseMotion:
        """The motion everywhere, at the size that the network works at."""
        flow, occlusion = self.tensors(driving)
        return DenseMotion(
            flow=(flow[0].cpu().numpy() + 1) * np.float32(self._half),
            occlusion=occlusion[0, 0].cpu().numpy().copy(),
        )

    def tensors(self, driving: Keypoints) -> tuple[Tensor, Tensor]:
        """`dense` as the generator takes it, on the device.

        Returns:
            Flow (1, h, w, 2) with the picture from -1 to 1; occlusion map (1, 1, h, w).

        Raises:
            WeightsError: The keypoints' Jacobians cannot be inverted.
        """
        try:
            with torch.inference_mode(), self._runtime.autocast():
                flow, occlusion = self._network.move(self._small, self._known, self._batch(driving))
        except torch.linalg.LinAlgError as error:
            raise WeightsError(
                "the checkpoint's detector finds keypoints whose Jacobians cannot be inverted",
                hint="Give a checkpoint that was trained.",
            ) from error
        return flow, occlusion

    def places(self, flow: Tensor) -> NDArray[np.float32]:
        """(s, s, 2) px of the source picture for each pixel, from a flow of `tensors`."""
        channels = flow.permute(0, 3, 1, 2)
        full = functional.interpolate(
            channels, (self.side, self.side), mode="bilinear", align_corners=True
        )
        placed = (full[0].permute(1, 2, 0) + 1) * self._half
        return np.ascontiguousarray(placed.cpu().numpy())

    def _batch(self, keypoints: Keypoints) -> KeypointBatch:
        device = self._runtime.device
        places = torch.from_numpy(keypoints.points / np.float32(self._half) - 1)
        jacobians = torch.from_numpy(keypoints.jacobians.copy())
        return KeypointBatch(places[None].to(device), jacobians[None].to(device))
