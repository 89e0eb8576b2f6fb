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


def test_cepstra_but_the_first_do_not_depend_on_the_recording_level():
    noise = np.random.default_rng(1).standard_normal(RATE).astype(np.float32) * 0.3
    loud, quiet = (
        features.raw_cepstra(np.log(features.mel_power(noise * np.float32(gain)) + features.FLOOR))
        for gain in (1, 0.1)
    )
    np.testing.assert_allclose(loud[:, 1:], quiet[:, 1:], atol=1e-2)
    assert (loud[:, 0] > quiet[:, 0] + 10).all()


def test_deltas_are_differences_over_four_frames():
    ramp = np.arange(20, dtype=np.float32)[:, None] * np.ones(13, np.float32)
    streams = features.with_deltas(ramp)
    np.testing.assert_allclose(streams[5:15, 1], 4)
    np.testing.assert_allclose(streams[5:15, 2], 0)


def test_a_warp_above_one_moves_the_bands_up():
    plain, warped = features._mel_bank(1.0), features._mel_bank(1.2)
    assert (warped.argmax(axis=0)[5:15] > plain.argmax(axis=0)[5:15]).all()
