"""Camera, lights and settings of a Cycles scene."""

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synthetic.photoreal.blender import image_from
from synthetic.photoreal.nodes import Tree
from synthetic.photoreal.view import PANORAMA_TURN, SENSOR_MM, View, panorama, soft_box
from synthetic.render import Scene


@dataclass(frozen=True, slots=True)
class Quality:
    """What costs time, and how much of a lens and a sensor is imitated."""

    hairs_per_strand: int = 1
    """More than one pays from about 1000 px up."""
    noise: float = 0.03
    """Pixels whose error is below it get no more samples."""
    denoise: bool = True
    f_stop: float = 8.0
    """Of a full-frame lens; 0 is a pinhole."""
    grain: float = 0.6


def set_stage(
    bpy: Any,
    stage: Any,
    scene: Scene,
    quality: Quality,
    *,
    width: int,
    height: int,
    samples: int,
    threads: int,
) -> None:
    """Fill an empty Blender scene with everything but the figure."""
    _set_render(stage, quality, width=width, height=height, samples=samples, threads=threads)
    _set_camera(bpy, stage, scene, quality)
    _set_world(bpy, stage, scene, scene.backdrop.paint(width, height))
    for light in scene.lights:
        box = soft_box(light, scene.camera)
        data = bpy.data.lights.new("soft_box", "AREA")
        data.shape, data.size = "SQUARE", box.side_m
        data.energy = float(box.watts.max())
        data.color = (box.watts / box.watts.max()).tolist()
        _place(bpy, stage, "soft_box", data, box.matrix.tolist()).visible_camera = False


def _set_render(
    stage: Any, quality: Quality, *, width: int, height: int, samples: int, threads: int
) -> None:
    render, cycles = stage.render, stage.cycles
    render.engine = "CYCLES"
    render.resolution_x, render.resolution_y, render.resolution_percentage = width, height, 100
    render.use_persistent_data = True
    render.image_settings.file_format = "OPEN_EXR"
    render.image_settings.color_mode = "RGBA"
    render.image_settings.color_depth = "32"
    render.motion_blur_shutter, render.fps = 1.0, 1
    threads = threads or int(os.environ.get("OMP_NUM_THREADS", "0"))
    render.threads_mode = "FIXED" if threads else "AUTO"
    if threads:
        render.threads = threads
    cycles.device = "CPU"
    cycles.samples = samples
    cycles.use_adaptive_sampling = quality.noise > 0
    cycles.adaptive_threshold = quality.noise
    cycles.adaptive_min_samples = min(12, samples)
    cycles.seed = 0
    cycles.use_light_tree = False
    cycles.use_denoising = quality.denoise
    cycles.denoiser = "OPENIMAGEDENOISE"
    cycles.denoising_prefilter = "ACCURATE"
    cycles.denoising_quality = "HIGH"
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 8, 2, 3
    cycles.transmission_bounces, cycles.transparent_max_bounces = 6, 6
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 4.0
    stage.cycles_curves.shape = "RIBBONS"
    stage.cycles_curves.subdivisions = 2


def _set_camera(bpy: Any, stage: Any, scene: Scene, quality: Quality) -> None:
    view = View.of(scene.camera)
    data = bpy.data.cameras.new("camera")
    data.sensor_fit, data.sensor_height, data.lens = "VERTICAL", SENSOR_MM, view.lens_mm
    data.clip_start = 0.01
    data.dof.use_dof = quality.f_stop > 0
    data.dof.focus_distance = view.focus_m
    data.dof.aperture_fstop = max(quality.f_stop, 0.1)
    stage.camera = _place(bpy, stage, "camera", data, view.matrix.tolist())


def _set_world(bpy: Any, stage: Any, scene: Scene, backdrop: NDArray[np.float32]) -> None:
    """Light from the surroundings; the camera itself sees the backdrop, as a picture behind all."""
    world = bpy.data.worlds.new("surroundings")
    stage.world = world
    tree = Tree(world)
    around = tree.add("TexCoord", out="Generated")
    turned = tree.add("Mapping", {"Vector": around, "Rotation": PANORAMA_TURN})
    image = image_from(bpy, "panorama", panorama(scene))
    light = tree.add("TexEnvironment", {"Vector": turned}, image=image)
    window = tree.add("TexCoord", out="Window")
    behind = tree.image(image_from(bpy, "backdrop", backdrop), window, extension="EXTEND")
    camera = tree.add("LightPath", out="Is Camera Ray")
    colour = tree.mix(camera, light, behind)
    tree.finish(tree.add("Background", {"Color": colour}), world=True)


def _place(bpy: Any, stage: Any, name: str, data: Any, matrix: list[list[float]]) -> Any:
    thing = bpy.data.objects.new(name, data)
    stage.collection.objects.link(thing)
    thing.matrix_world = [list(column) for column in zip(*matrix, strict=True)]
    return thing
