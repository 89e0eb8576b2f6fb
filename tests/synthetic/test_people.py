import json
from pathlib import Path

import numpy as np
import pytest

from capture.video import probe
from synthetic.bust import load_bust
from synthetic.people import PEOPLE, SAMPLE, SAMPLE_NAME, VOICES_OF, WALLS_OF
from synthetic.performance import Performance
from synthetic.person import Person
from synthetic.sample import FPS, at_ease, make_people
from synthetic.voices import FEMALE, MALE

FOLDER = Path(__file__).resolve().parents[2] / "synthetic" / "people"
FILMED = sorted(path.parent for path in FOLDER.glob("*/person.json"))


def test_everyone_has_a_voice_that_fits_and_a_room():
    assert set(PEOPLE) == set(VOICES_OF) == set(WALLS_OF)
    for name, person in PEOPLE.items():
        assert VOICES_OF[name] in (FEMALE if person.sex == "female" else MALE)
        assert person.name.split()[0].lower() == name


def test_the_people_span_the_adult_ages_and_differ_in_voice_or_sex():
    ages = sorted(person.age_years for person in PEOPLE.values())
    assert len(PEOPLE) >= 7 and ages[0] < 30 and ages[-1] > 70
    assert len(set(VOICES_OF.values())) == len(PEOPLE)


def test_crafted_heads_are_in_place_and_not_alike():
    bust = load_bust()
    eyes = np.unique(bust.part("eye_left", "eye_right"))
    shapes = [bust.shape(person.identity) for person in PEOPLE.values()]
    front = (bust.head_weight > 0.99) & (bust.vertices[:, 2] > 0)
    for i, shape in enumerate(shapes):
        assert np.linalg.norm(shape[eyes].mean(axis=0)) < 0.002
        for other in shapes[:i]:
            assert np.linalg.norm((shape - other)[front], axis=1).mean() > 0.0015


def test_a_face_at_ease_smiles_a_little_and_never_leaves_the_range():
    still = np.zeros((2, 52), np.float32)
    still[1] = 1.0
    eased = at_ease(Performance(FPS, still, np.zeros((2, 3)), np.zeros((2, 3))))
    assert eased.coefficients[0].max() == pytest.approx(0.1)
    assert eased.coefficients.max() == 1.0


def test_people_already_filmed_are_left_alone(tmp_path):
    (tmp_path / SAMPLE_NAME).mkdir()
    SAMPLE.save(tmp_path / SAMPLE_NAME / "person.json")
    make_people(tmp_path, (SAMPLE_NAME,))
    assert [path.name for path in (tmp_path / SAMPLE_NAME).iterdir()] == ["person.json"]


@pytest.mark.parametrize("folder", FILMED, ids=lambda folder: folder.name)
def test_the_committed_footage_is_small_and_whole(folder):
    assert folder.name in PEOPLE
    assert Person.load(folder / "person.json").name == PEOPLE[folder.name].name
    assert (folder / "person.mp4").stat().st_size <= 1_500_000
    assert len(list(folder.glob("still_*.jpg"))) == 4
    info = probe(folder / "person.mp4")
    truth = json.loads((folder / "person.truth.json").read_text())
    assert (info.width, info.height, info.fps) == (512, 512, 25)
    assert info.frame_count == truth["frames"] and 12 <= info.duration_s <= 18
    assert info.has_audio and PEOPLE[folder.name].name in truth["text"]
