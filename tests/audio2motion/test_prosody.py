import numpy as np

from audio2motion.coarticulation import hear
from audio2motion.prosody import analyse, find_accents, track_pitch
from audio2motion.smoothing import bump, smooth

RATE = 16_000


def test_pitch_of_a_buzz_is_found_within_two_percent(vowel):
    pitch = track_pitch(vowel, 101)
    inside = pitch[5:95]
    assert np.isfinite(inside).all()
    assert abs(np.median(inside) - 120) < 2.4


def test_noise_has_no_pitch():
    noise = np.random.default_rng(0).standard_normal(RATE).astype(np.float32) * 0.1
    assert np.isfinite(track_pitch(noise, 101)).mean() < 0.1


def test_speech_is_active_and_the_pauses_around_it_are_not(spoken):
    loudest = int(np.argmax(np.abs(spoken.samples)))
    quiet = np.random.default_rng(0).standard_normal(2 * RATE).astype(np.float32) * 1e-4
    samples = np.concatenate([quiet, spoken.samples, quiet])
    activity = analyse(samples, hear(samples)).activity
    assert activity[200 + loudest * 100 // RATE] > 0.9
    assert activity[:170].max() < 0.1
    assert activity[-170:].max() < 0.1


def test_a_loud_voice_unlike_any_the_model_knows_is_still_speech(vowel):
    quiet = np.random.default_rng(0).standard_normal(RATE).astype(np.float32) * 1e-4
    samples = np.concatenate([quiet, vowel, quiet])
    activity = analyse(samples, hear(samples)).activity
    assert activity[120:180].min() > 0.9
    assert activity[:80].max() < 0.1


def test_a_phrase_end_is_found_where_speech_stops(spoken):
    samples = np.concatenate([spoken.samples, np.zeros(2 * RATE, np.float32)])
    prosody = analyse(samples, hear(samples))
    last_sound = np.flatnonzero(np.abs(spoken.samples) > 0.02)[-1] / RATE
    assert abs(prosody.phrase_ends[-1] - last_sound) < 0.25


def test_nothing_is_active_in_a_quiet_room_or_in_steady_noise(silence):
    rng = np.random.default_rng(1)
    hiss = (rng.standard_normal(5 * RATE) * 0.02).astype(np.float32)
    for samples in (silence.samples, hiss):
        prosody = analyse(samples, hear(samples))
        assert prosody.activity.max() < 0.2
        assert len(prosody.accents) == 0


def test_accents_are_the_loud_and_high_syllables():
    level = np.full(300, 0.3, np.float32)
    pitch = np.full(300, 120, np.float32)
    for at in (60, 150, 240):
        level[at - 8 : at + 9] = 0.3 + 0.5 * np.hanning(17)
    pitch[145:156] = 160
    accents = find_accents(smooth(level, 0.05), pitch)
    np.testing.assert_allclose(accents[:, 0], [0.6, 1.5, 2.4], atol=0.03)
    assert accents[1, 1] > accents[0, 1]


def test_smoothing_keeps_length_and_constants():
    np.testing.assert_allclose(smooth(np.full(5, 3.0), 0.2), 3, rtol=1e-6)


def test_a_bump_is_one_while_held_and_zero_far_away():
    values = bump(np.array([-1.0, -0.05, 0.0, 0.1, 0.2, 1.0]), 0.1, 0.2, 0.3)
    np.testing.assert_allclose(values, [0, 0.5, 1, 1, 1, 0], atol=1e-9)
