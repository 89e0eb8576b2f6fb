"""Faces found and described in pictures."""

from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from capture.evidence.faces import compare, describe_faces, describe_video
from capture.evidence.same_face import same_face_throughout
from capture.video import read_frames


def noise(count: int, *, side: int = 96) -> Iterator[NDArray[np.uint8]]:
    rng = np.random.default_rng(0)
    for _ in range(count):
        yield rng.integers(0, 256, (side, side, 3), dtype=np.uint8)


def test_frames_without_faces_are_counted_not_fatal() -> None:
    evidence = describe_faces(noise(5), every=2)
    assert evidence.frame_indices.tolist() == [0, 2, 4]
    assert evidence.faces_per_frame.tolist() == [0, 0, 0]
    assert evidence.descriptors.shape == (0, 128)


def test_the_stream_is_read_no_further_than_needed() -> None:
    frames = noise(100)
    describe_faces(frames, every=3, max_frames=2)
    assert sum(1 for _ in frames) == 100 - 4


@pytest.mark.parametrize("arguments", [{"every": 0}, {"max_frames": 0}])
def test_senseless_sampling_is_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        describe_faces([], **arguments)


def test_tiny_and_strided_frames_are_accepted() -> None:
    frames = [np.zeros((4, 4, 3), np.uint8), np.zeros((200, 300, 3), np.uint8)[:, ::2]]
    assert describe_faces(frames).faces_per_frame.tolist() == [0, 0]


def test_a_synthetic_person_is_one_person(tiny_clip: Callable[..., Path]) -> None:
    evidence = describe_video(tiny_clip(frames=25, size=256, seed=0), samples=4)
    figures = same_face_throughout(evidence)
    assert figures.people == 1
    assert figures.frames_without_face == 0
    assert figures.max_distance < 0.5
    assert 4 <= figures.frames <= 6


def test_real_people_are_told_apart(shared_data: Path) -> None:
    paths = [shared_data / "clips" / name for name in ("LipNet__bbaf2n.mpg", "LipNet__lbax4n.mpg")]
    first, second = (describe_faces(read_frames(path), every=20, max_frames=3) for path in paths)
    assert same_face_throughout(first).max_distance < 0.3
    assert compare(first.largest, second.largest) > 0.5


def test_a_spliced_video_shows_two_people(shared_data: Path) -> None:
    paths = [shared_data / "clips" / name for name in ("LipNet__bbaf2n.mpg", "LipNet__lbax4n.mpg")]
    spliced = chain(read_frames(paths[0], stop=40), read_frames(paths[1], stop=20))
    figures = same_face_throughout(describe_faces(spliced, every=15, max_frames=4))
    assert figures.people == 2
    assert figures.max_distance > 0.5
