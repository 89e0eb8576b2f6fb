"""Turns what a consent recording shows into the checks that the registry judges."""

from pathlib import Path

from capture.audio import AudioClip
from capture.evidence.faces import describe_video
from capture.evidence.same_face import SameFace, same_face_throughout
from capture.evidence.speech import SpokenWords, spoken_words
from consent.challenge import Challenge
from consent.decision import CODE_WORDS as CODE_WORDS_IN_ORDER
from consent.decision import LIMITS, ONE_FACE
from consent.record import Check, CheckStatus
from consent.words import CODE_WORDS

STATEMENT = "statement_beyond_code_words"
LEAST_STATEMENT = 0.5
"""Least share of the statement's other words, in order. Other speech reaches less."""
NOISY_DB = 10.0
"""Below this, words are missed because of noise rather than because they were not said."""
_MOST_FRAMES_WITHOUT_FACE = 0.5


def check_recording(recording: Path, *, challenge: Challenge) -> list[Check]:
    """Measure a recording of the spoken statement: its words, and whether one face is seen.

    Args:
        recording: Video file with sound.
        challenge: What was to be said.

    Returns:
        Checks for `consent.Registry.grant`, which holds the figures against its own limits.

    Raises:
        MediaError: The file cannot be read or has no sound.
        NoFaceError: None of the frames looked at shows a face.
        WeightsError: A model is missing or altered.
    """
    heard = spoken_words(
        AudioClip.read(recording),
        words=challenge.code_words,
        vocabulary=CODE_WORDS,
        statement=challenge.statement,
    )
    faces = same_face_throughout(describe_video(recording))
    return [code_words_check(heard), *statement_checks(heard), one_face_check(faces)]


def code_words_check(heard: SpokenWords) -> Check:
    """Were all code words heard in their order? The figure is the share that was."""
    limit = LIMITS[CODE_WORDS_IN_ORDER]
    sound = f"{heard.speech_seconds:.1f} s of speech, {heard.snr_db:.0f} dB above the noise"
    if heard.speech_seconds == 0:
        detail = "no speech was found"
    elif not heard.in_order and heard.snr_db < NOISY_DB:
        detail = f"{sound}: record where it is quieter"
    else:
        detail = sound
    passed = heard.in_order and limit.allows(heard.fraction)
    return Check(CODE_WORDS_IN_ORDER, _status(passed), heard.fraction, limit.value, detail)


def statement_checks(heard: SpokenWords) -> list[Check]:
    """Was the rest of the statement said? The figure is the share of its words, in order."""
    if heard.statement_fraction is None:
        return []
    passed = heard.statement_fraction >= LEAST_STATEMENT
    return [Check(STATEMENT, _status(passed), heard.statement_fraction, LEAST_STATEMENT)]


def one_face_check(faces: SameFace) -> Check:
    """Is one and the same face seen? The figure is the largest distance to the median face."""
    limit = LIMITS[ONE_FACE]
    if faces.people > 1:
        reason = f"{faces.people} different people are seen"
    elif faces.frames_without_face > _MOST_FRAMES_WITHOUT_FACE * faces.frames:
        reason = "most frames show no face"
    else:
        reason = ""
    detail = (
        f"{faces.frames} frames, {faces.frames_without_face} without a face, "
        f"{faces.frames_with_several} with several, median distance {faces.median_distance:.2f}"
    )
    passed = not reason and limit.allows(faces.max_distance)
    return Check(
        ONE_FACE,
        _status(passed),
        faces.max_distance,
        limit.value,
        f"{reason}; {detail}" if reason else detail,
    )


def _status(passed: bool) -> str:
    return CheckStatus.PASSED if passed else CheckStatus.FAILED
