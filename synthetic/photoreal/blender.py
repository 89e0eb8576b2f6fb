"""Blender as a library: data blocks made from arrays, a picture got back as an array."""

import contextlib
import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from capture.errors import MissingBackendError

_KINDS = {
    1: ("FLOAT", "value"),
    2: ("FLOAT2", "vector"),
    3: ("FLOAT_VECTOR", "vector"),
    4: ("FLOAT_COLOR", "color"),
}


def load_blender() -> Any:
    """The module `bpy`.

    Raises:
        MissingBackendError: It is not installed.
    """
    try:
        # Its audio module was built for numpy 1 and complains at length; nothing here needs it.
        with contextlib.redirect_stderr(io.StringIO()):
            import bpy
    except ModuleNotFoundError as error:
        if error.name != "bpy":
            raise
        raise MissingBackendError(
            "The photoreal renderer needs bpy (Blender 5), which is not installed",
            hint="With Python 3.11: pip install --no-deps 'bpy>=5.0,<5.1'. Or use the renderer "
            "'fast'.",
        ) from error
    return bpy


def empty_scene(bpy: Any) -> Any:
    """A scene without objects, the only one."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return bpy.context.scene


def set_attribute(
    data: Any, name: str, values: NDArray[np.floating], domain: str = "POINT"
) -> None:
    """Give a mesh or curves an attribute, (n,) or (n, 2 to 4), or replace its values."""
    values = np.ascontiguousarray(values, np.float32)
    kind, field = _KINDS[1 if values.ndim == 1 else values.shape[1]]
    attribute = data.attributes.get(name)
    if attribute is None:
        attribute = data.attributes.new(name, kind, domain)
    attribute.data.foreach_set(field, values.reshape(-1))


def add_mesh(
    bpy: Any, name: str, vertices: NDArray[np.floating], faces: NDArray[np.integer], material: Any
) -> Any:
    """A smooth triangle mesh as a new object.

    Args:
        bpy: Blender.
        name: Of the object.
        vertices: (v, 3).
        faces: (f, 3).
        material: Its only one.
    """
    mesh = bpy.data.meshes.new(name)
    mesh.vertices.add(len(vertices))
    mesh.loops.add(faces.size)
    mesh.polygons.add(len(faces))
    mesh.loops.foreach_set("vertex_index", np.ascontiguousarray(faces, np.int32).reshape(-1))
    starts = np.arange(0, faces.size, faces.shape[1], dtype=np.int32)
    mesh.polygons.foreach_set("loop_start", starts)
    move(mesh, vertices)
    mesh.update(calc_edges=True)
    mesh.shade_smooth()
    mesh.materials.append(material)
    return _link(bpy, name, mesh)


def add_curves(
    bpy: Any, name: str, points: NDArray[np.floating], radius: NDArray[np.floating], material: Any
) -> Any:
    """Hair curves as a new object.

    Args:
        bpy: Blender.
        name: Of the object.
        points: (s, k, 3).
        radius: (s, k).
        material: Its only one.
    """
    curves = bpy.data.hair_curves.new(name)
    curves.add_curves([points.shape[1]] * len(points))
    set_attribute(curves, "position", points.reshape(-1, 3))
    set_attribute(curves, "radius", radius.reshape(-1))
    curves.materials.append(material)
    return _link(bpy, name, curves)


def move(data: Any, points: NDArray[np.floating], step: NDArray[np.floating] | None = None) -> None:
    """Put a mesh's or curves' points elsewhere.

    Args:
        data: Mesh or curves.
        points: (..., 3).
        step: (..., 3) how far they move while the shutter is open.
    """
    set_attribute(data, "position", points.reshape(-1, 3))
    if step is not None:
        set_attribute(data, "velocity", step.reshape(-1, 3))
    elif "velocity" in data.attributes:
        data.attributes.remove(data.attributes["velocity"])


def image_from(bpy: Any, name: str, pixels: NDArray[np.floating]) -> Any:
    """A linear image block from (h, w, 1 to 4), first row at the top."""
    height, width, channels = pixels.shape
    image = bpy.data.images.new(
        name, width, height, alpha=channels == 4, float_buffer=True, is_data=True
    )
    image.alpha_mode = "CHANNEL_PACKED"
    full = np.ones((height, width, 4), np.float32)
    full[..., :channels] = pixels[::-1]
    image.pixels.foreach_set(full.reshape(-1))
    image.pack()
    return image


def render(bpy: Any, scene: Any) -> NDArray[np.float32]:
    """Render a scene, (h, w, 4) linear with premultiplied alpha, first row at the top."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.exr"
        scene.render.filepath = str(path)
        bpy.ops.render.render(write_still=True)
        image = bpy.data.images.load(str(path))
        width, height = image.size
        pixels = np.empty(width * height * 4, np.float32)
        image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    return pixels.reshape(height, width, 4)[::-1].copy()


def _link(bpy: Any, name: str, data: Any) -> Any:
    thing = bpy.data.objects.new(name, data)
    bpy.context.scene.collection.objects.link(thing)
    return thing
