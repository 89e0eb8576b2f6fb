"""Tells what an output is: separate answers, and one state drawn from them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import file_digest
from pathlib import Path
from typing import Any

from consent import c2pa_manifest, certificates, clock, media_type, sidecar
from consent.c2pa_manifest import Embedded, Reading
from consent.core import Core, Event, Standing, Status, standing_of
from consent.errors import ConsentError, ProvenanceError, RegistryDamaged
from consent.log import Entry, View
from consent.registry import Registry
from consent.sequence import Listing, read_listing
from consent.sidecar import Sidecar


class VerificationState(StrEnum):
    """What an output is, in one word."""

    VALID = "valid"
    ALTERED = "altered"
    REVOKED = "revoked"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


EXIT_CODES = {
    VerificationState.VALID: 0,
    VerificationState.REVOKED: 3,
    VerificationState.EXPIRED: 3,
    VerificationState.ALTERED: 4,
    VerificationState.UNKNOWN: 4,
}


@dataclass(frozen=True, slots=True)
class Verification:
    """The answers to separate questions; None where a question could not be answered.

    Attributes:
        state: The one word.
        explanation: The same in one sentence.
        sha256: Of the file as it is.
        media_intact: Whether the bytes are those that were issued.
        signer_trusted: Whether a manifest inside was signed under this registry's own anchors.
        in_log: Whether exactly these bytes were logged as issued.
        consent_at_issue: Where the consent stood when the output was issued.
        consent_now: Where it stands now.
    """

    state: VerificationState
    explanation: str
    sha256: str
    media_intact: bool | None = None
    signer_trusted: bool | None = None
    in_log: bool | None = None
    consent_at_issue: Status | None = None
    consent_now: Status | None = None
    subject_id: str | None = None
    record_id: str | None = None
    permit_id: str | None = None
    output_id: str | None = None
    issued_at: str | None = None
    revoked_at: str | None = None
    problems: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """What the command line returns: 0 valid, 3 revoked or expired, 4 altered or unknown."""
        return EXIT_CODES[self.state]

    def to_json(self) -> dict[str, Any]:
        """Return the answers as plain data."""
        return {**asdict(self), "problems": list(self.problems), "exit_code": self.exit_code}


def verify_output(
    path: Path, *, registry: Registry | None, now: datetime | None = None
) -> Verification:
    """Judge a file against a registry. Nothing but that registry is believed.

    Args:
        path: The file to judge; its sidecar is looked for beside it. For a whole sequence of
            pictures, its folder or its sidecar.
        registry: The registry that may have issued it; None where there is none.
        now: The moment to judge consent at.

    Raises:
        ProvenanceError: The file cannot be read.
        MissingBackendError: c2pa-python is not installed.
    """
    path = Path(path)
    moment = clock.resolve(now)
    try:
        listing = read_listing(path, None if registry is None else registry.core.keys)
        if registry is not None and listing is not None:
            return _sequence(registry.core, listing, moment)
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        kind = media_type.sniffed(path)
        if registry is None:
            return _without_log(_reading(path, kind, ""), digest, "There is no registry here")
        try:
            with registry.core.log.reading() as view:
                anchors_pem = certificates.anchors(view)
            # The file may be long: no lock on the registry is held while it is read.
            reading = _reading(path, kind, anchors_pem)
            beside = sidecar.read(path, registry.core.keys)
            with registry.core.log.reading() as view:
                return _judged(registry.core, view, digest, reading, beside, moment)
        except RegistryDamaged as error:
            return _without_log(_reading(path, kind, ""), digest, str(error))
    except OSError as error:
        raise ProvenanceError(
            f"{path} cannot be read: {error.strerror or error}", hint="Check the path."
        ) from error


def _sequence(core: Core, listing: Listing, now: datetime) -> Verification:
    """Judge all pictures of a sequence by the listing that the log knows."""
    problems = tuple(listing.problems())
    digest = listing.digest
    with core.log.reading() as view:
        issued = view.entries(kind=Event.ISSUED, about=f"output:{digest}")
        if not listing.genuine or not issued:
            return Verification(
                VerificationState.UNKNOWN,
                "This registry did not sign the list of pictures: nothing here can vouch for them.",
                digest,
                in_log=bool(issued),
                problems=problems,
            )
        if problems:
            return Verification(
                VerificationState.ALTERED,
                "Pictures were changed or removed after the sequence was issued.",
                digest,
                media_intact=False,
                in_log=True,
                problems=problems,
            )
        return _judged_by_consent(core, view, _facts(issued[-1], digest, ()), issued[-1], now)


def _reading(path: Path, kind: str | None, anchors_pem: str) -> Reading:
    if kind is None:
        return Reading(Embedded.ABSENT)
    return c2pa_manifest.read(path, kind, anchors_pem)


def _without_log(reading: Reading, digest: str, why: str) -> Verification:
    """Answer what the file alone can answer: a broken manifest is broken for everyone."""
    if reading.embedded is Embedded.BROKEN:
        return Verification(
            VerificationState.ALTERED,
            "Its manifest does not agree with its content.",
            digest,
            media_intact=False,
            problems=reading.problems,
        )
    return Verification(
        VerificationState.UNKNOWN,
        f"{why}: nothing here can vouch for this file.",
        digest,
        problems=reading.problems,
    )


def _judged(
    core: Core,
    view: View,
    digest: str,
    reading: Reading,
    beside: Sidecar | None,
    now: datetime,
) -> Verification:
    issued = view.entries(kind=Event.ISSUED, about=f"output:{digest}")
    if issued:
        return _issued(core, view, digest, reading, issued[-1], now)
    if reading.embedded is Embedded.BROKEN:
        return Verification(
            VerificationState.ALTERED,
            "It was changed after it was issued: its manifest does not agree with its content.",
            digest,
            media_intact=False,
            in_log=False,
            problems=reading.problems,
        )
    if reading.embedded is Embedded.TRUSTED:
        entry = _sequence_of(view, reading)
        if entry is not None:  # C2PA's hash covers all of a PNG but the manifest itself
            return _issued(core, view, digest, reading, entry, now)
        return _signed_but_not_logged(view, digest, reading)
    return _unproven(digest, reading, beside)


def _sequence_of(view: View, reading: Reading) -> Entry | None:
    """The issued sequence that a picture's manifest says it belongs to."""
    claims: Mapping[str, Any] = reading.claims or {}
    for entry in view.entries(kind=Event.ISSUED, subject_id=str(claims.get("subject_id"))):
        count = entry.payload.get("pictures")
        number = claims.get("picture")
        if count and isinstance(number, int) and 0 <= number < count and _agrees(reading, entry):
            return entry
    return None


