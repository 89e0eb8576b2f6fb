"""Making, checking and renewing permits."""

from dataclasses import replace
from datetime import datetime

from consent import clock
from consent import permit as permits
from consent.core import Core, Event, Standing, Status, policy_of, standing_of
from consent.errors import ConsentError
from consent.ids import new_id
from consent.log import View
from consent.permit import Permit
from consent.record import Kind, Purpose

_AUTHORISE_ANEW = "Run the command again: it asks for a new permit."


def authorize(core: Core, subject_id: str, *, purpose: Purpose, now: datetime) -> Permit:
    """Make and log a permit if the subject's consent allows `purpose` now."""
    return _issue(core, subject_id, purpose, now=now, renewed=None)


def renew(core: Core, permit: Permit, *, now: datetime) -> Permit:
    """Make and log the permit that follows `permit` in a job that is still running."""
    with core.log.reading() as view:
        _is_genuine(core, view, permit)
    too_late = now >= permit.expires_at + permits.RENEWAL_GRACE
    if too_late or now >= permit.first_issued_at + permits.LONGEST_JOB:
        raise ConsentError(
            f"The permit of {clock.to_text(permit.issued_at)} is too old to be renewed",
            hint=_AUTHORISE_ANEW,
        )
    return _issue(core, permit.subject_id, permit.purpose, now=now, renewed=permit)


def verify(
    core: Core, permit: Permit, *, subject_id: str, purpose: Purpose, now: datetime
) -> Standing:
    """Check a permit at the moment of use: itself, and the consent behind it."""
    with core.log.reading() as view:
        return holds(core, view, permit, subject_id=subject_id, purpose=purpose, now=now)


def holds(
    core: Core, view: View, permit: Permit, *, subject_id: str, purpose: Purpose, now: datetime
) -> Standing:
    """Check a permit within one state of the log.

    Raises:
        ConsentError: It does not hold for this subject and purpose at this moment.
    """
    _is_genuine(core, view, permit)
    if permit.subject_id != subject_id:
        raise ConsentError(f"The permit is for {permit.subject_id}, not for {subject_id}")
    if permit.purpose != Purpose(purpose):
        raise ConsentError(f"The permit is for {permit.purpose}, not for {purpose}")
    if not permit.issued_at - clock.TOLERANCE <= now < permit.expires_at:
        raise ConsentError(
            f"The permit ended at {clock.to_text(permit.expires_at)}", hint=_AUTHORISE_ANEW
        )
    return _allowed(core, view, subject_id, permit.purpose, now)


def _issue(
    core: Core, subject_id: str, purpose: Purpose, *, now: datetime, renewed: Permit | None
) -> Permit:
    try:
        purpose = Purpose(purpose)
    except ValueError as error:
        raise ConsentError(
            f"{purpose!r} is not a purpose", hint=f"Purposes are: {', '.join(Purpose)}."
        ) from error
    refusal: ConsentError | None = None
    with core.log.appending() as log:
        try:
            record = _allowed(core, log, subject_id, purpose, now).record
        except ConsentError as error:
            # Raised only after the refusal is in the log; an unknown subject is not echoed there.
            refusal = error
            known = bool(log.entries(kind=Event.GRANT, subject_id=subject_id))
            log.append(
                Event.REFUSED,
                {"asked": purpose.value},
                now=now,
                subject_id=subject_id if known else None,
            )
        else:
            unsigned = Permit(
                permit_id=new_id("permit"),
                record_id=record.record_id,
                subject_id=subject_id,
                purpose=purpose,
                issued_at=now,
                expires_at=min(now + permits.LIFETIME, record.expires_at),
                first_issued_at=renewed.first_issued_at if renewed else now,
                renews=renewed.permit_id if renewed else None,
                key_id=core.keys.key_id,
                signature="",
            )
            permit = replace(unsigned, signature=unsigned.sign(core.keys))
            log.append(
                Event.PERMIT,
                permit.payload(),
                now=now,
                subject_id=subject_id,
                about=permit.permit_id,
                once=f"permit:{permit.permit_id}",
            )
    if refusal is not None:
        raise refusal
    return permit


def _is_genuine(core: Core, view: View, permit: Permit) -> None:
    """Refuse a permit that this registry did not make and log."""
    genuine = isinstance(permit, Permit) and permit.verified_by(core.keys)
    logged = view.entries(kind=Event.PERMIT, about=permit.permit_id) if genuine else []
    if not logged or logged[0].payload != permit.payload():
        raise ConsentError(
            "This permit was not made by this registry",
            hint="Permits come from Registry.authorize of the same home.",
        )


def _allowed(core: Core, view: View, subject_id: str, purpose: Purpose, now: datetime) -> Standing:
    """Refuse unless the consent covers the purpose at this moment."""
    standing = standing_of(view, core.keys, subject_id)
    record = standing.record
    last = view.last()
    if last is not None and now < clock.from_text(last.at) - clock.TOLERANCE:
        raise ConsentError(
            f"The clock says {clock.to_text(now)}, before the registry's last entry of {last.at}",
            hint="Set the clock of this machine right.",
        )
    status = standing.status(now)
    if status is Status.REVOKED and standing.revoked_at is not None:
        raise ConsentError(
            f"The consent for {subject_id} was withdrawn on {clock.to_text(standing.revoked_at)}",
            hint="Stop using and sharing what was made with it.",
        )
    if status is Status.EXPIRED:
        raise ConsentError(
            f"The consent for {subject_id} ended on {clock.to_text(record.expires_at)}",
            hint="Enrol the person again with a new consent.",
        )
    if now < record.granted_at - clock.TOLERANCE:
        raise ConsentError(
            f"The consent for {subject_id} begins at {clock.to_text(record.granted_at)}"
        )
    if purpose not in record.purposes:
        granted = ", ".join(sorted(record.purposes))
        raise ConsentError(
            f"The consent for {subject_id} does not allow {purpose}; it allows {granted}",
            hint="Ask for a new consent that names this purpose.",
        )
    if record.kind is Kind.DOCUMENTED and not policy_of(view).allow_documented:
        raise ConsentError(
            "This registry no longer accepts documented releases",
            hint="If they are to be accepted: avatar consent policy --allow documented",
        )
    return standing
