"""A scene's camera, lights and surroundings in Blender's terms; figure axes are world axes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.camera import Camera
from synthetic.lighting import Light
from synthetic.render import Scene

SENSOR_MM = 24.0
"""Height of a full-frame sensor."""
BOX_DISTANCE_M = 1.7
"""From the head to the soft boxes that stand for distant lights."""
HEAD = np.array([0.0, -0.01, -0.04])
PANORAMA_TURN = (np.pi / 2, 0.0, 0.0)
"""Euler angles that take +Y, up in a figure, to +Z, up in an equirectangular image."""
_OCCLUDER_M = 0.045
"""Typical distance between what casts a shadow on a face and the shadow."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A perspective camera as Blender wants it."""

    matrix: NDArray[np.float64]
    """(4, 4) camera to world; it looks along its own -Z, +Y is up."""
    lens_mm: float
    focus_m: float

    @classmethod
    def of(cls, camera: Camera) -> "View":
        """The view of a camera of ours, whose own axes are the same."""
        rotation, translation = camera.to_camera()
        matrix = np.eye(4)
        matrix[:3, :3] = rotation.T
        matrix[:3, 3] = -rotation.T @ translation
        eyes = rotation @ np.array([0.0, 0.0, 0.005]) + translation
        half = np.deg2rad(camera.vertical_fov_degrees) / 2
        return cls(matrix, SENSOR_MM / 2 / float(np.tan(half)), float(-eyes[2]))

    def project(self, points: NDArray[np.floating], width: int, height: int) -> NDArray[np.float64]:
        """World points (n, 3) as (n, 2) px; centres of pixels at whole numbers, y down.

        Blender's pinhole, its sensor fitted to the frame's height.
        """
        local = (points - self.matrix[:3, 3]) @ self.matrix[:3, :3]
        plane = self.lens_mm * local[:, :2] / -local[:, 2:] / SENSOR_MM * height
        return np.stack([width / 2 + plane[:, 0], height / 2 - plane[:, 1]], axis=1) - 0.5


@dataclass(frozen=True, slots=True, eq=False)
class SoftBox:
    """A square area light."""

    matrix: NDArray[np.float64]
    """(4, 4) light to world; it shines along its own -Z."""
    side_m: float
    radiance: NDArray[np.float64]
    """(3,) of its face."""

    @property
    def watts(self) -> NDArray[np.float64]:
        """(3,) radiant power per colour."""
        return self.radiance * np.pi * self.side_m**2

    def covers(self, directions: NDArray[np.floating]) -> NDArray[np.float64]:
        """How much of the box is seen from the head in unit directions (..., 3), 0 to 1.

        Edges are soft, and a cross of two bars divides it, like a window's.
        """
        right, up, towards = self.matrix[:3, :3].T
        half = self.side_m / 2 / BOX_DISTANCE_M
        ahead = directions @ towards
        safe = np.maximum(ahead, 1e-6)
        across, along = (np.abs(directions @ axis) / safe / half for axis in (right, up))
        inside = np.clip((1 - np.maximum(across, along)) / 0.12, 0, 1)
        bars = np.clip((np.minimum(across, along) - 0.05) / 0.05, 0, 1)
        return inside * (0.25 + 0.75 * bars) * (ahead > 0)


def soft_box(light: Light, camera: Camera) -> SoftBox:
    """The area light that lights a head as one of our distant lights does.

    Our lights give the irradiance over pi. A box of power P radiates P / (pi side^2) per area and
    solid angle, so its irradiance at distance d on its axis is P / (pi d^2).
    """
    rotation, _ = camera.to_camera()
    towards = rotation.T @ light.unit()
    centre = HEAD + BOX_DISTANCE_M * towards
    helper = np.array([0.0, 1.0, 0.0]) if abs(towards[1]) < 0.95 else np.array([1.0, 0.0, 0.0])
    right = np.cross(helper, towards)
    right /= np.linalg.norm(right)
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([right, np.cross(towards, right), towards], axis=1)
    matrix[:3, 3] = centre
    side = float(np.clip(2 * light.softness_m / _OCCLUDER_M * BOX_DISTANCE_M, 0.12, 1.4))
    # The exact form factor of a square, seen along its axis, keeps wide boxes as bright.
    half = side / 2 / BOX_DISTANCE_M
    factor = 4 / np.pi * half / np.sqrt(1 + half**2) * np.arctan(half / np.sqrt(1 + half**2))
    return SoftBox(matrix, side, np.array(light.colour) / factor)


def panorama(scene: Scene, *, height: int = 128, boxes: bool = False) -> NDArray[np.float32]:
    """(height, 2 height, 3) radiance from all around, an equirectangular image with +Y at its top.

    Cycles reads the longitude atan2(y, x) = pi - 2 pi u (`direction_to_equirectangular`) about its
    own +Z; the world's texture coordinates are turned by `PANORAMA_TURN` first, so that the poles,
    where it blends the top row with the bottom one, are above and below.

    Args:
        scene: Its surroundings are in camera axes.
        height: Rows.
        boxes: Paint the soft boxes too.
    """
    width = 2 * height
    u = (np.arange(width) + 0.5) / width
    v = (np.arange(height) + 0.5) / height
    longitude, latitude = np.meshgrid(np.pi * (1 - 2 * u), np.pi * (0.5 - v))
    directions = np.stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.sin(latitude),
            -np.cos(latitude) * np.sin(longitude),
        ],
        axis=-1,
    )
    rotation, _ = scene.camera.to_camera()
    seen = directions.reshape(-1, 3) @ rotation.T
    out = scene.surroundings.radiance(seen).reshape(height, width, 3)
    for light in scene.lights if boxes else ():
        box = soft_box(light, scene.camera)
        share = box.covers(directions)[..., None]
        out = out * (1 - share) + box.radiance * share
    return out.astype(np.float32)
