"""`enroll`: a sealed avatar that has also learnt, from the same footage, how its person moves."""

import dataclasses
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

import avatar
from avatar.enrolling import Enrolled
from avatar.errors import AvatarError
from capture.errors import CaptureError
from consent import Challenge, Kind, Purpose, Registry
from reenact.personalising import act_to_learn_for, personalize

MINUTES = 3.0
"""That learning may take by default, of one core's time."""

Progress = Callable[[int, int], None]


def enroll(
    name: str,
    *,
    video: Path | str,
    registry: Registry,
    photos: Path | str | None = None,
    challenge: Challenge | None = None,
    release: Path | str | None = None,
    kind: Kind | None = None,
    attestation: str | None = None,
    purposes: Iterable[Purpose] | None = None,
    expires_at: datetime | None = None,
    face: int | None = None,
    personalizes: bool = True,
    minutes: float = MINUTES,
    on_progress: Progress | None = None,
) -> Enrolled:
    """Make a person's avatar, if the ground of consent suffices, and let it learn.

    The command `enroll` and the browser application call this. The footage is tracked once. Where
    nothing can be learnt (too little footage, or a consent that lets no frames be made) the avatar
    stays as it was enrolled, and `Enrolled.not_learnt` says why.

    Args:
        name: Who is shown; kept in the registry's vault only.
        video: The person, turning left and right and speaking.
        registry: Where the consent is recorded and the avatar is kept.
        photos: Folder of stills from other angles, for the 3D head's texture.
        challenge: From `Registry.issue_challenge`.
        release: A file, for a documented consent.
        kind: Synthetic, artwork or historical.
        attestation: Why no living person need be asked.
        purposes: What the likeness may be used for; the challenge's, or speech and re-enactment.
        expires_at: When the consent ends.
        face: Which face of several, 0 the largest.
        personalizes: Whether it learns, see `reenact.personalize`.
        minutes: That this may take, of one core's time.
        on_progress: Called with (frames done, frames in all), first of the enrolment, then of what
            is learnt from.

    Returns:
        The subject id, what the references show and lack, and what was learnt.

    Raises:
        ConsentRefused: The ground does not suffice; nothing is kept.
        CaptureError: The footage cannot be used; nothing is kept.
    """
    enrolled = avatar.enroll(
        name,
        video=video,
        registry=registry,
        photos=photos,
        challenge=challenge,
        release=release,
        kind=kind,
        attestation=attestation,
        purposes=purposes,
        expires_at=expires_at,
        face=face,
        on_progress=on_progress,
    )
    if not personalizes:
        return enrolled
    act = act_to_learn_for(enrolled.subject_id, registry)
    if act is None:
        return dataclasses.replace(enrolled, not_learnt="the consent lets no frames be made")
    try:
        learnt = personalize(
            enrolled.subject_id,
            video=enrolled.footage,
            permit=registry.authorize(enrolled.subject_id, purpose=act),
            registry=registry,
            minutes=minutes,
            on_progress=on_progress,
        )
    except (AvatarError, CaptureError) as error:
        return dataclasses.replace(enrolled, not_learnt=str(error))
    return dataclasses.replace(enrolled, learnt=learnt)
