"""Writing MP4: what players need, exact timing, and failing without leftovers."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from capture import AudioClip, MediaError, probe, read_frames, staged_output, write_mp4
from capture.video import write_webm

ROOT = Path(__file__).resolve().parents[2]


def flat(count, height=32, width=32):
    return (np.full((height, width, 3), 30 + k % 200, np.uint8) for k in range(count))


def tone(seconds, rate=16000, hertz=440.0):
    samples = 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    return AudioClip(samples.astype(np.float32), rate)


def seconds(stream) -> float:
    return float(stream.duration * stream.time_base)


def test_the_file_has_what_browsers_need(tmp_path):
    out = tmp_path / "out.mp4"
    assert write_mp4(flat(30), out, fps=Fraction(25), audio=tone(1.2)) == 30
    data = out.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(out)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert video.codec_context.pix_fmt == "yuv420p"
        tags = video.codec_context
        assert (tags.colorspace, tags.color_primaries, tags.color_trc) == (1, 1, 1)
        assert tags.color_range == 1


@pytest.mark.parametrize(
    "fps",
    [Fraction(30000, 1001), Fraction(24000, 1001), Fraction(108300, 3673), Fraction(60)],
)
def test_the_rate_and_both_lengths_survive_exactly(tmp_path, fps):
    out = tmp_path / "out.mp4"
    write_mp4(flat(70), out, fps=fps, audio=tone(9))
    assert probe(out).fps == fps
    with av.open(str(out)) as container:
        wanted = 70 / float(fps)
        assert seconds(container.streams.video[0]) == pytest.approx(wanted, abs=1e-3)
        assert seconds(container.streams.audio[0]) == pytest.approx(wanted, abs=1 / float(fps))
    assert AudioClip.read(out).duration == pytest.approx(wanted, abs=1 / float(fps))


@pytest.mark.parametrize("given_s", [0.2, 2.0, 5.0])
def test_sound_is_cut_or_continued_with_silence(tmp_path, given_s):
    out = tmp_path / "out.mp4"
    write_mp4(flat(50), out, fps=Fraction(25), audio=tone(given_s))
    heard = AudioClip.read(out)
    assert heard.duration == pytest.approx(2.0, abs=0.04)
    loud = np.abs(heard.samples) > 0.2
    assert loud.nonzero()[0].max() / 16000 == pytest.approx(min(given_s, 2.0), abs=0.04)


def test_sound_of_another_video_is_streamed_in_step(tmp_path, make_clip, grey_steps):
    burst = np.zeros((2, 96000), np.float32)
    burst[:, 48000:50400] = 0.5
    source = make_clip(grey_steps(10), sound=burst)
    out = tmp_path / "out.mp4"
    write_mp4(flat(50), out, fps=Fraction(25), audio=source)
    heard = AudioClip.read(out)
    onset = (np.abs(heard.samples) > 0.2).nonzero()[0].min() / 16000
    assert onset == pytest.approx(1.0, abs=0.01)
    with av.open(str(out)) as container:
        assert container.streams.audio[0].codec_context.channels == 2


@pytest.mark.parametrize(("height", "width"), [(4, 4), (33, 47), (1, 1), (64, 63)])
def test_odd_sizes_are_padded_with_their_edge(tmp_path, height, width):
    out = tmp_path / "out.mp4"
    picture = np.full((height, width, 3), 60, np.uint8)
    picture[:, -1] = picture[-1, :] = 180
    write_mp4([picture] * 3, out, fps=Fraction(25), crf=5)
    info = probe(out)
    assert (info.height, info.width) == (height + height % 2, width + width % 2)
    frame = next(read_frames(out)).astype(int)
    assert abs(frame[-1, -1].mean() - 180) < 12


def test_colours_survive_writing_and_reading(tmp_path):
    rng = np.random.default_rng(0)
    blocks = np.kron(rng.integers(30, 226, (8, 8, 3)), np.ones((16, 16, 1))).astype(np.uint8)
    out = tmp_path / "out.mp4"
    write_mp4([blocks] * 3, out, fps=Fraction(25), crf=5)
    frame = next(read_frames(out))
    inside = (slice(7, None, 16), slice(7, None, 16))
    assert np.abs(frame[inside].astype(float) - blocks[inside]).mean() < 2.5
    assert np.abs(frame.mean((0, 1)) - blocks.mean((0, 1))).max() < 0.7


def test_one_frame_is_a_video(tmp_path):
    out = tmp_path / "out.mp4"
    assert write_mp4(flat(1), out, fps=Fraction(25), audio=tone(1)) == 1
    assert probe(out).frame_count == 1


def test_no_frames_is_an_error(tmp_path):
    with pytest.raises(MediaError, match="no frames"):
        write_mp4(iter(()), tmp_path / "out.mp4", fps=Fraction(25))
    assert not (tmp_path / "out.mp4").exists()


@pytest.mark.parametrize(
    "wrong",
    [np.zeros((32, 30, 3), np.uint8), np.zeros((32, 32, 3), np.float32)],
)
def test_a_frame_of_another_kind_is_refused_and_leaves_nothing(tmp_path, wrong):
    frames = [np.zeros((32, 32, 3), np.uint8), wrong]
    with (
        pytest.raises(ValueError, match="frame 1"),
        staged_output(tmp_path / "out.mp4") as part,
    ):
        write_mp4(frames, part, fps=Fraction(25))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [{"fps": Fraction(0)}, {"fps": Fraction(10**10)}, {"crf": 99}])
def test_impossible_settings_are_refused(tmp_path, wrong):
    with pytest.raises(ValueError, match="want"):
        write_mp4(flat(1), tmp_path / "out.mp4", **({"fps": Fraction(25)} | wrong))


def test_a_sound_file_without_sound_is_refused_before_anything_is_written(
    tmp_path, make_clip, grey_steps
):
    silent = make_clip(grey_steps(3))
    with pytest.raises(MediaError, match="no audio track"):
        write_mp4(flat(3), tmp_path / "out.mp4", fps=Fraction(25), audio=silent)
    assert not (tmp_path / "out.mp4").exists()


def test_an_interrupt_leaves_nothing(tmp_path):
    def interrupted():
        yield from flat(60)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), staged_output(tmp_path / "out.mp4") as part:
        write_mp4(interrupted(), part, fps=Fraction(25), audio=tone(5))
    assert list(tmp_path.iterdir()) == []


def test_an_output_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(MediaError, match="cannot be written") as caught:
        write_mp4(flat(3), tmp_path / "file" / "out.mp4", fps=Fraction(25))
    assert caught.value.hint


FULL_DISK = """
import resource, sys
from fractions import Fraction
from pathlib import Path
import numpy as np
from capture import MediaError, staged_output, write_mp4
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
rng = np.random.default_rng(0)
frames = (rng.integers(0, 256, (96, 96, 3), dtype=np.uint8) for _ in range(200))
try:
    with staged_output(Path(sys.argv[1])) as part:
        write_mp4(frames, part, fps=Fraction(25))
