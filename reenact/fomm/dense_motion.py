"""From sparse to dense: which keypoint's motion holds where, and what the source cannot show."""

import torch
from torch import Tensor, nn
from torch.nn import functional

from reenact.fomm.blocks import AntiAliasedDownsampling, Hourglass, coordinates, full_precision
from reenact.fomm.configuration import Configuration
from reenact.fomm.keypoint_detector import KeypointBatch


def first_order_motions(source: KeypointBatch, driving: KeypointBatch, grid: Tensor) -> Tensor:
    """Where each keypoint's first-order motion takes each pixel of the driving picture.

    T_k(z) = s_k + J_s,k J_d,k⁻¹ (z - d_k), equation 4 of the paper.

    Args:
        source: Of n pictures.
        driving: Of n pictures.
        grid: (h, w, 2) pixels z.

    Returns:
        (n, k, h, w, 2) places in the source picture.
    """
    affine = source.jacobians @ torch.linalg.inv(driving.jacobians)
    away = grid - driving.places[:, :, None, None]
    return torch.einsum("nkij,nkhwj->nkhwi", affine, away) + source.places[:, :, None, None]


def gaussians(places: Tensor, grid: Tensor, variance: float) -> Tensor:
    """(n, k, h, w) a bell of height 1 at each of (n, k, 2) keypoints."""
    squared = ((grid - places[:, :, None, None]) ** 2).sum(dim=-1)
    return torch.exp(-0.5 * squared / variance)


class DenseMotion(nn.Module):
    """Soft masks over the keypoints' motions and the still background; an occlusion map."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        c = configuration
        self._variance, self._align = c.keypoint_variance, c.align_corners
        self.down = AntiAliasedDownsampling(c.channels, c.motion_scale)
        self.hourglass = Hourglass(
            (c.keypoints + 1) * (c.channels + 1),
            expansion=c.motion_expansion,
            levels=c.hourglass_levels,
            most=c.hourglass_most,
        )
        self.mask = nn.Conv2d(self.hourglass.outputs, c.keypoints + 1, 7, padding=3)
        self.occlusion = nn.Conv2d(self.hourglass.outputs, 1, 7, padding=3)

    def forward(
        self, image: Tensor, source: KeypointBatch, driving: KeypointBatch
    ) -> tuple[Tensor, Tensor]:
        """Combine.

        Args:
            image: (n, 3, h, w) the source picture.
            source: Its keypoints.
            driving: The driving picture's.

        Returns:
            Flow (n, h', w', 2), places in the source; occlusion map (n, 1, h', w') in [0, 1],
            1 where the source shows what is needed.
        """
        return self.move(self.down(image).float(), source, driving)

    def move(
        self, small: Tensor, source: KeypointBatch, driving: KeypointBatch
    ) -> tuple[Tensor, Tensor]:
        """`forward` from the source picture at the motion's own size, (n, 3, h', w')."""
        grid = coordinates(*small.shape[2:], like=small)
        with full_precision(small):
            still = grid.expand(len(small), 1, -1, -1, -1)
            motions = torch.cat([still, first_order_motions(source, driving, grid)], dim=1)
            inputs = self._layers(small, source, driving, grid, motions)
        features = self.hourglass(inputs)
        mask = torch.softmax(self.mask(features).float(), dim=1)  # (n, k+1, h, w)
        with full_precision(mask):
            flow = torch.einsum("nkhw,nkhwi->nhwi", mask, motions)
        return flow, torch.sigmoid(self.occlusion(features).float())

    def _layers(
        self,
        small: Tensor,
        source: KeypointBatch,
        driving: KeypointBatch,
        grid: Tensor,
        motions: Tensor,
    ) -> Tensor:
        """(n, 4 (k+1), h, w): per motion, how the keypoint's bell moves, and the picture warped."""
        heat = gaussians(driving.places, grid, self._variance)
        heat = heat - gaussians(source.places, grid, self._variance)
        heat = torch.cat([torch.zeros_like(heat[:, :1]), heat], dim=1)  # (n, k+1, h, w)
        count, layers = motions.shape[:2]
        copies = small[:, None].expand(-1, layers, -1, -1, -1).flatten(0, 1)
        warped = functional.grid_sample(copies, motions.flatten(0, 1), align_corners=self._align)
        warped = warped.unflatten(0, (count, layers))
        return torch.cat([heat[:, :, None], warped], dim=2).flatten(1, 2)
