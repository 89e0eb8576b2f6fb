"""Tells real pictures from drawn ones, at several sizes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.parametrizations import spectral_norm

from reenact.train.losses import pyramid


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """Of n pictures."""

    scores: list[Tensor]
    """One map (n, 1, h, w) per size."""
    features: list[Tensor]
    """Of every level at every size."""


class PatchDiscriminator(nn.Module):
    """Judges overlapping patches. P. Isola et al., CVPR 2017.

    Convolutions 4 × 4 whose largest singular value is held at 1 (T. Miyato et al., "Spectral
    Normalization for Generative Adversarial Networks", ICLR 2018), halving. No instance norm: it
    would take away how much detail a picture has, which is what tells a blurred one.
    """

    def __init__(self, *, width: int = 32, most: int = 512, blocks: int = 4) -> None:
        super().__init__()
        widths = [3, *(min(most, width * 2**level) for level in range(blocks))]
        self.levels = nn.ModuleList(
            spectral_norm(nn.Conv2d(a, b, 4, padding=1)) for a, b in pairwise(widths)
        )
        self.score = spectral_norm(nn.Conv2d(widths[-1], 1, 1))

    def forward(self, pictures: Tensor) -> tuple[Tensor, list[Tensor]]:
        """(n, 3, h, w) in [0, 1] to (n, 1, h', w') scores, and the features of each level."""
        out, features = 2 * pictures - 1, []
        for convolution in self.levels:
            out = functional.leaky_relu(convolution(out), 0.2)
            if min(out.shape[2:]) > 5:
                out = functional.avg_pool2d(out, 2)
            features.append(out.float())
        return self.score(out).float(), features


class Discriminator(nn.Module):
    """One patch discriminator per size. T.-C. Wang et al., "pix2pixHD", CVPR 2018.

    Args:
        scales: Shares of the pictures' side.
        width: Channels of the first level; doubled at each further one.
        most: Channels of no level exceed this.
        blocks: Levels. Pictures must have 32 px for 4, at the smallest size.
    """

    def __init__(
        self,
        *,
        scales: Sequence[float] = (1.0, 0.5),
        width: int = 32,
        most: int = 512,
        blocks: int = 4,
    ) -> None:
        super().__init__()
        self._scales = tuple(scales)
        self.judges = nn.ModuleList(
            PatchDiscriminator(width=width, most=most, blocks=blocks) for _ in self._scales
        )

    def forward(self, pictures: Tensor) -> Judgement:
        """Judge (n, 3, h, w) pictures in [0, 1]."""
        scores, features = [], []
        for judge, size in zip(self.judges, pyramid(pictures, self._scales), strict=True):
            score, levels = judge(size)
            scores.append(score)
            features += levels
        return Judgement(scores, features)


class Panel(nn.Module):
    """A discriminator for each part of a picture: whole frames, mouths, eyes.

    Args:
        parts: Their names.
        width: See `Discriminator`.
        blocks: See `Discriminator`.
    """

    def __init__(self, parts: Sequence[str], *, width: int = 32, blocks: int = 4) -> None:
        super().__init__()
        self.members = nn.ModuleDict(
            {part: Discriminator(width=width, blocks=blocks) for part in parts}
        )

    def forward(self, pictures: Mapping[str, Tensor]) -> dict[str, Judgement]:
        """Judge (n, 3, h, w) pictures of each part."""
        return {part: member(pictures[part]) for part, member in self.members.items()}
