"""The mouth network in torch: what is heard around a frame, and what the mouth does in it.

The columns of a front end are seen through triangular windows, narrow near the frame and wide far
from it, from 0.32 s before to 0.14 s after: a convolution with fixed kernels, so that any frame can
be computed alone and training draws frames from everywhere (dilated convolutions with as many
parameters had learned far less after the same time on a processor). Fully connected residual
layers follow.
"""

from typing import Final

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from audio2motion.corpus import CHANNELS
from audio2motion.network import CONTACTS, CONTEXT, GEOMETRY, LOOK_AHEAD
from audio2motion.visemes import SHOWN

KNOTS: Final = (-32, -25, -19, -14, -10, -7, -4, -2, 0, 2, 4, 7, 10, 14)
"""Frames at which the windows are centred; each reaches to its neighbours."""
LAYERS: Final = 2
DROPOUT: Final = 0.2
WINDOW_NOISE: Final = 0.3
"""Added in training, in standard deviations of a column: talkers differ more than one does."""


class LipModule(nn.Module):
    """Columns of sound to everything that a mouth does.

    Args:
        columns: c of the input.
        width: Of the hidden layers.
        visemes: Classes of the auxiliary output.
    """

    mean: Tensor
    scale: Tensor
    motion_mean: Tensor
    motion_scale: Tensor
    windows: Tensor

    def __init__(self, columns: int, *, width: int = 256, visemes: int = len(SHOWN)) -> None:
        super().__init__()
        self.visemes = visemes
        motions = len(CHANNELS) + len(GEOMETRY)
        self.register_buffer("mean", torch.zeros(columns))
        self.register_buffer("scale", torch.ones(columns))
        self.register_buffer("motion_mean", torch.zeros(motions))
        self.register_buffer("motion_scale", torch.ones(motions))
        self.register_buffer("windows", triangles())
        self.first = nn.Linear(len(KNOTS) * columns, width)
        self.layers = nn.ModuleList(_Residual(width) for _ in range(LAYERS))
        self.drop = nn.Dropout(DROPOUT)
        self.motion = nn.Linear(width, motions)
        self.sound = nn.Linear(width, visemes + len(CONTACTS) + 1)

    def forward(self, inputs: Tensor, stride: int = 1) -> tuple[Tensor, Tensor]:
        """Motion and sound.

        Args:
            inputs: (n, t + 46, c).
            stride: Only every so many-th frame is computed.

        Returns:
            (n, t, k + 4) coefficients and geometry; (n, t, v + 3) logits.
        """
        x = ((inputs - self.mean) / self.scale).clamp(-4, 4)
        count, frames, columns = x.shape
        x = x.transpose(1, 2).reshape(count * columns, 1, frames)
        x = functional.conv1d(x, self.windows, stride=stride)  # (n c, w, t)
        x = x.reshape(count, columns * len(KNOTS), -1).transpose(1, 2)
        if self.training:
            x = x + WINDOW_NOISE * torch.randn_like(x)
        x = self.drop(torch.relu(self.first(x)))
        for layer in self.layers:
            x = layer(x)
        motion = self.motion(x) * self.motion_scale + self.motion_mean
        return motion, self.sound(x)


class _Residual(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear = nn.Linear(width, width)
        self.drop = nn.Dropout(DROPOUT)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.drop(torch.relu(self.linear(x)))


def triangles() -> Tensor:
    """(w, 1, 47) windows over the frames from the first knot to the last, each summing to 1."""
    frames = np.arange(-CONTEXT, LOOK_AHEAD + 1)
    windows = np.stack([np.interp(frames, KNOTS, row) for row in np.eye(len(KNOTS))])
    windows /= windows.sum(axis=1, keepdims=True)
    return torch.from_numpy(windows.astype(np.float32))[:, None]
