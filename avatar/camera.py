"""The pinhole camera that heads are fitted and textured with."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DEFAULT_VERTICAL_FOV_DEG = 63.0
"""MediaPipe's own assumption (its face geometry module); about a phone's or webcam's lens."""


@dataclass(frozen=True, slots=True)
class Camera:
    """At the origin, looking along -Z, +X right, +Y up; no distortion."""

    width: int
    """px."""
    height: int
    """px."""
    vertical_fov_deg: float = DEFAULT_VERTICAL_FOV_DEG

    @property
    def focal_px(self) -> float:
        """Focal length in px, the same for both axes."""
        return self.height / 2.0 / float(np.tan(np.radians(self.vertical_fov_deg) / 2.0))

    def project(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points (n, 3) metres in front of the camera to (n, 3): x right, y down in px, depth."""
        depth = -points[:, 2]
        x = (self.width - 1) / 2.0 + self.focal_px * points[:, 0] / depth
        y = (self.height - 1) / 2.0 - self.focal_px * points[:, 1] / depth
        return np.stack([x, y, depth], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """Head space to camera space: `points @ rotation.T + translation`."""

    rotation: NDArray[np.float64]
    """(3, 3)."""
    translation: NDArray[np.float64]
    """(3,) metres."""

    def apply(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Move (n, 3) points into camera space."""
        return points @ self.rotation.T + self.translation


def rotation_from_vector(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, 3) rotation of an axis-angle vector (3,) in radians (Rodrigues' formula)."""
    angle = float(np.linalg.norm(vector))
    if angle < 1e-12:
        return np.eye(3) + cross_matrix(vector)
    axis = cross_matrix(vector / angle)
    return np.eye(3) + np.sin(angle) * axis + (1.0 - np.cos(angle)) * axis @ axis


def cross_matrix(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """(3, 3) matrix M with M @ x = vector x x."""
    x, y, z = vector
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])


def pose_from_landmarks(
    landmarks: NDArray[np.floating],
    points: NDArray[np.floating],
    weights: NDArray[np.floating],
    camera: Camera,
) -> Pose:
    """A first pose from landmarks with depth, by similarity (S. Umeyama, PAMI 13(4), 1991).

    Args:
        landmarks: (n, 3) px, z towards the scene on x's scale, as MediaPipe gives them.
        points: (n, 3) metres, the same points on the head.
        weights: (n,) trust in each.
        camera: The camera; its focal length turns scale into distance.
    """
    seen = landmarks.astype(np.float64) * np.array([1.0, -1.0, -1.0])
    weights = weights / weights.sum()
    seen_mean, mean = weights @ seen, weights @ points
    a, b = points - mean, seen - seen_mean
    u, d, vt = np.linalg.svd((b * weights[:, None]).T @ a)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = (u * sign) @ vt
    scale = (d * sign).sum() / (weights @ (a**2).sum(axis=1))  # px per metre
    depth = camera.focal_px / scale
    offset_px = seen_mean[:2] - np.array([camera.width - 1, 1 - camera.height]) / 2.0
    centre = np.array([*(offset_px / scale), -depth])
    return Pose(rotation, centre - rotation @ mean)
