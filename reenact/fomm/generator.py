"""Warps the source's features by the dense motion and draws what was hidden."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from reenact.fomm.blocks import DownBlock, ResidualBlock, SameBlock, UpBlock, full_precision
from reenact.fomm.configuration import Configuration
from reenact.fomm.dense_motion import DenseMotion
from reenact.fomm.keypoint_detector import KeypointBatch


class Generator(nn.Module):
    """The occlusion-aware generator with its dense motion network."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__()
        c = configuration
        self._align = c.align_corners
        widths = tuple(
            min(c.generator_most, c.generator_expansion * 2**level)
            for level in range(c.generator_levels + 1)
        )
        self.dense_motion_network = DenseMotion(c)
        self.first = SameBlock(c.channels, widths[0], side=7)
        self.down_blocks = nn.ModuleList(DownBlock(a, b) for a, b in pairwise(widths))
        self.bottleneck = nn.Sequential()
        for block in range(c.bottleneck_blocks):
            self.bottleneck.add_module(f"r{block}", ResidualBlock(widths[-1]))
        self.up_blocks = nn.ModuleList(UpBlock(a, b) for a, b in pairwise(widths[::-1]))
        self.final = nn.Conv2d(widths[0], c.channels, 7, padding=3)

    def encode(self, image: Tensor) -> Tensor:
        """(n, 3, h, w) source pictures to features; the same for every frame, so done once."""
        features = self.first(image)
        for block in self.down_blocks:
            features = block(features)
        return features

    def forward(
        self,
        image: Tensor,
        source: KeypointBatch,
        driving: KeypointBatch,
        *,
        features: Tensor | None = None,
    ) -> Tensor:
        """Animate.

        Args:
            image: (n, 3, h, w) source pictures, RGB in [0, 1].
            source: Their keypoints.
            driving: Where the keypoints shall be.
            features: Of the source pictures, from `encode`; None to encode them now.

        Returns:
            (n, 3, h, w) RGB in [0, 1].
        """
        if features is None:
            features = self.encode(image)
        flow, occlusion = self.dense_motion_network(image, source, driving)
        return self.draw(features, flow, occlusion)

    def draw(self, features: Tensor, flow: Tensor, occlusion: Tensor) -> Tensor:
        """Warp the source's features and draw the picture.

        Args:
            features: From `encode`.
            flow: (n, h', w', 2) places in the source.
            occlusion: (n, 1, h', w') in [0, 1].

        Returns:
            (n, 3, h, w) RGB in [0, 1].
        """
        size = features.shape[2:]
        if flow.shape[1:3] != size:
            flow = functional.interpolate(flow.permute(0, 3, 1, 2), size=size, mode="bilinear")
            flow = flow.permute(0, 2, 3, 1)
            occlusion = functional.interpolate(occlusion, size=size, mode="bilinear")
        with full_precision(flow):
            out = functional.grid_sample(features.float(), flow, align_corners=self._align)
        out = out * occlusion
        out = self.bottleneck(out)
        for block in self.up_blocks:
            out = block(out)
        return torch.sigmoid(self.final(out))
