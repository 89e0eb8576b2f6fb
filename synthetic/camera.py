"""The pinhole camera of synthetic footage."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_FLIP = np.diag([1.0, -1.0, -1.0])
"""Our camera axes (x right, y up, z backwards) to OpenCV's (x right, y down, z forwards)."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole on the +Z axis that looks at the figure."""

    distance_m: float = 0.88
    vertical_fov_degrees: float = 25.0
    height_m: float = -0.03
    """Of the optical axis over the eyes."""
    yaw_degrees: float = 0.0
    """Turns the figure in the picture to its left: the camera moves to its right."""
    pitch_degrees: float = 0.0
    """Nods the figure in the picture: the camera moves up and looks down."""
    side_m: float = 0.0
    """Of the optical axis to the left of the figure's middle."""
    roll_degrees: float = 0.0
    """Turns the picture counter-clockwise: the camera tilts to its right."""

    def to_camera(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Rotation (3, 3) and translation (3,) of figure axes into camera axes."""
        yaw, pitch, roll = np.deg2rad([self.yaw_degrees, self.pitch_degrees, self.roll_degrees])
        about_y = np.array(
            [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
        )
        about_x = np.array(
            [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
        )
        about_z = np.array(
            [[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]]
        )
        rotation = about_z @ about_x @ about_y
        target = np.array([self.side_m, self.height_m, -0.04])
        return rotation, -rotation @ target + np.array([0.0, 0.0, -self.distance_m])

    def focal_px(self, height: int) -> float:
        """Focal length in pixels of a frame `height` px high."""
        return height / 2 / np.tan(np.deg2rad(self.vertical_fov_degrees) / 2)

    def project(self, points: NDArray[np.floating], width: int, height: int) -> NDArray[np.float64]:
        """Camera-space points (n, 3) as (n, 3): x right and y down in px, distance in m."""
        focal = self.focal_px(height)
        z = -points[:, 2]
        return np.stack(
            [
                width / 2 - 0.5 + focal * points[:, 0] / z,
                height / 2 - 0.5 - focal * points[:, 1] / z,
                z,
            ],
            axis=1,
        )

    def intrinsics(self, width: int, height: int) -> NDArray[np.float64]:
        """(3, 3) OpenCV's camera matrix in px; the centre of the first pixel is (0, 0)."""
        focal = self.focal_px(height)
        return np.array([[focal, 0, width / 2 - 0.5], [0, focal, height / 2 - 0.5], [0, 0, 1]])

    def extrinsics(self) -> NDArray[np.float64]:
        """(4, 4) figure axes to OpenCV's camera axes (x right, y down, z forwards), metres."""
        rotation, translation = self.to_camera()
        matrix = np.eye(4)
        matrix[:3, :3] = _FLIP @ rotation
        matrix[:3, 3] = _FLIP @ translation
        return matrix
