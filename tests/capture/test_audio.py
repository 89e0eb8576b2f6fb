"""Sound in memory and as a stream."""

from fractions import Fraction

import av
import numpy as np
import pytest

from capture import AudioClip, MediaError
from capture.audio import read_blocks, sound_seconds
from capture.resampling import Resampler


def wave(path, samples, rate, *, codec="pcm_s16le"):
    """Write (c, s) float samples in [-1, 1]."""
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(samples)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, layout=layout)
        packed = np.ascontiguousarray(samples.T.reshape(1, -1).astype(np.float32))
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout=layout)
        frame.sample_rate = rate
        for packet in stream.encode(frame) + stream.encode(None):
            container.mux(packet)
    return path


def sine(seconds, rate, hertz=300.0, level=0.5):
    return level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)


def loudest_hertz(clip):
    spectrum = np.abs(np.fft.rfft(clip.samples))
    return spectrum.argmax() * clip.sample_rate / len(clip.samples)


def test_eight_kilohertz_stereo_becomes_sixteen_kilohertz_mono(tmp_path):
    left = sine(1.0, 8000)
    right = sine(1.0, 8000, hertz=300.0, level=0.1)
    clip = AudioClip.read(wave(tmp_path / "a.wav", np.stack([left, right]), 8000))
    assert clip.sample_rate == 16000
    assert clip.samples.dtype == np.float32
    assert clip.duration == pytest.approx(1.0, abs=0.002)
    assert loudest_hertz(clip) == pytest.approx(300, abs=2)
    assert np.abs(clip.samples).max() == pytest.approx(0.3, abs=0.02)  # the mean of both


def test_a_dead_channel_is_left_out(tmp_path):
    live = sine(1.0, 48000)
    hiss = 1e-4 * np.random.default_rng(0).standard_normal(48000)
    for channels in ([live, hiss], [hiss, live]):
        clip = AudioClip.read(wave(tmp_path / "a.wav", np.stack(channels), 48000))
        assert np.abs(clip.samples[1600:]).max() == pytest.approx(0.5, abs=0.02)


def test_channels_that_would_cancel_each_other_are_not_mixed(tmp_path):
    left = sine(1.0, 48000)
    clip = AudioClip.read(wave(tmp_path / "a.wav", np.stack([left, -left]), 48000))
    assert np.abs(clip.samples[1600:]).max() == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("rate", [8000, 44100, 96000])
def test_resampling_does_not_depend_on_how_the_sound_is_cut(rate):
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, rate).astype(np.float32)
    whole = AudioClip(sound.copy(), rate).resampled(16000).samples
    resampler = Resampler(rate, 16000)
    step = rate // 50
    pieces = [resampler.push(sound[i : i + step]) for i in range(0, rate, step)]
    np.testing.assert_array_equal(np.concatenate([*pieces, resampler.finish()]), whole)
    assert len(whole) == 16000


def test_the_length_of_a_sound_is_known_before_it_is_decoded(tmp_path):
    path = wave(tmp_path / "a.wav", sine(1.5, 44100)[None], 44100)
    assert sound_seconds(path) == pytest.approx(1.5, abs=0.01)


def test_identical_channels_keep_their_level(tmp_path):
    left = sine(1.0, 44100, level=0.9)
    clip = AudioClip.read(wave(tmp_path / "a.wav", np.stack([left, left]), 44100))
    assert np.abs(clip.samples[800:-800]).max() == pytest.approx(0.9, abs=0.02)


def test_speech_in_the_centre_of_surround_sound_is_heard(tmp_path):
    channels = np.zeros((6, 48000))
    channels[2] = sine(1.0, 48000)
    clip = AudioClip.read(wave(tmp_path / "a.wav", channels, 48000))
    assert np.abs(clip.samples).max() > 0.15


@pytest.mark.parametrize("codec", ["pcm_f32le", "pcm_s24le", "pcm_u8"])
def test_sample_formats_are_read_alike(tmp_path, codec):
    clip = AudioClip.read(wave(tmp_path / "a.wav", sine(0.5, 16000)[None], 16000, codec=codec))
    assert len(clip) == 8000
    np.testing.assert_allclose(clip.samples, sine(0.5, 16000), atol=0.01)


def test_values_that_are_not_numbers_become_silence(tmp_path):
    samples = sine(0.5, 16000)[None].copy()
    samples[0, 4000:4010] = np.nan
    clip = AudioClip.read(wave(tmp_path / "a.wav", samples, 16000, codec="pcm_f32le"))
    assert np.isfinite(clip.samples).all()
    assert np.abs(clip.samples[4000:4010]).max() == 0


def test_silence_is_sound(tmp_path):
    clip = AudioClip.read(wave(tmp_path / "a.wav", np.zeros((1, 8000)), 16000))
    assert clip.duration == pytest.approx(0.5)
    assert not clip.samples.any()


def test_a_file_name_with_spaces_and_quotes_is_read(tmp_path):
    path = wave(tmp_path / 'it\'s "quoted" 50%.wav', sine(0.1, 16000)[None], 16000)
    assert AudioClip.read(path).duration == pytest.approx(0.1)
    assert AudioClip.read(str(path)).duration == pytest.approx(0.1)


