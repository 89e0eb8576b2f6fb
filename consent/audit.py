"""Checks a whole home again from nothing: chain, signatures, records, keys, files, permissions."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from consent import clock
from consent.assets import person_of
from consent.core import Core, Event, Standing, standing_of
from consent.errors import ConsentError
from consent.log import Entry, Log, View, signed
from consent.record import ConsentRecord, commit
from consent.vault import Part


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: where, and what."""

    where: str
    what: str


def audit(core: Core) -> list[Finding]:
    """List everything that does not hold; empty when all does."""
    findings = list(_permissions(core))
    try:
        for fault in core.log.store.faults():
            findings.append(Finding("database", fault))
        for name in core.log.store.missing_guards():
            findings.append(Finding("database", f"the guard {name} is missing or was changed"))
        # A log object of its own trusts nothing that this process verified before.
        with Log(core.log.store, core.keys, core.log.head_path).reading() as view:
            findings += _entries(core, view)
            findings += _records(core, view)
            findings += _outputs(view)
    except ConsentError as error:
        findings.append(Finding("log", str(error)))
    return findings


def _entries(core: Core, view: View) -> Iterator[Finding]:
    entries = view.entries()
    if not entries or entries[0].kind != Event.CREATED:
        yield Finding("log", "it does not begin with its creation")
    elif entries[0].payload.get("public_key") != core.keys.public_key:
        yield Finding("keys", "the signing key is not the one this log began with")
    for entry in entries:
        if not signed(entry, core.keys):
            yield Finding(f"log entry {entry.seq}", "its signature does not hold")
        if entry.kind not in list(Event):
            yield Finding(f"log entry {entry.seq}", f"{entry.kind!r} is no kind of entry")
    for earlier, later in pairwise(entries):
        if clock.from_text(later.at) < clock.from_text(earlier.at) - clock.TOLERANCE:
            yield Finding(f"log entry {later.seq}", "it is dated before the one it follows")


def _records(core: Core, view: View) -> Iterator[Finding]:
    known = set()
    for entry in view.entries(kind=Event.GRANT):
        known.add(str(entry.about))
        try:
            standing = standing_of(view, core.keys, entry.subject_id or "")
            yield from _record(core, view, standing)
        except ConsentError as error:
            yield Finding(str(entry.subject_id), str(error))
    for stray in sorted(core.vault.record_ids_with_keys() - known):
        yield Finding(stray, "a data key belongs to no record: a grant was cut short")


def _record(core: Core, view: View, standing: Standing) -> Iterator[Finding]:
    record = standing.record
    erased = view.used(f"erased:{record.record_id}")
    if standing.revoked_at is not None or erased:
        for path in core.vault.remains(record.record_id):
            yield Finding(record.subject_id, f"{path.name} still exists; run consent revoke again")
        if standing.revoked_at is not None and not erased:
            yield Finding(record.subject_id, "withdrawn, but not erased; run consent revoke again")
        return
    if not core.vault.has_key(record.record_id):
        yield Finding(record.subject_id, "its data key is missing")
        return
    yield from _person(core, record)
    yield from _asset(core, record, view.entries(kind=Event.SEALED, subject_id=record.subject_id))


def _person(core: Core, record: ConsentRecord) -> Iterator[Finding]:
    person = person_of(core, record) or {}
    opened = {
        "name": record.name_commitment,
        "statement": record.statement_commitment,
    }
    for field, commitment in opened.items():
        salt = bytes.fromhex(person.get(f"{field}_salt", ""))
        if commit(salt, person.get(field, "")) != commitment:
            yield Finding(record.subject_id, f"its {field} is not the one committed to")


def _asset(core: Core, record: ConsentRecord, sealed_entries: list[Entry]) -> Iterator[Finding]:
    path = core.vault.part_path(record.record_id, Part.ASSET)
    if not sealed_entries:
        if path.exists():
            yield Finding(record.subject_id, "its avatar was stored without an entry in the log")
        return
    sealed = core.vault.sealed(record.record_id, Part.ASSET)
    if sha256(sealed).hexdigest() != sealed_entries[-1].payload["sha256"]:
        yield Finding(record.subject_id, "its avatar is not the one that was stored last")


def _outputs(view: View) -> Iterator[Finding]:
    """Hold every output against the permit it names and the order of events."""
    permits: dict[str | None, Entry] = {}
    withdrawn = set()
    for entry in view.entries():
        if entry.kind == Event.PERMIT:
            permits[entry.about] = entry
        elif entry.kind == Event.REVOKED:
            withdrawn.add(entry.subject_id)
        elif entry.kind == Event.ISSUED:
            permit = permits.get(entry.payload["permit_id"])
            if permit is None or permit.subject_id != entry.subject_id:
                yield Finding(f"log entry {entry.seq}", "an output was issued without a permit")
            if entry.subject_id in withdrawn:
                yield Finding(f"log entry {entry.seq}", "an output was issued after withdrawal")


def _permissions(core: Core) -> Iterator[Finding]:
    if os.name != "posix":
        return
    ours = [core.log.store.path, core.log.head_path]
    for folder in ("keys", "vault", "assets", "provenance"):
        ours += [core.home / folder, *(core.home / folder).rglob("*")]
    for path in ours:
        if path.exists() and path.stat().st_mode & 0o077:
            yield Finding(str(path.relative_to(core.home)), "others than its owner may read it")
