from synthetic.bust import load_bust
from synthetic.people import SAMPLE
from synthetic.drawing import draw_person
from synthetic.person import Person


def test_the_same_seed_gives_the_same_person():
    bust = load_bust()
    assert draw_person(5, bust) == draw_person(5, bust)
    assert draw_person(5, bust) != draw_person(6, bust)


def test_a_drawn_person_uses_only_rows_of_the_bust():
    bust = load_bust()
    for seed in range(10):
        bust.shape(draw_person(seed, bust).identity)


def test_a_person_survives_being_saved(tmp_path):
    SAMPLE.save(tmp_path / "person.json")
    assert Person.load(tmp_path / "person.json") == SAMPLE
