"""Figures about one face throughout, on made-up descriptors."""

import numpy as np
import pytest
from numpy.typing import NDArray

from capture.errors import NoFaceError
from capture.evidence.faces import FaceEvidence, compare
from capture.evidence.same_face import count_people, same_face_throughout


def person(seed: int, count: int, *, spread: float = 0.015) -> NDArray[np.float32]:
    """(count, 128) descriptors about 0.17 from a centre; two centres are about 0.85 apart."""
    rng = np.random.default_rng(seed)
    centre = rng.normal(size=128)
    centre *= 0.6 / np.linalg.norm(centre)
    return (centre + rng.normal(scale=spread, size=(count, 128))).astype(np.float32)


def evidence(
    descriptors: NDArray[np.float32], frames: list[int], per_frame: list[int]
) -> FaceEvidence:
    return FaceEvidence(
        descriptors=descriptors,
        face_frames=np.array(frames, np.int64),
        frame_indices=np.arange(len(per_frame), dtype=np.int64),
        faces_per_frame=np.array(per_frame, np.int64),
    )


def test_one_person_stays_near_the_median_face() -> None:
    figures = same_face_throughout(evidence(person(0, 8), list(range(8)), [1] * 8))
    assert figures.people == 1
    assert 0.05 < figures.median_distance <= figures.max_distance < 0.3
    assert (figures.frames, figures.frames_without_face, figures.frames_with_several) == (8, 0, 0)


def test_a_swap_in_the_middle_is_two_people_far_from_the_median() -> None:
    both = np.concatenate([person(0, 6), person(1, 3)])
    figures = same_face_throughout(evidence(both, list(range(9)), [1] * 9))
    assert figures.people == 2
    assert figures.max_distance > 0.6


def test_a_bystander_counts_as_a_person_but_not_into_the_distance() -> None:
    first, bystander = person(0, 4), person(1, 1)
    faces = np.concatenate([first[:2], bystander, first[2:]])
    figures = same_face_throughout(evidence(faces, [0, 1, 1, 2, 4], [1, 2, 1, 0, 1]))
    assert figures.people == 2
    assert figures.max_distance < 0.3
    assert (figures.frames_without_face, figures.frames_with_several) == (1, 1)


def test_one_odd_expression_does_not_make_a_second_person() -> None:
    faces = person(0, 6)
    faces[3] = faces[3] + np.float32(0.35 / np.sqrt(128))  # 0.35 further away
    assert count_people(faces) == 1


def test_two_people_who_share_the_clip_evenly_are_far_from_one() -> None:
    both = np.concatenate([person(0, 5), person(1, 5)])
    figures = same_face_throughout(evidence(both, list(range(10)), [1] * 10))
    assert figures.people == 2
    assert figures.max_distance > 0.6  # the median of all ten would be 0.43 from each


def test_three_people_are_three_and_nobody_is_none() -> None:
    three = np.concatenate([person(0, 2), person(1, 3), person(2, 1)])
    assert count_people(three) == 3
    assert count_people(three[:0]) == 0


def test_no_face_at_all_is_an_error_with_advice() -> None:
    nothing = evidence(np.zeros((0, 128), np.float32), [], [0, 0])
    with pytest.raises(NoFaceError) as caught:
        same_face_throughout(nothing)
    assert caught.value.exit_code == 4
    assert caught.value.hint


def test_compare_measures_between_medians() -> None:
    faces = person(0, 10)
    assert compare(faces[:5], faces[5:]) < 0.2
    assert compare(faces, person(1, 4)) > 0.6
    with pytest.raises(NoFaceError):
        compare(faces, faces[:0])
    with pytest.raises(ValueError, match="128"):
        compare(faces[:, :64], faces)


def test_evidence_checks_its_shapes() -> None:
    with pytest.raises(ValueError, match="descriptors"):
        evidence(np.zeros((2, 64), np.float32), [0, 1], [1, 1])
