"""What the controls do to driven faces, and what they refuse."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar.asset import AvatarAsset
from capture.head_pose import angles
from capture.landmark_rig import LandmarkRig
from capture.landmarks import (
    LEFT_IRIS,
    LEFT_LID_LOWER,
    LEFT_LID_UPPER,
    LOWER_LIP_INNER,
    UPPER_LIP_INNER,
)
from reenact.controls import CAMERA, Controls, parse_gaze, parse_opening
from reenact.engine import DrivenFace
from reenact.errors import ControlError
from reenact.gaze import Gaze, towards
from reenact.lip_contact import LOWER_INNER, UPPER_INNER
from reenact.openings import UsualOpening
from reenact.transfer import DrivingReference, Transfer
from reenact.view import View, rotations, view_angles
from tests.reenact.test_transfer import own_motion, reference_of, sliders

LIPS, LIDS = (UPPER_LIP_INNER, LOWER_LIP_INNER), (LEFT_LID_UPPER, LEFT_LID_LOWER)


def gap(face: DrivenFace, pair: tuple[int, int]) -> float:
    return float(np.linalg.norm(face.shape[pair[0]] - face.shape[pair[1]]))


def driven(asset: AvatarAsset, controls: Controls, **coefficients: float) -> DrivenFace:
    yaw = coefficients.pop("yaw", 0.0)
    transfer = Transfer(asset, reference=None, controls=controls)
    (face,) = transfer.faces(sliders(yaw_degrees=yaw, **coefficients))
    return face


def look(asset: AvatarAsset, face: DrivenFace) -> NDArray[np.float32]:
    """Degrees to the picture's right and upwards, in the picture."""
    placed = np.stack([item.landmarks for item in asset.appearance.references])
    poses = LandmarkRig.load().align(placed)
    gaze = Gaze(poses.to_canonical(placed), poses.rotation)
    (in_head,) = gaze.read(face.shape[None])
    return in_head - towards(0, 0, face.rotation[None])[0]


def test_the_defaults_change_nothing(asset: AvatarAsset) -> None:
    motion = own_motion(asset)
    reference = reference_of(motion, asset)
    plain = Transfer(asset, reference=reference).faces(motion)
    controlled = Transfer(asset, reference=reference, controls=Controls()).faces(motion)
    for first, second in zip(plain, controlled, strict=True):
        np.testing.assert_array_equal(first.landmarks, second.landmarks)


def test_expression_strength_scales_the_mouth_but_not_the_blink(asset: AvatarAsset) -> None:
    rest = driven(asset, Controls())
    faces = {
        strength: driven(asset, Controls(expression=strength), mouthSmileLeft=0.5, eyeBlinkLeft=1)
        for strength in (0.0, 0.5, 1.0, 2.0)
    }
    moved = {s: np.linalg.norm(face.shape[291] - rest.shape[291]) for s, face in faces.items()}
    assert moved[0.0] < 1e-6
    assert moved[0.5] == pytest.approx(moved[1.0] / 2, rel=0.02)
    assert moved[2.0] == pytest.approx(moved[1.0] * 2, rel=0.02)
    lids = [gap(face, LIDS) for face in faces.values()]
    assert max(lids) - min(lids) < 2e-4
    assert max(lids) < 0.5 * gap(rest, LIDS)


def test_doubled_expression_takes_no_lip_past_the_other(asset: AvatarAsset) -> None:
    motion = own_motion(asset)
    reference = reference_of(motion, asset)
    # a driver who closes a mouth that the reference frame shows open
    opened = dataclasses.replace(reference, shape=reference.shape.copy())
    opened.shape[LOWER_INNER, 1] -= 0.006
    strong = Transfer(asset, reference=opened, controls=Controls(expression=2.0))
    plain = Transfer(asset, reference=opened)
    for face, once in zip(strong.faces(motion), plain.faces(motion), strict=True):
        height = face.shape[UPPER_INNER, 1] - face.shape[LOWER_INNER, 1]
        allowed = np.minimum(once.shape[UPPER_INNER, 1] - once.shape[LOWER_INNER, 1], 0)
        assert (height > allowed - 5e-4).all()