except MediaError as error:
    print(error, error.hint)
"""


def test_a_file_that_may_not_grow_further_is_reported_and_removed(tmp_path):
    out = tmp_path / "out.mp4"
    command = [sys.executable, "-c", FULL_DISK, str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "cannot be written: File too large" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_named(tmp_path):
    rng = np.random.default_rng(0)
    frames = (rng.integers(0, 256, (96, 96, 3), dtype=np.uint8) for _ in range(60))
    with pytest.raises(MediaError, match="No space left") as caught:
        write_mp4(frames, Path("/dev/full"), fps=Fraction(25))
    assert "full" in caught.value.hint


LONG = """
import resource, sys
from fractions import Fraction
import numpy as np
from capture import read_frames, write_mp4
from pathlib import Path
count, sound, out = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
frame = np.zeros((16, 16, 3), np.uint8)
write_mp4((frame for _ in range(count)), out, fps=Fraction(25), audio=sound, preset="ultrafast")
for _ in read_frames(out):
    pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_length(tmp_path):
    sound = tmp_path / "sound.wav"
    with av.open(str(sound), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=48000, layout="stereo")
        for _ in range(160):  # 160 s, 31 MB
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 96000), np.int16), layout="stereo")
            frame.sample_rate = 48000
            container.mux(stream.encode(frame))
    peaks = []
    for count in (200, 4000):
        command = [sys.executable, "-c", LONG, str(count), str(sound), str(tmp_path / "out.mp4")]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout) / 1024)
    assert peaks[1] - peaks[0] < 12, f"{peaks} MiB"


def see_through(count):
    for index in range(count):
        frame = np.zeros((48, 64, 4), np.uint8)
        frame[..., 0] = 200
        frame[8:40, 8 + index : 40 + index, 3] = 255
        yield frame


def test_a_webm_keeps_its_transparency_and_has_sound(tmp_path):
    out = tmp_path / "out.webm"
    sound = AudioClip(np.zeros(48000, np.float32), 48000)
    written = write_webm(see_through(10), out, fps=Fraction(25), audio=sound, transparent=True)
    assert written == 10
    with av.open(out) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert video.metadata["ALPHA_MODE"] == "1" and audio.codec_context.name == "opus"
        decoder = av.CodecContext.create("libvpx-vp9", "r")  # FFmpeg's own skips alpha
        first = next(frame for packet in container.demux(video) for frame in decoder.decode(packet))
    alpha = first.to_ndarray(format="rgba")[..., 3]
    assert alpha[:6].max() < 30 and alpha[12:36, 12:36].min() > 225
    info = probe(out)
    assert info.fps == 25 and info.frame_count == 10


def test_opaque_frames_make_an_opaque_webm_and_the_wrong_channels_are_told(tmp_path):
    frames = [np.full((48, 64, 3), 90, np.uint8)] * 3
    assert write_webm(frames, tmp_path / "out.webm", fps=Fraction(25)) == 3
    with pytest.raises(ValueError, match="want"):
        write_webm(frames, tmp_path / "out.webm", fps=Fraction(25), transparent=True)
