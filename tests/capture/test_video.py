"""Reading video: timing, orientation, colours, and files that are not what they should be."""

from collections import deque
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from capture import MediaError, probe, read_frames
from capture.media import packets

QUADRANTS = np.zeros((48, 64, 3), np.uint8)
QUADRANTS[:24, :32] = (200, 30, 30)
QUADRANTS[:24, 32:] = (30, 200, 30)
QUADRANTS[24:, :32] = (30, 30, 200)
QUADRANTS[24:, 32:] = (220, 220, 220)


def distance(a, b) -> float:
    assert a.shape == b.shape
    return float(np.abs(a.astype(float) - b).mean())


def test_a_plain_clip_is_described_and_read_frame_by_frame(make_clip, grey_steps, grey_index):
    path = make_clip(grey_steps(20), rate=Fraction(30000, 1001))
    info = probe(path)
    assert (info.width, info.height, info.fps) == (32, 32, Fraction(30000, 1001))
    assert (info.frame_count, info.variable_rate, info.has_audio) == (20, False, False)
    assert info.duration_s == pytest.approx(20 * 1001 / 30000)
    frames = list(read_frames(path))
    assert [grey_index(frame) for frame in frames] == list(range(20))
    assert all(frame.flags.c_contiguous and frame.dtype == np.uint8 for frame in frames)


def test_a_frame_range_holds_exactly_those_frames(make_clip, grey_steps, grey_index):
    path = make_clip(grey_steps(20))
    assert [grey_index(frame) for frame in read_frames(path, start=5, stop=9)] == [5, 6, 7, 8]
    assert list(read_frames(path, start=25)) == []
    assert list(read_frames(path, start=3, stop=3)) == []


@pytest.mark.parametrize(
    ("rate", "wanted", "expected"),
    [
        (50, 25, [0, 2, 4, 6, 8]),
        (25, 50, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]),
        (30, 25, [0, 1, 2, 4, 5, 6, 7, 8, 10]),
    ],
)
def test_another_rate_repeats_and_leaves_out_frames_evenly(
    make_clip, grey_steps, grey_index, rate, wanted, expected
):
    count = {50: 10, 25: 5, 30: 11}[rate]
    path = make_clip(grey_steps(count), rate=Fraction(rate))
    frames = [grey_index(frame) for frame in read_frames(path, fps=Fraction(wanted))]
    assert len(frames) == round(count * wanted / rate)
    steps = np.diff(frames)
    assert steps.min() >= 0
    assert steps.max() <= max(1, -(-rate // wanted))
    assert frames[: len(expected)] == expected[: len(frames)]


def test_uneven_timestamps_are_resampled_by_time(make_clip, grey_steps, grey_index):
    # milliseconds; regular at 40 except for a pause of 200 after the fourth picture
    ticks = [0, 41, 79, 120, 320, 361, 399, 440]
    path = make_clip(grey_steps(8), ticks=ticks, time_base=Fraction(1, 1000))
    info = probe(path)
    assert info.variable_rate
    assert info.fps == 25
    assert info.frame_count == 12
    shown = [grey_index(frame) for frame in read_frames(path)]
    assert shown == [0, 1, 2, 3, 3, 3, 3, 3, 4, 5, 6, 7]


def test_timestamps_rounded_to_milliseconds_count_as_constant(make_clip, grey_steps):
    fps = Fraction(30000, 1001)
    ticks = [round(1000 * k / fps) for k in range(24)]
    info = probe(make_clip(grey_steps(24), rate=fps, ticks=ticks, time_base=Fraction(1, 1000)))
    assert not info.variable_rate
    assert info.frame_count == 24
    assert float(info.fps) == pytest.approx(float(fps), rel=2e-3)


def test_a_track_that_starts_late_starts_at_its_first_picture(make_clip, grey_steps, grey_index):
    path = make_clip(grey_steps(6), ticks=range(50, 56), name="late.mkv")
    assert [grey_index(frame) for frame in read_frames(path)] == [0, 1, 2, 3, 4, 5]


def test_repeated_frames_can_be_changed_independently(make_clip, grey_steps):
    frames = list(read_frames(make_clip(grey_steps(3)), fps=Fraction(75)))
    before = frames[1].copy()
    frames[0][:] = 255
    assert (frames[1] == before).all()


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
@pytest.mark.parametrize("mirrored", [False, True])
def test_rotated_phone_video_is_upright(make_clip, turns, mirrored):
    # display = stored, turned counter-clockwise by 90 degrees `turns` times, then mirrored
    path = make_clip([QUADRANTS] * 3, rotation=90 * turns, mirrored=mirrored)
    expected = np.rot90(QUADRANTS, turns)
    expected = expected[:, ::-1] if mirrored else expected
    frame = next(read_frames(path))
    info = probe(path)
    assert (info.height, info.width) == expected.shape[:2]
    assert distance(frame, expected) < 8
    assert distance(frame[::-1, ::-1], expected) > 40
    if not mirrored:
        assert info.rotation == (360 - 90 * turns) % 360


def test_a_patched_track_header_rotates_as_players_do(make_clip):
    path = make_clip([QUADRANTS] * 3)
    data = bytearray(path.read_bytes())
    unity = np.array([1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30], ">i4").tobytes()
    clockwise = np.array([0, 1 << 16, 0, -(1 << 16), 0, 0, 48 << 16, 0, 1 << 30], ">i4").tobytes()
    at = data.index(unity, data.index(b"tkhd"))
    data[at : at + len(unity)] = clockwise
    path.write_bytes(data)
    assert probe(path).rotation == 90
    assert distance(next(read_frames(path)), np.rot90(QUADRANTS, -1)) < 8


def test_oblong_pixels_become_square(make_clip):
    info = probe(make_clip([QUADRANTS] * 2, pixel_aspect=Fraction(3, 4)))
    assert (info.width, info.height) == (48, 48)


def test_colours_come_back_without_a_bias(make_clip):
    rng = np.random.default_rng(0)
    blocks = np.kron(rng.integers(30, 226, (8, 8, 3)), np.ones((16, 16, 1))).astype(np.uint8)
    frame = next(read_frames(make_clip([blocks] * 2)))
    inside = (slice(6, None, 16), slice(6, None, 16))
    bias = frame[inside].astype(float).mean((0, 1)) - blocks[inside].mean((0, 1))
    assert np.abs(bias).max() < 1.0


def test_a_four_pixel_video_is_read(make_clip):
    info = probe(make_clip([np.full((4, 4, 3), 90, np.uint8)] * 3))
    assert (info.width, info.height, info.frame_count) == (4, 4, 3)


@pytest.mark.parametrize("name", ["with space.mp4", 'quote\'s "x".mp4', "a:b%03d é.mp4", "-x.mp4"])
def test_unusual_file_names_are_plain_names(make_clip, grey_steps, name):
    assert sum(1 for _ in read_frames(make_clip(grey_steps(2), name=name))) == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"just text\n" * 400, "not a video"),
        (bytes(range(256)) * 40, "not a video"),
        (b"#EXTM3U\n#EXTINF:4,\nclip.ts\n#EXT-X-ENDLIST\n", "not a video"),
    ],
)
def test_files_that_are_not_video_are_refused_with_a_hint(tmp_path, content, reason):
    path = tmp_path / "input.mp4"
    path.write_bytes(content)
    with pytest.raises(MediaError, match=reason) as caught:
        probe(path)
    assert caught.value.hint
    assert caught.value.exit_code == 4


