"""What a consent says, and what it was judged on."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any, Self

from consent import clock
from consent.canonical import canonical_json
from consent.errors import RegistryDamaged
from consent.keys import KeyRing

SCHEMA = 1
_CONTEXT = "consent-record"


class Purpose(StrEnum):
    """What a likeness may be used for. What is not granted is refused."""

    SPEAK = "speak"
    REENACT = "reenact"
    EXPORT = "export"


# Handing out a model takes it out of this registry's reach, so it must be asked for.
DEFAULT_PURPOSES = frozenset({Purpose.SPEAK, Purpose.REENACT})


class Kind(StrEnum):
    """What a consent rests on: a recording, a document, or that nobody living can be asked."""

    RECORDED = "recorded"
    DOCUMENTED = "documented"
    SYNTHETIC = "synthetic"
    ARTWORK = "artwork"
    HISTORICAL = "historical"


class CheckStatus(StrEnum):
    """What became of a check."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was, or was not, checked about the evidence.

    Attributes:
        name: One of the names in `consent.decision`, or another.
        status: "passed", "failed" or "not_checked".
        figure: What was measured, where there is a measure.
        threshold: What it was held against.
        detail: One sentence without names; it goes into the log.
    """

    name: str
    status: str
    figure: float | None = None
    threshold: float | None = None
    detail: str = ""

    def __post_init__(self) -> None:
        """Refuse a status that does not exist and figures that are no numbers."""
        object.__setattr__(self, "status", CheckStatus(self.status).value)
        for field in ("figure", "threshold"):
            value = getattr(self, field)
            if value is None:
                continue
            if not math.isfinite(value):
                raise ValueError(f"{field} of check {self.name} is {value}")
            object.__setattr__(self, field, float(value))  # also from a numpy scalar

    def payload(self) -> dict[str, object]:
        """Return the check as plain data."""
        return {
            "name": self.name,
            "status": self.status,
            "figure": self.figure,
            "threshold": self.threshold,
            "detail": self.detail,
        }


@dataclass(frozen=True, slots=True)
class ConsentRecord:
    """A signed consent. Who it is about stands only in the encrypted vault.

    The commitments are SHA-256 over 32 random bytes and the text; the bytes lie beside the text in
    the vault, so once that is destroyed no guess at a name can be confirmed.

    Attributes:
        record_id: Random; also the name of the record's data key and sealed files.
        subject_id: Random; what commands take and outputs carry.
        recording_sha256: Of the footage the person was enrolled from, hexadecimal.
        release_sha256: Of the release document; only a documented consent has one.
        challenge_id: Only a recorded consent has one.
        checks: Everything that was checked, and everything that was not.
    """

    record_id: str
    subject_id: str
    kind: Kind
    purposes: frozenset[Purpose]
    granted_at: datetime
    expires_at: datetime
    name_commitment: str
    statement_commitment: str
    recording_sha256: str
    release_sha256: str | None
    challenge_id: str | None
    checks: tuple[Check, ...]
    key_id: str
    signature: str = ""

    def payload(self) -> dict[str, object]:
        """Return everything but the signature as plain data."""
        return {
            "schema": SCHEMA,
            "record_id": self.record_id,
            "subject_id": self.subject_id,
            "kind": self.kind.value,
            "purposes": sorted(purpose.value for purpose in self.purposes),
            "granted_at": clock.to_text(self.granted_at),
            "expires_at": clock.to_text(self.expires_at),
            "name_commitment": self.name_commitment,
            "statement_commitment": self.statement_commitment,
            "recording_sha256": self.recording_sha256,
            "release_sha256": self.release_sha256,
            "challenge_id": self.challenge_id,
            "checks": [check.payload() for check in self.checks],
            "key_id": self.key_id,
        }

    def signed_payload(self) -> dict[str, object]:
        """Return the record as it stands in the log."""
        return {**self.payload(), "signature": self.signature}

    @classmethod
    def from_payload(cls, data: Mapping[str, Any]) -> Self:
        """Read what `signed_payload` wrote.

        Raises:
            RegistryDamaged: A field is missing, unknown or malformed.
        """
        fields = dict(data)
        try:
            if fields.pop("schema") != SCHEMA:
                raise ValueError("unknown schema")
            fields["kind"] = Kind(fields["kind"])
            fields["purposes"] = frozenset(map(Purpose, fields["purposes"]))
            fields["granted_at"] = clock.from_text(fields["granted_at"])
            fields["expires_at"] = clock.from_text(fields["expires_at"])
            fields["checks"] = tuple(Check(**check) for check in fields["checks"])
            return cls(**fields)
        except (KeyError, TypeError, ValueError) as error:
            raise RegistryDamaged(f"A consent record is malformed: {error}") from error

    @property
    def commitment(self) -> str:
        """The SHA-256 of the signed record: names it in outputs without showing it."""
        return sha256(canonical_json(self.signed_payload())).hexdigest()

    def verified_by(self, keys: KeyRing) -> bool:
        """Whether this home's key signed exactly this record."""
        return keys.verify(_CONTEXT, canonical_json(self.payload()), self.signature)

    def sign(self, keys: KeyRing) -> str:
        """Make the signature of the record."""
        return keys.sign(_CONTEXT, canonical_json(self.payload()))


def commit(salt: bytes, text: str) -> str:
    """Commit to a text without showing it: SHA-256 over a random salt and the text."""
    return sha256(salt + text.encode()).hexdigest()
