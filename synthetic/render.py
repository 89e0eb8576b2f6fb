"""Poses a figure and renders a frame."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from avatar.raster import rasterize
from capture.arkit import ARKIT_INDEX
from synthetic import kernels, shading
from synthetic.background import Backdrop
from synthetic.eyeball import gaze_rotation
from synthetic.figure import Figure
from synthetic.lighting import Light, Surroundings, shadow_map
from synthetic.paint import ATTRIBUTES
from synthetic.strands import Strands

HEAD_PIVOT = np.array([0.0, -0.055, -0.105])
"""About which the head turns, near the atlas vertebra."""


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole on the +Z axis that looks at the figure."""

    distance_m: float = 1.15
    vertical_fov_degrees: float = 25.0
    height_m: float = -0.035
    """Of the optical axis over the eyes."""
    yaw_degrees: float = 0.0
    pitch_degrees: float = 0.0

    def to_camera(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Rotation (3, 3) and translation (3,) of figure axes into camera axes."""
        yaw, pitch = np.deg2rad([self.yaw_degrees, self.pitch_degrees])
        about_y = np.array(
            [[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]]
        )
        about_x = np.array(
            [[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]]
        )
        rotation = about_x @ about_y
        target = np.array([0.0, self.height_m, -0.04])
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


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """One instant: 52 coefficients and a head turn."""

    coefficients: NDArray[np.float32]
    """(52,) order ARKIT_52."""
    rotation: NDArray[np.float64]
    """(3,) rotation vector of the head, radians, figure axes."""
    shift: NDArray[np.float64]
    """(3,) metres the head moves besides."""


NEUTRAL = Pose(np.zeros(52, np.float32), np.zeros(3), np.zeros(3))


@dataclass(frozen=True, slots=True, eq=False)
class Posed:
    """A figure at one instant, in figure axes."""

    vertices: NDArray[np.float32]
    normals: NDArray[np.float32]
    openness: NDArray[np.float32]
    strands: tuple[Strands, ...]
    strand_openness: tuple[NDArray[np.float32], ...]
    eye_frames: NDArray[np.float32]
    head: NDArray[np.float64]
    """(3, 3)."""
    coarse: NDArray[np.float32]
    """(c, 3) the bust's coarse vertices, posed: the ground truth of the geometry."""


def pose_figure(figure: Figure, pose: Pose) -> Posed:
    """Move a figure's vertices and strands."""
    c = pose.coefficients
    coarse = figure.rest + np.tensordot(c, figure.bust.actions, axes=1)
    coarse = coarse.astype(np.float32)
    gaze = [_gaze(c, left=True), _gaze(c, left=False)]
    eyes = [
        eye.vertices @ turn.T.astype(np.float32) + eye.centre
        for eye, turn in zip(figure.eyes, gaze, strict=True)
    ]
    local = np.concatenate([figure.moving @ coarse, *eyes, figure.garment]).astype(np.float32)
    angle = float(np.linalg.norm(pose.rotation))
    axis = pose.rotation / angle if angle > 1e-9 else np.array([0.0, 1.0, 0.0])

    def turn(points: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
        return kernels.turn(points, weight, axis, angle, HEAD_PIVOT, pose.shift)

    head = turn(np.eye(3, dtype=np.float32) + HEAD_PIVOT.astype(np.float32), np.ones(3, np.float32))
    head = (head - HEAD_PIVOT - pose.shift).T
    vertices = turn(local, figure.head_weight)
    strands, clear = [_moved(figure.hair, figure.hair.points, turn)], [figure.hair_openness]
    for bound in figure.bound:
        points = (bound.matrix @ coarse + bound.offset).astype(np.float32)
        strands.append(_moved(bound.strands, points.reshape(bound.strands.points.shape), turn))
        clear.append(np.full(bound.strands.width.shape, 0.8, np.float32))
    return Posed(
        vertices=vertices,
        normals=kernels.vertex_normals(vertices, figure.faces),
        openness=_openness(figure, coarse, local),
        strands=tuple(strands),
        strand_openness=tuple(clear),
        eye_frames=np.stack([head @ g for g in gaze]).astype(np.float32),
        head=head,
        coarse=turn(coarse, np.clip(figure.bust.head_weight, 0, 1)),
    )


def _moved(strands: Strands, points: NDArray[np.float32], turn: object) -> Strands:
    flat = np.ascontiguousarray(points.reshape(-1, 3))
    moved = turn(flat, np.ones(len(flat), np.float32))  # type: ignore[operator]
    return strands.with_points(moved.reshape(points.shape))


def _gaze(c: NDArray[np.float32], *, left: bool) -> NDArray[np.float64]:
    side = "Left" if left else "Right"
    look = (float(c[ARKIT_INDEX[f"eyeLook{way}{side}"]]) for way in ("Up", "Down", "In", "Out"))
    return gaze_rotation(*look, left=left)


def _openness(
    figure: Figure, coarse: NDArray[np.float32], local: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Baked openness, with what a moving mouth and moving lids change."""
    out = figure.openness.copy()
    lips = coarse[figure.mouth_line]
    gap = _lip_gap(lips)
    inside = figure.material[:, ATTRIBUTES.index("interior")]
    rows = np.flatnonzero(inside > 0.02)
    front = float(lips[:, 2].max())
    depth = np.clip(front - local[rows, 2], 0.0, None)
    wide = np.clip(1 - (local[rows, 0] / 0.03) ** 2, 0.05, 1)
    seen = np.arctan2(gap * 0.5 * wide + 0.0004, depth + 0.0025) * (2 / np.pi)
    share = np.clip(inside[rows] * 1.2, 0, 1)
    out[rows] = out[rows] * (1 - share) + np.clip(seen * 1.6, 0, 0.9) * share
    for eye, rows_of, line in zip(figure.eyes, figure.eye_slices, figure.lid_line, strict=True):
        out[rows_of] = _lid_shade(
            local[rows_of] - eye.centre, coarse[line] - eye.centre, eye.radius
        )
    return out


def _lip_gap(lips: NDArray[np.float32]) -> float:
    middle = lips[np.abs(lips[:, 0]) < 0.008]
    return float(np.ptp(middle[:, 1])) if len(middle) else 0.0


def _lid_shade(
    points: NDArray[np.float32], lids: NDArray[np.float32], radius: float
) -> NDArray[np.float32]:
    """(n,) openness of eyeball points under the lids, both relative to the eye's centre."""
    azimuth = np.arctan2(lids[:, 0], lids[:, 2])
    height = lids[:, 1]
    middle = np.median(height)
    order = np.argsort(azimuth)
    upper = order[
        height[order] >= np.interp(azimuth[order], azimuth[order][[0, -1]], height[order][[0, -1]])
    ]
    lower = np.setdiff1d(order, upper)
    lower = lower[np.argsort(azimuth[lower])]
    at = np.arctan2(points[:, 0], points[:, 2])
    top = np.interp(at, azimuth[upper], height[upper]) if len(upper) > 1 else middle + 0 * at
    bottom = np.interp(at, azimuth[lower], height[lower]) if len(lower) > 1 else middle + 0 * at
    from_top = np.clip((top - points[:, 1]) / (0.48 * radius), 0, 1)
    from_bottom = np.clip((points[:, 1] - bottom) / (0.20 * radius), 0, 1)
    left, right = azimuth.min(), azimuth.max()
    from_side = np.clip(np.minimum(at - left, right - at) / 0.28, 0, 1)
    return (
        (0.16 + 0.84 * from_top**0.8) * (0.55 + 0.45 * from_bottom) * (0.5 + 0.5 * from_side)
    ).astype(np.float32)


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
        self._backdrop = scene.backdrop.paint(width, height)
        rotation, self._translation = scene.camera.to_camera()
        self._rotation = rotation
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
        shading.shade(
            fragments.face_index, fragments.barycentric, faces, kinds,
            camera_points, posed.normals @ rotation.T, figure.lookup, figure.material,
            posed.openness, reach, figure.skin_detail, figure.irises,
            (rotation @ posed.eye_frames).astype(np.float32),
            (self._rotation @ posed.head).astype(np.float32),
            self._lights, self._sh, irradiance, albedo, gloss, scatter,
        )  # fmt: skip
        covered = fragments.face_index >= 0
        lit = self._spread(irradiance, scatter)
        image = lit * albedo + gloss
        backdrop = np.repeat(np.repeat(self._backdrop, n, axis=0), n, axis=1)
        np.copyto(image, backdrop, where=~covered[..., None])
        self._draw_strands(posed, maps, image, fragments.depth, width, height)
        small = cv2.resize(image, (self.width, self.height), interpolation=cv2.INTER_AREA)
        return tone_map(small * self.scene.exposure)

    def _shadow_maps(self, posed: Posed) -> list:
        size = int(np.clip(self.height * 1.25, 256, 768))
        solid = self.figure.faces[self.figure.kinds == shading.SURFACE]
        hair = [posed.strands[0]]
        turned = self._rotation.T
        return [
            shadow_map(turned @ light.unit(), posed.vertices, solid, hair, size=size)
            for light in self._shadowed
        ]

    def _reach(self, posed: Posed, maps: list) -> NDArray[np.float32]:
        lifted = posed.vertices + 0.0012 * posed.normals
        columns = [
            lit.reaching(lifted, bias_m=0.0025, within_m=0.0, radius_m=light.softness_m)
            for lit, light in zip(maps, self._shadowed, strict=True)
        ]
        rest = len(self.scene.lights) - len(columns)
        return np.stack(columns + [posed.openness**2] * rest, axis=1)

    def _spread(
        self, irradiance: NDArray[np.float32], scatter: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Light that wanders under the skin: blurred per colour, in the image, within the skin.

        After E. d'Eon, D. Luebke, E. Enderton, "Efficient rendering of human skin", EGSR 2007.
        """
        import cv2

        camera = self.scene.camera
        per_mm = camera.focal_px(self.height) / camera.distance_m * 1e-3
        size = (self.width, self.height)
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
        maps: list,
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
                0.0 if index == 0 else 0.0012,
            )

    def _strand_colours(
        self, strands: Strands, clear: NDArray[np.float32], maps: list, *, scalp: bool
    ) -> NDArray[np.float32]:
        """(s, k, 3) radiance of strands, after S. Marschner et al., "Light scattering from human
        hair fibers", SIGGRAPH 2003, with T. Scheuermann's shifted highlights (2004)."""
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
            0.055 if scalp else 0.015,
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