@pytest.mark.parametrize(("strength", "turned"), [(0.0, 0.0), (0.5, 10.0), (1.5, 30.0)])
def test_pose_strength_scales_the_turn(asset: AvatarAsset, strength: float, turned: float) -> None:
    rest = driven(asset, Controls())
    face = driven(asset, Controls(pose=strength), yaw=20)
    assert angles(face.rotation[None], rest.rotation[None])[0, 0] == pytest.approx(turned, abs=0.2)


def test_a_still_head_blinks_and_speaks(asset: AvatarAsset) -> None:
    rest = driven(asset, Controls())
    face = driven(asset, Controls(still=True), yaw=20, jawOpen=0.6, eyeBlinkLeft=0.9)
    assert angles(face.rotation[None], rest.rotation[None])[0, 0] < 0.1
    assert gap(face, LIPS) > gap(rest, LIPS) + 0.006
    assert gap(face, LIDS) < 0.5 * gap(rest, LIDS)


def test_eyes_that_held_the_camera_in_a_turned_head_hold_it_in_a_still_one(
    asset: AvatarAsset,
) -> None:
    # 20 degrees to the left, eyes as far back: this is how a driver keeps looking at the camera
    against = {"eyeLookInLeft": 20 / 30, "eyeLookOutRight": 20 / 30}
    turned = driven(asset, Controls(), yaw=20, **against)
    still = driven(asset, Controls(still=True), yaw=20, **against)
    assert abs(look(asset, turned)[0] - look(asset, still)[0]) < 1.5
    uncorrected = driven(asset, Controls(), **against)
    assert abs(look(asset, uncorrected)[0] - look(asset, turned)[0]) > 10


@pytest.mark.parametrize("yaw", [-20.0, 0.0, 20.0])
@pytest.mark.parametrize("gaze", [CAMERA, (8.0, 0.0), (0.0, -10.0)])
def test_gaze_holds_its_point_whatever_the_head_does(
    asset: AvatarAsset, yaw: float, gaze: tuple[float, float]
) -> None:
    face = driven(asset, Controls(gaze=gaze), yaw=yaw)
    np.testing.assert_allclose(look(asset, face), gaze, atol=1.5)


def test_lids_follow_eyes_up_and_down_and_a_blink_stays(asset: AvatarAsset) -> None:
    heights = [
        driven(asset, Controls(gaze=(0.0, pitch))).shape[LEFT_LID_UPPER, 1]
        for pitch in (-20.0, 0.0, 15.0)
    ]
    assert heights[0] < heights[1] - 0.001 < heights[2] - 0.0015
    shut = driven(asset, Controls(), eyeBlinkLeft=1)
    up = driven(asset, Controls(gaze=(0.0, 15.0)), eyeBlinkLeft=1)
    assert gap(up, LIDS) < gap(shut, LIDS) + 0.0006


def test_both_irises_move_as_one_piece(asset: AvatarAsset) -> None:
    plain, aside = driven(asset, Controls()), driven(asset, Controls(gaze=(15.0, 0.0)))
    moved = aside.shape[LEFT_IRIS] - plain.shape[LEFT_IRIS]
    assert np.ptp(moved[:, :2], axis=0).max() < 1e-6
    assert moved[0, 0] > 0.001


def test_eye_factors_open_and_narrow_but_leave_a_blink_shut(asset: AvatarAsset) -> None:
    opened = gap(driven(asset, Controls()), LIDS)
    shut = gap(driven(asset, Controls(), eyeBlinkLeft=1), LIDS)
    for factor in (0.6, 1.25):
        face = driven(asset, Controls(eye_open=factor))
        assert gap(face, LIDS) == pytest.approx(factor * opened, rel=0.06)
    blink = driven(asset, Controls(eye_open=1.25), eyeBlinkLeft=1)
    assert gap(blink, LIDS) < shut + 0.0004


