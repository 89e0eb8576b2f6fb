"""Clips by person, frames decoded once, samples that depend on nothing but their number."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Sequence
from fractions import Fraction
from itertools import chain, islice
from pathlib import Path

import cv2
import numpy as np
import pytest

torch = pytest.importorskip("torch")

from capture.video import write_mp4  # noqa: E402
from reenact.train import frames as frames_module  # noqa: E402
from reenact.train.augmentation import Augmentation, Change  # noqa: E402
from reenact.train.clips import Clip, find_clips, hold_out  # noqa: E402
from reenact.train.errors import TrainingError  # noqa: E402
from reenact.train.frames import Reel, decode_clips  # noqa: E402
from reenact.train.material import gather  # noqa: E402
from reenact.train.pairs import Order, Pairs, to_frame  # noqa: E402
from reenact.train.processes import Process  # noqa: E402

ALONE = Process(torch.device("cpu"))


def numbered(count: int, side: int = 16) -> np.ndarray:
    """Frames (t, s, s, 3) that tell by their red which one they are, by their green where."""
    frames = np.zeros((count, side, side, 3), np.uint8)
    frames[..., 0] = (10 * np.arange(count))[:, None, None]
    frames[..., 1] = np.linspace(0, 200, side)
    return frames


def reels(folder: Path, people: Sequence[str], count: int = 8, side: int = 16) -> list[Reel]:
    made = []
    for person in people:
        path = folder / f"{person}.rgb"
        numbered(count, side).tofile(path)
        made.append(Reel(Clip(person, Path(f"{person}.mp4")), path, count, side))
    return made


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def test_a_clip_shows_whom_its_record_names_or_else_its_folder(tmp_path: Path) -> None:
    touch(tmp_path / "bo/b.mp4")
    touch(tmp_path / "bo/later/c.webm")
    touch(tmp_path / ".half.part/x/d.mp4")
    for item in ("cross_1", "cross_2"):
        record = {"fields": {"person": {"name": "Ada Berg", "seed": 7}}}
        touch(tmp_path / item / "clip.mp4").with_name("item.json").write_text(json.dumps(record))
    assert [(clip.person, clip.path.name) for clip in find_clips(tmp_path)] == [
        ("Ada Berg-7", "clip.mp4"), ("Ada Berg-7", "clip.mp4"), ("bo", "b.mp4"), ("bo", "c.webm"),
    ]  # fmt: skip


def test_stills_of_one_shot_are_a_clip(tmp_path: Path) -> None:
    item = tmp_path / "data/p000"
    record = {"fields": {"person": {"name": "Ada", "seed": 1}}}
    touch(item / "item.json").write_text(json.dumps(record))
    shots = [{"first": 0, "stop": 3}, {"first": 3, "stop": 4}]  # the second shows no motion
    (item / "truth.json").write_text(json.dumps({"shots": shots}))
    for index in range(4):
        cv2.imwrite(
            str(item / f"{index:03d}.jpg"), np.full((32, 32, 3), (0, 0, 60 * index), np.uint8)
        )
    (clip,) = find_clips(tmp_path / "data")
    assert (clip.person, clip.stills) == ("Ada-1", ("000.jpg", "001.jpg", "002.jpg"))
    (reel,) = decode_clips([clip], tmp_path / "cache", side=16)
    reds = reel.frames()[:, 8, 8, 0].astype(int)
    np.testing.assert_allclose(reds, [0, 60, 120], atol=3)


def test_a_clip_of_nobody_in_particular_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no clips"):
        find_clips(tmp_path)
    loose = touch(tmp_path / "loose.mp4")
    with pytest.raises(TrainingError, match="whom"):
        find_clips(tmp_path)
    loose.unlink()
    touch(tmp_path / "item/clip.mp4").with_name("item.json").write_text("{}")
    with pytest.raises(TrainingError, match="does not name a person"):
        find_clips(tmp_path)


def test_who_is_held_out_depends_on_the_seed_and_stays_held_out_when_people_join() -> None:
    people = [f"person {index}" for index in range(20)]
    chosen = hold_out(people, share=0.2, seed=1)
    assert len(chosen) == 4
    assert hold_out(people[::-1], share=0.2, seed=1) == chosen
    assert hold_out(people, share=0.2, seed=2) != chosen
    joined = [*people, *(f"newcomer {index}" for index in range(50))]
    assert hold_out(joined, share=0.2, seed=1, always=chosen) == chosen
    assert len(hold_out(people[:2], share=0.9, seed=0)) == 1
    for alone in ([], ["one"]):
        with pytest.raises(TrainingError, match="cannot be divided"):
            hold_out(alone, share=0.1, seed=0)
    for share in (0.0, 1.0, -1.0):
        with pytest.raises(TrainingError, match="no share"):
            hold_out(people, share=share, seed=0)


def film(path: Path, level: int, count: int = 6, size: tuple[int, int] = (48, 64)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    frames = np.full((count, *size, 3), level, np.uint8)
    frames[:, :, : (size[1] - size[0]) // 2] = 255  # outside the middle square
    write_mp4(iter(frames), path, fps=Fraction(25))
    return path


def test_a_clip_is_decoded_once_and_again_when_it_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = Clip("a", film(tmp_path / "a/a.mp4", 100))
    (reel,) = decode_clips([clip], tmp_path / "cache", side=16)
    frames = reel.frames()
    assert isinstance(frames, np.memmap)
    assert frames.shape == (6, 16, 16, 3)
    assert not frames.flags.writeable
    assert abs(int(frames[:, :, 3:].max()) - 100) < 6  # the white margin was cut off
    assert len(pickle.dumps(reel)) < 1000  # what is sent to the processes that prepare samples
    with monkeypatch.context() as patch:
        patch.setattr(frames_module, "_decode", lambda *_: pytest.fail("decoded again"))
        decode_clips([clip], tmp_path / "cache", side=16)
    film(clip.path, 30)
    os.utime(clip.path, ns=(1, 1))
    (reel,) = decode_clips([clip], tmp_path / "cache", side=16)
    assert abs(int(reel.frames().mean()) - 30) < 30


def test_an_interrupted_decoding_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip = Clip("a", film(tmp_path / "a/a.mp4", 100))

    def breaks(frame: object, side: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(frames_module, "square", breaks)
    with pytest.raises(KeyboardInterrupt):
        decode_clips([clip], tmp_path / "cache", side=16)
    assert list((tmp_path / "cache").iterdir()) == []


def test_training_and_held_out_people_are_never_the_same(tmp_path: Path) -> None:
    for person in "abcd":
        for clip in range(2):
            film(tmp_path / f"data/{person}/{clip}.mp4", 90, count=3, size=(16, 16))

    def divided(seed: int) -> tuple[set[str], set[str]]:
        material = gather(
            tmp_path / "data", tmp_path / "run", cache=None, side=16, share=0.3, seed=seed,
            process=ALONE,
        )  # fmt: skip
        assert len(material.training) + len(material.held_out) == 8
        return tuple(
            {r.clip.person for r in part} for part in (material.training, material.held_out)
        )

    training, held_out = divided(seed=0)
    assert training | held_out == set("abcd")
    assert not training & held_out
    # the run remembers, even if it is asked for another choice
    assert all(divided(seed=seed)[1] == held_out for seed in range(1, 6))


def test_whom_an_earlier_run_saw_is_not_held_out_of_a_run_that_begins_from_it(
    tmp_path: Path,
) -> None:
    def divided(data: str, run: str, *earlier: str) -> tuple[set[str], set[str]]:
        material = gather(
            tmp_path / data, tmp_path / run, cache=tmp_path / "cache", side=16, share=0.4, seed=0,
            process=ALONE, begun_from=[tmp_path / each for each in earlier],
        )  # fmt: skip
        return tuple(
            {r.clip.person for r in part} for part in (material.training, material.held_out)
        )

    for person in "abcdef":
        film(tmp_path / f"few/{person}/0.mp4", 90, count=3, size=(16, 16))
    trained, hidden = divided("few", "first")
    assert divided("few", "second", "first") == (trained, hidden)
    # the earlier run's held-out people are gone: only newcomers may be held out
    for person in [*trained, "x", "y"]:
        film(tmp_path / f"other/{person}/0.mp4", 90, count=3, size=(16, 16))
    assert divided("other", "third", "second")[1] <= {"x", "y"}
    film(tmp_path / f"seen/{min(trained)}/0.mp4", 90, count=3, size=(16, 16))
    film(tmp_path / f"seen/{max(trained)}/0.mp4", 90, count=3, size=(16, 16))
    with pytest.raises(TrainingError, match="2 of them seen by an earlier run"):
        divided("seen", "fourth", "third")


def test_a_sample_depends_on_its_number_only_and_differs_between_epochs(tmp_path: Path) -> None:
    made = reels(tmp_path, ["a", "b"])
    first, second = (Pairs(made, repeats=3, seed=5, augmentation=Augmentation()) for _ in range(2))
    second[3]  # another order of calls
    for name, value in first[4].items():
        torch.testing.assert_close(value, second[4][name], rtol=0, atol=0)
    epochs = [first[4 + epoch * len(first)]["source"] for epoch in range(4)]
    assert any(not torch.equal(epochs[0], other) for other in epochs[1:])
    assert not torch.equal(first[4]["source"], Pairs(made, repeats=3, seed=6)[4]["source"])


@pytest.mark.parametrize("backwards", [0.0, 1.0])
def test_the_neighbour_lies_next_to_the_driving_frame_towards_the_source(
    tmp_path: Path, backwards: float
) -> None:
    pairs = Pairs(
        reels(tmp_path, ["a"]), repeats=20, augmentation=Augmentation(
            mirror=0, time_flip=backwards, rotation_degrees=0, scale=(1, 1), shift=0, brightness=0,
            contrast=0, saturation=0, hue=0, blur=0, compression=0,
        ),
    )  # fmt: skip
    for number in range(20):
        sample = {
            name: round(float(value[0, 0, 0]) * 25.5) for name, value in pairs[number].items()
        }
        step = 1 if backwards else -1
        assert sample["neighbour"] == sample["driving"] + step
        assert (sample["source"] > sample["driving"]) == bool(backwards)


def test_all_frames_of_a_sample_are_changed_alike() -> None:
    change = Augmentation(mirror=1, blur=1, compression=1).draw(np.random.default_rng(3))
    frame = np.random.default_rng(0).integers(0, 255, (32, 32, 3), np.uint8)
    changed = change.apply(frame)
    assert changed.dtype == np.uint8 and changed.shape == frame.shape
    assert np.abs(changed.astype(int) - frame).mean() > 10
    np.testing.assert_array_equal(change.apply(frame), changed)
    assert change == Augmentation(mirror=1, blur=1, compression=1).draw(np.random.default_rng(3))


def test_each_change_does_what_it_says() -> None:
    frame = numbered(9)[8]
    np.testing.assert_array_equal(Change().apply(frame), frame)
    np.testing.assert_array_equal(Change(mirrored=True).apply(frame), frame[:, ::-1])
    assert Change(brightness=0.1).apply(frame)[0, 0, 2] == 26  # a tenth of 255
    grey = Change(saturation=0.0).apply(frame)
    np.testing.assert_allclose(grey, np.broadcast_to(grey[..., :1], grey.shape), atol=0)
    np.testing.assert_allclose(grey[..., 0], frame.mean(axis=2), atol=0.51)
    turned = Change(hue=1 / 3).apply(frame)
    np.testing.assert_allclose(turned, np.roll(frame, 1, axis=2), atol=1)
    edge = np.zeros((64, 64, 3), np.uint8)
    edge[:, 32:] = 255
    assert len(np.unique(Change(blur_px=8.0).apply(edge))) > 4
    moved = Change(shift=(0.25, 0.0)).apply(edge)
    assert moved[32, 40, 0] == 0 and moved[32, 52, 0] == 255
    upright = Change(rotation_degrees=90).apply(edge)
    assert upright[10, 32, 0] == 255 and upright[54, 32, 0] == 0
    closer = Change(scale=2.0).apply(np.pad(edge[:32, :32] + 255, ((16, 16), (16, 16), (0, 0))))
    assert closer[2:-2, 2:-2].min() == 255
    noise = np.random.default_rng(0).integers(0, 255, (32, 32, 3), np.uint8)
    errors = [
        np.abs(Change(jpeg_quality=q).apply(noise).astype(int) - noise).mean() for q in (20, 95)
    ]
    assert errors[0] > errors[1] > 0


def test_processes_share_an_epoch_without_overlap_and_shuffle_it_anew(tmp_path: Path) -> None:
    pairs = Pairs(reels(tmp_path, ["a", "b"]), repeats=8)

    def epochs(rank: int) -> list[list[int]]:
        batches = list(islice(Order(pairs, 2, seed=1, rank=rank, processes=2), 8))
        assert all(len(batch) == 2 for batch in batches)
        return [list(chain(*batches[:4])), list(chain(*batches[4:]))]

    first, second = epochs(0), epochs(1)
    assert sorted(first[0] + second[0]) == list(range(16))
    assert sorted(first[1] + second[1]) == list(range(16, 32))
    assert [number - 16 for number in first[1]] != first[0]


def test_the_order_can_be_taken_up_anywhere(tmp_path: Path) -> None:
    pairs = Pairs(reels(tmp_path, ["a"]), repeats=10)
    whole = list(islice(Order(pairs, 3, seed=4), 12))
    for start in (0, 2, 3, 7):
        rest = list(islice(Order(pairs, 3, seed=4, start=start), 12 - start))
        assert rest == whole[start:]
    with pytest.raises(ValueError, match="do not fill a batch"):
        Order(pairs, 11)


def test_a_tensor_becomes_the_frame_it_was_made_from(tmp_path: Path) -> None:
    (reel,) = reels(tmp_path, ["a"], count=2)
    sample = Pairs([reel])[0]
    np.testing.assert_array_equal(to_frame(sample["source"]), reel.frames()[0])
    assert sample["source"].dtype == torch.float32
    assert 0 <= float(sample["source"].min()) <= float(sample["source"].max()) <= 1
