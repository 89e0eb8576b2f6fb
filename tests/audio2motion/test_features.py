import numpy as np

from audio2motion import features

RATE = features.SAMPLE_RATE


def test_a_tone_excites_the_band_around_its_frequency():
    tone = np.sin(2 * np.pi * 1000 * np.arange(RATE) / RATE).astype(np.float32)
    power = features.mel_power(tone)
    bank = features._mel_bank(1.0)
    peak_hz = bank[:, power[50].argmax()].argmax() * RATE / 512
    assert abs(peak_hz - 1000) < 100


def test_features_of_a_long_clip_equal_those_of_its_pieces():
    noise = np.random.default_rng(0).standard_normal(40 * RATE).astype(np.float32) * 0.1
    whole = features.mel_power(noise)
    piece = features.mel_power(noise[25 * RATE : 35 * RATE])
    assert len(whole) == features.frame_count(len(noise))
    np.testing.assert_allclose(whole[2600:3400], piece[100:900], rtol=1e-4)


def test_a_clip_of_one_sample_has_one_frame():
    assert features.mel_power(np.zeros(1, np.float32)).shape == (1, 25)


def test_cepstra_do_not_depend_on_the_recording_level():
    noise = np.random.default_rng(1).standard_normal(RATE).astype(np.float32) * 0.3
    loud = features.cepstra(features.mel_power(noise))
    quiet = features.cepstra(features.mel_power(noise * np.float32(0.1)))
    np.testing.assert_allclose(loud, quiet, atol=1e-2)


def test_digital_silence_around_speech_leaves_its_cepstra_alone(vowel):
    padded = np.concatenate([np.zeros(3 * RATE, np.float32), vowel])
    alone = features.cepstra(features.mel_power(vowel))[20:80]
    around = features.cepstra(features.mel_power(padded))[320:380]
    assert np.abs(alone - around).mean() < 0.1 * np.abs(alone).mean()


def test_steady_noise_is_subtracted_and_speech_is_not(vowel):
    noise = np.random.default_rng(2).standard_normal(3 * RATE).astype(np.float32) * 0.003
    noise[RATE : 2 * RATE] += vowel
    power = features.mel_power(noise)
    cleaned = features.subtract_noise(power)
    gain = np.log(cleaned / power)
    assert gain[20:80].mean() < -1
    assert gain[120:180, 4:8].mean() > -0.1


def test_a_warp_above_one_moves_the_bands_up():
    plain, warped = features._mel_bank(1.0), features._mel_bank(1.2)
    assert (warped.argmax(axis=0)[5:15] > plain.argmax(axis=0)[5:15]).all()


def test_relative_level_is_one_for_loud_frames_and_zero_far_below():
    noise = np.random.default_rng(3).standard_normal(4 * RATE).astype(np.float32) * 0.2
    noise[: 2 * RATE] *= 1e-3
    level = features.relative_level(features.mel_power(noise))
    assert level[50:150].max() == 0
    assert abs(level[250:350].mean() - 1) < 0.15
