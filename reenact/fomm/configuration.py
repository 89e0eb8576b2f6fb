"""What distinguishes one first-order motion model from another."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Configuration:
    """Sizes of the three networks, in the names of the paper's supplement.

    A level i of a network has min(most, expansion · 2^(i+1)) channels.
    """

    keypoints: int = 10
    channels: int = 3
    image_side: int = 256
    """Side of the pictures in px."""
    motion_scale: float = 0.25
    """Keypoints and dense motion work at this share of the picture's side."""
    keypoint_temperature: float = 0.1
    keypoint_variance: float = 0.01
    """Of the Gaussians that stand for keypoints, picture from -1 to 1."""
    keypoint_expansion: int = 32
    motion_expansion: int = 64
    hourglass_levels: int = 5
    hourglass_most: int = 1024
    generator_expansion: int = 64
    generator_most: int = 512
    generator_levels: int = 2
    bottleneck_blocks: int = 6
    align_corners: bool = True
    """How the flow is sampled. The first release ran on a torch whose sampling was aligned to the
    corners, as its coordinate grid is; later ones are not. Released weights take both."""


VOX_256 = Configuration()
"""Of `vox-cpk.pth.tar` and `vox-adv-cpk.pth.tar`."""
TINY = Configuration(
    image_side=64,
    motion_scale=0.5,
    keypoint_expansion=8,
    motion_expansion=8,
    hourglass_levels=3,
    hourglass_most=64,
    generator_expansion=16,
    generator_most=64,
    generator_levels=1,
    bottleneck_blocks=2,
)
"""The same code small enough to train on a laptop in minutes."""
