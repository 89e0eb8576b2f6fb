import secrets
import shutil
from datetime import timedelta

import pytest

from consent.errors import ConsentError, RegistryDamaged, RegistryError
from consent.record import Purpose
from consent.vault import Part

NAME = "Quillon Vantersby"


def permit_for(registry, record, now):
    return registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)


def test_what_is_sealed_is_opened_with_a_permit_and_reads_as_noise_without(
    registry, grant_synthetic, now
):
    record = grant_synthetic()
    asset = b"the face of a person " * 1000
    registry.seal(record, asset, now=now)
    assert registry.unseal(permit_for(registry, record, now), now=now) == asset
    stored = registry.core.vault.part_path(record.record_id, Part.ASSET).read_bytes()
    assert b"the face" not in stored


def test_names_and_statements_stand_nowhere_in_the_open(
    registry, grant_recorded, grant_synthetic, now
):
    first = grant_recorded(name=NAME)
    second = grant_synthetic(name=NAME, attestation="Not even Vantersby is real")
    registry.revoke(second.subject_id, reason="Vantersby asked", now=now)
    assert registry.show(first.subject_id).name == NAME
    for path in registry.home.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        for word in (b"Quillon", b"Vantersby", NAME.encode("utf-16-le")):
            assert word not in content, path
    log_text = (registry.home / "registry.db").read_bytes()
    assert first.subject_id.encode() in log_text  # the search would have found what is there


def test_a_withdrawal_destroys_key_asset_and_name(registry, grant_synthetic, now):
    record = grant_synthetic()
    registry.seal(record, b"identity", now=now)
    permit = permit_for(registry, record, now)
    vault = registry.core.vault
    assert len(vault.remains(record.record_id)) == 3
    registry.revoke(record.subject_id, now=now)
    assert vault.remains(record.record_id) == []
    shown = registry.show(record.subject_id, now=now)
    assert (shown.name, shown.statement, shown.status) == (None, None, "revoked")
    with pytest.raises(ConsentError, match="withdrawn"):
        registry.unseal(permit, now=now)
    assert registry.audit() == []


def test_a_copy_of_the_sealed_file_is_useless_after_a_withdrawal(
    registry, grant_synthetic, tmp_path, now
):
    record = grant_synthetic()
    registry.seal(record, b"identity", now=now)
    vault = registry.core.vault
    copy = tmp_path / "copy"
    shutil.copy(vault.part_path(record.record_id, Part.ASSET), copy)
    assert vault.open(record.record_id, Part.ASSET, copy.read_bytes()) == b"identity"
    registry.revoke(record.subject_id, now=now)
    shutil.copy(copy, vault.part_path(record.record_id, Part.ASSET))
    with pytest.raises(ConsentError, match="was destroyed"):
        vault.open(record.record_id, Part.ASSET, copy.read_bytes())
    assert any("still exists" in finding.what for finding in registry.audit())
    registry.revoke(record.subject_id, now=now)  # may be repeated, and cleans up
    assert registry.audit() == []


def test_a_withdrawal_that_was_cut_short_is_found_and_can_be_finished(
    registry, grant_synthetic, now, monkeypatch
):
    record = grant_synthetic()
    registry.seal(record, b"identity", now=now)

    def fail(*_):
        raise RegistryError("disk gone")

    with monkeypatch.context() as broken:
        broken.setattr("consent.files.destroy", fail)
        with pytest.raises(RegistryError):
            registry.revoke(record.subject_id, now=now)
    with pytest.raises(ConsentError, match="withdrawn"):  # use has stopped all the same
        permit_for(registry, record, now)
    assert registry.audit() != []
    registry.revoke(record.subject_id, now=now)
    assert registry.audit() == []


def test_nothing_is_sealed_for_a_withdrawn_or_foreign_record(
    registry, grant_synthetic, tmp_path, now
):
    from dataclasses import replace

    record = grant_synthetic()
    with pytest.raises(ConsentError, match="not the one"):
        registry.seal(replace(record, purposes=frozenset(Purpose)), b"x", now=now)
    registry.revoke(record.subject_id, now=now)
    with pytest.raises(ConsentError, match="no longer in force"):
        registry.seal(record, b"x", now=now)


