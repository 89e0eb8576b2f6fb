"""Attacks on the log. Each takes a registry that audits clean and shows that one change is seen."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest

from consent.canonical import canonical_json, parse_json
from consent.errors import ConsentError, RegistryDamaged, RegistryError
from consent.keys import KeyRing
from consent.record import Purpose
from consent.registry import Registry

COLUMNS = ("kind", "subject_id", "about", "once", "body", "hash", "signature")


@pytest.fixture
def filled(registry: Registry, grant_recorded, grant_synthetic, now) -> Registry:
    record = grant_recorded()
    registry.seal(record, b"identity", now=now)
    registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)
    other = grant_synthetic()
    registry.revoke(other.subject_id, reason="asked to", now=now)
    assert registry.audit() == []
    return registry


@pytest.fixture
def attacked(filled: Registry) -> Iterator[Callable[..., None]]:
    """Runs SQL as someone who took the guards off first and puts them back after."""

    def run(sql: str, *values: object) -> None:
        with closing(sqlite3.connect(filled.home / "registry.db")) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            guards = connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            for name, _ in guards:
                connection.execute(f"DROP TRIGGER {name}")
            connection.execute(sql, values)
            for _, definition in guards:
                connection.execute(definition)
            connection.commit()

    return run


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE log SET kind = 'grant' WHERE seq = 2",
        "DELETE FROM log WHERE seq = 2",
        "DELETE FROM log",
        "REPLACE INTO log SELECT * FROM log WHERE seq = 2",
        "INSERT INTO log VALUES (99, 'x', NULL, NULL, NULL, '{}', 'h', 's')",
    ],
)
def test_the_database_itself_refuses_to_change_the_log(filled, sql):
    with (
        closing(sqlite3.connect(filled.home / "registry.db")) as connection,
        pytest.raises(sqlite3.IntegrityError, match="append-only"),
    ):
        connection.execute(sql)
    assert filled.audit() == []


@pytest.mark.parametrize("column", COLUMNS)
def test_a_flipped_byte_in_any_column_of_any_row_is_found(filled, attacked, column):
    with closing(sqlite3.connect(filled.home / "registry.db")) as connection:
        rows = connection.execute(f"SELECT seq, {column} FROM log").fetchall()  # noqa: S608
    update = f"UPDATE log SET {column} = ? WHERE seq = ?"  # noqa: S608
    flips = 0
    for seq, text in rows:
        places = range(seq % 7, len(text or ""), 131) if column == "body" else [0]
        for place in places if text else []:
            flipped = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
            attacked(update, flipped, seq)
            assert filled.audit() != [], f"{column} of entry {seq} at {place}"
            attacked(update, text, seq)
            flips += 1
    assert flips >= 3
    assert filled.audit() == []  # so that every finding above was the flip's doing


def test_every_entry_that_is_removed_is_missed(filled, attacked):
    with closing(sqlite3.connect(filled.home / "registry.db")) as connection:
        rows = connection.execute("SELECT * FROM log").fetchall()
    for row in rows:
        attacked("DELETE FROM log WHERE seq = ?", row[0])
        assert filled.audit() != [], f"entry {row[0]}"
        with pytest.raises(RegistryDamaged):
            Registry.open(filled.home).records()
        attacked("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *row)
    assert filled.audit() == []


def test_an_entry_rewritten_together_with_its_hash_is_found(filled, attacked, now):
    """An attacker without the key can make a row agree with itself, but not with the next."""
    filled.set_policy(allow_documented=False, now=now)
    filled.issue_challenge("Ann", now=now)
    with filled.core.log.reading() as view:
        (entry,) = view.entries(kind="policy")
        row = view.connection.execute("SELECT body FROM log WHERE seq = ?", (entry.seq,))
        body = row.fetchone()["body"].replace("false", "true")
    digest = sha256(body.encode()).hexdigest()
    attacked("UPDATE log SET body = ?, hash = ? WHERE seq = ?", body, digest, entry.seq)
    with pytest.raises(RegistryDamaged, match="broken before"):
        _ = Registry.open(filled.home).policy
    assert filled.audit() != []


def test_cutting_the_middle_out_and_renumbering_is_found(filled, attacked):
    attacked("DELETE FROM log WHERE seq = 3")
    attacked("UPDATE log SET seq = seq - 1 WHERE seq > 3")
    assert filled.audit() != []


@pytest.mark.parametrize("kept", [1, 2, 4])
def test_cutting_the_end_off_is_found(filled, attacked, kept):
    attacked("DELETE FROM log WHERE seq > ?", kept)
    assert any("head" in finding.what for finding in filled.audit())


def test_hiding_a_withdrawal_does_not_bring_the_consent_back(filled, attacked, now):
    with filled.core.log.reading() as view:
        withdrawn = next(e for e in view.entries(kind="revoked") if e.subject_id)
    attacked("DELETE FROM log WHERE seq >= ?", withdrawn.seq)
    for registry in (filled, Registry.open(filled.home)):
        with pytest.raises(RegistryDamaged):
            registry.authorize(withdrawn.subject_id, purpose=Purpose.SPEAK, now=now)


def test_an_entry_appended_without_the_key_is_refused(filled, tmp_path, now):
    """Someone who can write the database, but does not hold this home's signing key."""
    folder = tmp_path / "stranger"
    KeyRing.create(folder)
    stranger = Registry.open(filled.home)
    stranger.core.log.keys = KeyRing.load(folder)
    with stranger.core.log.store.write() as connection:
        from consent.log import Writer

        Writer(connection, stranger.core.log.keys).append(
            "policy", {"allow_documented": True}, now=now
        )
    with pytest.raises(RegistryDamaged, match="not signed"):
        _ = Registry.open(filled.home).policy
    assert filled.audit() != []