def test_lip_factors_scale_the_opening_and_leave_contact(asset: AvatarAsset) -> None:
    opened = gap(driven(asset, Controls(), jawOpen=0.5), LIPS)
    for factor in (0.5, 1.5):
        face = driven(asset, Controls(lip_open=factor), jawOpen=0.5)
        assert gap(face, LIPS) == pytest.approx(factor * opened, rel=0.12)
    closed = gap(driven(asset, Controls()), LIPS)
    assert gap(driven(asset, Controls(lip_open=1.5)), LIPS) == pytest.approx(closed, abs=4e-4)


def squinting(asset: AvatarAsset) -> tuple[DrivingReference, object]:
    """The person drives themselves with lids half shut all the time, and one blink."""
    rig = LandmarkRig.load()
    motion = own_motion(asset)
    assert motion.residual is not None
    shapes = rig.shape(motion.blendshapes) + motion.residual
    shapes[:] = shapes[0]
    for upper, lower in ((LEFT_LID_UPPER, LEFT_LID_LOWER), (159, 145)):
        shapes[:, upper] = (shapes[:, upper] + shapes[:, lower]) / 2
    shapes[-1, [LEFT_LID_UPPER, 159]] = shapes[-1, [LEFT_LID_LOWER, 145]]
    driving = dataclasses.replace(motion, residual=shapes - rig.shape(motion.blendshapes))
    # the reference frame has open eyes, as a driver's first frame may
    reference = dataclasses.replace(reference_of(motion, asset), usual=UsualOpening.of(shapes))
    return reference, driving


def test_a_driver_who_squints_does_not_make_the_source_squint(asset: AvatarAsset) -> None:
    reference, driving = squinting(asset)
    own = gap(next(iter(Transfer(asset, reference=None).faces(sliders()))), LIDS)
    as_driven = list(Transfer(asset, reference=reference).faces(driving))
    controls = Controls(eye_open="source")
    fitted = list(Transfer(asset, reference=reference, controls=controls).faces(driving))
    assert gap(as_driven[0], LIDS) < 0.65 * own
    assert gap(fitted[0], LIDS) == pytest.approx(own, rel=0.08)
    assert gap(fitted[-1], LIDS) < 0.15 * own


def test_a_driver_whose_lips_never_meet_does_not_hold_the_mouth_open(asset: AvatarAsset) -> None:
    rig, motion = LandmarkRig.load(), own_motion(asset)
    assert motion.residual is not None
    shapes = (rig.shape(motion.blendshapes) + motion.residual)[[0] * len(motion)]
    reference = reference_of(motion, asset)
    shapes[:, LOWER_INNER, 1] -= 0.005
    driving = dataclasses.replace(motion, residual=shapes - rig.shape(motion.blendshapes))
    reference = dataclasses.replace(reference, usual=UsualOpening.of(shapes))
    own = float(np.linalg.norm(reference.shape[LIPS[0]] - reference.shape[LIPS[1]]))
    (parted, *_) = Transfer(asset, reference=reference).faces(driving)
    controls = Controls(lip_open="source")
    (fitted, *_) = Transfer(asset, reference=reference, controls=controls).faces(driving)
    assert gap(parted, LIPS) > own + 0.003
    assert gap(fitted, LIPS) == pytest.approx(own, abs=8e-4)


