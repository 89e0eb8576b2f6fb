"""The generator: bends, shades and paints at 256 px; about 0.8 billion multiplications a frame."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from reenact.generator.inputs import CONDITION, CONTOURS
from reenact.generator.view import SIDE

COARSE = SIDE // 4
"""Side of the maps that bend and shade, px."""
CHANNELS = 3 + 1 + 3 + CONTOURS
"""Of the input: warped picture, what the face covers of it, background, contours."""
WIDTHS = (16, 40, 64, 96)
"""Channels at 128, 64, 32 and 16 px."""
SLOPE = 0.1
CAREFUL = 0.1
"""What the last layers' outputs are multiplied by: their first steps would else be far too long."""
LARGEST_FLOW = 12.0
"""px of the square."""
LARGEST_SHADE = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What the generator asks for. Pictures (n, c, h, w)."""

    flow: Tensor
    """(n, 2, 64, 64) px of the square: where to look instead, x and y."""
    shade: Tensor
    """(n, 3, 64, 64) to add to what is found there."""
    paint: Tensor
    """(n, 3, 256, 256) what is painted over that, multiplied by how much of it is seen."""
    occluded: Tensor
    """(n, 1, 256, 256) how much of what is below is hidden, at most 1; below 0 it is sharpened."""


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, inputs: Tensor) -> Tensor:
        hidden = functional.leaky_relu(self.first(inputs), SLOPE)
        return functional.leaky_relu(inputs + self.second(hidden), SLOPE)


def _down(inner: int, outer: int) -> nn.Module:
    return nn.Sequential(nn.Conv2d(inner, outer, 3, stride=2, padding=1), nn.LeakyReLU(SLOPE))


class _Up(nn.Module):
    """Doubles the size and takes in what was there on the way down."""

    def __init__(self, inner: int, beside: int, outer: int) -> None:
        super().__init__()
        self.join = nn.Conv2d(inner + beside, outer, 1)
        self.mend = nn.Conv2d(outer, outer, 3, padding=1)

    def forward(self, inputs: Tensor, beside: Tensor) -> Tensor:
        grown = functional.interpolate(inputs, scale_factor=2.0, mode="nearest")
        joined = functional.leaky_relu(self.join(torch.cat([grown, beside], dim=1)), SLOPE)
        return functional.leaky_relu(joined + self.mend(joined), SLOPE)


class Generator(nn.Module):
    """A U-Net whose innermost levels know the head's pose (FiLM; Perez et al., AAAI 2018).

    The last layers start at zero: an untrained generator leaves the warped picture as it is.
    """

    def __init__(self) -> None:
        super().__init__()
        half, quarter, eighth, inner = WIDTHS
        self.enter = nn.Conv2d(4 * CHANNELS, half, 3, padding=1)
        self.down_64 = _down(half, quarter)
        self.at_64 = _Residual(quarter)
        self.down_32 = _down(quarter, eighth)
        self.at_32 = _Residual(eighth)
        self.down_16 = _down(eighth, inner)
        self.place = nn.Parameter(torch.zeros(1, inner, SIDE // 16, SIDE // 16))
        self.know = nn.Sequential(nn.Linear(CONDITION, 64), nn.LeakyReLU(SLOPE))
        self.film_16 = nn.Linear(64, 2 * inner)
        self.film_32 = nn.Linear(64, 2 * eighth)
        self.at_16 = nn.Sequential(_Residual(inner), _Residual(inner))
        self.up_32 = _Up(inner, eighth, eighth)
        self.up_64 = _Up(eighth, quarter, quarter)
        self.coarse = nn.Conv2d(quarter, 5, 3, padding=1)
        self.up_128 = _Up(quarter, half, half)
        self.fine = nn.Conv2d(half, 16, 3, padding=1)
        for layer in (self.coarse, self.fine, self.film_16, self.film_32):
            nn.init.zeros_(layer.weight)
            nn.init.zeros_(layer.bias)

    def forward(self, inputs: Tensor, condition: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Draw.

        Args:
            inputs: (n, CHANNELS, 256, 256) in [0, 1].
            condition: (n, CONDITION).

        Returns:
            flow, shade, paint, occluded: the fields of `Drawn`.
        """
        known = self.know(condition)
        level_128 = functional.leaky_relu(self.enter(functional.pixel_unshuffle(inputs, 2)), SLOPE)
        level_64 = self.at_64(self.down_64(level_128))
        level_32 = self.at_32(_film(self.down_32(level_64), self.film_32(known)))
        level_16 = self.at_16(_film(self.down_16(level_32) + self.place, self.film_16(known)))
        out = self.up_64(self.up_32(level_16, level_32), level_64)
        coarse = CAREFUL * self.coarse(out)
        fine = CAREFUL * functional.pixel_shuffle(self.fine(self.up_128(out, level_128)), 2)
        warped = inputs[:, :3]
        hidden = torch.tanh(fine[:, 3:])
        smooth = functional.avg_pool2d(warped, 9, stride=1, padding=4, count_include_pad=False)
        return (
            LARGEST_FLOW * torch.tanh(coarse[:, :2]),
            LARGEST_SHADE * torch.tanh(coarse[:, 2:]),
            hidden * smooth + fine[:, :3],
            hidden,
        )


def _film(features: Tensor, numbers: Tensor) -> Tensor:
    gain, offset = numbers[:, :, None, None].chunk(2, dim=1)
    return features * (1 + gain) + offset


def compose(picture: Tensor, drawn: Drawn) -> Tensor:
    """Bend, shade and paint a picture (n, 3, 256, 256), as `Refiner` does at any size."""
    size = list(picture.shape[2:])

    def grown(maps: Tensor) -> Tensor:
        return functional.interpolate(maps, size=size, mode="bilinear", align_corners=False)

    flow = grown(drawn.flow).permute(0, 2, 3, 1) * (2.0 / SIDE)
    steps = (torch.arange(SIDE, device=picture.device, dtype=picture.dtype) * 2 + 1) / SIDE - 1
    identity = torch.stack(torch.meshgrid(steps, steps, indexing="xy"), dim=-1)
    bent = functional.grid_sample(
        picture, identity + flow, padding_mode="border", align_corners=False
    )
    lit = bent + grown(drawn.shade)
    return (1 - drawn.occluded) * lit + drawn.paint
