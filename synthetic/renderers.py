"""What draws frames: one interface, several renderers, chosen by name."""

import importlib
import importlib.util
from collections.abc import Callable
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from capture.errors import MissingBackendError
from synthetic.figure import Figure
from synthetic.posing import Pose, Posed
from synthetic.render import Renderer, Scene

RendererName = Literal["fast", "photoreal"]
RENDERERS: tuple[RendererName, ...] = ("fast", "photoreal")


class FrameRenderer(Protocol):
    """Draws one figure in one scene.

    A class that implements it takes `(figure, scene, *, width, height, samples)`: frame size in
    px, and how much is spent on each pixel (supersampling along each axis for the fast renderer,
    paths per pixel for the photoreal one). All draw the same geometry through the same camera, so
    the truth of a frame does not depend on who drew it.
    """

    def frame(self, pose: Pose) -> NDArray[np.uint8]:
        """(h, w, 3) sRGB of the figure in a pose."""
        ...

    def draw(self, posed: Posed) -> NDArray[np.uint8]:
        """(h, w, 3) sRGB of a posed figure."""
        ...

    def project(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Figure points (n, 3) as (n, 3): px at the frame's size, and distance in m."""
        ...


def make_renderer(
    name: RendererName, figure: Figure, scene: Scene, *, width: int, height: int, samples: int
) -> FrameRenderer:
    """The renderer of a name, for one figure in one scene.

    Args:
        name: `fast` (numba) or `photoreal` (Blender's Cycles, development only).
        figure: Who.
        scene: Camera, lights, backdrop.
        width: px.
        height: px.
        samples: See `FrameRenderer`.

    Raises:
        ValueError: No renderer has this name.
        MissingBackendError: Its package is not installed.
    """
    make = renderer_class(name)
    return make(figure, scene, width=width, height=height, samples=samples)


def renderer_class(name: str) -> Callable[..., FrameRenderer]:
    """What makes renderers of a name. Ask early: it tells whether they can run here.

    Raises:
        ValueError: No renderer has this name.
        MissingBackendError: Its package is not installed.
    """
    if name == "fast":
        return Renderer
    if name == "photoreal":
        _require_blender()
        photoreal: Callable[..., FrameRenderer] = importlib.import_module(
            "synthetic.photoreal"
        ).PhotorealRenderer
        return photoreal
    raise ValueError(f"{name!r} is no renderer: use one of {', '.join(RENDERERS)}")


def _require_blender() -> None:
    if importlib.util.find_spec("bpy") is None:
        raise MissingBackendError(
            "The photoreal renderer needs bpy (Blender 5), which is not installed",
            hint="With Python 3.11: pip install --no-deps 'bpy>=5.0,<5.1'. Or use --renderer fast.",
        )
