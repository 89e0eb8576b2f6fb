import numpy as np
import pytest

from avatar.asset import AvatarAsset
from capture.landmark_rig import LandmarkRig
from capture.landmarks import CHIN, NOSE_TIP
from reenact.lip_contact import LOWER_INNER, UPPER_INNER, close_lips, contact, excess
from reenact.transfer import Transfer
from tests.reenact.test_transfer import sliders


def gaps(shape: np.ndarray) -> np.ndarray:
    return np.linalg.norm(shape[UPPER_INNER] - shape[LOWER_INNER], axis=-1)


def test_only_closed_coefficients_ask_for_contact() -> None:
    assert contact(sliders())[0] == 1
    assert contact(sliders(jawOpen=0.3, mouthClose=0.3))[0] == 1
    assert contact(sliders(jawOpen=0.3))[0] == 0
    assert contact(sliders(mouthUpperUpLeft=0.4, mouthLowerDownLeft=0.4))[0] == 0


def test_lips_meet_without_moving_nose_or_chin() -> None:
    rig = LandmarkRig.load()
    parted = rig.shape(np.eye(52, dtype=np.float32)[17:18] * 0.3)
    (closed,) = close_lips(parted, np.ones(1, np.float32), rig.neutral)
    assert gaps(parted[0]).max() > 0.004
    assert gaps(closed).max() < 1e-5
    np.testing.assert_array_equal(closed[[NOSE_TIP, CHIN]], parted[0][[NOSE_TIP, CHIN]])
    (half,) = close_lips(parted, np.full(1, 0.5, np.float32), rig.neutral)
    assert gaps(half).max() == pytest.approx(gaps(parted[0]).max() / 2, rel=0.05)


def test_a_spoken_closure_closes_on_this_person(asset: AvatarAsset) -> None:
    transfer = Transfer(asset, reference=None)
    (vowel,) = transfer.faces(sliders(jawOpen=0.4))
    (bilabial,) = transfer.faces(sliders(jawOpen=0.2, mouthClose=0.2))
    assert gaps(vowel.shape)[4] > 0.004
    assert gaps(bilabial.shape)[4] < 0.1 * gaps(vowel.shape)[4]


def test_a_gap_that_the_driving_face_has_not_is_measured() -> None:
    rig = LandmarkRig.load()
    (narrow, wide) = rig.shape(np.eye(52, dtype=np.float32)[[17, 17]] * [[0.1], [0.4]])
    assert excess(wide[None], narrow[None], 1.0)[0] > 0.4
    assert excess(narrow[None], wide[None], 1.0)[0] == 0
    (closed,) = close_lips(wide[None], excess(wide[None], narrow[None], 1.0), rig.neutral)
    assert gaps(closed)[4] == pytest.approx(gaps(narrow)[4], rel=0.05)
