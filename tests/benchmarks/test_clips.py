from fractions import Fraction

import numpy as np
import pytest

from benchmarks.clips import Group, find_clips, split
from capture.audio import AudioClip
from capture.video import probe, read_frames, write_mp4

FPS = Fraction(25)


@pytest.fixture
def folder(tmp_path):
    """Two clips whose brightness counts the frames, and their list."""
    clips = tmp_path / "clips"
    clips.mkdir()
    sound = AudioClip(np.sin(np.arange(16000) * 0.2).astype(np.float32) * 0.3, 16000)
    frames = [np.full((64, 48, 3), 40 + 8 * index, np.uint8) for index in range(20)]
    write_mp4(frames, clips / "b.mp4", fps=FPS, audio=sound)
    write_mp4(frames[:10], clips / "a.mp4", fps=FPS)
    (clips / "notes.txt").write_text("no clip")
    (tmp_path / "clips.csv").write_text(
        'file,licence\nb.mp4,"GRID corpus recordings, CC BY 4.0"\na.mp4,MIT repository\n'
    )
    return clips


def test_every_video_of_the_folder_is_found_with_its_licence(folder):
    clips = find_clips(folder)
    assert [clip.name for clip in clips] == ["a", "b"]
    assert [clip.publishable for clip in clips] == [False, True]
    assert {clip.group for clip in clips} == {Group.SHORT}


def test_synthetic_people_are_a_group_of_their_own_and_may_be_shown(folder):
    (clip,) = find_clips(folder / "a.mp4", synthetic=True)
    assert clip.group is Group.SYNTHETIC
    assert clip.publishable


def test_only_picks_by_a_part_of_the_name_and_says_when_nothing_is_left(folder):
    assert [clip.name for clip in find_clips(folder, only=("b",))] == ["b"]
    with pytest.raises(FileNotFoundError, match="zebra"):
        find_clips(folder, only=("zebra",))


def test_a_clip_that_nobody_lists_is_not_publishable(folder):
    (folder.parent / "clips.csv").unlink()
    assert [clip.publishable for clip in find_clips(folder)] == [False, False]


def test_the_parts_hold_the_first_70_and_the_last_30_percent(folder, tmp_path):
    (clip,) = find_clips(folder, only=("b",))
    parts = split(clip, tmp_path)
    assert (parts.enrolment_frames, parts.test_frames) == (14, 6)
    levels = [
        [round(float(frame.mean())) for frame in read_frames(path)]
        for path in (parts.enrolment, parts.test)
    ]
    assert levels[0] == pytest.approx([40 + 8 * index for index in range(14)], abs=2)
    assert levels[1] == pytest.approx([40 + 8 * index for index in range(14, 20)], abs=2)
    assert probe(parts.test).has_audio
    assert AudioClip.read(parts.test).duration == pytest.approx(6 / 25, abs=0.04)


def test_a_clip_without_sound_is_cut_without_sound(folder, tmp_path):
    (clip,) = find_clips(folder, only=("a",))
    assert not probe(split(clip, tmp_path).enrolment).has_audio
