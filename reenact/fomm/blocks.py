"""Layers that the networks share."""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional


class DownBlock(nn.Module):
    """Convolution, batch norm, ReLU, then half the size."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, features: Tensor) -> Tensor:
        """(n, inputs, h, w) to (n, outputs, h/2, w/2)."""
        return functional.avg_pool2d(torch.relu(self.norm(self.conv(features))), 2)


class UpBlock(nn.Module):
    """Twice the size, then convolution, batch norm, ReLU."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, features: Tensor) -> Tensor:
        """(n, inputs, h, w) to (n, outputs, 2h, 2w)."""
        larger = functional.interpolate(features, scale_factor=2, mode="nearest")
        return torch.relu(self.norm(self.conv(larger)))


class SameBlock(nn.Module):
    """Convolution, batch norm, ReLU; the size stays."""

    def __init__(self, inputs: int, outputs: int, *, side: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, side, padding=side // 2)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, features: Tensor) -> Tensor:
        """(n, inputs, h, w) to (n, outputs, h, w)."""
        return torch.relu(self.norm(self.conv(features)))


class ResidualBlock(nn.Module):
    """Two convolutions behind their norms, added to what entered (He et al., ECCV 2016)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        self.norm1 = nn.BatchNorm2d(width)
        self.norm2 = nn.BatchNorm2d(width)

    def forward(self, features: Tensor) -> Tensor:
        """(n, width, h, w) in and out."""
        inner = self.conv1(torch.relu(self.norm1(features)))
        return features + self.conv2(torch.relu(self.norm2(inner)))


class Encoder(nn.Module):
    """Halvings."""

    def __init__(self, widths: tuple[int, ...]) -> None:
        super().__init__()
        self.down_blocks = nn.ModuleList(DownBlock(a, b) for a, b in pairwise(widths))

    def forward(self, features: Tensor) -> list[Tensor]:
        """What entered, and the features after each level."""
        levels = [features]
        for block in self.down_blocks:
            levels.append(block(levels[-1]))
        return levels


class Decoder(nn.Module):
    """Doublings; after each the encoder's features of that size are set beside."""

    def __init__(self, widths: tuple[int, ...], last: int) -> None:
        super().__init__()
        leaving = (*widths[-2:0:-1], last)
        entering = (widths[-1], *(2 * width for width in widths[-2:0:-1]))
        self.up_blocks = nn.ModuleList(
            UpBlock(a, b) for a, b in zip(entering, leaving, strict=True)
        )

    def forward(self, levels: list[Tensor]) -> Tensor:
        """All levels of the encoder to features of the first one's size."""
        out = levels[-1]
        for block, beside in zip(self.up_blocks, levels[-2::-1], strict=True):
            out = torch.cat([block(out), beside], dim=1)
        return out


class Hourglass(nn.Module):
    """Encoder and decoder with skips (Newell et al., ECCV 2016).

    Args:
        inputs: Channels that enter.
        expansion: Channels of the last level out, and half of the first level in.
        levels: Halvings.
        most: Channels of no level exceed this.
    """

    def __init__(self, inputs: int, *, expansion: int, levels: int, most: int) -> None:
        super().__init__()
        inner = tuple(min(most, expansion * 2 ** (level + 1)) for level in range(levels))
        self.encoder = Encoder((inputs, *inner))
        self.decoder = Decoder((inputs, *inner), last=expansion)
        self.outputs = expansion + inputs
        """Channels that leave."""

    def forward(self, features: Tensor) -> Tensor:
        """(n, inputs, h, w) to (n, outputs, h, w)."""
        return self.decoder(self.encoder(features))


class AntiAliasedDownsampling(nn.Module):
    """A Gaussian, then every n-th pixel."""

    weight: Tensor

    def __init__(self, channels: int, scale: float) -> None:
        super().__init__()
        self._step = round(1 / scale)
        sigma = (self._step - 1) / 2
        reach = round(4 * sigma)
        places = torch.arange(2 * reach + 1, dtype=torch.float32) - reach
        bell = torch.exp(-(places**2) / (2 * sigma**2))
        kernel = bell[:, None] * bell[None]
        kernel = kernel / kernel.sum()
        self._reach = reach
        self.register_buffer("weight", kernel.expand(channels, 1, -1, -1).clone())

    def forward(self, image: Tensor) -> Tensor:
        """(n, c, h, w) to (n, c, h · scale, w · scale)."""
        blurred = functional.conv2d(
            image, self.weight, padding=self._reach, groups=len(self.weight)
        )
        return blurred[:, :, :: self._step, :: self._step]


def coordinates(height: int, width: int, *, like: Tensor) -> Tensor:
    """(height, width, 2) x and y in [-1, 1], the outermost pixels at the ends."""
    x = torch.linspace(-1, 1, width, device=like.device, dtype=like.dtype)
    y = torch.linspace(-1, 1, height, device=like.device, dtype=like.dtype)
    return torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)


def full_precision(like: Tensor) -> torch.autocast:
    """A context in which nothing is rounded to half precision: places need more than 11 bits."""
    return torch.autocast(like.device.type, enabled=False)
