from fractions import Fraction

import numpy as np
import pytest

from audio2motion.coarticulation import Sounds, context, hear, load_speech_motion
from audio2motion.gains import NATURAL, Gains
from audio2motion.lips import contact_curve, mouth_curves
from audio2motion.prosody import analyse
from audio2motion.visemes import VISEMES


def heard(sequence: list[tuple[str, int]]) -> Sounds:
    """Certain recognition of visemes, each for a number of 10 ms frames."""
    visemes = np.zeros((sum(length for _, length in sequence), len(VISEMES)), np.float32)
    at = 0
    for viseme, length in sequence:
        visemes[at : at + length, VISEMES.index(viseme)] = 1
        at += length
    loud = 0.8 * (1 - visemes[:, :1])
    return Sounds(visemes, np.concatenate([visemes, visemes, loud], axis=1), np.zeros((at, 25)))


def spoken_mouth(sounds: Sounds, *, fps: int = 25, gains: Gains = NATURAL) -> dict[str, np.ndarray]:
    model = load_speech_motion()
    frames = len(sounds.visemes) * fps // 100
    activity = 1 - sounds.viseme("sil")
    curves = mouth_curves(sounds, activity, model, fps=Fraction(fps), frames=frames, gains=gains)
    return dict(zip(model.names, curves.T, strict=True))


def test_an_open_vowel_opens_the_jaw_more_than_a_close_one():
    jaw = spoken_mouth(heard([("sil", 40), ("aa", 25), ("SS", 12), ("ih", 25), ("sil", 40)]))[
        "jawOpen"
    ]
    assert jaw[10:17].max() > jaw[19:27].mean() + 0.05


def test_rounding_begins_before_the_round_vowel():
    pucker = spoken_mouth(heard([("sil", 40), ("DD", 12), ("ou", 30), ("sil", 40)]))["mouthPucker"]
    rest = pucker[0]
    assert pucker[13:21].max() > rest + 0.08
    assert pucker[11] > rest + 0.02  # 80 ms before the vowel


@pytest.mark.parametrize("fps", [12, 24, 25, 60])
@pytest.mark.parametrize("start", [50, 51, 52, 53])
def test_lips_close_on_p_b_m_for_a_frame_at_any_rate(fps, start):
    sounds = heard([("sil", 30), ("aa", start - 30), ("PP", 4), ("aa", 30), ("sil", 30)])
    mouth = spoken_mouth(sounds, fps=fps)
    closed = load_speech_motion().closed
    near = slice((start - 8) * fps // 100, (start + 14) * fps // 100)
    names = load_speech_motion().names
    away = np.abs(np.stack([mouth[n] for n in names], axis=1)[near] - closed).max(axis=1)
    assert away.min() < 0.01


def test_closed_lips_show_no_more_gap_than_lips_at_rest():
    model = load_speech_motion()
    jaw, close = model.names.index("jawOpen"), model.names.index("mouthClose")
    assert model.closed[close] >= 0.9 * model.closed[jaw]
    assert model.closed[jaw] < 0.06


def test_a_contact_that_is_not_certain_is_left_out():
    doubtful = np.full(100, 0.25, np.float32)
    assert contact_curve(doubtful, fps=Fraction(25), frames=25).max() == 0


def test_gains_scale_jaw_and_lips_apart():
    sounds = heard([("sil", 40), ("ou", 20), ("aa", 30), ("sil", 40)])
    plain, wide = spoken_mouth(sounds), spoken_mouth(sounds, gains=Gains(jaw=1.5))
    still = spoken_mouth(sounds, gains=Gains(mouth=0))
    assert wide["jawOpen"].max() > 1.3 * plain["jawOpen"].max()
    np.testing.assert_array_equal(wide["mouthPucker"], plain["mouthPucker"])
    assert np.ptp(still["mouthPucker"]) == pytest.approx(0, abs=1e-6)
    assert np.ptp(still["jawOpen"]) > 0.1


def test_context_reaches_no_further_than_a_third_of_a_second():
    features = np.zeros((200, 2), np.float32)
    features[100, 1] = 1
    seen = context(features, np.arange(200)).reshape(200, -1, 2)[..., 1].sum(axis=1)
    assert np.flatnonzero(seen > 1e-6).min() >= 100 - 33
    assert np.flatnonzero(seen > 1e-6).max() <= 100 + 33


def test_the_mouth_rests_still_where_nobody_speaks(silence):
    sounds = hear(silence.samples)
    activity = analyse(silence.samples, sounds).activity
    model = load_speech_motion()
    curves = mouth_curves(sounds, activity, model, fps=Fraction(25), frames=200, gains=Gains())
    np.testing.assert_allclose(curves, np.broadcast_to(model.rest, curves.shape), atol=1e-3)
