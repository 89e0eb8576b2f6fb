"""Paints the sheet of hair styles and beards: each on one of the crafted people.

`python docs/hair_styles.py` writes `docs/images/hair_styles.jpg`: a person from the front and
turned by 40 degrees, style by style in the order of `STYLES`, then the beards.
"""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from synthetic.bust import Bust, load_bust
from synthetic.camera import Camera
from synthetic.figure import Detail, build_figure
from synthetic.hair import STYLES
from synthetic.people import PEOPLE
from synthetic.person import Person
from synthetic.posing import Pose
from synthetic.render import Renderer, Scene

OUT = Path(__file__).parent / "images" / "hair_styles.jpg"
COLUMNS, SIZE, SIDE = 6, 232, 28
"""Pairs in a row, rendered pixels, and pixels cut off at either side."""
HAIR = {
    "mara": ("bob", "long_fringe", "long_wavy", "curly", "ponytail"),
    "mei": ("fringe_bob", "long_straight"),
    "adaeze": ("bun", "top_knot", "locs", "afro"),
    "elsa": ("pixie",),
    "rafael": ("messy", "quiff", "textured"),
    "kenji": ("crop", "side_part"),
    "henrik": ("slicked_back", "receding", "balding"),
    "samuel": ("buzz", "bald", "afro_short", "tight_coils"),
}
BEARD = {
    "moustache": "henrik", "goatee": "samuel", "van_dyke": "kenji", "chinstrap": "samuel",
    "short": "rafael", "full": "henrik",
}  # fmt: skip


def wearers() -> dict[str, Person]:
    """Who shows what, by the label."""
    of = {style: PEOPLE[name] for name, styles in HAIR.items() for style in styles}
    shown = {
        style: replace(of[style], hair=replace(of[style].hair, style=style)) for style in STYLES
    }
    for style, name in BEARD.items():
        person = PEOPLE[name]
        beard = replace(person.beard, style=style, colour=person.hair.colour, grey=person.hair.grey)
        shown[f"beard {style}"] = replace(person, beard=beard)
    return shown


def portrait(label: str, person: Person, bust: Bust) -> NDArray[np.uint8]:
    """(h, w, 3) the person twice, with a label."""
    figure = build_figure(person, bust, Detail(occlusion_directions=48))
    near = Camera(distance_m=0.66 if label.startswith("beard") else 0.86, height_m=-0.02)
    renderer = Renderer(figure, Scene(camera=near), width=SIZE, height=SIZE, samples=2)
    still = np.zeros(52, np.float32)
    views = [
        renderer.frame(Pose(still, np.deg2rad([0.0, yaw, 0.0]), np.zeros(3)))[:, SIDE:-SIDE]
        for yaw in (0.0, 40.0)
    ]
    tile = np.ascontiguousarray(np.hstack(views))
    tile[-17:] = tile[-17:] // 3
    text, font = label.replace("_", " "), cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(tile, text, (6, SIZE - 5), font, 0.42, (255, 255, 255), 1, cv2.LINE_AA)
    return tile


def main() -> None:
    """Render everybody and write the sheet."""
    bust = load_bust()
    tiles = [portrait(label, person, bust) for label, person in wearers().items()]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % COLUMNS)
    rows = [np.hstack(tiles[i : i + COLUMNS]) for i in range(0, len(tiles), COLUMNS)]
    cv2.imwrite(str(OUT), np.vstack(rows)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 84])


if __name__ == "__main__":
    main()
