import numpy as np
import pytest

from benchmarks import metrics


@pytest.fixture
def picture():
    return np.random.default_rng(3).integers(40, 200, (64, 64, 3), dtype=np.uint8)


def test_equal_pictures_have_no_error_and_full_similarity(picture):
    assert metrics.l1(picture, picture) == 0
    assert metrics.psnr(picture, picture) == float("inf")
    assert metrics.ssim(picture, picture) == pytest.approx(1, abs=1e-12)


def test_a_constant_shift_of_brightness_gives_the_known_l1_and_psnr(picture):
    brighter = picture + np.uint8(10)
    assert metrics.l1(brighter, picture) == pytest.approx(10 / 255)
    assert metrics.psnr(brighter, picture) == pytest.approx(20 * np.log10(25.5))


def test_ssim_of_flat_pictures_is_the_luminance_term_alone():
    dark, light = np.full((32, 32, 3), 50, np.uint8), np.full((32, 32, 3), 150, np.uint8)
    c1 = (0.01 * 255) ** 2
    expected = (2 * 50 * 150 + c1) / (50**2 + 150**2 + c1)
    assert metrics.ssim(dark, light) == pytest.approx(expected, abs=1e-6)


def test_ssim_does_not_depend_on_the_order_and_falls_with_noise(picture):
    rng = np.random.default_rng(0)
    values = []
    for amount in (2, 10, 40):
        noisy = np.clip(picture + rng.normal(0, amount, picture.shape), 0, 255).astype(np.uint8)
        values.append(metrics.ssim(noisy, picture))
        assert metrics.ssim(picture, noisy) == pytest.approx(values[-1])
    assert values[0] > values[1] > values[2] > 0


def test_ssim_of_a_negative_is_below_zero(picture):
    assert metrics.ssim(255 - picture, picture) < 0


def test_landmark_distance_of_a_shift_is_its_length_and_honours_the_index():
    points = np.random.default_rng(1).uniform(0, 256, (478, 2)).astype(np.float32)
    assert metrics.landmark_distance(points, points) == 0
    assert metrics.landmark_distance(points + np.array([3, 4]), points) == pytest.approx(
        5, abs=1e-4
    )
    moved = points.copy()
    moved[[7, 9]] += (0, 2)
    index = np.array([7, 9, 11, 13], np.int32)
    assert metrics.landmark_distance(moved, points, index) == pytest.approx(1, abs=1e-4)


def test_steady_motion_is_not_rough_and_a_zigzag_has_the_known_roughness():
    times = np.arange(20, dtype=np.float32)
    steady = np.stack([3 * times, -2 * times], axis=1)[:, None, :].repeat(5, axis=1)
    assert metrics.roughness(steady) == pytest.approx(0, abs=1e-6)
    zigzag = steady + np.stack([times % 2, 0 * times], axis=1)[:, None, :]
    assert metrics.roughness(zigzag) == pytest.approx(2)


def test_roughness_leaves_out_frames_without_a_face():
    track = np.zeros((9, 4, 2), np.float32)
    track[4] = np.nan
    assert metrics.roughness(track) == 0
    assert np.isnan(metrics.roughness(np.full((5, 4, 2), np.nan, np.float32)))


def test_sharpness_is_measured_inside_the_mask_only_and_falls_with_blur(picture):
    half = np.zeros((64, 64), bool)
    half[:, :30] = True
    changed = picture.copy()
    changed[:, 34:] = 0
    assert metrics.sharpness(changed, half) == metrics.sharpness(picture, half) > 0
    small = picture[::2, ::2].repeat(2, axis=0).repeat(2, axis=1)
    assert metrics.sharpness(small, half) < metrics.sharpness(picture, half)
    assert metrics.sharpness(np.full((64, 64, 3), 9, np.uint8), half) == 0


def test_edge_strength_of_a_ramp_is_its_slope():
    ramp = np.arange(64, dtype=np.uint8)[None, :, None].repeat(64, axis=0).repeat(3, axis=2) * 2
    everywhere = np.ones((64, 64), bool)
    assert metrics.edge_strength(ramp, everywhere) == pytest.approx(2)
    assert np.isnan(metrics.edge_strength(ramp, ~everywhere))


def test_a_visible_step_on_the_border_raises_the_edge_strength_there():
    flat = np.full((60, 80, 3), 100, np.uint8)
    pasted = flat.copy()
    pasted[10:40, 20:50] = 130
    band = metrics.border_band((60, 80), (20, 10), 30, 4)
    assert metrics.edge_strength(flat, band) == 0
    assert metrics.edge_strength(pasted, band) > 1


def test_the_border_band_is_only_where_the_square_ends_inside_the_picture():
    assert not metrics.border_band((50, 50), (-2, -2), 60, 5).any()
    left = metrics.border_band((50, 50), (10, -5), 80, 5)
    assert left[:, 10:15].all()
    assert left.sum() == 50 * 5
    whole = metrics.border_band((50, 50), (10, 10), 20, 3)
    assert whole.sum() == 20 * 20 - 14 * 14


def test_the_head_crop_is_centred_on_the_face_and_keeps_one_size():
    boxes = np.array([[100, 80, 150, 180], [110, 90, 160, 190]], np.float32)
    crop = metrics.HeadCrop.around(boxes)
    assert crop.side == 160
    assert crop.corners.tolist() == [[45, 50], [55, 60]]


def test_a_crop_repeats_the_border_of_the_frame_and_averages_where_it_shrinks():
    frame = np.zeros((40, 40, 3), np.uint8)
    frame[:, ::2] = 200
    frame[:, 0] = 77
    outside = metrics.cut_square(frame, np.array([-30, 5]), 20, 20)
    assert (outside == 77).all()
    shrunk = metrics.cut_square(frame, np.array([2, 2]), 32, 16)
    assert (shrunk == 100).all()


def test_points_of_the_crop_come_back_to_the_frame_whatever_the_corner():
    boxes = np.array([[100, 80, 150, 180], [113, 67, 163, 167]], np.float32)
    crop = metrics.HeadCrop.around(boxes)
    place = np.array([[120.0, 130.0]], np.float32)
    scale = metrics.CROP_PX / crop.side
    seen = [(place - crop.corners[index]) * scale for index in (0, 1)]
    back = [crop.to_frame(seen[index].astype(np.float32), index) for index in (0, 1)]
    assert back[0] == pytest.approx(place * scale, abs=1e-3)
    assert back[1] == pytest.approx(back[0], abs=1e-3)


def test_the_face_mask_lies_inside_the_hull_without_its_rim():
    square = np.array([[50, 50], [200, 50], [200, 200], [50, 200]], np.float32)
    mask = metrics.face_mask(square)
    assert mask[125, 125]
    assert not mask[51, 125]
    assert not mask[20, 20]
    rim = metrics.oval_band(square, 3)
    assert rim[50, 125]
    assert not rim[125, 125]
