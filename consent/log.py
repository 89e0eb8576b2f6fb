"""The append-only log: every entry is signed and carries the hash of the one before it.

The newest entry's hash is also kept in a signed head file outside the database. Because each hash
covers all that came before, that one signature vouches for the whole chain: an entry changed,
inserted or removed anywhere, at the end too, no longer leads to the head.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self

from consent import clock, files
from consent.canonical import canonical_json, parse_json
from consent.errors import RegistryDamaged
from consent.keys import KeyRing
from consent.store import Store

FIRST_PREVIOUS = "0" * 64
ENTRY = "log-entry"
HEAD = "log-head"
_HEAD_LIMIT_BYTES = 4096
_SELECT = {  # written out, so that no query is ever put together from text
    "about": "SELECT * FROM log WHERE about = ? ORDER BY seq",
    "subject_id": "SELECT * FROM log WHERE subject_id = ? ORDER BY seq",
    "kind": "SELECT * FROM log WHERE kind = ? ORDER BY seq",
    "all": "SELECT * FROM log ORDER BY seq",
}
_ADVICE = "Run: avatar consent audit. Nothing is rendered until the registry verifies."


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in the log. `about` can be looked up; `once` can occur only once, ever."""

    seq: int
    at: str
    kind: str
    subject_id: str | None
    about: str | None
    once: str | None
    payload: Mapping[str, Any]
    previous: str
    hash: str
    signature: str

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Self:
        """Read a row and hold its columns against the hashed text.

        Raises:
            RegistryDamaged: The hash, or a column, does not agree with the text.
        """
        body_text = row["body"]
        where = f"Log entry {row['seq']}"
        try:
            body = parse_json(body_text)
            entry = cls(**body, hash=row["hash"], signature=row["signature"])
        except (ValueError, TypeError, AttributeError) as error:
            raise RegistryDamaged(f"{where} is not readable", hint=_ADVICE) from error
        if sha256(body_text.encode()).hexdigest() != entry.hash:
            raise RegistryDamaged(f"{where} was changed: its hash differs", hint=_ADVICE)
        columns = ("seq", "kind", "subject_id", "about", "once")
        if any(row[column] != body[column] for column in columns):
            raise RegistryDamaged(f"{where} was changed: its columns differ", hint=_ADVICE)
        return entry


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A place in the log: how many entries it had, and the hash of the last."""

    seq: int
    hash: str


@dataclass(slots=True, eq=False)
class Log:
    """Reads and appends entries; refuses to do either once the chain does not verify."""

    store: Store
    keys: KeyRing
    head_path: Path
    _verified: Checkpoint = field(default=Checkpoint(0, FIRST_PREVIOUS))

    @contextmanager
    def reading(self) -> Iterator["View"]:
        """Open a verified view of the log.

        Raises:
            RegistryDamaged: The chain does not verify.
        """
        head = self.read_head()  # before the database: it may only be older than the log
        with self.store.read() as connection:
            self._verify_new(connection, head)
            yield View(connection)

    @contextmanager
    def appending(self) -> Iterator["Writer"]:
        """Open a verified transaction; all entries added in it appear together or not at all.

        Raises:
            RegistryDamaged: The chain does not verify.
        """
        with self.store.write() as connection:
            self._verify_new(connection, self.read_head())
            yield Writer(connection, self.keys)
        self._advance_head()

    def read_head(self) -> Checkpoint | None:
        """Read the signed head file; None when there is none yet.

        Raises:
            RegistryDamaged: Its signature does not hold.
        """
        if not self.head_path.exists():
            return None
        try:
            head = parse_json(files.read_limited(self.head_path, _HEAD_LIMIT_BYTES))
            signature = head.pop("signature")
            checkpoint = Checkpoint(int(head["seq"]), str(head["hash"]))
            genuine = self.keys.verify(HEAD, canonical_json(head), signature)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise RegistryDamaged(f"{self.head_path} is not readable", hint=_ADVICE) from error
        if not genuine:
            raise RegistryDamaged(f"{self.head_path} was changed", hint=_ADVICE)
        return checkpoint

    def _verify_new(self, connection: sqlite3.Connection, head: Checkpoint | None) -> None:
        """Follow the chain from where this process last stood to the newest entry.

        Entries up to the head are vouched for by its signature; any after it (a process was
        killed between the two writes) must carry a good signature of their own.
        """
        last = self._verified
        known = connection.execute("SELECT hash FROM log WHERE seq = ?", (last.seq,)).fetchone()
        if last.seq and (known is None or known["hash"] != last.hash):
            raise RegistryDamaged("The log is not the one read before", hint=_ADVICE)
        rows = connection.execute("SELECT * FROM log WHERE seq > ? ORDER BY seq", (last.seq,))
        met_head = head is None or head.seq < last.seq or head == last
        for row in rows:
            entry = Entry.from_row(row)
            if entry.seq != last.seq + 1 or entry.previous != last.hash:
                raise RegistryDamaged(f"The log is broken before entry {entry.seq}", hint=_ADVICE)
            last = Checkpoint(entry.seq, entry.hash)
            if (head is None or entry.seq > head.seq) and not signed(entry, self.keys):
                raise RegistryDamaged(f"Log entry {entry.seq} is not signed", hint=_ADVICE)
            met_head = met_head or last == head
        (count,) = connection.execute("SELECT COUNT(*) FROM log").fetchone()
        if count != last.seq:
            raise RegistryDamaged(f"The log has {count} entries, not {last.seq}", hint=_ADVICE)
        if not met_head:
            raise RegistryDamaged("The log does not lead to its signed head", hint=_ADVICE)
        if head is None and last.seq > 1:
            raise RegistryDamaged(f"{self.head_path} is missing", hint=_ADVICE)
        self._verified = last

    def _advance_head(self) -> None:
        with self.store.write() as connection:  # its lock keeps two processes in order
            row = connection.execute("SELECT * FROM log ORDER BY seq DESC LIMIT 1").fetchone()
            content = {"seq": row["seq"], "hash": row["hash"], "key_id": self.keys.key_id}
            signature = self.keys.sign(HEAD, canonical_json(content))
            files.write_private(
                self.head_path, canonical_json({**content, "signature": signature}) + b"\n"
            )


@dataclass(frozen=True, slots=True)
class View:
    """Queries on one consistent state of the log."""

    connection: sqlite3.Connection

    def entries(
        self, *, kind: str | None = None, subject_id: str | None = None, about: str | None = None
    ) -> list[Entry]:
        """List entries, oldest first, that agree with every argument given."""
        wanted = {"about": about, "subject_id": subject_id, "kind": kind}
        given = {column: value for column, value in wanted.items() if value is not None}
        narrowest = next(iter(given), "all")
        rows = self.connection.execute(_SELECT[narrowest], list(given.values())[:1])
        entries = map(Entry.from_row, rows)
        return [e for e in entries if all(getattr(e, name) == given[name] for name in given)]

    def used(self, once: str) -> bool:
        """Whether something that may happen only once has happened."""
        found = self.connection.execute("SELECT 1 FROM log WHERE once = ?", (once,)).fetchone()
        return found is not None

    def last(self) -> Entry | None:
        """Return the newest entry."""
        row = self.connection.execute("SELECT * FROM log ORDER BY seq DESC LIMIT 1").fetchone()
        return None if row is None else Entry.from_row(row)

    def at(self, seq: int) -> Entry | None:
        """Return the entry with that number."""
        row = self.connection.execute("SELECT * FROM log WHERE seq = ?", (seq,)).fetchone()
        return None if row is None else Entry.from_row(row)


@dataclass(frozen=True, slots=True)
class Writer(View):
    """A view that can also append; only `Log.appending` makes one."""

    keys: KeyRing

    def append(
        self,
        kind: str,
        payload: Mapping[str, object],
        *,
        now: datetime,
        subject_id: str | None = None,
        about: str | None = None,
        once: str | None = None,
    ) -> Entry:
        """Add one signed entry to the end of the chain.

        Raises:
            sqlite3.IntegrityError: `once` has been used before.
        """
        last = self.last()
        body = {
            "seq": last.seq + 1 if last else 1,
            "at": clock.to_text(now),
            "kind": kind,
            "subject_id": subject_id,
            "about": about,
            "once": once,
            "payload": payload,
            "previous": last.hash if last else FIRST_PREVIOUS,
        }
        text = canonical_json(body)
        digest = sha256(text).hexdigest()
        signature = self.keys.sign(ENTRY, bytes.fromhex(digest))
        self.connection.execute(
            "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (body["seq"], kind, subject_id, about, once, text.decode(), digest, signature),
        )
        return Entry(**parse_json(text), hash=digest, signature=signature)


def signed(entry: Entry, keys: KeyRing) -> bool:
    """Whether this home's key signed the entry."""
    return keys.verify(ENTRY, bytes.fromhex(entry.hash), entry.signature)
