"""Tremor goes, motion stays, and nothing comes late."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from capture.landmark_rig import LandmarkRig
from capture.landmarks import LEFT_LID_LOWER, LEFT_LID_UPPER, NOSE_TIP
from reenact.engine import DrivenFace
from reenact.face_smoothing import smooth_faces

PX_PER_M = 1200.0


def faces(offsets: NDArray[np.floating]) -> list[DrivenFace]:
    """A face in a picture, its landmarks moved by (t, 478, 2) or (t, 1, 2) px."""
    shape = LandmarkRig.load().neutral
    placed = shape * np.array([PX_PER_M, -PX_PER_M, -PX_PER_M], np.float32)
    made = []
    for offset in offsets:
        landmarks = placed.copy()
        landmarks[:, :2] += offset.astype(np.float32)
        made.append(DrivenFace(landmarks, shape, np.eye(3, dtype=np.float32)))
    return made


def smoothed(offsets: NDArray[np.floating]) -> NDArray[np.float32]:
    """(t, 478, 2) where the landmarks are after smoothing, less where they are at rest."""
    (rest,) = faces(np.zeros((1, 1, 2)))
    out = np.stack([face.landmarks for face in smooth_faces(iter(faces(offsets)))])
    return (out - rest.landmarks)[:, :, :2]


def test_tremor_loses_most_of_its_second_difference() -> None:
    noise = np.random.default_rng(0).normal(scale=0.25, size=(40, 478, 2))
    before, after = np.diff(noise, 2, axis=0), np.diff(smoothed(noise), 2, axis=0)
    assert after[1:-1].std() < 0.4 * before[1:-1].std()


def test_steady_motion_passes_unchanged_and_so_nothing_lags() -> None:
    ramp = np.arange(30)[:, None, None] * np.array([7.0, -3.0])
    np.testing.assert_allclose(smoothed(ramp), np.broadcast_to(ramp, (30, 478, 2)), atol=1e-3)


@pytest.mark.parametrize("hz", [0.5, 2.0, 5.0])
def test_a_nod_is_shown_when_it_happens(hz: float) -> None:
    time = np.arange(100) / 25
    nod = np.zeros((100, 1, 2))
    nod[:, 0, 1] = 12 * np.sin(2 * np.pi * hz * time)
    shown = smoothed(nod)[:, NOSE_TIP, 1]
    # the phase of the motion that is shown, against that of the motion that drove
    wave = np.exp(-2j * np.pi * hz * time[10:-10])
    lag_s = np.angle((nod[10:-10, 0, 1] @ wave) / (shown[10:-10] @ wave)) / (2 * np.pi * hz)
    assert abs(lag_s) < 0.1 / 25  # a tenth of a frame
    assert np.ptp(shown) > 0.9 * np.ptp(nod)


def test_a_blink_of_one_frame_still_closes_the_eye() -> None:
    shape = LandmarkRig.load().neutral
    gap_px = (shape[LEFT_LID_UPPER, 1] - shape[LEFT_LID_LOWER, 1]) * PX_PER_M
    blink = np.zeros((9, 478, 2))
    blink[4, LEFT_LID_UPPER, 1] = gap_px
    shut = smoothed(blink)[4, LEFT_LID_UPPER, 1]
    assert shut > 0.95 * gap_px


def test_only_one_frame_is_held_back() -> None:
    taken = []

    def source() -> Iterator[DrivenFace]:
        for index, face in enumerate(faces(np.zeros((6, 1, 2)))):
            taken.append(index)
            yield face

    stream = smooth_faces(source())
    for shown in range(5):
        next(stream)
        assert taken[-1] == shown + 1
    assert len(list(stream)) == 1


@pytest.mark.parametrize("frames", [0, 1, 2, 3])
def test_as_many_faces_come_out_as_go_in(frames: int) -> None:
    assert len(list(smooth_faces(faces(np.zeros((frames, 1, 2)))))) == frames