def test_missing_files_folders_and_paths_below_files_are_refused(tmp_path):
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "none.mp4", tmp_path, tmp_path / "file" / "x.mp4"):
        with pytest.raises(MediaError):
            read_frames(path)  # at the call, not at the first frame


def test_sound_without_pictures_is_refused(tmp_path):
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=8000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono")
        frame.sample_rate = 8000
        container.mux(stream.encode(frame))
    with pytest.raises(MediaError, match="no video track"):
        probe(path)


def faststart(path: Path) -> bytes:
    """The clip with its index in front, as cameras and the web write it."""
    moved = path.with_name("front.mp4")
    with av.open(str(path)) as source:
        options = {"movflags": "+faststart"}
        with av.open(str(moved), "w", options=options) as copy:
            stream = copy.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(video=0):
                if packet.size:
                    packet.stream = stream
                    copy.mux(packet)
    return moved.read_bytes()


def noise(count: int) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    return [rng.integers(0, 256, (64, 64, 3), dtype=np.uint8) for _ in range(count)]


def test_a_clip_cut_off_in_its_pictures_gives_those_that_are_there(make_clip, tmp_path):
    data = faststart(make_clip(noise(40)))
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: len(data) // 2])
    count = sum(1 for _ in read_frames(cut))
    assert 10 <= count <= 30
    assert probe(cut).fps == 25


def test_a_clip_cut_off_before_its_first_picture_says_that_none_is_readable(make_clip, tmp_path):
    data = faststart(make_clip(noise(40)))
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: data.index(b"mdat") + 200])
    with pytest.raises(MediaError, match="0 frames readable"):
        probe(cut)


def test_a_clip_without_its_index_is_refused(make_clip, tmp_path):
    data = make_clip(noise(10)).read_bytes()
    assert data.index(b"moov") > data.index(b"mdat")
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: data.index(b"moov") - 4])
    with pytest.raises(MediaError, match="cut off"):
        probe(cut)