@pytest.mark.parametrize("position", [0, 11, 12, 20, -1])
def test_a_changed_asset_is_not_opened(registry, grant_synthetic, now, position):
    record = grant_synthetic()
    registry.seal(record, b"identity" * 9, now=now)
    path = registry.core.vault.part_path(record.record_id, Part.ASSET)
    changed = bytearray(path.read_bytes())
    changed[position] ^= 1
    path.write_bytes(changed)
    with pytest.raises(RegistryDamaged):
        registry.unseal(permit_for(registry, record, now), now=now)
    assert any("avatar" in finding.what for finding in registry.audit())


def test_one_subjects_asset_does_not_pass_for_anothers(registry, grant_synthetic, now):
    first, second = grant_synthetic(), grant_synthetic(name="Other")
    vault = registry.core.vault
    for record in (first, second):
        registry.seal(record, record.subject_id.encode(), now=now)
    stolen = vault.part_path(first.record_id, Part.ASSET).read_bytes()
    vault.part_path(second.record_id, Part.ASSET).write_bytes(stolen)
    with pytest.raises(RegistryDamaged):
        registry.unseal(permit_for(registry, second, now), now=now)
    shutil.copy(vault.key_path(first.record_id), vault.key_path(second.record_id))
    with pytest.raises(RegistryDamaged):  # nor with its key: both are bound to the record
        vault.open(second.record_id, Part.ASSET, stolen)


def test_an_earlier_asset_cannot_be_put_back(registry, grant_synthetic, now):
    record = grant_synthetic()
    path = registry.core.vault.part_path(record.record_id, Part.ASSET)
    registry.seal(record, b"old", now=now)
    old = path.read_bytes()
    registry.seal(record, b"new", now=now)
    assert registry.unseal(permit_for(registry, record, now), now=now) == b"new"
    path.write_bytes(old)
    with pytest.raises(RegistryDamaged, match="stored last"):
        registry.unseal(permit_for(registry, record, now), now=now)


def test_nothing_stored_is_told_so(registry, grant_synthetic, now):
    with pytest.raises(ConsentError, match="No avatar is stored"):
        registry.unseal(permit_for(registry, grant_synthetic(), now), now=now)


def test_two_seals_of_the_same_bytes_differ(registry, grant_synthetic, now):
    record = grant_synthetic()
    path = registry.core.vault.part_path(record.record_id, Part.ASSET)
    seen = set()
    for _ in range(3):
        registry.seal(record, b"same", now=now)
        seen.add(path.read_bytes())
    assert len(seen) == 3


def test_ended_consents_are_erased_and_others_stay(registry, grant_synthetic, now):
    short = grant_synthetic(expires_at=now + timedelta(days=1))
    long = grant_synthetic()
    later = now + timedelta(days=2)
    assert registry.erase_expired(now=now) == []
    assert registry.erase_expired(now=later) == [short.subject_id]
    assert registry.erase_expired(now=later) == []
    assert registry.show(short.subject_id, now=later).name is None
    assert registry.show(long.subject_id, now=later).name == NAME
    assert registry.audit() == []


@pytest.mark.parametrize("record_id", ["../../etc/passwd", "record_", "", "subject_" + "0" * 32])
def test_an_identifier_is_never_a_path_elsewhere(registry, record_id):
    with pytest.raises(RegistryDamaged):
        registry.core.vault.key_path(record_id)


def test_a_full_disk_during_a_grant_leaves_no_trace(registry, grant_synthetic, now, monkeypatch):
    record = grant_synthetic()
    before = {path: path.read_bytes() for path in registry.home.rglob("*") if path.is_file()}
    original = registry.core.vault.__class__.put

    def full(self, record_id, part, data):
        raise RegistryError("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("consent.vault.Vault.put", full)
        with pytest.raises(RegistryError):
            grant_synthetic(name="Other")
    assert registry.core.vault.__class__.put is original
    after = {path: path.read_bytes() for path in registry.home.rglob("*") if path.is_file()}
    assert after == before
    assert registry.records() == [record]


def test_opening_a_small_asset_takes_little_memory(registry, grant_synthetic, now):
    import tracemalloc

    record = grant_synthetic()
    registry.seal(record, b"small", now=now)
    permit = permit_for(registry, record, now)
    tracemalloc.start()
    registry.unseal(permit, now=now)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 << 20


def test_a_large_asset_goes_through(registry, grant_synthetic, now):
    record = grant_synthetic()
    asset = secrets.token_bytes(8 << 20)
    registry.seal(record, asset, now=now)
    assert registry.unseal(permit_for(registry, record, now), now=now) == asset
