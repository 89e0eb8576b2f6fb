"""The database engine, in one place: its address, its locking, its schema.

SQLite with a rollback journal: several processes may write, one after the other, and a network
file system that cannot do shared memory still works. A connection lives for one transaction, so
threads and forked workers need no care.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from consent.errors import RegistryDamaged, RegistryError

_SCHEME = "sqlite:///"
_LOCK_WAIT_S = 60.0

_LOG = """
CREATE TABLE IF NOT EXISTS log (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    subject_id TEXT,
    about TEXT,
    once TEXT UNIQUE,
    body TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    signature TEXT NOT NULL
)"""
_INDEXES = (
    "CREATE INDEX IF NOT EXISTS log_by_subject ON log (subject_id)",
    "CREATE INDEX IF NOT EXISTS log_by_kind ON log (kind)",
    "CREATE INDEX IF NOT EXISTS log_by_about ON log (about)",
)
_GUARDS = {  # trigger: when it refuses
    "log_never_updated": "BEFORE UPDATE ON log",
    "log_never_deleted": "BEFORE DELETE ON log",
    "log_grows_by_one": "BEFORE INSERT ON log"
    " WHEN NEW.seq IS NOT (SELECT COALESCE(MAX(seq), 0) + 1 FROM log)",
}


@dataclass(frozen=True, slots=True)
class Store:
    """Opens transactions on the database of one registry."""

    path: Path

    @classmethod
    def at(cls, url: str) -> Self:
        """Choose the engine by its address, such as `sqlite:////home/ann/registry.db`.

        Raises:
            RegistryError: The address names another engine.
        """
        if not url.startswith(_SCHEME):
            raise RegistryError(
                f"{url.partition(':')[0]} is not a database engine this version has",
                hint=f"Use an address that starts with {_SCHEME}",
            )
        return cls(Path(url.removeprefix(_SCHEME)))

    def create(self) -> None:
        """Create the schema where it is missing; the file becomes private to its owner."""
        if not self.path.exists():
            self.path.touch(mode=0o600)
        with self.write() as connection:
            connection.execute(_LOG)
            for statement in _INDEXES:
                connection.execute(statement)
            for name, when in _GUARDS.items():
                connection.execute(
                    f"CREATE TRIGGER IF NOT EXISTS {name} {when}"
                    " BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
                )

    def faults(self) -> tuple[str, ...]:
        """List what the engine itself finds wrong: broken pages, indexes that do not agree."""
        with self.read() as connection:
            rows = connection.execute("PRAGMA integrity_check(20)").fetchall()
        return tuple(row[0] for row in rows if row[0] != "ok")

    def missing_guards(self) -> tuple[str, ...]:
        """Name the triggers that keep the log append-only and are no longer there as made."""
        with self.read() as connection:
            rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            found = {row["name"]: row["sql"] for row in rows}
        return tuple(name for name, when in _GUARDS.items() if when not in found.get(name, ""))

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """Open a consistent view; nothing may be written in it."""
        with self._translated(), closing(self._connect()) as connection:
            connection.execute("BEGIN")
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that no other process can interleave with.

        Commits when the block ends, rolls back when it raises.
        """
        with self._translated(), closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.path.resolve().as_uri()}?mode=rw",
            uri=True,
            timeout=_LOCK_WAIT_S,
            isolation_level=None,
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise RegistryError(
                f"The registry {self.path} cannot be used: {error}",
                hint="Check the folder's permissions and free space, or choose one with --home.",
            ) from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError):
                raise  # a rule of the schema, not damage: the caller knows which one
            raise RegistryDamaged(
                f"The registry {self.path} is damaged: {error}",
                hint="Put back a copy of the whole home folder.",
            ) from error
