"""Decides whether evidence is enough for a consent. Figures come in, a judgement goes out.

A check is never believed because it says "passed": where this module holds a limit, the figure is
held against it here.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from consent.errors import ConsentRefused
from consent.record import Check, CheckStatus, Kind

# Fraction of the code words that were heard, in their order, figure in [0, 1].
CODE_WORDS = "code_words_in_order"
# Largest distance of a sampled face to the median of the person seen most (dlib ResNet v1, 128-d).
ONE_FACE = "one_face_throughout"


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure must not be below `at_least`, nor above `at_most`."""

    at_least: float | None = None
    at_most: float | None = None

    def allows(self, figure: float) -> bool:
        """Whether a figure is within the limit."""
        return (self.at_least is None or figure >= self.at_least) and (
            self.at_most is None or figure <= self.at_most
        )

    @property
    def value(self) -> float | None:
        """The number that a figure is held against."""
        return self.at_most if self.at_least is None else self.at_least


# dlib's customary 0.6 accepted 9 of 170 pairs of different people, 0.5 none.
LIMITS = {CODE_WORDS: Limit(at_least=1.0), ONE_FACE: Limit(at_most=0.5)}

REQUIRED = {
    Kind.RECORDED: (CODE_WORDS, ONE_FACE),
    Kind.DOCUMENTED: (),
    Kind.SYNTHETIC: (),
    Kind.ARTWORK: (),
    Kind.HISTORICAL: (),
}

# Known to matter; written into every record of a real person as not checked until something does.
WORTH_CHECKING = (
    CODE_WORDS,
    ONE_FACE,
    "liveness",
    "mouth_follows_speech",
    "voice_is_one_speaker",
    "name_is_spoken",
    "statement_beyond_code_words",
    "screen_replay",
)

_RETRY = "Record again: one person, well lit and near the microphone, saying the whole statement."


def judged(kind: Kind, checks: Sequence[Check]) -> tuple[Check, ...]:
    """Return the checks as they go into the record, completed by what was not checked.

    Raises:
        ConsentRefused: A check failed, is missing, is beyond its limit, or is given twice.
    """
    by_name = {check.name: check for check in checks}
    if len(by_name) != len(checks):
        raise ConsentRefused("A check is given twice", hint="Give each check once.")
    for name in REQUIRED[kind]:
        check = by_name.get(name)
        if check is None or check.status == CheckStatus.NOT_CHECKED or check.figure is None:
            raise ConsentRefused(
                f"A {kind} consent needs the check {name}, and it was not made",
                hint="Enrol with a video that shows the face and carries the voice.",
            )
    completed = []
    for check in checks:
        limit = LIMITS.get(check.name)
        if check.figure is not None and limit is not None:
            check = _held_against(check, limit)
        if check.status == CheckStatus.FAILED:
            raise ConsentRefused(_failure(check), hint=_RETRY)
        completed.append(check)
    if kind in (Kind.RECORDED, Kind.DOCUMENTED):
        completed += [
            Check(name, CheckStatus.NOT_CHECKED) for name in WORTH_CHECKING if name not in by_name
        ]
    return tuple(completed)


def _held_against(check: Check, limit: Limit) -> Check:
    """Judge a figure here, whatever status came with it; "failed" is never lifted."""
    passed = (
        check.figure is not None
        and limit.allows(check.figure)
        and check.status != CheckStatus.FAILED
    )
    status = CheckStatus.PASSED if passed else CheckStatus.FAILED
    return Check(check.name, status, check.figure, limit.value, check.detail)


def _failure(check: Check) -> str:
    measured = "" if check.figure is None else f": {check.figure:.3g}"
    against = "" if check.threshold is None else f", the limit is {check.threshold:.3g}"
    detail = f" ({check.detail})" if check.detail else ""
    return f"The check {check.name} failed{measured}{against}{detail}"
