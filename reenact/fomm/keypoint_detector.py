"""Finds keypoints and their Jacobians, without anyone having said where they are."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from reenact.fomm.blocks import AntiAliasedDownsampling, Hourglass, coordinates, full_precision
from reenact.fomm.configuration import Configuration


@dataclass(frozen=True, slots=True, eq=False)
class KeypointBatch:
    """Of n pictures, k keypoints each; the picture reaches from -1 to 1, x right, y down."""

    places: Tensor
    """(n, k, 2)."""
    jacobians: Tensor
    """(n, k, 2, 2)."""


class KeypointDetector(nn.Module):
    """Keypoints as expectations under heat maps; Jacobians as expectations of their own maps."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        c = configuration
        self._temperature = c.keypoint_temperature
        self._count = c.keypoints
        self.down = AntiAliasedDownsampling(c.channels, c.motion_scale)
        self.predictor = Hourglass(
            c.channels,
            expansion=c.keypoint_expansion,
            levels=c.hourglass_levels,
            most=c.hourglass_most,
        )
        self.kp = nn.Conv2d(self.predictor.outputs, c.keypoints, 7)
        self.jacobian = nn.Conv2d(self.predictor.outputs, 4 * c.keypoints, 7)
        # they start as the identity, which keeps them invertible
        nn.init.zeros_(self.jacobian.weight)
        with torch.no_grad():
            self.jacobian.bias.copy_(torch.tensor([1.0, 0, 0, 1] * c.keypoints))

    def forward(self, image: Tensor) -> KeypointBatch:
        """Detect.

        Args:
            image: (n, 3, h, w) RGB in [0, 1].
        """
        features = self.predictor(self.down(image))
        heat, maps = self.kp(features).float(), self.jacobian(features).float()
        count, height, width = len(heat), heat.shape[2], heat.shape[3]
        with full_precision(heat):
            heat = torch.softmax(heat.flatten(2) / self._temperature, dim=2)  # (n, k, h·w)
            grid = coordinates(height, width, like=heat).reshape(-1, 2)  # (h·w, 2)
            maps = maps.reshape(count, self._count, 4, -1)  # (n, k, 4, h·w)
            jacobians = torch.einsum("nkp,nkjp->nkj", heat, maps)
            return KeypointBatch(heat @ grid, jacobians.reshape(count, self._count, 2, 2))
