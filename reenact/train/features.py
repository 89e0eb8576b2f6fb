"""Features for a perceptual loss, learnt without labels from the very clips that are trained on.

No network that others trained on photographs is needed, nor its licence. `FeatureNetwork` learns to
know a place of a picture again after colours changed and the picture was bent, among all other
places, and to tell it from the same place blurred or seen double: those are the faults that a
per-pixel loss forgives. Dense contrast after X. Wang et al., "Dense Contrastive Learning for
Self-Supervised Visual Pre-Training", CVPR 2021; distances as R. Zhang et al., "The Unreasonable
Effectiveness of Deep Features as a Perceptual Metric", CVPR 2018, without learnt channel weights.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from reenact.train import checkpoints
from reenact.train.equivariance import Deformation
from reenact.train.errors import TrainingError
from reenact.train.losses import pyramid
from reenact.train.pairs import Batch
from reenact.train.task import Outcome, Task, seeded

WIDTHS = (16, 32, 64)
TEMPERATURE = 0.1
_MEAN, _SPREAD = 0.45, 0.25


class FeatureNetwork(nn.Module):
    """Two convolutions a level, each level half the size of the one before.

    Args:
        widths: Channels of the levels.
    """

    def __init__(self, widths: Sequence[int] = WIDTHS) -> None:
        super().__init__()
        self.widths = tuple(widths)
        self.levels = nn.ModuleList(
            nn.Sequential(
                nn.Conv2d(a, b, 3, padding=1),
                nn.LeakyReLU(0.1),
                nn.Conv2d(b, b, 3, padding=1),
            )
            for a, b in pairwise((3, *self.widths))
        )

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """(n, 3, h, w) in [0, 1] to features of each level, of length 1 at each place."""
        out, features = (pictures - _MEAN) / _SPREAD, []
        for index, level in enumerate(self.levels):
            if index:
                out = functional.avg_pool2d(functional.leaky_relu(out, 0.1), 2)
            out = level(out)
            features.append(functional.normalize(out.float(), dim=1))
        return features


def perceptual_distance(
    network: FeatureNetwork, output: Tensor, truth: Tensor, scales: Sequence[float] = (1.0, 0.5)
) -> Tensor:
    """Half the squared distance of unit features (1 - cosine), mean over levels and sizes."""
    distances = []
    for drawn, real in zip(pyramid(output, scales), pyramid(truth, scales), strict=True):
        with torch.no_grad():
            wanted = network(real)
        pairs = zip(network(drawn), wanted, strict=True)
        distances += [0.5 * ((a - b) ** 2).sum(dim=1).mean() for a, b in pairs]
    return torch.stack(distances).mean()


class FeatureTask(Task):
    """Teaches a feature network.

    Args:
        places: Looked up per picture and level.
    """

    def __init__(self, *, widths: Sequence[int] = WIDTHS, places: int = 32) -> None:
        super().__init__()
        self.network = FeatureNetwork(widths)
        self._places = places

    def forward(self, batch: Batch, *, draw: torch.Generator) -> Outcome:
        """Contrast the places of source and driving frames."""
        pictures = torch.cat([batch["source"], batch["driving"]])
        logits, target = self.compare(pictures, draw)
        losses = [functional.cross_entropy(each, target) for each in logits]
        return Outcome({f"level {index}": loss for index, loss in enumerate(losses)})

    def compare(self, pictures: Tensor, draw: torch.Generator) -> tuple[list[Tensor], Tensor]:
        """How like each looked-up place is to every candidate.

        Returns:
            Per level (p, p + 1) similarities over the temperature: to all places of all pictures
            of the bent copies, and last to the same place spoilt; the right candidate (p,).
        """
        count, device = len(pictures), pictures.device
        bend = Deformation.draw(
            count, generator=draw, sigma_affine=0.1, sigma_tps=0.01, device=device
        )
        places = (1.6 * torch.rand(count, self._places, 2, generator=draw) - 0.8).to(device)
        here = self.network(recoloured(pictures, draw))
        bent = self.network(recoloured(bend.apply(pictures), draw))
        spoilt = self.network(recoloured(degraded(pictures, draw), draw))
        logits = []
        for level in range(len(here)):
            anchor = _look_up(here[level], bend.at(places))
            others = _look_up(bent[level], places)
            worse = _look_up(spoilt[level], bend.at(places))
            similar = torch.cat([anchor @ others.T, (anchor * worse).sum(1, keepdim=True)], dim=1)
            logits.append(similar / TEMPERATURE)
        return logits, torch.arange(count * self._places, device=device)

    @torch.no_grad()
    def figures(self, pictures: Tensor) -> Mapping[str, float]:
        """Share of places found again, and told from their spoilt selves; `score` = what is not.

        Args:
            pictures: (n, 3, h, w) of people that were held out.
        """
        logits, target = self.compare(pictures, seeded(0))
        found = torch.stack([(each[:, :-1].argmax(1) == target).float().mean() for each in logits])
        right = [each.gather(1, target[:, None])[:, 0] for each in logits]
        told = torch.stack(
            [(own > each[:, -1]).float().mean() for own, each in zip(right, logits, strict=True)]
        )
        share, clean = float(found.mean()), float(told.mean())
        return {"score": 2 - share - clean, "found": share, "told from spoilt": clean}


def recoloured(pictures: Tensor, draw: torch.Generator) -> Tensor:
    """Gain and offset of each picture's channels, at random."""
    shape = (len(pictures), 3, 1, 1)
    gain = 1 + 0.2 * (2 * torch.rand(shape, generator=draw) - 1)
    offset = 0.1 * (2 * torch.rand(shape, generator=draw) - 1)
    return pictures * gain.to(pictures) + offset.to(pictures)


def degraded(pictures: Tensor, draw: torch.Generator) -> Tensor:
    """Half of the pictures blurred, the others seen double."""
    size = pictures.shape[2:]
    small = functional.avg_pool2d(pictures, 2)
    blurred = functional.interpolate(small, size=size, mode="bilinear", align_corners=False)
    reach = max(1, size[0] // 32)
    steps = torch.randint(1, reach + 1, (2,), generator=draw).tolist()
    double = 0.5 * (pictures + pictures.roll(steps, dims=(2, 3)))
    which = torch.rand(len(pictures), 1, 1, 1, generator=draw).to(pictures) < 0.5
    return torch.where(which, blurred, double)


def save_features(network: FeatureNetwork, path: Path) -> None:
    """Write a network for `load_features`."""
    checkpoints.save(path, {"widths": list(network.widths), "features": network.state_dict()})


def load_features(path: Path) -> FeatureNetwork:
    """A network that `save_features` wrote; it is not trained any further.

    Raises:
        WeightsError: The file cannot be read.
        TrainingError: It holds no feature network.
    """
    content = checkpoints.load(path)
    if "features" not in content:
        raise TrainingError(
            f"{path} holds no feature network",
            hint="Train one: python -m reenact.train.fit_features --data DIR -o DIR",
        )
    network = FeatureNetwork(content["widths"])
    network.load_state_dict(content["features"])
    return network.eval().requires_grad_(False)


def _look_up(features: Tensor, places: Tensor) -> Tensor:
    """(n, c, h, w) features at (n, p, 2) places: (n · p, c)."""
    found = functional.grid_sample(
        features, places[:, :, None], padding_mode="border", align_corners=True
    )
    return functional.normalize(found[..., 0].mT.flatten(0, 1), dim=1)
