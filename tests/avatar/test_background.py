import numpy as np
import pytest

from avatar.appearance import Crop
from avatar.background import choose_crop, clean_plate, cut


def boxes(*corners: tuple[float, float]) -> np.ndarray:
    return np.array([[x, y, x + 100, y + 100] for x, y in corners], np.float32)


def test_a_still_face_has_room_around_it() -> None:
    found = choose_crop(boxes((200, 150)), boxes((200, 150))[0])
    assert found.side == pytest.approx(224, abs=2)
    assert found.x + found.side / 2 == pytest.approx(250, abs=2)


def test_the_crop_grows_with_motion_but_not_without_bound() -> None:
    wandering = boxes(*[(200 + 10 * step, 150) for step in range(10)])
    found = choose_crop(wandering, wandering[0])
    assert 224 < found.side <= 448
    running = boxes(*[(200 + 100 * step, 150) for step in range(20)])
    assert choose_crop(running, running[0]).side <= 449


def test_a_crop_beyond_the_frame_repeats_its_border() -> None:
    frame = np.zeros((40, 60, 3), np.uint8)
    frame[:, 0] = 200
    piece = cut(frame, Crop(x=-10, y=-10, side=60), 60)
    assert piece.shape == (60, 60, 3)
    assert (piece[:, :10] == 200).all()
    assert (piece[:, 20:] == 0).all()


def test_the_plate_shows_what_was_behind_a_person_who_moved() -> None:
    rng = np.random.default_rng(0)
    scene = rng.integers(60, 200, size=(96, 96, 3)).astype(np.uint8)
    crops = []
    for left in (0, 30, 60):
        image, matte = scene.copy(), np.zeros((96, 96), np.uint8)
        image[20:80, left : left + 20] = 255
        matte[20:80, left : left + 20] = 255
        crops.append((image, matte))
    plate = clean_plate(iter(crops), crops[0][0])
    np.testing.assert_array_equal(plate, scene)


def test_what_was_never_seen_is_filled_from_around() -> None:
    scene = np.full((96, 96, 3), (10, 120, 240), np.uint8)
    image, matte = scene.copy(), np.zeros((96, 96), np.uint8)
    image[30:60, 30:60] = 0
    matte[30:60, 30:60] = 255
    plate = clean_plate(iter([(image, matte)] * 3), image)
    assert np.abs(plate.astype(int) - scene).max() <= 3