def _issued(
    core: Core, view: View, digest: str, reading: Reading, entry: Entry, now: datetime
) -> Verification:
    """Judge bytes that the log knows: what counts is the manifest's signer and the consent."""
    facts = _facts(entry, digest, reading.problems)
    if entry.payload["embedded"]:
        facts["signer_trusted"] = _agrees(reading, entry)
        if not facts["signer_trusted"]:
            return Verification(
                VerificationState.UNKNOWN,
                "It is in the log, but its manifest is not trusted; its certificate may be over.",
                **facts,
            )
    return _judged_by_consent(core, view, facts, entry, now)


def _facts(entry: Entry, digest: str, problems: tuple[str, ...]) -> dict[str, Any]:
    """What the log says about an output whose bytes are whole."""
    return {
        "sha256": digest,
        "media_intact": True,
        "in_log": True,
        "subject_id": entry.subject_id,
        "record_id": entry.payload["record_id"],
        "permit_id": entry.payload["permit_id"],
        "output_id": entry.payload["output_id"],
        "issued_at": entry.at,
        "problems": problems,
    }


def _judged_by_consent(
    core: Core, view: View, facts: dict[str, Any], entry: Entry, now: datetime
) -> Verification:
    try:
        standing = standing_of(view, core.keys, entry.subject_id or "")
    except ConsentError as error:
        return Verification(VerificationState.UNKNOWN, str(error), **facts)
    status = standing.status(now)
    facts["consent_now"] = status
    facts["consent_at_issue"] = _status_at(standing, entry)
    if standing.revoked_at is not None:
        facts["revoked_at"] = clock.to_text(standing.revoked_at)
    state, explanation = _in_words(standing, status, facts["consent_at_issue"])
    return Verification(state, explanation, **facts)


