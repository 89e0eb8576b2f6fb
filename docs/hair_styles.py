"""Paints the sheet of hair styles and beards: each on the first drawn person who wears it.

`python docs/hair_styles.py` writes `docs/images/hair_styles.jpg`: a person from the front and
turned by 40 degrees, style by style in the order of `STYLES`, then the beards.
"""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synthetic.beard import BEARDS
from synthetic.bust import Bust, load_bust
from synthetic.camera import Camera
from synthetic.drawing import draw_person
from synthetic.figure import Detail, build_figure
from synthetic.hair import STYLES
from synthetic.person import Person
from synthetic.posing import Pose
from synthetic.render import Renderer, Scene

OUT = Path(__file__).parent / "images" / "hair_styles.jpg"
COLUMNS, SIZE, SIDE = 6, 232, 28
"""Pairs in a row, rendered pixels, and pixels cut off at either side."""


def wearers(bust: Bust) -> dict[str, Person]:
    """The first drawn person with each style of hair, and with each beard."""
    wanted = [*STYLES, *(f"beard {name}" for name in BEARDS if name != "none")]
    found: dict[str, Person] = {}
    for seed in range(4000):
        person = draw_person(seed, bust)
        for name in (person.hair.style, f"beard {person.beard.style}"):
            if name in wanted and name not in found:
                found[name] = person
                break  # Nobody is shown twice.
        if len(found) == len(wanted):
            break
    return {name: found[name] for name in wanted if name in found}


def portrait(name: str, person: Person, bust: Bust) -> NDArray[np.uint8]:
    """(h, w, 3) the person twice, with the style's name."""
    figure = build_figure(person, bust, Detail(occlusion_directions=48))
    near = Camera(distance_m=0.66 if name.startswith("beard") else 0.86, height_m=-0.02)
    renderer = Renderer(figure, Scene(camera=near), width=SIZE, height=SIZE, samples=2)
    still = np.zeros(52, np.float32)
    views = [
        renderer.frame(Pose(still, np.deg2rad([0.0, yaw, 0.0]), np.zeros(3)))[:, SIDE:-SIDE]
        for yaw in (0.0, 40.0)
    ]
    tile = np.ascontiguousarray(np.hstack(views))
    label = name.replace("_", " ")
    at, font = (6, SIZE - 7), cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(tile, label, at, font, 0.42, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.putText(tile, label, at, font, 0.42, (255, 255, 255), 1, cv2.LINE_AA)
    return tile


def main() -> None:
    """Render everybody and write the sheet."""
    bust = load_bust()
    tiles = [portrait(name, person, bust) for name, person in wearers(bust).items()]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[i : i + COLUMNS]) for i in range(0, len(tiles), COLUMNS)]
    cv2.imwrite(str(OUT), np.vstack(rows)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 84])


if __name__ == "__main__":
    main()
