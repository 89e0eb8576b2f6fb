from synthetic.bust import load_bust
from synthetic.drawing import draw_person
from synthetic.people import SAMPLE
from synthetic.person import Person


def test_a_crafted_person_survives_being_saved(tmp_path):
    SAMPLE.save(tmp_path / "person.json")
    assert Person.load(tmp_path / "person.json") == SAMPLE


def test_drawn_people_survive_being_saved(tmp_path):
    bust = load_bust()
    for seed in range(12):
        person = draw_person(seed, bust)
        person.save(tmp_path / "person.json")
        assert Person.load(tmp_path / "person.json") == person
