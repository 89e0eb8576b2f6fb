"""Random deformations, and the demand that keypoints follow them.

Section 3.1 of the first-order motion model's paper (Siarohin et al., NeurIPS 2019): a keypoint of
a deformed picture, taken back through the deformation, is the keypoint of the picture.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from reenact.fomm.blocks import coordinates, full_precision

_TINY = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Deformation:
    """Of n pictures: an affine map and a thin-plate spline. Pictures reach from -1 to 1, x first.

    A point z of the deformed picture shows the point T(z) of the picture.
    F. Bookstein, "Principal Warps", IEEE PAMI 11(6), 1989.
    """

    affine: Tensor
    """(n, 2, 3)."""
    control: Tensor
    """(c, 2) places."""
    pull: Tensor
    """(n, c, 2) how much each control point bends x and y."""

    @classmethod
    def draw(
        cls,
        count: int,
        *,
        generator: torch.Generator,
        sigma_affine: float = 0.05,
        sigma_tps: float = 0.005,
        points: int = 5,
        device: torch.device | str = "cpu",
    ) -> "Deformation":
        """Draw n deformations, of the strength that the paper trains with.

        Args:
            count: n.
            generator: On the CPU, so that every device sees the same deformations.
            sigma_affine: Of each entry's distance from the identity.
            sigma_tps: Of `pull`.
            points: Control points along each side.
            device: Where to put them.
        """
        noise = torch.randn(count, 2, 3, generator=generator)
        pull = sigma_tps * torch.randn(count, points**2, 2, generator=generator)
        control = coordinates(points, points, like=noise).reshape(-1, 2)
        affine = torch.eye(2, 3) + sigma_affine * noise
        return cls(affine.to(device), control.to(device), pull.to(device))

    def at(self, places: Tensor) -> Tensor:
        """T of (n, p, 2) places."""
        with full_precision(places):
            linear = places @ self.affine[:, :, :2].mT + self.affine[:, None, :, 2]
            away = places[:, :, None] - self.control  # (n, p, c, 2)
            squared = (away**2).sum(dim=-1)
            bend = 0.5 * squared * torch.log(squared + _TINY)  # r² log r
            return linear + bend @ self.pull

    def jacobian(self, places: Tensor) -> Tensor:
        """(n, p, 2, 2) derivative of T at (n, p, 2) places."""
        away = places[:, :, None] - self.control
        squared = (away**2).sum(dim=-1)
        slope = torch.log(squared + _TINY) + squared / (squared + _TINY)
        slope = slope[..., None] * away  # (n, p, c, 2), derivative of r² log r
        with full_precision(places):
            bend = torch.einsum("nci,npcj->npij", self.pull, slope)
        return self.affine[:, None, :, :2] + bend

    def apply(self, pictures: Tensor) -> Tensor:
        """Deform (n, c, h, w) pictures; beyond their edges they are mirrored."""
        count, _, height, width = pictures.shape
        grid = coordinates(height, width, like=pictures).reshape(1, -1, 2).expand(count, -1, -1)
        places = self.at(grid).reshape(count, height, width, 2)
        return functional.grid_sample(
            pictures, places, padding_mode="reflection", align_corners=True
        )


def equivariance(
    places: Tensor,
    jacobians: Tensor,
    deformed_places: Tensor,
    deformed_jacobians: Tensor,
    deformation: Deformation,
) -> tuple[Tensor, Tensor]:
    """Mean distance between keypoints and those of the deformed picture taken back.

    Args:
        places: (n, k, 2) in the picture.
        jacobians: (n, k, 2, 2).
        deformed_places: (n, k, 2) in the deformed picture.
        deformed_jacobians: (n, k, 2, 2).
        deformation: What was done.

    Returns:
        Of the places, and of the Jacobians: |1 - J⁻¹ T' J_deformed|, equation 11 of the paper.
    """
    value = (places - deformation.at(deformed_places)).abs().mean()
    with full_precision(places):
        taken_back = deformation.jacobian(deformed_places) @ deformed_jacobians
        product = torch.linalg.solve(jacobians, taken_back)
    return value, (product - torch.eye(2, device=product.device)).abs().mean()
