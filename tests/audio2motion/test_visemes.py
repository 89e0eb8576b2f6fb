import numpy as np

from audio2motion.acoustic_model import load_acoustic_model
from audio2motion.visemes import (
    PHONES_OF_VISEME,
    SHOWN,
    SHOWN_OF_SOUND,
    VISEMES,
    fourteen,
    viseme_probabilities,
)


def test_every_phone_of_the_acoustic_model_belongs_to_one_viseme():
    listed = [phone for group in PHONES_OF_VISEME.values() for phone in group]
    assert sorted(listed) == sorted(load_acoustic_model().phones)


def test_viseme_probabilities_keep_the_sum():
    names = load_acoustic_model().phones
    posteriors = np.full((2, len(names)), 1 / len(names), np.float32)
    np.testing.assert_allclose(viseme_probabilities(posteriors, names).sum(axis=1), 1, rtol=1e-5)


def test_the_fifteen_shown_classes_are_the_fourteen_with_nn_apart():
    assert {fourteen(shown) for shown in SHOWN} == set(VISEMES)
    assert set(SHOWN_OF_SOUND.values()) == set(SHOWN)
