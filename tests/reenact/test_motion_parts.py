"""Keypoints, dense motion, warps, selection, smoothing, stages and compositing."""

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar.appearance import Appearance, Crop, Reference
from capture.landmark_rig import LandmarkRig
from capture.landmarks import FACE_OVAL, LEFT_IRIS
from reenact.compositor import Compositor
from reenact.engine import RenderedHead
from reenact.mesh import landmark_mesh
from reenact.motion.geometric import dense_motion, first_order_motion
from reenact.selection import Selector, face_regions
from reenact.smoothing import OneEuroFilter
from reenact.stages import side_by_side
from reenact.warp import lay_over, vertex_validity, warp_face

SIZE = 256


def placed(scale: float = 1000.0, x: float = 128, y: float = 128) -> NDArray[np.float32]:
    """The neutral face in a picture of 256 px."""
    face = LandmarkRig.load().neutral * np.array([scale, -scale, -scale], np.float32)
    return face + np.array([x, y, 0], np.float32)


def grid(driving: NDArray[np.float32], source: NDArray[np.float32]) -> NDArray[np.float32]:
    rig = LandmarkRig.load()
    motion = first_order_motion(driving, source, rig.rigid_index, rig.rigid_weight)
    return dense_motion(motion, SIZE, 8)


def test_the_mesh_is_a_closed_disk_that_faces_the_camera() -> None:
    mesh, face = landmark_mesh(), placed()
    a, b, c = (face[mesh.faces[:, corner], :2] for corner in range(3))
    areas = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    assert (areas >= 0).all()
    # the rim's top and bottom lie behind the lids
    assert set(LEFT_IRIS[[0, 1, 3]].tolist()) <= set(mesh.faces.ravel().tolist())
    edges: dict[tuple[int, int], int] = {}
    for triangle in mesh.faces.tolist():
        for first, second in zip(triangle, triangle[1:] + triangle[:1], strict=True):
            key = (min(first, second), max(first, second))
            edges[key] = edges.get(key, 0) + 1
    border = {vertex for edge, count in edges.items() if count == 1 for vertex in edge}
    assert border == set(FACE_OVAL.tolist())  # no hole but the outside


def test_a_moved_face_moves_what_is_near_and_nothing_far() -> None:
    nodes = grid(placed(700, x=138), placed(700))
    np.testing.assert_allclose(nodes[16, 17, :2], [17 * 8 - 10, 128], atol=0.2)
    assert nodes[16, 17, 2] == 1
    np.testing.assert_array_equal(nodes[0, 0, :3], [0, 0, 0])


def test_dense_motion_meets_the_keypoints_on_the_oval() -> None:
    driving, source = placed(), placed()
    bent = source.copy()
    bent[FACE_OVAL, 0] += 4 * np.sin(np.arange(len(FACE_OVAL)))
    nodes = grid(driving, bent)
    for index in FACE_OVAL[::6]:
        x, y = driving[index, :2]
        column, row = round(float(x) / 8), round(float(y) / 8)
        shift = nodes[row, column, :2] - [column * 8, row * 8]
        expected = (bent - driving)[index, :2]
        assert np.abs(shift - expected).max() < 3.5


def test_validity_falls_where_a_source_is_too_small_or_turned_over() -> None:
    mesh, driving = landmark_mesh(), placed()
    same, small, flipped = driving.copy(), placed(500), driving.copy()
    flipped[:, 0] = 256 - flipped[:, 0]
    sources = np.stack([same, small, flipped])[:, :, :2].copy()
    validity = vertex_validity(driving[:, :2].copy(), sources, mesh.faces)
    inner = np.setdiff1d(np.arange(468), FACE_OVAL)
    assert np.median(validity[0, inner]) > 0.9
    assert np.median(validity[1, inner]) == pytest.approx(0.25, abs=0.08)
    assert np.median(validity[2, inner]) == 0


def test_the_face_warp_takes_each_pixel_from_where_the_mesh_says() -> None:
    mesh, driving, source = landmark_mesh(), placed(x=140), placed(x=128)
    ramp = np.zeros((SIZE, SIZE, 3), np.uint8)
    ramp[..., 0] = np.arange(SIZE)[None]
    images = ramp[None]
    out = np.zeros((SIZE, SIZE, 3), np.float32)
    coverage = np.zeros((SIZE, SIZE), np.float32)
    ones = np.ones(478, np.float32)
    warp_face(
        driving,
        source[None, :, :2].copy(),
        images,
        images,
        ones[None],
        ones,
        mesh.faces,
        mesh.at_lips,
        out,
        coverage,
    )
    assert coverage[128, 140] == 1 and coverage[5, 5] == 0
    assert out[128, 140, 0] == pytest.approx(128, abs=0.6)


def selector() -> Selector:
    rig = LandmarkRig.load()
    coefficients = np.zeros((5, 52), np.float32)
    coefficients[1, 17] = 0.6  # an open mouth
    coefficients[2, [0, 7]] = 0.9  # a blink
    coefficients[3, [23, 24]] = 0.8  # a smile
    coefficients[4, 43] = 0.9  # raised brows
    return Selector(
        regions=face_regions(rig.neutral),
        shapes=rig.shape(coefficients),
        rotations=np.repeat(np.eye(3, dtype=np.float32)[None], 5, axis=0),
    )


