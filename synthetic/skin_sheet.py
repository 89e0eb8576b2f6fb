"""A sheet of faces of different age, tone and sex, for looking at skin, eyes, lips and brows."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from synthetic.bust import Bust, load_bust
from synthetic.camera import Camera
from synthetic.complexion import melanin_of
from synthetic.drawing import draw_person
from synthetic.figure import build_figure
from synthetic.person import Beard, Person
from synthetic.posing import NEUTRAL
from synthetic.render import Renderer, Scene


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom one place of the sheet shows."""

    sex: str
    years: tuple[float, float]
    melanin: tuple[float, float]

    def fits(self, person: Person) -> bool:
        """Whether this is such a person."""
        melanin = melanin_of(person.skin.tone)
        return (
            person.sex == self.sex
            and self.years[0] <= person.age_years <= self.years[1]
            and self.melanin[0] <= melanin <= self.melanin[1]
        )


WANTED = (
    Wanted("female", (18, 28), (0.0, 0.15)),
    Wanted("male", (22, 35), (0.85, 1.0)),
    Wanted("female", (60, 80), (0.0, 0.2)),
    Wanted("male", (18, 30), (0.3, 0.45)),
    Wanted("female", (25, 40), (0.7, 0.9)),
    Wanted("male", (65, 85), (0.1, 0.3)),
    Wanted("female", (35, 50), (0.3, 0.5)),
    Wanted("male", (35, 50), (0.0, 0.15)),
    Wanted("female", (55, 75), (0.7, 1.0)),
    Wanted("male", (50, 65), (0.45, 0.65)),
    Wanted("female", (18, 30), (0.45, 0.6)),
    Wanted("male", (60, 80), (0.75, 1.0)),
)


def skin_sheet(out: Path, *, first_seed: int = 0, columns: int = 4, tile: int = 400) -> None:
    """Render the faces of `WANTED` at 512 px and tile their middles as a JPEG.

    Args:
        out: Written with quality 86.
        first_seed: Where the search for fitting people begins.
        columns: Faces in a row.
        tile: Side of each face's crop, px.
    """
    import cv2

    bust = load_bust()
    faces = [face_tile(person, bust, tile) for person in find_people(bust, first_seed)]
    rows = [np.hstack(faces[i : i + columns]) for i in range(0, len(faces), columns)]
    out.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(out), np.vstack(rows)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 86])


def find_people(bust: Bust, first_seed: int) -> list[Person]:
    """For each wanted person the first seed that fits, made plainer so that one sees the skin."""
    people, seed = [], first_seed
    for wanted in WANTED:
        person = draw_person(seed, bust)
        while not wanted.fits(person):
            seed += 1
            person = draw_person(seed, bust)
        people.append(_plainer(person))
        seed += 1
    return people


def _plainer(person: Person) -> Person:
    """Without glasses or beard over the skin, and with half of what makes the shape unusual."""
    macro = ("-young", "-old")
    identity = {
        name: amount if name.endswith(macro) else 0.5 * amount
        for name, amount in person.identity.items()
    }
    return replace(person, identity=identity, free_form_m=0.0, glasses=None, beard=Beard())


def face_tile(person: Person, bust: Bust, tile: int) -> NDArray[np.uint8]:
    """(tile, tile, 3) the middle of a 512 px frame of one face."""
    figure = build_figure(person, bust)
    camera = Camera(distance_m=0.66, height_m=float(figure.marks.nose[1]) + 0.012)
    frame = Renderer(figure, Scene(camera=camera), width=512, height=512, samples=2).frame(NEUTRAL)
    edge = (512 - tile) // 2
    return frame[edge : edge + tile, edge : edge + tile]
