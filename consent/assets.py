"""Identity assets at rest: sealed under the record's key, opened only with a permit, erased."""

from datetime import datetime
from hashlib import sha256

from consent.canonical import parse_json
from consent.core import Core, Event, Status, standing_of
from consent.errors import ConsentError, RegistryDamaged
from consent.permit import Permit
from consent.permitting import verify
from consent.record import ConsentRecord
from consent.vault import Part


def seal(core: Core, record: ConsentRecord, data: bytes, *, now: datetime) -> None:
    """Encrypt the identity asset of a record, in place of an earlier one, and log its hash."""
    # The key is used under the log's lock, so that a revocation cannot slip in between.
    with core.log.appending() as log:
        standing = standing_of(log, core.keys, record.subject_id)
        if standing.record != record:
            raise ConsentError("This consent record is not the one in the registry")
        if standing.status(now) is not Status.ACTIVE:
            raise ConsentError(f"The consent for {record.subject_id} is no longer in force")
        sealed = core.vault.put(record.record_id, Part.ASSET, data)
        log.append(
            Event.SEALED,
            {"sha256": sha256(sealed).hexdigest(), "bytes": len(sealed)},
            now=now,
            subject_id=record.subject_id,
            about=record.record_id,
        )


def unseal(core: Core, permit: Permit, *, now: datetime) -> bytes:
    """Decrypt the identity asset that a permit is for."""
    standing = verify(core, permit, subject_id=permit.subject_id, purpose=permit.purpose, now=now)
    record = standing.record
    with core.log.reading() as view:
        entries = view.entries(kind=Event.SEALED, subject_id=record.subject_id)
    if not entries:
        raise ConsentError(
            f"No avatar is stored for {record.subject_id}", hint="Enrol the person again."
        )
    sealed = core.vault.sealed(record.record_id, Part.ASSET)
    if sha256(sealed).hexdigest() != entries[-1].payload["sha256"]:
        raise RegistryDamaged(
            f"The avatar of {record.subject_id} is not the one that was stored last",
            hint="Run: avatar consent audit",
        )
    return core.vault.open(record.record_id, Part.ASSET, sealed)


def revoke(core: Core, subject_id: str, *, reason: str, now: datetime) -> None:
    """Log the withdrawal, then destroy the key and all it sealed. May be repeated safely.

    The log entry comes first: if anything stops the destruction, use has stopped already.
    """
    with core.log.appending() as log:
        standing = standing_of(log, core.keys, subject_id)
        record_id = standing.record.record_id
        if standing.revoked_at is None:
            # A reason may name people, and so goes into the log wrapped.
            wrapped = core.keys.wrap(reason.encode(), bound_to=f"{record_id}/reason").hex()
            log.append(
                Event.REVOKED,
                {"reason": wrapped},
                now=now,
                subject_id=subject_id,
                about=record_id,
                once=f"revoked:{record_id}",
            )
    erase(core, subject_id, record_id, now=now)


def erase_expired(core: Core, *, now: datetime) -> list[str]:
    """Destroy what belongs to consents that have ended; returns their subjects."""
    with core.log.reading() as view:
        subjects = [entry.subject_id or "" for entry in view.entries(kind=Event.GRANT)]
        standings = [standing_of(view, core.keys, subject) for subject in subjects]
    ended = [
        standing.record
        for standing in standings
        if standing.status(now) is not Status.ACTIVE
        and core.vault.remains(standing.record.record_id)
    ]
    for record in ended:
        erase(core, record.subject_id, record.record_id, now=now)
    return [record.subject_id for record in ended]


def erase(core: Core, subject_id: str, record_id: str, *, now: datetime) -> None:
    """Destroy a record's key and sealed files, and log that it was done."""
    with core.log.appending() as log:
        core.vault.destroy(record_id)
        if not log.used(f"erased:{record_id}"):
            log.append(
                Event.ERASED,
                {},
                now=now,
                subject_id=subject_id,
                about=record_id,
                once=f"erased:{record_id}",
            )


def person_of(core: Core, record: ConsentRecord) -> dict[str, str] | None:
    """Open the private part of a record; None once it was destroyed.

    Raises:
        RegistryDamaged: It was changed.
    """
    try:
        sealed = core.vault.sealed(record.record_id, Part.PERSON)
        text = core.vault.open(record.record_id, Part.PERSON, sealed)
    except ConsentError:
        if core.vault.has_key(record.record_id):
            raise
        return None  # erased, perhaps by another process at this very moment
    person: dict[str, str] = parse_json(text)
    return person
