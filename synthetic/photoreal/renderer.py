"""`PhotorealRenderer`: a figure in a scene, path-traced by Blender's Cycles on the CPU."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synthetic.eyeball import IRIS_ANGLE
from synthetic.figure import Figure
from synthetic.layers import CLOTH, SURFACE
from synthetic.photoreal import film, hair_material, wet_materials, worn_materials
from synthetic.photoreal.blender import (
    add_curves,
    add_mesh,
    empty_scene,
    load_blender,
    move,
    render,
    set_attribute,
)  # fmt: skip
from synthetic.photoreal.eyes import caruncle, eye_parts, seen_along_axis
from synthetic.photoreal.skin_material import SkinMaterial
from synthetic.photoreal.stage import Quality, set_stage
from synthetic.photoreal.surface import attributes_of, split_layers
from synthetic.photoreal.view import View, panorama
from synthetic.photoreal.wisps import Wisps, split
from synthetic.posing import NEUTRAL, Pose, Posed, pose_figure
from synthetic.render import Scene

SCALP = 0
"""Index of the scalp's hair among a posed figure's strands."""


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
        threads: Of the path tracer; 0 takes OMP_NUM_THREADS, or without it all cores.

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
        self._bpy = load_blender()
        self._stage = empty_scene(self._bpy)
        set_stage(
            self._bpy, self._stage, scene, self._quality,
            width=width, height=height, samples=samples, threads=threads,
        )  # fmt: skip
        rest = pose_figure(figure, NEUTRAL)
        self._skin = SkinMaterial(self._bpy, figure)
        self._layers = self._add_surfaces(rest)
        self._eyes = self._add_wet(rest)
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
            exposure=self.scene.exposure,
            grain=self._quality.grain,
            seed=film.seed_of(posed.vertices),
        )

    def radiance(self, posed: Posed, *, shutter: Shutter | None = None) -> NDArray[np.float32]:
        """(h, w, 3) linear radiance of a posed figure before its backdrop; see `frame`."""
        self._put(posed, shutter)
        return render(self._bpy, self._stage)[..., :3]

    def coverage(self, posed: Posed, *, samples: int = 4) -> NDArray[np.float32]:
        """(h, w) share of each pixel that the figure covers, hair included."""
        self._put(posed, None)
        stage, cycles = self._stage, self._stage.cycles
        usual = cycles.samples, cycles.use_denoising
        stage.render.film_transparent, cycles.samples, cycles.use_denoising = True, samples, False
        try:
            return render(self._bpy, stage)[..., 3]
        finally:
            stage.render.film_transparent = False
            cycles.samples, cycles.use_denoising = usual

    def _put(self, posed: Posed, shutter: Shutter | None) -> None:
        """Move everything to where it is in a posed figure."""
        before = None if shutter is None else self._points(shutter.opens)
        after = None if shutter is None else self._points(shutter.closes)
        for name, points in self._points(posed).items():
            step = None if before is None or after is None else after[name] - before[name]
            move(self._bpy.data.objects[name].data, points, step)
            self._bpy.data.objects[name].data.update_tag()
        self._skin.fold(posed.folds)
        for index, (name, rows) in enumerate(self._eyes.items()):
            frame, corner = posed.eye_frames[index], self.figure.canthi[index]
            pink = caruncle(self.figure.eyes[index], frame, posed.head, corner)
            set_attribute(self._bpy.data.objects[name].data, "pink", pink)
            clear = posed.openness[rows]
            set_attribute(self._bpy.data.objects[name + "_tears"].data, "clear", clear)
        self._stage.render.use_motion_blur = shutter is not None

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
        for name, wisps in self._hair.items():
            strands = posed.strands[int(name.rpartition("_")[2])]
            out[name] = wisps.points(strands.points, posed.head)
        if posed.lenses is not None:
            out["lenses"] = posed.lenses.vertices
        return out

    def _add_surfaces(self, rest: Posed) -> dict[str, slice]:
        figure = self.figure
        metal = worn_materials.metal(self._bpy)
        layers = {}
        for layer in split_layers(figure):
            material = self._skin.material if layer.kind == SURFACE else metal
            if layer.kind >= CLOTH:
                index = layer.kind - CLOTH
                material = worn_materials.cloth(
                    self._bpy, figure.weaves[index], figure.fabrics[index]
                )
            points = rest.vertices[layer.rows]
            thing = add_mesh(self._bpy, layer.name, points, layer.faces, material)
            for name, values in attributes_of(figure, layer.rows).items():
                set_attribute(thing.data, name, values)
            layers[layer.name] = layer.rows
        return layers

    def _add_wet(self, rest: Posed) -> dict[str, slice]:
        """Eyes, their tears, and lenses."""
        figure = self.figure
        around = panorama(self.scene, height=512, boxes=True)
        tears = wet_materials.tears(self._bpy, around)
        rows = dict(zip(("eye_left", "eye_right"), figure.eye_slices, strict=True))
        for index, (name, where) in enumerate(rows.items()):
            eye = figure.eyes[index]
            parts = eye_parts(eye, rest.vertices[where], rest.eye_frames[index])
            material = wet_materials.eye(self._bpy, figure.irises[index], figure.whites[index])
            inner = add_mesh(self._bpy, name, parts.inner, eye.faces, material)
            set_attribute(inner.data, "place", seen_along_axis(eye, 1.0))
            set_attribute(inner.data, "iris_at", seen_along_axis(eye, np.sin(IRIS_ANGLE)))
            add_mesh(self._bpy, name + "_tears", parts.outer, eye.faces, tears)
        if rest.lenses is not None:
            sheet = wet_materials.lens(self._bpy, around, rest.lenses)
            add_mesh(self._bpy, "lenses", rest.lenses.vertices, rest.lenses.faces, sheet)
        return rows

    def _add_hair(self, rest: Posed) -> dict[str, Wisps]:
        rng = np.random.default_rng(self.figure.person.seed)
        material = hair_material.hair(self._bpy)
        groups = {}
        for index, strands in enumerate(rest.strands):
            if not len(strands.points):
                continue
            children = self._quality.hairs_per_strand if index == SCALP else 1
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
