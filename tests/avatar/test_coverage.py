"""What is told to the person who is filmed."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from avatar.appearance import Appearance, Crop, Reference
from avatar.coverage import Aspect, Coverage, measure_coverage, measures, teeth_share
from avatar.survey import Survey
from capture.arkit import ARKIT_INDEX
from capture.head_pose import to_matrices
from capture.landmark_rig import LandmarkRig
from capture.landmarks import INNER_LIPS, OUTER_LIPS

FRAMES = 20
LOOKS = {
    Aspect.OPEN_MOUTH: {"jawOpen": 0.7},
    Aspect.EE: {"mouthStretchLeft": 1.0, "mouthStretchRight": 1.0, "jawOpen": 0.15},
    Aspect.OO: {"mouthPucker": 1.0},
    Aspect.CLOSED_EYES: {"eyeBlinkLeft": 0.7, "eyeBlinkRight": 0.7},  # lids meet there
    Aspect.RAISED_BROWS: {"browInnerUp": 1.0, "browOuterUpLeft": 1.0, "browOuterUpRight": 1.0},
}


def survey(coefficients: dict[str, float], *, yaw: float = 0.0) -> Survey:
    """A face at rest, whose last frame is turned by `yaw` degrees and shows something else."""
    shown = np.zeros((FRAMES, 52), np.float32)
    for name, value in coefficients.items():
        shown[-1, ARKIT_INDEX[name]] = value
    turned = np.zeros((FRAMES, 4), np.float32)
    turned[:, 3] = 1
    turned[-1] = [0, np.sin(np.radians(yaw) / 2), 0, np.cos(np.radians(yaw) / 2)]
    return Survey(
        shapes=LandmarkRig.load().shape(shown),
        rotations=to_matrices(turned),
        places=np.zeros((FRAMES, 3), np.float32),
        sharpness=np.ones(FRAMES, np.float32),
        glare=np.zeros(FRAMES, np.float32),
        valid=np.ones(FRAMES, bool),
    )


def appearance(count: int) -> Appearance:
    """References without a face in their pictures."""
    grey = np.full((64, 64, 3), 90, np.uint8)
    landmarks = mouth(opened=0.0)
    reference = Reference(image=grey, matte=grey[..., 0], landmarks=landmarks)
    return Appearance(
        frame=grey, crop=Crop(x=0, y=0, side=64), plate=grey, references=(reference,) * count
    )


def mouth(*, opened: float) -> NDArray[np.float32]:
    """(478, 3) px of a mouth 40 px wide whose lips are apart by this share of its width."""
    landmarks = np.zeros((478, 3), np.float32)
    around = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    for ring, height in ((OUTER_LIPS, 10 + 20 * opened), (INNER_LIPS, 20 * opened)):
        landmarks[ring, 0] = 32 + (20 if height > 20 * opened else 17) * np.cos(around)
        landmarks[ring, 1] = 32 + height * np.sin(around)
    return landmarks


@pytest.mark.parametrize("aspect", LOOKS)
def test_a_look_counts_where_a_reference_shows_it(aspect: Aspect) -> None:
    seen = survey(LOOKS[aspect])
    shown = measure_coverage(seen, np.array([0, FRAMES - 1]), appearance(2))
    assert aspect not in {each.aspect for each in shown.missing}
    others = {
        Aspect.TURNED_LEFT, Aspect.TURNED_RIGHT, Aspect.TEETH, *LOOKS
    } - {aspect, Aspect.EE, Aspect.OO, Aspect.OPEN_MOUTH}  # fmt: skip
    assert others <= {each.aspect for each in shown.missing}
    unseen = measure_coverage(seen, np.array([0, 1]), appearance(2))
    assert aspect in {each.aspect for each in unseen.missing}
    assert any("hold it still" in advice for advice in unseen.advice)  # only another frame has it


def test_left_is_the_persons_own() -> None:
    turned = survey({}, yaw=20)  # the nose goes to the picture's right
    assert measures(turned)[Aspect.TURNED_LEFT].max() == pytest.approx(20, abs=0.1)
    shown = measure_coverage(turned, np.array([0, FRAMES - 1]), appearance(2))
    assert "Turn your head slowly to your right" in " ".join(shown.advice)
    assert "to your left" not in " ".join(shown.advice)


def test_teeth_are_what_is_light_and_not_red_in_an_open_mouth() -> None:
    landmarks = mouth(opened=0.4)[:, :2]
    image = np.full((64, 64, 3), (150, 70, 70), np.uint8)  # lips and skin
    y, x = np.mgrid[:64, :64]
    inside = ((x - 32) / 17) ** 2 + ((y - 32) / 8) ** 2 < 1
    image[inside] = (40, 15, 15)
    assert teeth_share(image, landmarks) == 0
    image[inside & (y < 32)] = (225, 220, 200)
    assert teeth_share(image, landmarks) == pytest.approx(0.5, abs=0.1)
    image[inside & (y >= 32)] = (190, 90, 90)  # a tongue
    assert teeth_share(image, landmarks) == pytest.approx(0.5, abs=0.1)
    assert teeth_share(image, mouth(opened=0.0)[:, :2]) < 0.1
    assert teeth_share(image, landmarks + 500) == 0  # beside the picture


def test_glare_and_photos_are_told() -> None:
    seen = survey({})
    dazzled = replace(seen, glare=np.full(FRAMES, 0.1, np.float32))
    chosen = np.array([0, 1])
    assert "Tilt your glasses" in measure_coverage(dazzled, chosen, appearance(2)).advice[-1]
    assert "glasses" not in " ".join(measure_coverage(seen, chosen, appearance(2)).advice)
    photo: Coverage = measure_coverage(seen, np.array([0]), appearance(1))
    assert len(photo.advice) == 1
    assert "one picture only" in photo.advice[0]