def test_an_audio_track_without_samples_is_refused(tmp_path):
    path = wave(tmp_path / "a.wav", np.zeros((1, 8)), 16000)
    data = bytearray(path.read_bytes()[: -8 * 2])
    data[-4:] = bytes(4)  # the size of the data chunk
    path.write_bytes(data)
    with pytest.raises(MediaError, match="without sound"):
        AudioClip.read(path)


def test_a_video_without_sound_and_a_text_file_are_refused(tmp_path, make_clip, grey_steps):
    with pytest.raises(MediaError, match="no audio track") as caught:
        AudioClip.read(make_clip(grey_steps(3)))
    assert caught.value.hint
    (tmp_path / "b.wav").write_text("not sound " * 100)
    with pytest.raises(MediaError, match="not a video or sound file"):
        AudioClip.read(tmp_path / "b.wav")


def test_a_cut_off_file_gives_what_is_there(tmp_path):
    path = wave(tmp_path / "a.wav", sine(2.0, 16000)[None], 16000)
    path.write_bytes(path.read_bytes()[:32_044])
    assert AudioClip.read(path).duration == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize("start_s", [0.0, 0.3])
def test_time_zero_is_the_first_picture_of_a_video(make_clip, grey_steps, start_s):
    burst = np.zeros((1, 48000), np.float32)
    burst[0, 12000:16800] = 0.6
    path = make_clip(grey_steps(25), name="a.mkv", sound=burst, sound_start_s=start_s)
    heard = np.abs(AudioClip.read(path).samples) > 0.3
    assert heard.nonzero()[0].min() / 16000 == pytest.approx(0.25 + start_s, abs=0.01)


def test_sound_from_before_the_first_picture_is_cut(make_clip, grey_steps):
    burst = np.zeros((1, 48000), np.float32)
    burst[0, 24000:28800] = 0.6
    late = range(5, 15)  # pictures start at 0.2 s
    path = make_clip(grey_steps(10), name="a.mkv", ticks=late, sound=burst)
    heard = np.abs(AudioClip.read(path).samples) > 0.3
    assert heard.nonzero()[0].min() / 16000 == pytest.approx(0.3, abs=0.01)


def test_a_gap_in_the_timestamps_is_silence(tmp_path):
    path = tmp_path / "gap.mka"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=16000, layout="mono")
        for start in (0, 24000):  # 0.5 s of sound at 0 s and at 1.5 s
            samples = np.full((1, 8000), 16000, np.int16)
            frame = av.AudioFrame.from_ndarray(samples, layout="mono")
            frame.sample_rate, frame.pts, frame.time_base = 16000, start, Fraction(1, 16000)
            container.mux(stream.encode(frame))
    clip = AudioClip.read(path)
    assert clip.duration == pytest.approx(2.0, abs=0.01)
    assert not clip.slice(0.6, 1.4).samples.any()
    assert clip.slice(1.6, 1.9).samples.min() > 0.4


def test_blocks_of_a_stream_have_one_channel_count(tmp_path):
    path = wave(tmp_path / "a.wav", np.stack([sine(1, 8000)] * 2), 8000)
    blocks = list(read_blocks(path, 48000))
    assert {len(block) for block in blocks} == {2}
    assert sum(block.shape[1] for block in blocks) == pytest.approx(48000, abs=5)


@pytest.mark.parametrize("rate", [8000, 22050, 48000])
def test_resampling_keeps_length_and_pitch(rate):
    clip = AudioClip(sine(1.0, 16000).astype(np.float32), 16000)
    other = clip.resampled(rate)
    assert len(other) == rate
    assert loudest_hertz(other) == pytest.approx(300, abs=2)
    aligned = sine(1.0, rate).astype(np.float32)
    np.testing.assert_allclose(other.samples[200:-200], aligned[200:-200], atol=0.02)
    assert clip.resampled(16000) is clip


def test_slices_are_copies_limited_to_the_clip():
    clip = AudioClip(np.linspace(0, 1, 1000, dtype=np.float32), 1000)
    part = clip.slice(0.25, 0.5)
    np.testing.assert_array_equal(part.samples, clip.samples[250:500])
    assert len(clip.slice(-1, 5)) == 1000
    assert len(clip.slice(2, 3)) == 0
    assert not np.shares_memory(part.samples, clip.samples)


@pytest.mark.parametrize(
    ("samples", "rate"),
    [
        (np.zeros(4), 16000),
        (np.zeros((2, 4), np.float32), 16000),
        (np.array([0, np.nan], np.float32), 16000),
        (np.array([0, 1.5], np.float32), 16000),
        (np.zeros(4, np.float32), 0),
    ],
)
def test_a_clip_refuses_what_it_does_not_promise(samples, rate):
    with pytest.raises(ValueError, match=r"samples|sample_rate"):
        AudioClip(samples, rate)


def test_a_clip_is_read_only():
    clip = AudioClip(np.zeros(4, np.float32), 16000)
    with pytest.raises(ValueError, match="read-only"):
        clip.samples[0] = 1
