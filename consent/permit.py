"""A permit: leave to use one likeness for one purpose, for minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from consent import clock
from consent.canonical import canonical_json
from consent.keys import KeyRing
from consent.record import Purpose

LIFETIME = timedelta(minutes=10)

# How long after it ran out a permit can still be renewed (a slow step of a running job), and how
# long a job may go on renewing before it must be authorised anew.
RENEWAL_GRACE = timedelta(hours=1)
LONGEST_JOB = timedelta(hours=24)

_CONTEXT = "permit"


@dataclass(frozen=True, slots=True)
class Permit:
    """Made by `Registry.authorize` only: a hand-made one carries no valid signature.

    Attributes:
        first_issued_at: When the first permit of a chain of renewals was made.
        renews: The permit this one follows, if any.
    """

    permit_id: str
    record_id: str
    subject_id: str
    purpose: Purpose
    issued_at: datetime
    expires_at: datetime
    first_issued_at: datetime
    renews: str | None
    key_id: str
    signature: str

    def payload(self) -> dict[str, object]:
        """Return everything but the signature as plain data."""
        return {
            "permit_id": self.permit_id,
            "record_id": self.record_id,
            "subject_id": self.subject_id,
            "purpose": self.purpose.value,
            "issued_at": clock.to_text(self.issued_at),
            "expires_at": clock.to_text(self.expires_at),
            "first_issued_at": clock.to_text(self.first_issued_at),
            "renews": self.renews,
            "key_id": self.key_id,
        }

    def sign(self, keys: KeyRing) -> str:
        """Make the signature of the permit."""
        return keys.sign(_CONTEXT, canonical_json(self.payload()))

    def verified_by(self, keys: KeyRing) -> bool:
        """Whether this home's key signed exactly this permit."""
        return keys.verify(_CONTEXT, canonical_json(self.payload()), self.signature)