def _agrees(reading: Reading, entry: Entry) -> bool:
    claims: Mapping[str, Any] = reading.claims or {}
    names = ("output_id", "permit_id", "record_id", "purpose")
    return reading.embedded is Embedded.TRUSTED and all(
        claims.get(name) == entry.payload[name] for name in names
    )


def _status_at(standing: Standing, entry: Entry) -> Status:
    """Where the consent stood when an entry was made, by the order of the log."""
    if standing.revoked_seq is not None and standing.revoked_seq < entry.seq:
        return Status.REVOKED
    over = clock.from_text(entry.at) >= standing.record.expires_at
    return Status.EXPIRED if over else Status.ACTIVE


def _in_words(
    standing: Standing, status: Status, at_issue: Status
) -> tuple[VerificationState, str]:
    if status is Status.REVOKED and standing.revoked_at is not None:
        since = clock.to_text(standing.revoked_at)
        made = "A consent allowed it when it was made" if at_issue is Status.ACTIVE else "Made"
        return VerificationState.REVOKED, f"{made}; withdrawn on {since}: stop sharing it."
    if status is Status.EXPIRED or at_issue is not Status.ACTIVE:
        ended = clock.to_text(standing.record.expires_at)
        return VerificationState.EXPIRED, f"The consent behind it ended on {ended}."
    return VerificationState.VALID, "Unchanged since it was issued, and its consent is in force."


def _signed_but_not_logged(view: View, digest: str, reading: Reading) -> Verification:
    """Judge a manifest of ours on bytes that the log does not know."""
    claims: Mapping[str, Any] = reading.claims or {}
    facts: dict[str, Any] = {
        "sha256": digest,
        "signer_trusted": True,
        "in_log": False,
        "problems": reading.problems,
        **{
            name: claims.get(name) for name in ("subject_id", "record_id", "permit_id", "output_id")
        },
    }
    if view.used(f"issued:{claims.get('output_id')}"):
        # C2PA leaves a few bytes out of its hashes on purpose; the log's hash leaves out none.
        return Verification(
            VerificationState.ALTERED,
            "It was changed after it was issued: its bytes are not those in the log.",
            media_intact=False,
            **facts,
        )
    return Verification(
        VerificationState.UNKNOWN,
        "This registry's certificate signed it, but the log does not know it: the registry may"
        " have been put back to an earlier state.",
        **facts,
    )


def _unproven(digest: str, reading: Reading, beside: Sidecar | None) -> Verification:
    """Judge a file that carries no proof of ours."""
    facts: dict[str, Any] = {"sha256": digest, "in_log": False, "problems": reading.problems}
    if reading.embedded is Embedded.FOREIGN:
        return Verification(
            VerificationState.UNKNOWN,
            "Someone else signed it; this registry knows nothing of it.",
            signer_trusted=False,
            **facts,
        )
    if beside is None or not beside.genuine:
        return Verification(
            VerificationState.UNKNOWN,
            "It carries no proof: not made here, or converted by another program since.",
            **facts,
        )
    if beside.embedded:
        return Verification(
            VerificationState.UNKNOWN,
            "It carries no proof; the sidecar beside it belongs to other bytes. It was converted"
            " or replaced, and the sidecar says nothing about what it is now.",
            **facts,
        )
    return Verification(
        VerificationState.ALTERED,
        "The sidecar beside it was issued for other bytes, and this format has no proof inside.",
        media_intact=False,
        **facts,
    )
