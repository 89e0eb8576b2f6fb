"""Recordings as they come: odd rates, dead channels, silence, noise, music, and long ones."""

import tracemalloc
from itertools import repeat

import av
import numpy as np
import pytest

from audio2motion import Stream, predict, predict_pieces
from audio2motion.face import joined
from capture import MediaError
from capture.arkit import ARKIT_52
from capture.audio import AudioClip

RATE = 16_000
MOUTH = [i for i, name in enumerate(ARKIT_52) if name.startswith(("mouth", "jaw"))]


def write(path, samples, rate):
    """(c, s) float samples in [-1, 1] as a sound file."""
    layout = "mono" if len(samples) == 1 else "stereo"
    packed = np.ascontiguousarray((samples.T.reshape(1, -1) * 32767).astype(np.int16))
    with av.open(str(path), "w") as container:
        track = container.add_stream("pcm_s16le", rate=rate, layout=layout)
        frame = av.AudioFrame.from_ndarray(packed, format="s16", layout=layout)
        frame.sample_rate = rate
        for packet in [*track.encode(frame), *track.encode(None)]:
            container.mux(packet)
    return path


def longest(switch):
    """Length of the longest run of True."""
    edges = np.flatnonzero(np.diff(np.pad(switch.astype(int), 1)))
    return int(np.diff(edges.reshape(-1, 2), axis=1).max(initial=0))


def test_pieces_of_a_file_are_the_motion_of_the_clip(tmp_path, spoken):
    path = write(tmp_path / "a.wav", spoken.samples[None], RATE)
    pieces = list(predict_pieces(path, seed=2))
    whole = predict(AudioClip.read(path), seed=2)
    assert len(pieces) > 2
    np.testing.assert_array_equal(joined(pieces).blendshapes, whole.blendshapes)
    np.testing.assert_array_equal(joined(pieces).head_rotation, whole.head_rotation)


def test_a_dead_channel_takes_nothing_from_the_live_one(tmp_path, spoken):
    wide = spoken.resampled(96_000).samples
    path = write(tmp_path / "a.wav", np.stack([wide, 0 * wide]), 96_000)
    jaw, mono = (joined(list(predict_pieces(one))).column("jawOpen") for one in (path, spoken))
    count = min(len(jaw), len(mono))
    assert np.corrcoef(jaw[:count], mono[:count])[0, 1] > 0.9


def test_the_first_frames_come_before_the_recording_is_read(spoken):
    taken = []

    class Long(AudioClip):
        def blocks(self, sample_rate):
            for _ in range(400):
                taken.append(1)
                yield spoken.samples[:RATE]

    first = next(iter(predict_pieces(Long(spoken.samples.copy(), RATE))))
    assert 1 <= len(first) <= 25
    assert len(taken) <= 121


def test_what_a_stream_remembers_does_not_grow(spoken):
    stream = Stream()
    second = spoken.samples[RATE : 2 * RATE]

    def remembered(seconds):
        for block in repeat(second, seconds):
            stream.push(block)
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        early = remembered(10)  # as long as it takes to know a voice
        late = remembered(10)
    finally:
        tracemalloc.stop()
    assert late - early < 200_000


@pytest.mark.parametrize("seconds", [0.001, 0.1])
def test_the_shortest_recordings_have_a_frame(spoken, seconds):
    part = spoken.samples[RATE : RATE + int(seconds * RATE)]
    motion = predict(AudioClip(part.copy(), RATE))
    assert len(motion) == int(np.ceil(seconds * 25))
    assert np.isfinite(motion.blendshapes).all()


@pytest.mark.parametrize("noise", [0.0, 1e-4, 0.01, 0.3])
def test_where_nobody_speaks_the_mouth_hardly_opens(noise):
    samples = np.random.default_rng(0).normal(0, noise, 6 * RATE).clip(-1, 1).astype(np.float32)
    motion = predict(AudioClip(samples, RATE))
    assert longest(motion.column("jawOpen") > 0.12) <= 7  # 300 ms
    assert motion.column("jawOpen").std() < 0.02
    assert motion.column("eyeBlinkLeft").max() > 0.5


def test_after_speech_the_mouth_closes_within_300_milliseconds(spoken):
    speech = spoken.samples[int(1.2 * RATE) : 2 * RATE]
    room = np.random.default_rng(1).normal(0, 3e-4, 4 * RATE).astype(np.float32)
    room[RATE : RATE + len(speech)] += speech
    jaw = predict(AudioClip(room, RATE)).column("jawOpen")
    end = int((RATE + len(speech)) / RATE * 25)
    assert jaw[26:end].max() > 0.15
    assert (jaw[end + 8 :] < 0.06).all()


def test_clipped_speech_still_moves_the_jaw_alike(spoken):
    clipped = (spoken.samples * 20).clip(-0.9, 0.9).astype(np.float32)
    jaws = [predict(AudioClip(one, RATE)).column("jawOpen") for one in (clipped, spoken.samples)]
    assert np.corrcoef(*jaws)[0, 1] > 0.6


def test_a_file_without_sound_is_refused(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF")
    with pytest.raises(MediaError):
        list(predict_pieces(path))
