import numpy as np
import pytest

from benchmarks import cross_footage
from benchmarks.cross_footage import COUPLES, MOTIONS, consent_recording, make_pairs
from capture.arkit import ARKIT_INDEX
from capture.video import probe
from synthetic.people import PEOPLE


def test_couples_differ_in_sex_and_nobody_appears_twice():
    names = [name for couple in COUPLES for name in couple[:2]]
    assert sorted(names) == sorted(PEOPLE)
    assert all(PEOPLE[one].sex != PEOPLE[two].sex for one, two, _ in COUPLES)
    assert all(consent_recording(name).is_file() for name in names)


@pytest.mark.parametrize("name", MOTIONS)
def test_a_motion_is_short_blinks_and_is_the_same_for_all(name):
    one, two = (MOTIONS[name](np.random.default_rng(0)) for _ in range(2))
    assert 3.5 < len(one) / float(one.fps) < 4.8
    assert np.array_equal(one.coefficients, two.coefficients)
    assert one.coefficients[:, ARKIT_INDEX["eyeBlinkLeft"]].max() > 0.9
    assert one.coefficients[:, ARKIT_INDEX["jawOpen"]].max() > 0.2


def test_each_couple_is_two_pairs_whose_truth_drives_the_other(tmp_path, monkeypatch):
    wanted = []
    monkeypatch.setattr(
        cross_footage, "make_items", lambda items, folder, workers: wanted.extend(items)
    )
    one, two = make_pairs(tmp_path, couples=1, size=32, seed=0)
    assert len(wanted) == 2
    assert (one.driving, one.truth) == (two.truth, two.driving)
    assert one.name == "adaeze-by-henrik"
    assert probe(one.enrolment).width == 32
