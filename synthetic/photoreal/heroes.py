"""Stills of the crafted people, as they are shown in the documentation."""

import logging
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from capture.arkit import ARKIT_INDEX
from synthetic.background import Backdrop
from synthetic.bust import load_bust
from synthetic.camera import Camera
from synthetic.figure import Detail, build_figure
from synthetic.lighting import Light
from synthetic.people import PEOPLE, WALLS_OF
from synthetic.photoreal.renderer import PhotorealRenderer
from synthetic.photoreal.stage import Quality
from synthetic.posing import Pose
from synthetic.render import Scene

log = logging.getLogger(__name__)

_MOST_BYTES = 250_000
_DETAIL = Detail(levels=2, hairs=22000, occlusion_directions=12)
"""Occlusion is only looked up in the mouth and under the lids: paths find the rest."""
_LIGHTS = (
    Light((-0.62, 0.50, 0.75), (1.30, 1.20, 1.08), 0.010),
    Light((0.85, 0.35, -0.70), (0.75, 0.72, 0.70), 0.008),
    Light((-0.95, 0.25, -0.55), (0.30, 0.35, 0.44), 0.008),
)


@dataclass(frozen=True, slots=True)
class Hero:
    """How somebody is shown."""

    yaw_degrees: float
    backdrop: str
    coefficients: dict[str, float] = field(default_factory=dict)


_SMILE = {"mouthSmileLeft": 0.34, "mouthSmileRight": 0.38, "cheekSquintLeft": 0.25,
          "cheekSquintRight": 0.25}  # fmt: skip
HEROES = {
    "mara": Hero(14.0, "room", _SMILE),
    "samuel": Hero(-16.0, "office", _SMILE | {"browInnerUp": 0.15}),
    "elsa": Hero(12.0, "shelves", _SMILE),
}
"""By first name."""


def pose_of(hero: Hero) -> Pose:
    """The head turned, the eyes still on the camera."""
    values = np.zeros(52, np.float32)
    for name, value in hero.coefficients.items():
        values[ARKIT_INDEX[name]] = value
    turned = hero.yaw_degrees / 34.0
    for side, towards in (("Left", -turned), ("Right", turned)):
        look = "eyeLookOut" if towards > 0 else "eyeLookIn"
        values[ARKIT_INDEX[look + side]] = abs(towards)
    return Pose(values, np.deg2rad([2.0, hero.yaw_degrees, 0.0]), np.zeros(3))


def draw_hero(name: str, path: Path, *, size: int, samples: int, threads: int) -> None:
    """Render one still to a JPEG of at most a quarter of a megabyte.

    Raises:
        KeyError: Nobody of this name is shown.
        MissingBackendError: bpy is not installed.
    """
    import cv2

    hero = HEROES[name]
    scene = Scene(
        camera=Camera(distance_m=1.05, height_m=-0.018, vertical_fov_degrees=17.0),
        lights=_LIGHTS,
        backdrop=Backdrop(seed=len(name), wall=WALLS_OF[name], kind=hero.backdrop),
    )
    figure = build_figure(PEOPLE[name], load_bust(), _DETAIL)
    renderer = PhotorealRenderer(
        figure, scene, width=size, height=size, samples=samples, threads=threads,
        quality=Quality(noise=0.02, grain=0.45),
    )  # fmt: skip
    start = time.perf_counter()
    frame = renderer.frame(pose_of(hero))
    log.info("%s: %.1f s", name, time.perf_counter() - start)
    for quality in range(95, 50, -3):
        _, data = cv2.imencode(".jpg", frame[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        if len(data) <= _MOST_BYTES:
            break
    path.write_bytes(data.tobytes())