def test_damage_in_the_middle_keeps_the_rest_in_time(make_clip, grey_steps, grey_index):
    path = make_clip([np.kron(step, np.ones((4, 4, 1), np.uint8)) for step in grey_steps(24)])
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        sizes = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size]
    position, size = sizes[10]
    data[position + 4 : position + size] = bytes(size - 4)
    path.write_bytes(data)
    assert sum(1 for _ in read_frames(path)) == 24
    assert grey_index(next(read_frames(path))) == 0


def test_timestamps_that_jump_for_hours_are_refused(make_clip, grey_steps):
    path = make_clip(grey_steps(4), ticks=[0, 1, 2, 10**6], name="jump.mkv")
    with pytest.raises(MediaError, match="jump by"):
        probe(path)


def test_a_damaged_last_duration_does_not_hold_the_picture_for_days(make_clip, grey_steps):
    path = make_clip(grey_steps(4), ticks=[0, 40, 90, 120], time_base=Fraction(1, 1000))
    data = bytearray(path.read_bytes())
    table = data.index(b"stts")
    runs = int.from_bytes(data[table + 8 : table + 12], "big")
    last = table + 12 + 8 * (runs - 1) + 4
    data[last : last + 4] = (2**31 - 1).to_bytes(4, "big")
    path.write_bytes(data)
    assert probe(path).duration_s < 700
    assert sum(1 for _ in read_frames(path)) < 700 * 60


def test_pictures_too_large_for_memory_are_refused(tmp_path):
    path = tmp_path / "huge.gif"
    size = (12000).to_bytes(2, "little")
    path.write_bytes(b"GIF89a" + size + size + bytes(3) + b"," + bytes(4) + size + size + bytes(99))
    with pytest.raises(MediaError, match="too large"):
        probe(path)


def test_an_unknown_codec_is_named_as_the_reason(make_clip, grey_steps):
    path = make_clip(grey_steps(3))
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(MediaError, match="codec is not supported"):
        probe(path)


def test_reading_goes_on_where_another_track_begins_in_mid_file():
    class Container:
        name = "clip.ts"
        parts = iter([[1, 2], [3]])

        def demux(self, stream):
            part = next(self.parts)
            yield from part
            if len(part) == 2:
                raise IndexError("list index out of range")  # as PyAV does

    assert list(packets(Container(), None)) == [1, 2, 3]


@pytest.mark.parametrize("wrong", [{"fps": Fraction(0)}, {"start": -1}, {"start": 3, "stop": 2}])
def test_impossible_ranges_are_refused_at_the_call(make_clip, grey_steps, wrong):
    with pytest.raises(ValueError, match="want"):
        read_frames(make_clip(grey_steps(2)), **wrong)


def test_high_dynamic_range_is_mapped_to_what_screens_show(tmp_path):
    path = tmp_path / "hdr.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width = stream.height = 16
        stream.pix_fmt = "yuv420p10le"
        for plane_level in [[64 + 876 * 3 // 4, 512, 512]] * 2:
            frame = av.VideoFrame(16, 16, "yuv420p10le")
            for plane, level in zip(frame.planes, plane_level, strict=True):
                plane.update(np.full(plane.buffer_size // 2, level, np.uint16).tobytes())
            frame.colorspace, frame.color_range = 9, 1
            frame.color_trc, frame.color_primaries = 18, 9
            stream.codec_context.colorspace, stream.codec_context.color_range = 9, 1
            stream.codec_context.color_trc, stream.codec_context.color_primaries = 18, 9
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    # 75 % of the HLG signal is its reference white (ITU-R BT.2408), plain white on a screen
    assert next(read_frames(path)).mean() > 245


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.avi"])
@pytest.mark.parametrize("start", [49, 51, 75, 76, 149])
def test_a_late_range_is_the_same_as_when_all_is_read(tmp_path, name, start):
    path = tmp_path / name
    rng = np.random.default_rng(0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width = stream.height = 32
        stream.pix_fmt = "yuv420p"
        stream.options = {"g": "40", "bf": "3", "x264-params": "open-gop=1"}
        for _ in range(150):
            picture = np.kron(rng.integers(0, 256, (4, 4, 3)), np.ones((8, 8, 1)))
            frame = av.VideoFrame.from_ndarray(picture.astype(np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    everything = np.stack(list(read_frames(path)))
    late = np.stack(list(read_frames(path, start=start)))
    np.testing.assert_array_equal(late, everything[start:])


@pytest.mark.slow
def test_every_development_clip_delivers_what_its_probe_says(shared_data):
    for path in sorted((shared_data / "clips").iterdir())[::3]:
        info = probe(path)
        late = list(read_frames(path, start=info.frame_count - 2))
        assert [frame.shape for frame in late] == [(info.height, info.width, 3)] * 2
        everything = deque(read_frames(path), maxlen=2)
        np.testing.assert_array_equal(np.stack(late), np.stack(everything))