def test_a_view_turns_the_head_over_time_and_keeps_the_neck(asset: AvatarAsset) -> None:
    view = View(times_s=(0.0, 1.0), angles=((0.0, 0.0, 0.0), (20.0, -10.0, 5.0)))
    transfer = Transfer(asset, reference=None, controls=Controls(view=view))
    plain = next(iter(Transfer(asset, reference=None).faces(sliders())))
    faces = [face for _ in range(6) for face in transfer.faces(sliders(frames=5))]  # in pieces
    turned = np.stack([face.rotation @ plain.rotation.T for face in faces])
    seen = view_angles(turned)
    np.testing.assert_allclose(seen[0], 0, atol=0.01)
    np.testing.assert_allclose(seen[25:], [[20, -10, 5]] * 5, atol=0.1)
    assert (np.diff(seen[:, 0]) > -1e-3).all()
    assert np.abs(np.diff(seen[:, 0], n=2)).max() < 0.35  # eased, no corner
    assert faces[-1].landmarks[1, 0] > plain.landmarks[1, 0] + 3  # to the picture's right
    assert faces[-1].landmarks[1, 1] > plain.landmarks[1, 1] + 1  # and down


def test_angles_and_rotations_are_inverse() -> None:
    wanted = np.array([[30.0, -20.0, 10.0], [-45.0, 30.0, -45.0], [0.0, 0.0, 0.0]])
    np.testing.assert_allclose(view_angles(rotations(wanted)), wanted, atol=1e-3)


def test_views_beyond_the_footage_are_told(asset: AvatarAsset) -> None:
    def warnings(*turned: float) -> tuple[str, ...]:
        view = View(angles=(turned,))  # type: ignore[arg-type]
        return Transfer(asset, reference=None, controls=Controls(view=view)).warnings

    assert warnings(3.0, 0.0, 40.0) == ()
    (beyond,) = warnings(45.0, 0.0, 0.0)
    assert "yaw" in beyond


def test_a_view_is_written_as_it_is_read(tmp_path: Path) -> None:
    view = View.parse("0:0,0,0 1.5:20,-5,0 3:-20,0,2")
    assert View.parse(str(view)) == view
    table = tmp_path / "keys.csv"
    table.write_text("time,yaw,pitch,roll\n0,0,0,0\n1.5,20,-5,0\n3,-20,0,2\n")
    assert View.load(table) == view
    assert View.parse("10,0,0") == View(angles=((10.0, 0.0, 0.0),))


@pytest.mark.parametrize(
    "text", ["", "a,b,c", "1,2", "0:1,2,3 0:1,2,3", "-1:0,0,0", "90,0,0", "nan,0,0", "0:0,0,0,0"]
)
def test_a_view_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ControlError):
        View.parse(text)


@pytest.mark.parametrize("content", ["", "yaw,pitch\n1,2\n", "time,yaw,pitch,roll\n", "\x00"])
def test_a_file_that_is_no_view_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.csv"
    path.write_text(content)
    with pytest.raises(ControlError):
        View.load(path)


@pytest.mark.parametrize(
    "given",
    [
        {"expression": 2.1},
        {"pose": -0.1},
        {"pose": float("nan")},
        {"eye_open": "wide"},
        {"expression": "source"},
        {"gaze": (50.0, 0.0)},
    ],
)
def test_controls_out_of_their_range_are_refused(given: dict[str, object]) -> None:
    with pytest.raises(ControlError) as caught:
        Controls(**given)  # type: ignore[arg-type]
    assert caught.value.exit_code == 2 and caught.value.hint


def test_gaze_and_openings_are_read_from_text() -> None:
    assert parse_gaze("follow") is None and parse_gaze("camera") == CAMERA
    assert parse_gaze("10,-5") == (10.0, -5.0)
    assert parse_opening("source") == "source" and parse_opening("1.2") == 1.2
    for parse, text in ((parse_gaze, "up"), (parse_gaze, "1,2,3"), (parse_opening, "wide")):
        with pytest.raises(ControlError):
            parse(text)


def test_the_record_names_every_control() -> None:
    record = Controls(gaze=(5.0, 0.0), still=True, eye_open="source").record()
    assert record.keys() == {field.name for field in dataclasses.fields(Controls)}
    assert record["gaze"] == "5,0" and record["still"] is True and record["eye_open"] == "source"
    assert record["view"] == "0:0,0,0"
