"""What every operation of the registry works on, and how a subject's state is read from the log."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from consent import clock
from consent.errors import ConsentError, RegistryDamaged
from consent.keys import KeyRing
from consent.log import Log, View
from consent.record import ConsentRecord
from consent.vault import Vault


class Event(StrEnum):
    """The kinds of log entries."""

    CREATED = "created"
    POLICY = "policy"
    CHALLENGE = "challenge"
    CHALLENGE_SPENT = "challenge_spent"
    GRANT = "grant"
    REFUSED = "refused"
    SEALED = "sealed"
    PERMIT = "permit"
    CERTIFICATE = "certificate"
    ISSUED = "issued"
    REVOKED = "revoked"
    ERASED = "erased"


class Status(StrEnum):
    """Where a consent stands."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Policy:
    """What this registry accepts beyond recorded consent and attested non-persons."""

    allow_documented: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A record and where it stands."""

    record: ConsentRecord
    granted_seq: int
    revoked_at: datetime | None
    revoked_seq: int | None

    def status(self, now: datetime) -> Status:
        """Where the consent stands at `now`."""
        if self.revoked_at is not None:
            return Status.REVOKED
        return Status.ACTIVE if now < self.record.expires_at else Status.EXPIRED


@dataclass(frozen=True, slots=True)
class Core:
    """The opened parts of one registry."""

    home: Path
    keys: KeyRing
    log: Log
    vault: Vault


def standing_of(view: View, keys: KeyRing, subject_id: str) -> Standing:
    """Read a subject's record and standing from the log.

    Raises:
        ConsentError: The registry holds no such subject.
        RegistryDamaged: The record's signature does not hold.
    """
    entries = view.entries(subject_id=subject_id)
    granted = [entry for entry in entries if entry.kind == Event.GRANT]
    if not granted:
        raise ConsentError(
            f"No consent is recorded for {subject_id!r}",
            hint="List what is with: avatar consent list",
        )
    record = ConsentRecord.from_payload(granted[0].payload)
    if len(granted) > 1 or record.subject_id != subject_id or not record.verified_by(keys):
        raise RegistryDamaged(f"The consent record of {subject_id} was changed")
    revoked = next((entry for entry in entries if entry.kind == Event.REVOKED), None)
    return Standing(
        record,
        granted[0].seq,
        clock.from_text(revoked.at) if revoked else None,
        revoked.seq if revoked else None,
    )


def policy_of(view: View) -> Policy:
    """Read the policy that the newest entry about it set."""
    entries = view.entries(kind=Event.POLICY)
    return Policy(bool(entries[-1].payload["allow_documented"])) if entries else Policy()
