from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from avatar.references import choose_references, fit_references
from avatar.survey import Survey
from capture.arkit import ARKIT_INDEX
from capture.head_pose import to_matrices
from capture.landmark_rig import LandmarkRig

JAW_OPEN, BLINK_LEFT, BLINK_RIGHT = 17, 0, 7
BROWS_UP = (ARKIT_INDEX["browOuterUpLeft"], ARKIT_INDEX["browOuterUpRight"])


def survey(frames: int = 120) -> Survey:
    """A face that turns from side to side, opens its mouth twice and blinks once."""
    coefficients = np.zeros((frames, 52), np.float32)
    coefficients[30:40, JAW_OPEN] = coefficients[80:90, JAW_OPEN] = 0.6
    coefficients[60:61, [BLINK_LEFT, BLINK_RIGHT]] = 0.9
    yaw = np.radians(25 * np.sin(np.linspace(0, 2 * np.pi, frames)))
    quaternions = np.zeros((frames, 4), np.float32)
    quaternions[:, 1], quaternions[:, 3] = np.sin(yaw / 2), np.cos(yaw / 2)
    return Survey(
        shapes=LandmarkRig.load().shape(coefficients),
        rotations=to_matrices(quaternions),
        places=np.zeros((frames, 3), np.float32),
        sharpness=np.ones(frames, np.float32),
        glare=np.zeros(frames, np.float32),
        valid=np.ones(frames, bool),
    )


def _angles(rotations: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.degrees(np.arctan2(rotations[:, 0, 2], rotations[:, 2, 2]))


def test_the_source_frame_is_at_rest() -> None:
    seen = survey()
    source = choose_references(seen)[0]
    assert abs(_angles(seen.rotations)[source]) < 12
    assert seen.lip_gap()[source] < 1.2 * np.median(seen.lip_gap())
    assert source != 60


def test_blink_open_mouth_and_both_turns_are_covered() -> None:
    seen = survey()
    chosen = choose_references(seen)
    assert 60 in chosen
    assert seen.lip_gap()[chosen].max() == seen.lip_gap().max()
    assert _angles(seen.rotations)[chosen].max() > 18
    assert _angles(seen.rotations)[chosen].min() < -18


def test_no_reference_is_blurred_or_without_a_face() -> None:
    seen = survey()
    sharpness = seen.sharpness.copy()
    sharpness[::2] = 0.1
    valid = seen.valid.copy()
    valid[:30] = False
    spoilt = replace(seen, sharpness=sharpness, valid=valid)
    chosen = choose_references(spoilt)
    assert (sharpness[chosen] > 0.1).all()
    assert valid[chosen].all()


def test_a_few_frames_give_as_many_references_as_there_are() -> None:
    seen = survey(3)
    assert len(set(choose_references(seen).tolist())) <= 3
    still = Survey(
        np.repeat(seen.shapes[:1], 5, axis=0),
        np.repeat(seen.rotations[:1], 5, axis=0),
        np.zeros((5, 3), np.float32),
        np.ones(5, np.float32),
        np.zeros(5, np.float32),
        np.ones(5, bool),
    )
    assert len(choose_references(still)) == 1  # nothing is gained by the same frame again


def test_heads_at_other_places_are_covered_for_what_is_around_them() -> None:
    seen = survey()
    moved = seen.places.copy()
    moved[44:48, 0] = 1.0  # a lean to the side, face and pose as before and after
    calm = replace(seen, shapes=np.repeat(seen.shapes[:1], 120, axis=0))
    assert not set(choose_references(calm, count=6)) & {44, 45, 46, 47}
    assert set(choose_references(replace(calm, places=moved), count=6)) & {44, 45, 46, 47}


def test_half_blinks_and_reflections_are_no_references() -> None:
    seen = survey()
    lids = np.zeros((120, 52), np.float32)
    for index, closed in zip(range(20, 25), (0.2, 0.5, 0.9, 0.45, 0.2), strict=True):
        lids[index, [BLINK_LEFT, BLINK_RIGHT]] = closed  # a blink
    lids[90:110, [BLINK_LEFT, BLINK_RIGHT]] = 0.5  # eyes that someone narrows
    glare = np.zeros(120, np.float32)
    glare[70:75] = 0.2
    fit = fit_references(replace(seen, shapes=LandmarkRig.load().shape(lids), glare=glare))
    assert not set(fit) & {21, 23, *range(70, 75)}
    assert set(fit) >= {22, *range(92, 108)}
    always = replace(seen, glare=np.full(120, 0.2, np.float32))
    assert len(fit_references(always)) == 120  # what is in every frame is no reason to refuse one


def test_every_look_that_the_footage_shows_is_among_the_references() -> None:
    seen = survey()
    brows = np.zeros((120, 52), np.float32)
    brows[50, [ARKIT_INDEX["browInnerUp"], *BROWS_UP]] = 0.8
    rounded = np.zeros((120, 52), np.float32)
    rounded[52, ARKIT_INDEX["mouthPucker"]] = 1.0
    shapes = LandmarkRig.load().shape(brows + rounded)
    chosen = choose_references(replace(seen, shapes=shapes), count=8)
    assert {50, 52} <= set(chosen)
