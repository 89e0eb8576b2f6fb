"""The mouth network in torch: dilated temporal convolutions on the columns of a front end.

A frame of the output sees 32 frames before and 14 after it (0.32 and 0.14 s): a first convolution
over five frames, then six residual layers of three taps each whose spacing grows and shrinks
again. All convolutions are valid, none pads: whoever runs the network brings the context. They are
written as matrix products of joined frames, which is what both torch and ONNX Runtime do fastest on
one core.
"""

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn

from audio2motion.corpus import CHANNELS
from audio2motion.network import CONTACTS, GEOMETRY
from audio2motion.visemes import SHOWN

TAPS: Final = 5
LAYERS: Final = ((1, 1), (2, 2), (4, 3), (8, 3), (4, 2), (2, 1))
"""Spacing of the three taps, and how many frames of future the outermost reaches."""
FIRST_AHEAD: Final = 2


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the network says about (n, t) frames."""

    curves: Tensor
    """(n, t, k) coefficients, in the order of `CHANNELS`."""
    geometry: Tensor
    """(n, t, 4) in the order of `GEOMETRY`."""
    visemes: Tensor
    """(n, t, v) logits."""
    contacts: Tensor
    """(n, t, 2) logits: lips pressed together, lower lip at the teeth."""
    activity: Tensor
    """(n, t) logits: somebody speaks."""


class LipModule(nn.Module):
    """Columns of sound to everything that a mouth does.

    Args:
        columns: c of the input.
        width: Channels of the hidden layers.
        visemes: Classes of the auxiliary output.
    """

    mean: Tensor
    scale: Tensor
    motion_mean: Tensor
    motion_scale: Tensor

    def __init__(self, columns: int, *, width: int = 112, visemes: int = len(SHOWN)) -> None:
        super().__init__()
        self.visemes = visemes
        motions = len(CHANNELS) + len(GEOMETRY)
        self.register_buffer("mean", torch.zeros(columns))
        self.register_buffer("scale", torch.ones(columns))
        self.register_buffer("motion_mean", torch.zeros(motions))
        self.register_buffer("motion_scale", torch.ones(motions))
        self.first = nn.Linear(TAPS * columns, width)
        self.layers = nn.ModuleList(_Residual(width, gap, ahead) for gap, ahead in LAYERS)
        self.last = nn.LayerNorm(width)
        self.motion_hidden = nn.Linear(width, width)
        self.motion = nn.Linear(width, motions)
        self.sound = nn.Linear(width, visemes + len(CONTACTS) + 1)

    def forward(self, inputs: Tensor) -> tuple[Tensor, Tensor]:
        """Motion and sound.

        Args:
            inputs: (n, t + 46, c).

        Returns:
            (n, t, k + 4) coefficients and geometry; (n, t, v + 3) logits.
        """
        x = ((inputs - self.mean) / self.scale).clamp(-4, 4)
        x = self.first(_taps(x, TAPS, 1))
        for layer in self.layers:
            x = layer(x)
        x = torch.relu(self.last(x))
        motion = self.motion(torch.relu(self.motion_hidden(x)))
        return motion * self.motion_scale + self.motion_mean, self.sound(x)

    def predict(self, inputs: Tensor) -> Prediction:
        """The outputs by name."""
        motion, sound = self(inputs)
        curves, geometry = motion.split([len(CHANNELS), len(GEOMETRY)], dim=-1)
        visemes, contacts, activity = sound.split([self.visemes, len(CONTACTS), 1], dim=-1)
        return Prediction(curves, geometry, visemes, contacts, activity[..., 0])


class _Residual(nn.Module):
    def __init__(self, width: int, gap: int, ahead: int) -> None:
        super().__init__()
        self.gap, self.before, self.ahead = gap, 2 * gap - ahead, ahead
        self.norm = nn.LayerNorm(width)
        self.wide = nn.Linear(3 * width, width)
        self.out = nn.Linear(width, width)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: Tensor) -> Tensor:
        heard = _taps(self.norm(x), 3, self.gap)
        return x[:, self.before : x.shape[1] - self.ahead] + self.out(torch.relu(self.wide(heard)))


def _taps(x: Tensor, count: int, gap: int) -> Tensor:
    """(n, t, c) to (n, t - (count - 1) * gap, count * c): each frame with its neighbours."""
    frames = x.shape[1] - (count - 1) * gap
    return torch.cat([x[:, i * gap : i * gap + frames] for i in range(count)], dim=-1)


def reach() -> tuple[int, int]:
    """Frames of past and of future that the layers need: `CONTEXT` and `LOOK_AHEAD`."""
    ahead = FIRST_AHEAD + sum(future for _, future in LAYERS)
    return TAPS - 1 + sum(2 * gap for gap, _ in LAYERS) - ahead, ahead
