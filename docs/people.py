"""Paints two sheets of people: `docs/images/people.jpg` and `docs/images/drawn_people.jpg`.

`python docs/people.py` shows the crafted people, two in a row: from the front, turned, smiling,
with an open mouth; and forty people drawn from the seeds 100 to 139.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_52, ARKIT_INDEX
from synthetic.acting import EXPRESSIONS, spelled
from synthetic.bust import load_bust
from synthetic.camera import Camera
from synthetic.drawing import draw_person
from synthetic.figure import FINE, Detail, Figure, build_figure
from synthetic.people import PEOPLE
from synthetic.posing import Pose
from synthetic.render import Renderer, Scene
from synthetic.sample import scene_of

FOLDER = Path(__file__).parent / "images"
QUIET = {"mouthSmile": 0.1, "cheekSquint": 0.06}
VIEWS = (
    (0.0, QUIET),
    (35.0, QUIET),
    (-14.0, EXPRESSIONS["smile"]),
    (12.0, {"jawOpen": 0.6, "mouthLowerDown": 0.15}),
)
"""Yaw in degrees, and what the face does."""


def view(
    figure: Figure, scene: Scene, yaw: float, face: dict[str, float], size: int
) -> NDArray[np.uint8]:
    """(size, size, 3) BGR."""
    coefficients = np.zeros(len(ARKIT_52), np.float32)
    for name, value in spelled(face).items():
        coefficients[ARKIT_INDEX[name]] = value
    renderer = Renderer(figure, scene, width=size, height=size, samples=2)
    pose = Pose(coefficients, np.deg2rad([0.0, yaw, 0.0]), np.zeros(3))
    return renderer.frame(pose)[..., ::-1]


def crafted(size: int = 256) -> list[NDArray[np.uint8]]:
    """The views of each crafted person, side by side."""
    bust, strips = load_bust(), []
    for name, person in PEOPLE.items():
        figure = build_figure(person, bust, FINE)
        strips.append(np.hstack([view(figure, scene_of(name), *each, size) for each in VIEWS]))
    return strips


def drawn(size: int = 200, detail: Detail | None = None) -> list[NDArray[np.uint8]]:
    """Drawn people from the front."""
    bust = load_bust()
    detail = detail or Detail(levels=1, hairs=6000, occlusion_directions=48)
    scene = Scene(camera=Camera(distance_m=1.0, vertical_fov_degrees=20.5, height_m=-0.02))
    figures = (build_figure(draw_person(seed, bust), bust, detail) for seed in range(100, 140))
    return [view(figure, scene, 0.0, {}, size) for figure in figures]


def save(tiles: list[NDArray[np.uint8]], columns: int, out: Path) -> None:
    """Tile pictures row by row into a JPEG."""
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    cv2.imwrite(str(out), np.vstack(rows), [cv2.IMWRITE_JPEG_QUALITY, 86])


if __name__ == "__main__":
    save(crafted(), 2, FOLDER / "people.jpg")
    save(drawn(), 10, FOLDER / "drawn_people.jpg")
