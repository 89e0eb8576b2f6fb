"""Eyes that look where no picture of them does."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from capture.landmark_rig import LandmarkRig
from capture.landmarks import LEFT_EYE, LEFT_IRIS, RIGHT_EYE, RIGHT_IRIS
from reenact.eyeballs import Eyeballs

SIZE, PX_PER_M = 256, 1200.0
SKIN, WHITE, IRIS = (170, 120, 100), (225, 220, 215), (40, 70, 60)


def placed() -> NDArray[np.float32]:
    """(478, 2) px of a face at rest that looks at the camera."""
    points = LandmarkRig.load().neutral[:, :2] * np.array([PX_PER_M, -PX_PER_M], np.float32)
    points = points + np.array([128, 160], np.float32)
    for ring, iris in ((RIGHT_EYE, RIGHT_IRIS), (LEFT_EYE, LEFT_IRIS)):
        points[iris] += (points[ring[0]] + points[ring[8]]) / 2 - points[iris[0]]
    return points


def painted(points: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A picture of such a face's eyes."""
    picture = np.full((SIZE, SIZE, 3), SKIN, np.uint8)
    for ring, iris in ((RIGHT_EYE, RIGHT_IRIS), (LEFT_EYE, LEFT_IRIS)):
        between = np.zeros((SIZE, SIZE), np.uint8)
        cv2.fillPoly(between, [np.round(points[ring]).astype(np.int32)], 255)
        eye = np.full_like(picture, WHITE)
        radius = float(np.linalg.norm(points[iris[1:]] - points[iris[0]], axis=1).mean())
        cv2.circle(eye, np.round(points[iris[0]]).astype(int).tolist(), round(radius), IRIS, -1)
        picture[between > 0] = eye[between > 0]
    return picture


def dark_middle(picture: NDArray[np.generic], points: NDArray[np.float32]) -> float:
    """Column of the left iris, from the middle of that eye's corners."""
    between = np.zeros((SIZE, SIZE), np.uint8)
    cv2.fillPoly(between, [np.round(points[LEFT_EYE]).astype(np.int32)], 1)
    dark = (np.asarray(picture, np.float32).mean(axis=2) < 110) & (between > 0)
    middle = (points[LEFT_EYE[0], 0] + points[LEFT_EYE[8], 0]) / 2
    return float(np.nonzero(dark)[1].mean() - middle)


def drawn(
    points: NDArray[np.float32], driving: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """What was there before, and after drawing."""
    picture = painted(points)
    before = picture.astype(np.float32)
    over = before.copy()
    Eyeballs(points[None], picture[None]).draw(over, driving, np.ones((1, 478), np.float32))
    return before, over


def moved(points: NDArray[np.float32], x: float, y: float = 0.0) -> NDArray[np.float32]:
    driving = points.copy()
    driving[[*RIGHT_IRIS, *LEFT_IRIS]] += np.array([x, y], np.float32)
    return driving


@pytest.mark.parametrize("shift", [-5.0, 5.0])
def test_the_iris_goes_where_it_is_driven_and_leaves_white_behind(shift: float) -> None:
    points = placed()
    _, after = drawn(points, moved(points, shift))
    assert dark_middle(after, points) == pytest.approx(shift, abs=1.0)
    row, column = np.round(points[LEFT_IRIS[0], ::-1]).astype(int)
    left_behind = after[row, column - round(np.sign(shift) * 5)]
    assert np.abs(left_behind - WHITE).max() < 30


def test_eyes_that_a_reference_shows_are_left_alone() -> None:
    points = placed()
    before, after = drawn(points, moved(points, 0.3))
    np.testing.assert_array_equal(before, after)


def test_only_what_is_between_the_lids_is_drawn() -> None:
    points = placed()
    before, after = drawn(points, moved(points, 5.0))
    outside = np.ones((SIZE, SIZE), np.uint8)
    for ring in (RIGHT_EYE, LEFT_EYE):
        cv2.fillPoly(outside, [np.round(points[ring]).astype(np.int32)], 0)
    outside = cv2.erode(outside, np.ones((7, 7), np.uint8))
    np.testing.assert_array_equal(before[outside > 0], after[outside > 0])


def test_closed_lids_hide_the_eyeball() -> None:
    points = placed()
    driving = moved(points, 5.0)
    for ring in (RIGHT_EYE, LEFT_EYE):
        driving[ring, 1] = driving[ring, 1].mean() + 0.1 * (
            driving[ring, 1] - driving[ring, 1].mean()
        )
    before, after = drawn(points, driving)
    np.testing.assert_array_equal(before, after)


def test_an_eye_outside_the_picture_is_no_trouble() -> None:
    points = placed()
    driving = moved(points, 5.0) - np.array([150, 0], np.float32)
    _, after = drawn(points, driving)
    assert np.isfinite(after).all()
