"""`PhotorealRenderer`: a figure in a scene, path-traced by Blender's Cycles on the CPU."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.figure import Figure
from synthetic.photoreal import film, materials
from synthetic.photoreal.blender import (
    add_curves,
    add_mesh,
    empty_scene,
    load_blender,
    move,
    render,
    set_attribute,
)  # fmt: skip
from synthetic.photoreal.eyes import eye_parts, iris_coordinates, white_colour
from synthetic.photoreal.stage import Quality, set_stage
from synthetic.photoreal.surface import attributes_of, split_layers
from synthetic.photoreal.view import View, panorama
from synthetic.photoreal.wisps import Wisps, split
from synthetic.posing import NEUTRAL, Pose, Posed, pose_figure
from synthetic.render import Scene


@dataclass(frozen=True, slots=True, eq=False)
class Shutter:
    """The figure when the shutter opens and when it closes, for motion blur."""

    opens: Posed
    closes: Posed


class PhotorealRenderer:
    """Renders one figure in one scene. One at a time in a process: Blender's data is global.

    Args:
        figure: Who.
        scene: Camera, lights, backdrop.
        width: Frame width in px.
        height: Frame height in px.
        samples: Most paths per pixel; calm pixels get fewer.
        quality: Everything else that costs time.
        threads: Of the path tracer; 0 takes all cores.

    Raises:
        MissingBackendError: bpy is not installed.
    """

    def __init__(
        self,
        figure: Figure,
        scene: Scene,
        *,
        width: int,
        height: int,
        samples: int = 48,
        quality: Quality | None = None,
        threads: int = 0,
    ) -> None:
        self.figure, self.scene = figure, scene
        self.width, self.height = width, height
        self._quality = quality or Quality()
        self._view = View.of(scene.camera)
        self._backdrop = scene.backdrop.paint(width, height)
        self._bpy = load_blender()
        self._stage = empty_scene(self._bpy)
        set_stage(
            self._bpy, self._stage, scene, self._quality,
            width=width, height=height, samples=samples, threads=threads,
        )  # fmt: skip
        rest = pose_figure(figure, NEUTRAL)
        self._layers = self._add_surfaces(rest)
        self._eyes = self._add_eyes(rest)
        self._hair = self._add_hair(rest)

    def frame(self, pose: Pose, *, shutter: tuple[Pose, Pose] | None = None) -> NDArray[np.uint8]:
        """(h, w, 3) sRGB of the figure in a pose.

        Args:
            pose: In the middle of the exposure.
            shutter: Poses at its start and end, for motion blur.
        """
        blur = Shutter(*(pose_figure(self.figure, each) for each in shutter)) if shutter else None
        return self.draw(pose_figure(self.figure, pose), shutter=blur)

    def draw(self, posed: Posed, *, shutter: Shutter | None = None) -> NDArray[np.uint8]:
        """(h, w, 3) sRGB of a posed figure; see `frame`."""
        return film.develop(
            self.radiance(posed, shutter=shutter),
            self._backdrop,
            exposure=self.scene.exposure,
            grain=self._quality.grain,
            seed=film.seed_of(posed.vertices),
        )

    def radiance(self, posed: Posed, *, shutter: Shutter | None = None) -> NDArray[np.float32]:
        """(h, w, 4) linear radiance and coverage of a posed figure without its backdrop."""
        before = None if shutter is None else self._points(shutter.opens)
        after = None if shutter is None else self._points(shutter.closes)
        for name, points in self._points(posed).items():
            step = None if before is None or after is None else after[name] - before[name]
            move(self._bpy.data.objects[name].data, points, step)
            self._bpy.data.objects[name].data.update_tag()
        for name, rows in self._eyes.items():
            film_of_tears = self._bpy.data.objects[name + "_tears"].data
            set_attribute(film_of_tears, "clear", posed.openness[rows])
        self._stage.render.use_motion_blur = shutter is not None
        return render(self._bpy, self._stage)

    def project(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Figure points (n, 3) as (n, 3): px at the frame's size, and distance in m."""
        rotation, translation = self.scene.camera.to_camera()
        return self.scene.camera.project(points @ rotation.T + translation, self.width, self.height)

    def _points(self, posed: Posed) -> dict[str, NDArray[np.float32]]:
        """Where every object's points are."""
        out = {name: posed.vertices[rows] for name, rows in self._layers.items()}
        for eye, (name, rows), frame in zip(
            self.figure.eyes, self._eyes.items(), posed.eye_frames, strict=True
        ):
            parts = eye_parts(eye, posed.vertices[rows], frame)
            out[name], out[name + "_tears"] = parts.inner, parts.outer
        for (name, wisps), strands in zip(self._hair.items(), posed.strands, strict=True):
            out[name] = wisps.points(strands.points, posed.head)
        return out

    def _add_surfaces(self, rest: Posed) -> dict[str, slice]:
        flesh = materials.skin(self._bpy, self.figure.skin_detail)
        cloth = materials.cloth(self._bpy)
        layers = {}
        for layer in split_layers(self.figure):
            thing = add_mesh(
                self._bpy, layer.name, rest.vertices[layer.rows], layer.faces,
                flesh if layer.flesh else cloth,
            )  # fmt: skip
            for name, values in attributes_of(self.figure, layer.rows).items():
                set_attribute(thing.data, name, values)
            layers[thing.name] = layer.rows
        return layers

    def _add_eyes(self, rest: Posed) -> dict[str, slice]:
        tears = materials.tears(self._bpy, panorama(self.scene, height=512, boxes=True))
        rows = dict(zip(("eye_left", "eye_right"), self.figure.eye_slices, strict=True))
        for index, (name, where) in enumerate(rows.items()):
            eye = self.figure.eyes[index]
            parts = eye_parts(eye, rest.vertices[where], rest.eye_frames[index])
            iris = materials.eye(self._bpy, self.figure.irises[index])
            inner = add_mesh(self._bpy, name, parts.inner, eye.faces, iris)
            set_attribute(inner.data, "iris_at", iris_coordinates(eye))
            set_attribute(inner.data, "albedo", white_colour(eye))
            add_mesh(self._bpy, name + "_tears", parts.outer, eye.faces, tears)
        return rows

    def _add_hair(self, rest: Posed) -> dict[str, Wisps]:
        rng = np.random.default_rng(self.figure.person.seed)
        material = materials.hair(self._bpy)
        groups = {}
        for index, strands in enumerate(rest.strands):
            scalp = index == 0
            children = self._quality.hairs_per_strand if scalp else 1
            wisps = split(strands, children, rng)
            name = f"strands_{index}"
            points = wisps.points(strands.points, np.eye(3))
            thing = add_curves(self._bpy, name, points, wisps.width / 2, material)
            albedo = strands.colour[:, wisps.keys][wisps.parent]
            shade = np.exp(rng.normal(0, 0.3, (len(albedo), 1, 1)))
            set_attribute(thing.data, "albedo", (albedo * shade).reshape(-1, 3))
            set_attribute(thing.data, "random", rng.random(len(albedo)), "CURVE")
            groups[name] = wisps
        return groups
