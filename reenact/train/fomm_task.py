"""The first-order motion model under training."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from reenact.fomm.configuration import Configuration
from reenact.fomm.generator import Generator
from reenact.fomm.keypoint_detector import KeypointBatch, KeypointDetector
from reenact.train import checkpoints
from reenact.train.equivariance import Deformation, equivariance
from reenact.train.features import FeatureNetwork, perceptual_distance
from reenact.train.losses import reconstruction, temporal
from reenact.train.pairs import Batch
from reenact.train.task import Outcome, Task


@dataclass(frozen=True, slots=True)
class FommLosses:
    """Weights of the losses. Equivariance, deformations: the paper's."""

    reconstruction: float = 40.0
    perceptual: float = 10.0
    """Counts where a feature network is given."""
    equivariance_places: float = 10.0
    equivariance_jacobians: float = 10.0
    temporal: float = 10.0
    temporal_share: float = 0.25
    """Of a batch, for which the driving frame's neighbour is drawn too."""
    sigma_affine: float = 0.05
    sigma_tps: float = 0.005


class FommTask(Task):
    """Detector and generator learn together to draw a clip's frame from another one of it.

    Args:
        configuration: Sizes of the networks.
        losses: Their weights.
        features: For the perceptual loss; not trained and not saved with the task.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        losses: FommLosses | None = None,
        features: FeatureNetwork | None = None,
    ) -> None:
        super().__init__()
        self.kp_detector = KeypointDetector(configuration)
        self.generator = Generator(configuration)
        self._losses = losses or FommLosses()
        self._features = [features] if features else []  # a list hides it from the state

    def forward(self, batch: Batch, *, draw: torch.Generator) -> Outcome:
        """Draw the driving frames from the source frames; see `Task`."""
        weights, count = self._losses, len(batch["source"])
        followed = -int(-count * weights.temporal_share // 1) if weights.temporal else 0
        truth = torch.cat([batch["driving"], batch["neighbour"][:followed]])
        sources = torch.cat([batch["source"], batch["source"][:followed]])
        source, driving = self.kp_detector(batch["source"]), self.kp_detector(truth)
        again = KeypointBatch(
            torch.cat([source.places, source.places[:followed]]),
            torch.cat([source.jacobians, source.jacobians[:followed]]),
        )
        drawn = self.generator(sources, again, driving).float()
        output = drawn[:count]
        terms = {"reconstruction": weights.reconstruction * reconstruction(drawn, truth)}
        for network in self._features:
            distance = perceptual_distance(network.to(output.device), output, batch["driving"])
            terms["perceptual"] = weights.perceptual * distance
        if followed:
            change = temporal(drawn[:followed], drawn[count:], truth[:followed], truth[count:])
            terms["temporal"] = weights.temporal * change
        places, jacobians = self._equivariance(batch["driving"], driving, draw)
        terms["equivariance places"] = weights.equivariance_places * places
        terms["equivariance jacobians"] = weights.equivariance_jacobians * jacobians
        return Outcome(terms, {"frame": (output, batch["driving"])})

    def _equivariance(
        self, pictures: Tensor, found: KeypointBatch, draw: torch.Generator
    ) -> tuple[Tensor, Tensor]:
        count = len(pictures)
        deformation = Deformation.draw(
            count,
            generator=draw,
            sigma_affine=self._losses.sigma_affine,
            sigma_tps=self._losses.sigma_tps,
            device=pictures.device,
        )
        bent = self.kp_detector(deformation.apply(pictures))
        return equivariance(
            found.places[:count],
            found.jacobians[:count],
            bent.places,
            bent.jacobians,
            deformation,
        )

    @torch.no_grad()
    def animate(self, source: Tensor, driving: Tensor) -> Tensor:
        """Draw (t, 3, s, s) driving frames from one (1, 3, s, s) source frame of the same person.

        Takes and gives tensors on the CPU, wherever the networks are.
        """
        device, count = self._device, len(driving)
        source, driving = source.to(device), driving.to(device)
        known, moved = self.kp_detector(source), self.kp_detector(driving)
        known = KeypointBatch(
            known.places.expand(count, -1, -1), known.jacobians.expand(count, -1, -1, -1)
        )
        features = self.generator.encode(source).expand(count, -1, -1, -1)
        pictures = source.expand(count, -1, -1, -1)
        return self.generator(pictures, known, moved, features=features).cpu()

    @torch.no_grad()
    def places(self, pictures: Tensor) -> Tensor:
        """(t, k, 2) keypoints of (t, 3, s, s) pictures, on the CPU."""
        return self.kp_detector(pictures.to(self._device)).places.cpu()

    @property
    def _device(self) -> torch.device:
        return next(self.parameters()).device

    def export(self, path: Path) -> None:
        """Write both networks in the form of the published checkpoints."""
        checkpoints.save(
            path,
            {
                "kp_detector": self.kp_detector.state_dict(),
                "generator": self.generator.state_dict(),
            },
        )
