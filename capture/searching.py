"""Finding the part of a clip's picture that a face stays in."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from capture.area import Area
from capture.errors import NoFaceError
from capture.people import SeenPerson, survey_people
from capture.tracking import Followed, count_faces
from capture.video import probe

TILES = 3
"""Overlapping parts, across and down, in which faces too small for the whole picture are sought."""
TILE_SHARE = 0.5
TILE_SAMPLES = 3


def follow_closely(path: Path, *, face: int | None = None) -> Followed:
    """Whom to follow, in the part of the picture that the head stays in.

    Faces that are too small to be found in the whole picture are looked for in parts of it.

    Args:
        path: The clip.
        face: Which person, 0 the largest (see `capture.people.survey_people`); None for 0.

    Raises:
        MediaError: The clip cannot be read.
        NoFaceError: There are fewer people than `face` needs.
    """
    info = probe(path)
    people: list[SeenPerson] = []
    with suppress(NoFaceError):
        people = survey_people(path)
    for tile in _tiles(info.width, info.height):
        if people:
            break
        with suppress(NoFaceError):
            people = survey_people(path, samples=TILE_SAMPLES, area=tile)
    if (face or 0) >= len(people):
        raise NoFaceError(
            f"{path.name}: face {face or 0} was asked for, but {len(people)} were seen",
            hint="Give the part of the picture that shows it as x,y,width,height.",
        )
    person = people[face or 0]
    area = Area.around(person.reach, width=info.width, height=info.height)
    faces = count_faces(path, area=area)
    return Followed(faces, person if faces > 1 else None, area)


def _tiles(width: int, height: int) -> Iterator[Area]:
    across, down = round(width * TILE_SHARE), round(height * TILE_SHARE)
    for row in range(TILES):
        for column in range(TILES):
            x = round((width - across) * column / (TILES - 1))
            y = round((height - down) * row / (TILES - 1))
            yield Area(x, y, across, down)
