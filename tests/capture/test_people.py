"""Who is in a clip, and keeping to one person where faces cross, vanish and come back."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from capture.area import Area
from capture.errors import CaptureError, NoFaceError
from capture.people import PersonKeeper, SeenPerson, survey_people
from capture.trackers.mediapipe import FaceObservation
from capture.tracking import track_video
from capture.video import read_frames, write_mp4

ROOT = Path(__file__).resolve().parents[2]
FRAME = np.zeros((8, 8, 3), np.uint8)
RATE = Fraction(25)


def face(x: float, who: float, size: float = 100) -> FaceObservation:
    """A face at x; the first coefficient says whose."""
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[:, 0] = np.linspace(x, x + size, 478)
    landmarks[:, 1] = np.linspace(50, 50 + size, 478)
    return FaceObservation(landmarks, np.full(52, who, np.float32))


def described(frame: NDArray[np.uint8], seen: FaceObservation) -> NDArray[np.float32]:
    out = np.zeros(128, np.float32)
    out[0] = seen.blendshapes[0]
    return out


def who(found: FaceObservation | None) -> float | None:
    return None if found is None else round(float(found.blendshapes[0]), 3)


def test_the_largest_face_is_kept_even_when_it_is_listed_second() -> None:
    keeper = PersonKeeper(described)
    assert who(keeper.choose(FRAME, [face(300, 0.1, 80), face(10, 0.9, 120)])) == 0.9
    assert who(keeper.choose(FRAME, [face(300, 0.1, 140), face(14, 0.9, 120)])) == 0.9


def test_a_person_who_is_known_is_waited_for() -> None:
    box = np.array([0, 50, 200, 250], np.float32)
    known = SeenPerson(0.5, box, np.eye(128, dtype=np.float32)[0], 3, box, box, box)
    keeper = PersonKeeper(described, known)
    assert keeper.choose(FRAME, [face(10, 0.1, 200)]) is None
    assert who(keeper.choose(FRAME, [face(10, 0.1, 200), face(500, 1.0)])) == 1.0


def test_somebody_else_is_not_taken_for_a_face_that_is_lost() -> None:
    keeper = PersonKeeper(described)
    keeper.choose(FRAME, [face(10, 1.0)])
    keeper.choose(FRAME, [])
    for _ in range(20):
        assert keeper.choose(FRAME, [face(30, 0.0)]) is None  # even at nearly the same place
    assert who(keeper.choose(FRAME, [face(30, 0.0), face(600, 0.95)])) == 0.95


def test_people_who_cross_are_told_apart_again() -> None:
    keeper = PersonKeeper(described)
    chosen = []
    for step in range(41):
        left, right = face(20 * step, 1.0, 110), face(800 - 20 * step, 0.0)
        hidden = abs(left.box[0] - right.box[0]) < 60
        seen = [right] if hidden else [right, left]  # the other one walks in front
        chosen.append(who(keeper.choose(FRAME, seen)))
    assert set(chosen[:17]) == {1.0} and set(chosen[-12:]) == {1.0}
    assert chosen.count(0.0) <= 5


def two_people(path: Path, count: int = 20) -> Path:
    """Two synthetic people who change places; one walks behind the other."""
    pictures = [
        [cv2.resize(frame, (240, 240)) for frame in read_frames(ROOT / name, stop=count)]
        for name in ("synthetic/people/samuel/person.mp4", "avatar/sample/person.mp4")
    ]

    def frames():
        for index in range(count):
            canvas = np.full((250, 640, 3), 120, np.uint8)
            way = round(390 * index / (count - 1))
            canvas[5:245, 390 - way : 630 - way] = pictures[0][index]
            canvas[5:245, way : 240 + way] = pictures[1][index]
            yield canvas

    write_mp4(frames(), path, fps=RATE)
    return path


def test_two_people_who_change_places_are_listed_and_kept_apart(tmp_path: Path) -> None:
    path = two_people(tmp_path / "two.mp4")
    people = survey_people(path)
    shares = [round(person.share, 1) for person in people]
    assert min(shares) < 0.9 and max(shares) == 1.0
    middle = track_video(path, face=shares.index(min(shares)))
    centres = (middle.boxes[:, 0] + middle.boxes[:, 2]) / 2
    assert middle.valid[0] and middle.valid[-1]
    assert centres[0] > 450 and centres[-1] < 190
    with pytest.raises(NoFaceError, match="2 were seen"):
        track_video(path, face=2)


def test_an_area_is_cut_and_its_faces_are_put_back() -> None:
    area = Area(30, 10, 100, 500).inside(200, 100)
    assert area == Area(30, 10, 100, 90)
    assert area.cut(np.zeros((100, 200, 3), np.uint8)).shape == (90, 100, 3)
    assert area.outside(face(0, 0.0)).box[0] == pytest.approx(30)
    with pytest.raises(CaptureError, match="not in a picture"):
        Area(190, 0, 50, 50).inside(200, 100)
