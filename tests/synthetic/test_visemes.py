import numpy as np
import pytest

from capture.arkit import ARKIT_INDEX
from synthetic.speech import Phone
from synthetic.visemes import SHAPES, mouth_curves

AH = "\N{LATIN SMALL LETTER ALPHA}"
JAW, CLOSE = ARKIT_INDEX["jawOpen"], ARKIT_INDEX["mouthClose"]


def phones(text, length=0.1):
    return [Phone(s.strip(), i * length, (i + 1) * length, False) for i, s in enumerate(text)]


def test_open_vowels_open_the_jaw_and_silence_closes_it():
    curves = mouth_curves(phones(f"  {AH}{AH}    "), np.arange(0, 0.8, 0.01))
    assert curves[30, JAW] > 0.25
    assert curves[70, JAW] < 0.05


@pytest.mark.parametrize("closing", list("pbm"))
def test_lips_meet_for_bilabials_between_open_vowels(closing):
    curves = mouth_curves(phones(AH + closing + AH), np.arange(0, 0.3, 0.005))
    middle = curves[30]
    assert middle[JAW] - middle[CLOSE] < 0.02
    assert curves[8, JAW] - curves[8, CLOSE] > 0.15
    assert middle[ARKIT_INDEX["mouthLowerDownLeft"]] < 0.03


def test_rounded_vowels_pucker_and_spread_ones_do_not():
    times = np.array([0.15])
    pucker = ARKIT_INDEX["mouthPucker"]
    assert mouth_curves(phones("uuu"), times)[0, pucker] > 0.4
    assert mouth_curves(phones("iii"), times)[0, pucker] < 0.02


def test_every_shape_names_arkit_coefficients():
    for shapes in SHAPES.values():
        for shape in shapes:
            assert set(shape) <= set(ARKIT_INDEX)
