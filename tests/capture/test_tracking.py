from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from capture.errors import NoFaceError
from capture.head_pose import Camera
from capture.landmark_rig import LandmarkRig
from capture.to_motion import to_motion
from capture.trackers.mediapipe import FaceObservation
from capture.tracking import bridge, count_faces, follow_face, track_video
from capture.video import read_frames, write_mp4

RATE = Fraction(25)


def observation(x: float, size: float = 100, mouth: float = 0.0) -> FaceObservation:
    landmarks = np.zeros((478, 3), np.float32)
    landmarks[:, 0] = np.linspace(x, x + size, 478)
    landmarks[:, 1] = np.linspace(50, 50 + size, 478)
    return FaceObservation(landmarks=landmarks, blendshapes=np.full(52, mouth, np.float32))


def test_gaps_are_interpolated_and_marked() -> None:
    seen = [None, observation(0), None, None, observation(30, mouth=0.6), None]
    track = bridge(seen, fps=RATE, start=0, width=640, height=480)
    assert track.valid.tolist() == [False, True, False, False, True, False]
    np.testing.assert_allclose(track.boxes[:, 0], [0, 0, 10, 20, 30, 30], atol=1e-4)
    np.testing.assert_allclose(track.blendshapes[2], 0.2, atol=1e-5)


def test_a_synthetic_face_is_tracked_and_its_motion_gives_the_landmarks_back(
    tiny_clip: Callable[..., Path],
) -> None:
    path = tiny_clip(frames=25, size=256, seed=0)
    track = track_video(path)
    assert len(track) == 25 and track.valid.all()
    assert np.ptp(track.blendshapes[:, 17]) > 0.05  # the jaw moves
    rig = LandmarkRig.load()
    motion = to_motion(track, fps=RATE)
    assert motion.residual is not None
    from capture.head_pose import place_heads, to_matrices

    poses = place_heads(
        to_matrices(motion.head_rotation), motion.head_translation, Camera(256, 256)
    )
    back = poses.to_image(rig.shape(motion.blendshapes) + motion.residual)
    np.testing.assert_allclose(back[..., :2], track.landmarks[..., :2], atol=0.05)


def _faceless(count: int, size: int = 128) -> Iterator[NDArray[np.uint8]]:
    for index in range(count):
        yield np.full((size, size, 3), 40 + index, np.uint8)


def test_a_clip_without_a_face_says_so(tmp_path: Path) -> None:
    path = tmp_path / "empty.mp4"
    write_mp4(_faceless(8), path, fps=RATE)
    with pytest.raises(NoFaceError, match="no face was found in any of 8 frames"):
        track_video(path)


def test_frames_without_a_face_do_not_end_the_track(
    tmp_path: Path, tiny_clip: Callable[..., Path]
) -> None:
    frames = list(read_frames(tiny_clip(frames=25, size=256, seed=0)))
    for index in range(8, 14):
        frames[index] = np.full_like(frames[index], 90)
    path = tmp_path / "gap.mp4"
    write_mp4(iter(frames), path, fps=RATE)
    track = track_video(path)
    assert len(track) == 25
    assert not track.valid[10] and track.valid[20]
    assert np.isfinite(track.landmarks).all()


def test_a_face_that_jumps_is_seen_where_it_is(tiny_clip: Callable[..., Path]) -> None:
    (frame, *_) = read_frames(tiny_clip(frames=25, size=256, seed=0), stop=1)
    moved = [np.roll(frame, shift, axis=1) for shift in (0, 0, 24, 0, 24)]
    seen = [found.landmarks for _, found in follow_face(moved) if found is not None]
    assert len(seen) == len(moved)
    for landmarks, shift in zip(seen, (0, 0, 24, 0, 24), strict=True):
        error = landmarks[:, :2] - seen[0][:, :2] - [shift, 0]
        assert np.abs(error).mean() < 0.6


def test_a_face_at_the_edge_of_the_picture_is_followed(tiny_clip: Callable[..., Path]) -> None:
    (frame, *_) = read_frames(tiny_clip(frames=25, size=256, seed=0), stop=1)
    (whole,) = (found for _, found in follow_face([frame]))
    assert whole is not None
    left = int(whole.box[0]) - 4
    pieces = [np.ascontiguousarray(frame[:, cut:]) for cut in (0, left // 2, left)]
    for cut, (_, found) in zip((0, left // 2, left), follow_face(pieces), strict=True):
        assert found is not None
        error = found.landmarks[:, :2] + [cut, 0] - whole.landmarks[:, :2]
        assert np.abs(error).mean() < 1.5


def test_two_faces_are_counted_and_the_second_can_be_chosen(
    tmp_path: Path, tiny_clip: Callable[..., Path]
) -> None:
    one = list(read_frames(tiny_clip(frames=25, size=256, seed=0)))
    other = [frame[::1, ::-1][40:232, 40:232] for frame in one]
    both = []
    for left, right in zip(one, other, strict=True):
        canvas = np.full((256, 512, 3), 128, np.uint8)
        canvas[:, :256] = left
        canvas[40:232, 290:482] = right
        both.append(canvas)
    path = tmp_path / "two.mp4"
    write_mp4(iter(both), path, fps=RATE)
    assert count_faces(path) == 2
    largest, second = track_video(path), track_video(path, face=1)
    assert abs(largest.boxes[5, 0] - second.boxes[5, 0]) > 100
    with pytest.raises(NoFaceError, match="were seen"):
        track_video(path, face=2)