def test_regions_share_every_landmark_fully() -> None:
    total = np.sum([region.share for region in selector().regions], axis=0)
    np.testing.assert_allclose(total, 1, atol=1e-5)


def test_mouth_and_eyes_choose_their_references_on_their_own() -> None:
    rig, chooser = LandmarkRig.load(), selector()
    coefficients = np.zeros((1, 52), np.float32)
    coefficients[0, 17], coefficients[0, [0, 7]] = 0.6, 0.9
    weights = chooser.weights(rig.shape(coefficients)[0], np.eye(3, dtype=np.float32))
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-5)
    assert weights[1].argmax() == 1
    assert weights[2].argmax() == weights[3].argmax() == 2


def test_blend_weights_change_continuously() -> None:
    rig, chooser = LandmarkRig.load(), selector()
    steps = np.zeros((4001, 52), np.float32)  # fine enough that only a jump could stand out
    steps[:, 17] = np.linspace(0, 0.6, 4001)
    rows = [chooser.weights(shape, np.eye(3, dtype=np.float32))[1] for shape in rig.shape(steps)]
    assert np.abs(np.diff(rows, axis=0)).max() < 0.02


def test_the_filter_is_calm_at_rest_and_keeps_up_in_motion() -> None:
    rng = np.random.default_rng(0)
    smooth = OneEuroFilter(rate=25, cutoff=1.0, speed_gain=0.5)
    noise = rng.normal(scale=0.5, size=(200, 1)).astype(np.float32)
    calm = np.array([smooth(value) for value in noise])
    assert calm[50:].std() < 0.6 * noise[50:].std()
    follow = OneEuroFilter(rate=25, cutoff=1.0, speed_gain=0.5)
    ramp = np.arange(100, dtype=np.float32)[:, None] * 8
    behind = ramp - np.array([follow(value) for value in ramp])
    assert behind[50:].max() < 8  # less than one frame


def test_stages_pass_everything_in_order_and_stay_bounded() -> None:
    made: list[int] = []

    def produce() -> Iterator[int]:
        for index in range(50):
            made.append(index)
            yield index

    taken = []
    for item in side_by_side(produce(), depth=3):
        taken.append(item)
        time.sleep(0.001)
        assert len(made) <= len(taken) + 3 + 2
    assert taken == list(range(50))


def test_an_error_in_a_stage_reaches_the_consumer() -> None:
    def produce() -> Iterator[int]:
        yield 1
        raise OSError("the disk is gone")

    stream = side_by_side(produce())
    assert next(stream) == 1
    with pytest.raises(OSError, match="the disk is gone"):
        next(stream)


def test_leaving_early_stops_the_producer_and_closes_it() -> None:
    closed = threading.Event()

    def produce() -> Iterator[int]:
        try:
            yield from range(10**9)
        finally:
            closed.set()

    stream = side_by_side(produce())
    next(stream)
    before = threading.active_count()
    stream.close()  # type: ignore[attr-defined]
    assert closed.wait(2)
    assert threading.active_count() < before


def appearance(crop: Crop) -> Appearance:
    rng = np.random.default_rng(0)
    frame = rng.integers(0, 255, size=(120, 160, 3)).astype(np.uint8)
    landmarks = np.zeros((478, 3), np.float32)
    image = np.zeros((64, 64, 3), np.uint8)
    reference = Reference(image=image, matte=image[..., 0].copy(), landmarks=landmarks)
    return Appearance(frame=frame, crop=crop, plate=image.copy(), references=(reference,))


def painted(moved: float = 1.0) -> RenderedHead:
    return RenderedHead(
        image=np.full((64, 64, 3), 7, np.uint8), moved=np.full((9, 9), moved, np.float32)
    )


def test_what_does_not_move_keeps_the_source_frames_own_pixels() -> None:
    look = appearance(Crop(x=40, y=30, side=64))
    np.testing.assert_array_equal(Compositor(look).paste(painted(moved=0)), look.frame)


def test_pasting_keeps_the_frame_outside_and_fades_at_the_rim() -> None:
    look = appearance(Crop(x=40, y=30, side=64))
    out = Compositor(look).paste(painted())
    assert out.shape == look.frame.shape
    inside = np.zeros((120, 160), bool)
    inside[30:94, 40:104] = True
    np.testing.assert_array_equal(out[~inside], look.frame[~inside])
    assert (out[50:70, 60:80] == 7).all()
    assert np.abs(out[60, 40].astype(int) - look.frame[60, 40]).max() <= 1


def test_a_crop_beyond_the_frame_has_no_rim_there() -> None:
    look = appearance(Crop(x=-10, y=-10, side=64))
    out = Compositor(look).paste(painted())
    assert (out[0, 0] == 7).all()
    assert (out[-1] == look.frame[-1]).all()


def test_what_was_not_drawn_below_a_full_cover_never_shows() -> None:
    under = np.full((4, 4, 3), np.nan, np.float32)  # as memory may be
    over = np.full((4, 4, 3), 80, np.float32)
    out = np.zeros((4, 4, 3), np.uint8)
    lay_over(under, over, np.ones((4, 4), np.float32), out)
    assert (out == 80).all()
