"""How measured evidence becomes checks, and what the registry's rule makes of them."""

import pytest

from avatar.evidence_checks import code_words_check, one_face_check, statement_checks
from capture.evidence.same_face import SameFace
from capture.evidence.speech import SpokenWords
from consent import Check, ConsentRefused, Kind
from consent.decision import judged


def heard(
    *, fraction: float = 1.0, statement: float | None = 0.9, speech: float = 12.0, snr: float = 30.0
) -> SpokenWords:
    return SpokenWords(
        found=(),
        matched=(),
        fraction=fraction,
        in_order=fraction == 1,
        statement_fraction=statement,
        speech_seconds=speech,
        snr_db=snr,
    )


def face(*, distance: float = 0.3, people: int = 1, without: int = 0) -> SameFace:
    return SameFace(
        max_distance=distance,
        median_distance=distance / 2,
        people=people,
        frames=10,
        frames_without_face=without,
        frames_with_several=0,
    )


def checks(words: SpokenWords, faces: SameFace) -> list[Check]:
    return [code_words_check(words), *statement_checks(words), one_face_check(faces)]


def test_good_evidence_passes() -> None:
    result = judged(Kind.RECORDED, checks(heard(), face()))
    assert {check.status for check in result[:3]} == {"passed"}
    assert [check.figure for check in result[:3]] == [1.0, 0.9, 0.3]


@pytest.mark.parametrize(
    ("words", "faces", "message"),
    [
        (heard(fraction=0.75), face(), "code_words"),
        (heard(fraction=0.0, speech=0.0), face(), "no speech"),
        (heard(fraction=0.5, snr=4.0), face(), "quieter"),
        (heard(statement=0.1), face(), "statement"),
        (heard(), face(distance=0.55), "one_face"),
        (heard(), face(people=2), "2 different people"),
        (heard(), face(without=6), "no face"),
    ],
)
def test_weak_evidence_is_refused_with_the_reason(
    words: SpokenWords, faces: SameFace, message: str
) -> None:
    with pytest.raises(ConsentRefused, match=message):
        judged(Kind.RECORDED, checks(words, faces))


def test_without_a_statement_there_is_no_statement_check() -> None:
    assert statement_checks(heard(statement=None)) == []
