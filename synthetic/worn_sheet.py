"""A sheet of clothes, glasses, earrings and mouths, for looking at."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from capture.arkit import ARKIT_INDEX
from synthetic.bust import Bust, load_bust
from synthetic.camera import Camera
from synthetic.clothes import CLOTHES
from synthetic.earrings import EARRINGS
from synthetic.figure import Figure, build_figure
from synthetic.glasses import GLASSES
from synthetic.people import PEOPLE
from synthetic.person import Earrings, Glasses
from synthetic.posing import Pose
from synthetic.render import Renderer, Scene

_BOTH_SIDES = ("mouthSmile", "mouthUpperUp", "mouthLowerDown", "mouthStretch")
_MOUTHS: tuple[dict[str, float], ...] = (
    {"jawOpen": 0.2},
    {"jawOpen": 0.9},
    {"mouthSmile": 0.65, "jawOpen": 0.1, "mouthUpperUp": 0.35, "mouthLowerDown": 0.2},
    {"mouthStretch": 0.5, "jawOpen": 0.15, "mouthUpperUp": 0.3, "mouthLowerDown": 0.35},
    {"mouthFunnel": 0.8, "jawOpen": 0.2},
    {"jawOpen": 0.5, "tongueOut": 0.8},
)
_PLASTIC, _METAL = (0.05, 0.022, 0.012), (0.72, 0.55, 0.26)


def worn_sheet(out: Path, *, columns: int = 6, tile: int = 240) -> None:
    """Render each garment, pair of glasses and earring on a crafted person, and some mouths.

    Args:
        out: A JPEG, written with quality 86.
        columns: Tiles in a row.
        tile: Side of a tile, px.
    """
    import cv2

    tiles = list(_tiles(load_bust(), tile))
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % columns)
    rows = [np.hstack(tiles[i : i + columns]) for i in range(0, len(tiles), columns)]
    out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(out), np.vstack(rows)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 86])


def _tiles(bust: Bust, tile: int) -> Iterator[NDArray[np.uint8]]:
    people = list(PEOPLE.values())
    women = [person for person in people if person.sex == "female"]
    for index, style in enumerate(CLOTHES):
        person = replace(people[index % len(people)], glasses=None)
        figure = build_figure(replace(person, clothes=replace(person.clothes, style=style)), bust)
        yield _frame(figure, tile, fov=24, height=-0.11, yaw=(0.0, 30.0, -40.0)[index % 3])
    for index, style in enumerate(GLASSES):
        metal = style in ("aviator", "rimless")
        glasses = Glasses(style, _METAL if metal else _PLASTIC, 0.0030, metal)
        figure = build_figure(replace(people[index % len(people)], glasses=glasses), bust)
        yield _frame(figure, tile, fov=14, height=-0.012, yaw=(0.0, 28.0)[index % 2])
    for index, style in enumerate(EARRINGS):
        woman = women[index % len(women)]
        short = replace(woman.hair, style="pixie")
        woman = replace(woman, earrings=Earrings(style), hair=short, glasses=None)
        yield _frame(build_figure(woman, bust), tile, fov=14, height=-0.03, yaw=50.0)
    for index in range(3):
        figure = build_figure(people[2 * index], bust)
        for mouth in _MOUTHS:
            height = float(figure.marks.mouth[1]) - 0.008
            yield _frame(figure, tile, fov=5.6, height=height, yaw=0.0, mouth=mouth)


def _frame(
    figure: Figure,
    tile: int,
    *,
    fov: float,
    height: float,
    yaw: float,
    mouth: dict[str, float] | None = None,
) -> NDArray[np.uint8]:
    coefficients = np.zeros(len(ARKIT_INDEX), np.float32)
    for name, amount in (mouth or {}).items():
        sides = ("Left", "Right") if name in _BOTH_SIDES else ("",)
        for side in sides:
            coefficients[ARKIT_INDEX[name + side]] = amount
    camera = Camera(distance_m=0.9, vertical_fov_degrees=fov, height_m=height)
    renderer = Renderer(figure, Scene(camera=camera), width=tile, height=tile, samples=3)
    return renderer.frame(Pose(coefficients, np.deg2rad([0.0, yaw, 0.0]), np.zeros(3)))
