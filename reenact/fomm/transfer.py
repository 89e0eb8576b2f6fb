"""Where the source's keypoints go when the driving face moves."""

import numpy as np
import torch
from torch import Tensor

from reenact.fomm.keypoint_detector import Keypoints


def relative(
    source: Keypoints, driving: Keypoints, reference: Keypoints, *, adapt_scale: bool = True
) -> Keypoints:
    """Move the source's keypoints as the driving ones moved since the reference frame.

    Args:
        source: Of the source picture.
        driving: Of the driving frame.
        reference: Of the driving video's reference frame.
        adapt_scale: Scale the movement by how much larger the source's face is.
    """
    scale = span(source.places) / span(reference.places) if adapt_scale else 1.0
    turned = driving.jacobians @ torch.linalg.inv(reference.jacobians)
    return Keypoints(
        places=source.places + scale * (driving.places - reference.places),
        jacobians=turned @ source.jacobians,
    )


def span(places: Tensor) -> float:
    """Square root of the area that (1, k, 2) keypoints enclose (their convex hull)."""
    from scipy.spatial import ConvexHull

    points = places[0].detach().cpu().numpy().astype(np.float64)
    return float(np.sqrt(ConvexHull(points).volume))
