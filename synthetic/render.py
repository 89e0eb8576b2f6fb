"""Renders a posed figure: a deferred rasteriser with soft shadows, skin scattering and strands."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from avatar.raster import rasterize
from synthetic import kernels, shading
from synthetic.background import Backdrop
from synthetic.camera import Camera
from synthetic.figure import Figure
from synthetic.layers import EYE_LEFT, EYE_RIGHT
from synthetic.lenses import draw_lenses
from synthetic.lighting import Light, ShadowMap, Surroundings, shadow_map
from synthetic.paint import ATTRIBUTES
from synthetic.paint_tile import for_pixels
from synthetic.posing import Pose, Posed, pose_figure
from synthetic.strands import Strands

_MARGIN_PX = 8


@dataclass(frozen=True, slots=True)
class Scene:
    """Camera, lights and backdrop."""

    camera: Camera = field(default_factory=Camera)
    lights: tuple[Light, ...] = (
        Light((-0.55, 0.50, 0.80), (1.42, 1.30, 1.16), 0.009),
        Light((0.80, 0.35, -0.75), (0.95, 0.92, 0.90), 0.006),
        Light((-0.95, 0.25, -0.55), (0.42, 0.48, 0.60), 0.006),
    )
    surroundings: Surroundings = field(default_factory=Surroundings)
    backdrop: Backdrop = field(default_factory=Backdrop)
    exposure: float = 1.0


class Renderer:
    """Renders one figure in one scene. Buffers and the backdrop are made once.

    Args:
        figure: Who.
        scene: Camera, lights, backdrop.
        width: Frame width in px.
        height: Frame height in px.
        samples: Supersampling along each axis.
        shadowed_lights: How many of the lights, from the first, cast shadows.
    """

    def __init__(
        self,
        figure: Figure,
        scene: Scene,
        *,
        width: int,
        height: int,
        samples: int = 2,
        shadowed_lights: int = 3,
    ) -> None:
        self.figure, self.scene = figure, scene
        self.width, self.height, self.samples = width, height, samples
        self._shadowed = scene.lights[:shadowed_lights]
        backdrop = scene.backdrop.paint(width, height)
        self._backdrop = np.repeat(np.repeat(backdrop, samples, axis=0), samples, axis=1)
        rotation, self._translation = scene.camera.to_camera()
        self._rotation = rotation
        camera = scene.camera
        self._pixel_m = float(camera.distance_m / (camera.focal_px(height) * samples))
        self._tile = for_pixels(figure.skin_detail, self._pixel_m)
        self._sh = scene.surroundings.harmonics().astype(np.float32)
        self._lights = np.array(
            [[*light.unit(), *light.colour] for light in scene.lights], np.float32
        )

    def frame(self, pose: Pose) -> NDArray[np.uint8]:
        """(h, w, 3) sRGB."""
        return self.draw(pose_figure(self.figure, pose))

    def project(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Figure points (n, 3) as (n, 3): px at the frame's size, and distance in m."""
        return self.scene.camera.project(
            points @ self._rotation.T + self._translation, self.width, self.height
        )

    def draw(self, posed: Posed) -> NDArray[np.uint8]:
        """Render a posed figure, (h, w, 3) sRGB."""
        import cv2

        figure, n = self.figure, self.samples
        width, height = self.width * n, self.height * n
        maps = self._shadow_maps(posed)
        camera_points = (posed.vertices @ self._rotation.T + self._translation).astype(np.float32)
        flat = self.scene.camera.project(camera_points, width, height).astype(np.float32)
        faces, kinds = _front_faces(flat, figure.faces, figure.kinds)
        fragments = rasterize(flat, faces, width, height)
        reach = self._reach(posed, maps)
        shape = (height, width, 3)
        irradiance, albedo, gloss = (np.zeros(shape, np.float32) for _ in range(3))
        scatter = np.zeros(shape[:2], np.float32)
        rotation = self._rotation.astype(np.float32)
        mesh = shading.Mesh(
            faces, kinds, camera_points, posed.normals @ rotation.T, figure.lookup,
            figure.material, posed.openness, reach,
        )  # fmt: skip
        setting = shading.Setting(
            self._lights, self._sh, self._tile, figure.chart.moved(posed.folds), figure.lips,
            (self._rotation @ posed.head).astype(np.float32), figure.irises,
            figure.whites, figure.canthi, (rotation @ posed.eye_frames).astype(np.float32),
            rotation, figure.weaves, figure.fabrics, self._pixel_m,
        )  # fmt: skip
        layers = shading.Layers(irradiance, albedo, gloss, scatter)
        shading.shade(fragments.face_index, fragments.barycentric, mesh, setting, layers)
        covered = fragments.face_index >= 0
        skin = self._extent(scatter)
        irradiance[skin] = self._spread(irradiance[skin], scatter[skin])
        image = irradiance * albedo + gloss
        np.copyto(image, self._backdrop, where=~covered[..., None])
        self._draw_strands(posed, maps, image, fragments.depth, width, height)
        if posed.lenses is not None:
            lenses = posed.lenses.moved(self._rotation, np.zeros(3), self._translation)
            flat = self.scene.camera.project(lenses.vertices, width, height).astype(np.float32)
            draw_lenses(lenses, flat, fragments.depth, self._lights, self._sh, image)
        small = cv2.resize(image, (self.width, self.height), interpolation=cv2.INTER_AREA)
        return tone_map(small * self.scene.exposure)

    def _shadow_maps(self, posed: Posed) -> list[ShadowMap]:
        size = int(np.clip(self.height * 1.25, 256, 768))
        solid = self.figure.faces[~np.isin(self.figure.kinds, (EYE_LEFT, EYE_RIGHT))]
        hair = [posed.strands[0]]
        turned = self._rotation.T
        return [
            shadow_map(turned @ light.unit(), posed.vertices, solid, hair, size=size)
            for light in self._shadowed
        ]

    def _reach(self, posed: Posed, maps: list[ShadowMap]) -> NDArray[np.float32]:
        lifted = posed.vertices + 0.0012 * posed.normals
        columns = [
            lit.reaching(lifted, bias_m=0.0025, within_m=0.0, radius_m=light.softness_m)
            for lit, light in zip(maps, self._shadowed, strict=True)
        ]
        rest = len(self.scene.lights) - len(columns)
        interior = self.figure.material[:, ATTRIBUTES.index("interior")] > 0.3
        for column in columns:
            # The lips are thinner than the shadow map's bias.
            column[interior] *= np.clip(1.5 * posed.openness[interior], 0, 1)
            # An eyeball's shadows are those of its lids, which its openness has already.
            for rows in self.figure.eye_slices:
                column[rows] = column[rows][: len(column[rows]) // 4].mean()
        return np.stack(columns + [posed.openness**2] * rest, axis=1)

    def _extent(self, scatter: NDArray[np.float32]) -> tuple[slice, slice]:
        """Whole pixels in which light spreads, with a margin in which it does not."""
        extent = []
        for axis in (1, 0):
            there = np.flatnonzero(scatter.any(axis=axis)) // self.samples
            first, last = (there[0], there[-1]) if len(there) else (0, 0)
            first, last = max(int(first) - _MARGIN_PX, 0), int(last) + 1 + _MARGIN_PX
            extent.append(slice(first * self.samples, last * self.samples))
        return extent[0], extent[1]

    def _spread(
        self, irradiance: NDArray[np.float32], scatter: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Light that wanders under the skin: blurred per colour, in the image, within the skin.

        After E. d'Eon, D. Luebke, E. Enderton, "Efficient rendering of human skin", EGSR 2007.
        """
        import cv2

        camera = self.scene.camera
        per_mm = camera.focal_px(self.height) / camera.distance_m * 1e-3
        size = (scatter.shape[1] // self.samples, scatter.shape[0] // self.samples)
        weight = cv2.resize(scatter, size, interpolation=cv2.INTER_AREA)
        light = cv2.resize(irradiance * scatter[..., None], size, interpolation=cv2.INTER_AREA)
        total = np.zeros_like(light)
        for sigma_mm, shares in (
            (0.45, (0.30, 0.58, 0.78)), (1.5, (0.38, 0.32, 0.18)), (3.8, (0.32, 0.10, 0.04))
        ):  # fmt: skip
            sigma = max(sigma_mm * per_mm, 0.3)
            blurred = cv2.GaussianBlur(light, (0, 0), sigma)
            mass = cv2.GaussianBlur(weight, (0, 0), sigma)[..., None]
            total += blurred / np.maximum(mass, 1e-4) * np.array(shares, np.float32)
        wide = cv2.resize(total, scatter.shape[::-1], interpolation=cv2.INTER_LINEAR)
        share = scatter[..., None] * 0.85
        return irradiance * (1 - share) + wide * share

    def _draw_strands(
        self,
        posed: Posed,
        maps: list[ShadowMap],
        image: NDArray[np.float32],
        depth: NDArray[np.float32],
        width: int,
        height: int,
    ) -> None:
        camera = self.scene.camera
        focal = camera.focal_px(height)
        for index, (strands, clear) in enumerate(
            zip(posed.strands, posed.strand_openness, strict=True)
        ):
            colour = self._strand_colours(strands, clear, maps, scalp=index == 0)
            points = strands.points.reshape(-1, 3) @ self._rotation.T + self._translation
            flat = camera.project(points, width, height)
            wide = strands.width * (focal / flat[:, 2].reshape(strands.width.shape))
            kernels.draw_strands(
                flat.reshape(strands.points.shape).astype(np.float32),
                wide.astype(np.float32),
                colour,
                image,
                depth,
                0.0 if index == 0 else 0.0004,
            )

    def _strand_colours(
        self, strands: Strands, clear: NDArray[np.float32], maps: list[ShadowMap], *, scalp: bool
    ) -> NDArray[np.float32]:
        """Radiance of strands, (s, k, 3).

        After S. Marschner et al., "Light scattering from human hair fibers", SIGGRAPH 2003, with
        T. Scheuermann's shifted highlights (2004).
        """
        points = np.ascontiguousarray(strands.points.reshape(-1, 3))
        columns = [
            lit.reaching(
                points, bias_m=0.004, within_m=0.010 if scalp else 0.0, radius_m=0.003, taps=3
            )
            for lit in maps
        ]
        columns += [clear.reshape(-1)] * (len(self.scene.lights) - len(columns))
        reach = np.stack(columns, axis=1)
        rotation = self._rotation.astype(np.float32)
        return kernels.shade_strands(
            strands.points @ rotation.T,
            strands.colour,
            strands.random,
            clear,
            reach.reshape(*strands.width.shape, len(columns)),
            self._lights,
            self._sh,
            (rotation @ np.array([0.0, 0.01, -0.075], np.float32)),
            self._translation.astype(np.float32),
            0.075 if scalp else 0.015,
        )


def _front_faces(
    flat: NDArray[np.float32], faces: NDArray[np.int32], kinds: NDArray[np.uint8]
) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    a, b, c = flat[faces[:, 0]], flat[faces[:, 1]], flat[faces[:, 2]]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    front = area < 0
    return np.ascontiguousarray(faces[front]), np.ascontiguousarray(kinds[front])


def tone_map(linear: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Linear radiance to 8-bit sRGB with a soft shoulder (fit of the ACES curve, K. Narkowicz)."""
    x = np.maximum(linear, 0) * 0.72
    curve = x * (2.51 * x + 0.03) / (x * (2.43 * x + 0.59) + 0.14)
    curve = np.clip(curve, 0, 1)
    srgb = np.where(curve <= 0.0031308, 12.92 * curve, 1.055 * curve ** (1 / 2.4) - 0.055)
    return np.clip(srgb * 255 + 0.5, 0, 255).astype(np.uint8)
