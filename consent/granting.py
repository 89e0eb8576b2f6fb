"""Challenges and grants: the way a consent gets into the registry."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from consent import challenge as challenges
from consent import clock
from consent.canonical import canonical_json
from consent.challenge import Challenge
from consent.core import Core, Event, policy_of
from consent.decision import judged
from consent.errors import ConsentRefused
from consent.ids import new_id
from consent.log import View
from consent.record import Check, ConsentRecord, Kind, Purpose, commit
from consent.vault import Part

DEFAULT_TERM = timedelta(days=365)
LONGEST_TERM = timedelta(days=3 * 365)
_LONGEST_ATTESTATION = 4000
_ATTESTED = (Kind.SYNTHETIC, Kind.ARTWORK, Kind.HISTORICAL)
_NEW_CHALLENGE = "Make a new one with: avatar consent challenge --name NAME -o challenge.json"


@dataclass(frozen=True, slots=True)
class Application:
    """All that a consent is asked for with."""

    name: str
    kind: Kind
    purposes: frozenset[Purpose]
    recording_sha256: str
    checks: tuple[Check, ...]
    challenge: Challenge | None
    release_sha256: str | None
    attestation: str | None
    granted_at: datetime
    expires_at: datetime

    @property
    def statement(self) -> str:
        """The text that stands for the consent, kept in the vault."""
        if self.challenge is not None:
            return self.challenge.statement
        return self.attestation or f"Release document with SHA-256 {self.release_sha256}"


def issue_challenge(
    core: Core, name: str, *, purposes: Iterable[Purpose], now: datetime
) -> Challenge:
    """Draw, sign and log a challenge; the log sees only a commitment to it."""
    challenge = challenges.new_challenge(name, purposes, core.keys, now=now)
    payload = {
        "commitment": challenge.commitment,
        "expires_at": clock.to_text(challenge.expires_at),
    }
    with core.log.appending() as log:
        log.append(Event.CHALLENGE, payload, now=now, about=challenge.challenge_id)
    return challenge


def application(
    *,
    name: str,
    kind: Kind,
    purposes: Iterable[Purpose],
    recording_sha256: str,
    checks: Sequence[Check],
    challenge: Challenge | None,
    release_sha256: str | None,
    attestation: str | None,
    expires_at: datetime | None,
    now: datetime,
) -> Application:
    """Check everything about an application that needs no look into the log.

    Raises:
        ConsentRefused: Something is missing, malformed or does not belong to this kind.
    """
    kind = Kind(kind)
    end = now + DEFAULT_TERM if expires_at is None else clock.resolve(expires_at)
    if not now < end <= now + LONGEST_TERM:
        raise ConsentRefused(
            f"A consent that ends at {clock.to_text(end)} is over already or lasts too long",
            hint=f"Choose a date within {LONGEST_TERM.days} days from now.",
        )
    if release_sha256 is not None:
        release_sha256 = _digest(release_sha256, "release")
    text = " ".join((attestation or "").split())
    _belongs_to_kind(kind, challenge, release_sha256, text)
    return Application(
        name=challenges.cleaned_name(name),
        kind=kind,
        purposes=challenges.checked_purposes(purposes),
        recording_sha256=_digest(recording_sha256, "recording"),
        checks=judged(kind, checks),
        challenge=challenge,
        release_sha256=release_sha256,
        attestation=text or None,
        granted_at=now,
        expires_at=end,
    )


def consider(core: Core, wanted: Application) -> None:
    """Decide without recording anything; `grant` decides again.

    Raises:
        ConsentRefused: As `grant` would.
    """
    with core.log.reading() as view:
        _admissible(core, view, wanted)


def grant(core: Core, wanted: Application) -> ConsentRecord:
    """Decide and, if all holds, seal the person's data and log the signed record.

    Raises:
        ConsentRefused: The policy, the challenge or an earlier use of the evidence forbids it.
    """
    record, person = _drawn_up(core, wanted)
    now = wanted.granted_at
    try:
        with core.log.appending() as log:
            _admissible(core, log, wanted)
            core.vault.create(record.record_id)
            core.vault.put(record.record_id, Part.PERSON, canonical_json(person))
            if wanted.challenge is not None:
                spent = wanted.challenge.challenge_id
                log.append(Event.CHALLENGE_SPENT, {}, now=now, about=spent, once=f"spent:{spent}")
            recorded = wanted.kind is Kind.RECORDED
            log.append(
                Event.GRANT,
                record.signed_payload(),
                now=now,
                subject_id=record.subject_id,
                about=record.record_id,
                once=f"recording:{wanted.recording_sha256}" if recorded else None,
            )
    except BaseException:
        core.vault.destroy(record.record_id)
        raise
    return record


def note_refusal(core: Core, challenge: Challenge | None, *, now: datetime) -> None:
    """Log that evidence was refused, and against which challenge it counts."""
    about = challenge.challenge_id if challenge is not None else None
    with core.log.appending() as log:
        log.append(Event.REFUSED, {"asked": "grant"}, now=now, about=about)


def _drawn_up(core: Core, wanted: Application) -> tuple[ConsentRecord, dict[str, str]]:
    """Write the signed record, and the private part that its commitments open to."""
    name_salt, statement_salt = secrets.token_bytes(32), secrets.token_bytes(32)
    unsigned = ConsentRecord(
        record_id=new_id("record"),
        subject_id=new_id("subject"),
        kind=wanted.kind,
        purposes=wanted.purposes,
        granted_at=wanted.granted_at,
        expires_at=wanted.expires_at,
        name_commitment=commit(name_salt, wanted.name),
        statement_commitment=commit(statement_salt, wanted.statement),
        recording_sha256=wanted.recording_sha256,
        release_sha256=wanted.release_sha256,
        challenge_id=wanted.challenge.challenge_id if wanted.challenge else None,
        checks=wanted.checks,
        key_id=core.keys.key_id,
    )
    person = {
        "name": wanted.name,
        "statement": wanted.statement,
        "name_salt": name_salt.hex(),
        "statement_salt": statement_salt.hex(),
    }
    return replace(unsigned, signature=unsigned.sign(core.keys)), person


def _belongs_to_kind(
    kind: Kind, challenge: Challenge | None, release_sha256: str | None, attestation: str
) -> None:
    needs = {Kind.RECORDED: "a challenge", Kind.DOCUMENTED: "a release"}
    given = {
        "a challenge": challenge is not None,
        "a release": release_sha256 is not None,
        "an attestation": bool(attestation),
    }
    needed = needs.get(kind, "an attestation")
    for what, is_given in given.items():
        if what == needed and not is_given:
            raise ConsentRefused(
                f"A {kind} consent needs {what}, and none is given",
                hint="Give --challenge FILE, --release FILE, or --attest TEXT, as the kind needs.",
            )
        if what != needed and is_given:
            raise ConsentRefused(
                f"A {kind} consent does not rest on {what}", hint="Leave it out, or change --kind."
            )
    if len(attestation) > _LONGEST_ATTESTATION:
        raise ConsentRefused(f"The attestation has more than {_LONGEST_ATTESTATION} characters")


def _admissible(core: Core, log: View, wanted: Application) -> None:
    if wanted.kind is Kind.DOCUMENTED and not policy_of(log).allow_documented:
        raise ConsentRefused(
            "This registry does not accept documented releases",
            hint="If they are to be accepted: avatar consent policy --allow documented",
        )
    if log.used(f"recording:{wanted.recording_sha256}"):
        raise ConsentRefused(
            "This recording has given a consent before", hint=f"Record anew. {_NEW_CHALLENGE}"
        )
    _not_withdrawn(log, wanted)
    if wanted.challenge is not None:
        _challenge_holds(core, log, wanted.challenge, wanted)


def _not_withdrawn(view: View, wanted: Application) -> None:
    """Keep footage and releases of a withdrawn consent from coming back under another label."""
    revoked = {entry.subject_id for entry in view.entries(kind=Event.REVOKED)}
    for entry in view.entries(kind=Event.GRANT):
        record = ConsentRecord.from_payload(entry.payload)
        if record.subject_id not in revoked or record.kind in _ATTESTED:
            continue
        same_release = wanted.release_sha256 and record.release_sha256 == wanted.release_sha256
        if same_release or record.recording_sha256 == wanted.recording_sha256:
            raise ConsentRefused(
                "The consent that this footage or release belongs to was withdrawn",
                hint="Ask the person for a new consent.",
            )


def _challenge_holds(core: Core, view: View, challenge: Challenge, wanted: Application) -> None:
    about = challenge.challenge_id
    issued = view.entries(kind=Event.CHALLENGE, about=about)
    genuine = challenge.verified_by(core.keys)
    if not genuine or not issued or issued[0].payload["commitment"] != challenge.commitment:
        raise ConsentRefused("This registry did not issue this challenge", hint=_NEW_CHALLENGE)
    if view.used(f"spent:{about}"):
        raise ConsentRefused("This challenge has been used", hint=_NEW_CHALLENGE)
    if len(view.entries(kind=Event.REFUSED, about=about)) >= challenges.ATTEMPTS:
        raise ConsentRefused(
            f"This challenge failed {challenges.ATTEMPTS} times", hint=_NEW_CHALLENGE
        )
    now = wanted.granted_at
    if not challenge.issued_at - clock.TOLERANCE <= now < challenge.expires_at:
        raise ConsentRefused(
            f"This challenge ended at {clock.to_text(challenge.expires_at)}", hint=_NEW_CHALLENGE
        )
    if challenge.name != wanted.name:
        raise ConsentRefused(
            "The challenge was made for another name", hint="Give the same --name to both."
        )
    if not wanted.purposes <= challenge.purposes:
        extra = ", ".join(sorted(wanted.purposes - challenge.purposes))
        raise ConsentRefused(
            f"The spoken statement does not allow: {extra}",
            hint="Make the challenge with the same --purpose options.",
        )


def _digest(text: str, what: str) -> str:
    lowered = text.lower()
    if len(lowered) != 64 or set(lowered) - set("0123456789abcdef"):
        raise ConsentRefused(f"The {what}'s SHA-256 is not 64 hexadecimal digits: {text!r}")
    return lowered
