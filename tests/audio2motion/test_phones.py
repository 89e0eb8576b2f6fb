import numpy as np

from audio2motion import features, phones
from audio2motion.acoustic_model import load_acoustic_model
from audio2motion.visemes import PHONES_OF_VISEME, VISEMES, viseme_probabilities


def test_every_phone_of_the_model_belongs_to_one_viseme():
    listed = [phone for group in PHONES_OF_VISEME.values() for phone in group]
    assert sorted(listed) == sorted(load_acoustic_model().phones)


def test_viseme_probabilities_keep_the_sum():
    names = load_acoustic_model().phones
    posteriors = np.full((2, len(names)), 1 / len(names), np.float32)
    np.testing.assert_allclose(viseme_probabilities(posteriors, names).sum(axis=1), 1, rtol=1e-5)


def test_the_sounds_of_spoken_words_are_heard_in_order(spoken):
    heard = phones.phone_evidence(
        features.mel_power(spoken.samples, warp=phones.estimate_warp(spoken.samples))
    ).sequence
    found = heard.argmax(axis=1)
    bamboo = [VISEMES[v] for v in found[135:185]]
    runs = [v for i, v in enumerate(bamboo) if i == 0 or bamboo[i - 1] != v]
    assert [v for v in runs if v in ("PP", "ou")] == ["PP", "PP", "ou"]
    violin = [VISEMES[v] for v in found[305:330]]
    assert "FF" in violin
    assert (found[:50] == VISEMES.index("sil")).all()


def test_probabilities_sum_to_one_in_every_frame(spoken):
    evidence = phones.phone_evidence(features.mel_power(spoken.samples))
    for probabilities in (evidence.sequence, evidence.instant):
        np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-4)


def test_working_in_chunks_changes_next_to_nothing(spoken, monkeypatch):
    power = features.mel_power(spoken.samples)
    whole = phones.phone_evidence(power).sequence
    monkeypatch.setattr(phones, "_CHUNK", 250)
    pieces = phones.phone_evidence(power).sequence
    assert np.abs(whole - pieces).max() < 0.01


def test_a_voice_with_a_short_vocal_tract_is_warped_up(spoken):
    # Played 20 % slower, all resonances lie 17 % lower.
    at = np.arange(0, len(spoken.samples) - 1, 1 / 1.2)
    slower = np.interp(at, np.arange(len(spoken.samples)), spoken.samples).astype(np.float32)
    assert phones.estimate_warp(slower) < phones.estimate_warp(spoken.samples) - 0.05