def test_a_removed_or_edited_head_is_found(filled):
    head = filled.home / "registry.head"
    genuine = head.read_bytes()
    head.unlink()
    assert filled.audit() != []
    with pytest.raises(RegistryDamaged):
        Registry.open(filled.home)
    head.touch(mode=0o600)
    for position in range(0, len(genuine) - 1, 5):
        changed = bytearray(genuine)
        changed[position] ^= 1
        head.write_bytes(changed)
        assert filled.audit() != [], f"byte {position}"
    fields = parse_json(genuine)
    head.write_bytes(canonical_json({**fields, "seq": 1}))
    assert filled.audit() != []
    head.write_bytes(genuine)
    assert filled.audit() == []


def test_an_older_log_under_the_present_head_is_found(filled, tmp_path, now):
    old = tmp_path / "old.db"
    shutil.copy(filled.home / "registry.db", old)
    filled.issue_challenge("Later", now=now)
    shutil.copy(old, filled.home / "registry.db")
    assert filled.audit() != []
    with pytest.raises(RegistryDamaged):
        Registry.open(filled.home).records()


def test_a_crash_between_entry_and_head_heals_with_the_next_entry(filled, now):
    head = filled.home / "registry.head"
    before = head.read_bytes()
    filled.issue_challenge("Ann", now=now)
    head.write_bytes(before)  # as if the process had been killed before it wrote the head
    again = Registry.open(filled.home)
    assert again.audit() == []
    again.issue_challenge("Ann", now=now)
    assert again.audit() == []
    assert head.read_bytes() != before


def test_taking_the_guards_off_is_found(filled):
    with closing(sqlite3.connect(filled.home / "registry.db")) as connection:
        connection.execute("DROP TRIGGER log_never_deleted")
        connection.commit()
    assert [finding.where for finding in filled.audit()] == ["database"]


def test_an_index_that_hides_entries_is_found(filled):
    """Look-ups go through indexes: one that disagrees with the table could hide a withdrawal."""
    with closing(sqlite3.connect(filled.home / "registry.db")) as connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = 'CREATE INDEX log_by_subject ON log (kind)'"
            " WHERE name = 'log_by_subject'"
        )
        connection.commit()
    assert any("log_by_subject" in finding.what for finding in filled.audit())


def test_a_signature_for_one_use_does_not_pass_for_another(registry):
    keys = registry.core.keys
    signature = keys.sign("permit", b"the same bytes")
    assert keys.verify("permit", b"the same bytes", signature)
    assert not keys.verify("consent-record", b"the same bytes", signature)
    assert not keys.verify("permit", b"other bytes", signature)


def test_a_removed_database_is_not_quietly_replaced(filled):
    (filled.home / "registry.db").unlink()
    with pytest.raises(RegistryDamaged, match="removed"):
        Registry.open(filled.home)


@pytest.mark.parametrize("name", ["signing.key", "wrapping.key"])
def test_removed_or_exchanged_keys_are_found(filled, name):
    path = filled.home / "keys" / name
    genuine = path.read_bytes()
    path.write_bytes(bytes(32))
    try:
        findings = Registry.open(filled.home).audit()
    except ConsentError as error:
        findings = [error]
    assert findings
    path.write_bytes(genuine[:31])
    with pytest.raises(RegistryDamaged):
        Registry.open(filled.home)
    path.unlink()
    with pytest.raises(ConsentError):
        Registry.open(filled.home)


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 100])
def test_a_database_that_is_none_is_told_so(filled, content):
    (filled.home / "registry.db").write_bytes(content)
    with pytest.raises(ConsentError) as caught:
        Registry.open(filled.home).records()
    assert caught.value.exit_code in (3, 4)
    assert filled.audit() != []


def test_a_missing_registry_is_not_made_unless_asked(tmp_path):
    with pytest.raises(RegistryError) as caught:
        Registry.open(tmp_path / "none", create=False)
    assert caught.value.exit_code == 4
    assert not (tmp_path / "none").exists()


def test_a_home_that_cannot_be_written_is_told_so(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(RegistryError) as caught:
        Registry.open(tmp_path / "file" / "home")
    assert "--home" in caught.value.hint


def test_everything_is_private_to_its_owner(filled):
    modes = {
        str(path.relative_to(filled.home)): path.stat().st_mode & 0o777
        for path in [filled.home, *filled.home.rglob("*")]
    }
    assert all(mode in (0o600, 0o700) for mode in modes.values()), modes
    (filled.home / "keys" / "signing.key").chmod(0o644)
    assert [finding.where for finding in filled.audit()] == [str(Path("keys", "signing.key"))]
