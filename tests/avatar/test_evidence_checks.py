"""How measured evidence becomes checks, and what the registry's rule makes of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from avatar.evidence_checks import (
    check_recording,
    code_words_check,
    one_face_check,
    statement_checks,
)
from capture.errors import MediaError
from capture.evidence.same_face import SameFace
from capture.evidence.speech import SpokenWords
from capture.video import read_frames, write_mp4
from consent import Challenge, Check, ConsentRefused, Kind, Registry
from consent.decision import judged

RECORDING = Path(__file__).parent.parent / "data" / "code_words.flac"


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


@pytest.fixture
def challenge(tmp_path: Path) -> Challenge:
    """A challenge for the words that the test recording speaks."""
    with Registry.open(tmp_path / "registry") as registry:
        issued = registry.issue_challenge("Test Person", now=datetime.now(UTC))
    return replace(issued, code_words=("bamboo", "volcano", "penguin", "violin"))


def test_a_recording_is_measured_as_a_whole(
    tiny_clip: Callable[..., Path], challenge: Challenge, tmp_path: Path
) -> None:
    recording = tmp_path / "recording.mp4"
    write_mp4(
        (frame for frame in read_frames(tiny_clip(frames=25, size=256, seed=0)) for _ in range(5)),
        recording,
        fps=Fraction(25),
        audio=RECORDING,
    )
    words, statement, face = check_recording(recording, challenge=challenge)
    assert (words.name, words.status, words.figure) == ("code_words_in_order", "passed", 1.0)
    assert (face.name, face.status) == ("one_face_throughout", "passed")
    assert statement.status == "failed"  # the code words alone are not the statement
    with pytest.raises(ConsentRefused, match="statement"):
        judged(Kind.RECORDED, [words, statement, face])


def test_a_recording_without_sound_is_unusable(
    tiny_clip: Callable[..., Path], challenge: Challenge
) -> None:
    with pytest.raises(MediaError, match="audio"):
        check_recording(tiny_clip(frames=25, size=256, seed=0), challenge=challenge)
