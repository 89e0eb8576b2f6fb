import numpy as np
import pytest

from synthetic.complexion import gum_tone, lip_tone, melanin_of, skin_tone


def lab(colour):
    to_xyz = np.array(
        [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    )
    x, y, z = np.cbrt(to_xyz @ np.array(colour) / to_xyz.sum(axis=1))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("melanin", [0.0, 0.25, 0.5, 0.75, 1.0])
def test_skin_lies_where_skin_is_measured(melanin):
    # Ranges of Wang et al., "Measuring human skin colour" (CIC 2015), and Yun et al. (2010).
    lightness, redness, yellowness = lab(skin_tone(melanin, 0.45))
    assert 26 < lightness < 72
    assert 7 < redness < 15
    assert 10 < yellowness < 27


def test_melanin_darkens_and_blood_reddens():
    tones = [lab(skin_tone(melanin, 0.4))[0] for melanin in np.linspace(0, 1, 9)]
    assert (np.diff(tones) < -1).all()
    assert lab(skin_tone(0.3, 0.9))[1] > lab(skin_tone(0.3, 0.2))[1] + 5


@pytest.mark.parametrize("melanin", [0.0, 0.5, 1.0])
def test_lips_and_gums_are_redder_than_the_skin(melanin):
    skin = lab(skin_tone(melanin, 0.4))[1]
    assert lab(lip_tone(melanin, 0.4))[1] > skin + 3
    assert lab(gum_tone(melanin))[1] > skin + 4


def test_melanin_is_found_again_from_the_tone():
    assert melanin_of(skin_tone(0.62, 0.4)) == pytest.approx(0.62, abs=0.01)


def test_an_amount_beyond_one_is_refused():
    with pytest.raises(ValueError, match="melanin"):
        skin_tone(1.2, 0.4)
