from dataclasses import fields, replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent import permit as permits
from consent.errors import ConsentError
from consent.lease import PermitLease
from consent.permit import Permit
from consent.record import Kind, Purpose
from consent.registry import Registry

SLOW = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def holds(registry, permit, now, *, subject_id=None, purpose=None):
    registry.verify(
        permit,
        subject_id=subject_id or permit.subject_id,
        purpose=purpose or permit.purpose,
        now=now,
    )


@SLOW
@given(granted=st.sets(st.sampled_from(Purpose), min_size=1), asked=st.sampled_from(Purpose))
def test_a_permit_is_given_exactly_for_what_was_granted(
    registry, grant_synthetic, now, granted, asked
):
    record = grant_synthetic(purposes=granted)
    if asked not in granted:
        with pytest.raises(ConsentError, match="does not allow"):
            registry.authorize(record.subject_id, purpose=asked, now=now)
        return
    permit = registry.authorize(record.subject_id, purpose=asked, now=now)
    holds(registry, permit, now)
    assert permit.expires_at <= min(now + permits.LIFETIME, record.expires_at)
    for other in set(Purpose) - {asked}:  # a permit never widens, not even to what was granted
        with pytest.raises(ConsentError, match="permit is for"):
            holds(registry, permit, now, purpose=other)


@pytest.mark.parametrize("field", [field.name for field in fields(Permit)])
def test_a_permit_changed_in_any_field_is_refused(registry, grant_synthetic, now, field):
    record = grant_synthetic(purposes=list(Purpose))
    permit = registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)
    holds(registry, permit, now)  # so that the refusal below is the change's doing
    old = getattr(permit, field)
    if isinstance(old, Purpose):
        new = Purpose.EXPORT
    elif hasattr(old, "year"):
        new = old + timedelta(days=1)
    else:
        new = ("0" if (old or "1")[-1] != "0" else "1").join([(old or "permit_1")[:-1], ""])
    with pytest.raises(ConsentError):
        holds(registry, replace(permit, **{field: new}), now)


def test_a_hand_made_permit_is_refused(registry, grant_synthetic, now):
    record = grant_synthetic()
    forged = Permit(
        permit_id="permit_" + "0" * 32,
        record_id=record.record_id,
        subject_id=record.subject_id,
        purpose=Purpose.SPEAK,
        issued_at=now,
        expires_at=now + timedelta(minutes=10),
        first_issued_at=now,
        renews=None,
        key_id=record.key_id,
        signature="ab" * 64,
    )
    with pytest.raises(ConsentError, match="not made by this registry"):
        holds(registry, forged, now)
    with pytest.raises(ConsentError, match="not made by this registry"):
        registry.unseal(forged, now=now)
    with pytest.raises(ConsentError, match="not made by this registry"):
        registry.renew(forged, now=now)


def test_a_permit_that_is_signed_but_was_never_logged_is_refused(registry, grant_synthetic, now):
    record = grant_synthetic()
    real = registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)
    unlogged = replace(real, permit_id="permit_" + "1" * 32)
    unlogged = replace(unlogged, signature=unlogged.sign(registry.core.keys))
    assert unlogged.verified_by(registry.core.keys)
    with pytest.raises(ConsentError, match="not made by this registry"):
        holds(registry, unlogged, now)


def test_a_permit_of_another_home_is_refused(registry, grant_synthetic, tmp_path, now):
    elsewhere = Registry.open(tmp_path / "elsewhere", now=now)
    record = grant_synthetic()
    permit = registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)
    with pytest.raises(ConsentError, match="not made by this registry"):
        holds(elsewhere, permit, now)


def test_a_permit_is_for_one_subject(registry, grant_synthetic, now):
    first, second = grant_synthetic(), grant_synthetic(name="Other")
    permit = registry.authorize(first.subject_id, purpose=Purpose.SPEAK, now=now)
    with pytest.raises(ConsentError, match="permit is for"):
        holds(registry, permit, now, subject_id=second.subject_id)


def test_a_permit_ends_after_ten_minutes(registry, grant_synthetic, now):
    permit = registry.authorize(grant_synthetic().subject_id, purpose=Purpose.SPEAK, now=now)
    holds(registry, permit, now + timedelta(minutes=10, seconds=-1))
    with pytest.raises(ConsentError, match="permit ended"):
        holds(registry, permit, now + timedelta(minutes=10))


def test_no_permit_outlives_its_consent(registry, grant_synthetic, now):
    record = grant_synthetic(expires_at=now + timedelta(minutes=3))
    permit = registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)
    assert permit.expires_at == record.expires_at
    with pytest.raises(ConsentError, match="ended on"):
        registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now + timedelta(minutes=3))


def test_an_unknown_subject_is_refused_with_exit_code_3(registry, now):
    with pytest.raises(ConsentError, match="No consent is recorded") as caught:
        registry.authorize("subject_' OR 1=1 --", purpose=Purpose.SPEAK, now=now)
    assert caught.value.exit_code == 3


def test_revoking_stops_permits_that_were_given_before(registry, grant_synthetic, now):
    record = grant_synthetic()
    permit = registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)
    registry.revoke(record.subject_id, now=now)
    for use in (
        lambda: holds(registry, permit, now),
        lambda: registry.renew(permit, now=now),
        lambda: registry.unseal(permit, now=now),
        lambda: registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now),
    ):
        with pytest.raises(ConsentError, match="withdrawn"):
            use()


def test_a_second_process_sees_a_withdrawal_at_once(registry, grant_synthetic, now):
    record = grant_synthetic()
    other = Registry.open(registry.home, create=False)
    permit = other.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)
    registry.revoke(record.subject_id, now=now)
    with pytest.raises(ConsentError, match="withdrawn"):
        holds(other, permit, now)


def test_setting_the_clock_back_does_not_bring_an_ended_consent_to_life(
    registry, grant_synthetic, now
):
    record = grant_synthetic(expires_at=now + timedelta(days=1))
    grant_synthetic(now=now + timedelta(days=2))  # the registry has seen a later day
    with pytest.raises(ConsentError, match="clock"):
        registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)


def test_documented_consents_stop_when_the_policy_forbids_them(registry, grant_synthetic, now):
    registry.set_policy(allow_documented=True, now=now)
    record = grant_synthetic(kind=Kind.DOCUMENTED, attestation=None, release_sha256="d" * 64)
    permit = registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)
    registry.set_policy(allow_documented=False, now=now)
    with pytest.raises(ConsentError, match="no longer accepts"):
        holds(registry, permit, now)


def test_a_lease_carries_a_long_job_over_many_permits(registry, grant_synthetic, now):
    record = grant_synthetic()
    lease = PermitLease(
        registry, registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)
    )
    first = lease.permit
    for minute in range(0, 120, 4):
        current = lease.check(now=now + timedelta(minutes=minute))
    assert current.permit_id != first.permit_id
    assert current.first_issued_at == first.first_issued_at
    assert current.purpose == first.purpose


def test_a_lease_survives_a_step_longer_than_a_permit(registry, grant_synthetic, now):
    record = grant_synthetic()
    lease = PermitLease(
        registry, registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)
    )
    lease.check(now=now + timedelta(minutes=25))


def test_a_withdrawal_stops_a_running_job_at_its_next_chunk(registry, grant_synthetic, now):
    record = grant_synthetic()
    lease = PermitLease(
        registry, registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)
    )
    lease.check(now=now)
    Registry.open(registry.home).revoke(record.subject_id, now=now)
    with pytest.raises(ConsentError, match="withdrawn"):
        lease.check(now=now)


def test_a_consent_that_ends_during_a_job_stops_it(registry, grant_synthetic, now):
    record = grant_synthetic(expires_at=now + timedelta(minutes=12))
    lease = PermitLease(
        registry, registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)
    )
    lease.check(now=now + timedelta(minutes=6))
    with pytest.raises(ConsentError, match="ended"):
        lease.check(now=now + timedelta(minutes=12))


@pytest.mark.parametrize("late", [permits.LIFETIME + permits.RENEWAL_GRACE, timedelta(days=2)])
def test_an_old_permit_is_not_renewed(registry, grant_synthetic, now, late):
    permit = registry.authorize(grant_synthetic().subject_id, purpose=Purpose.SPEAK, now=now)
    with pytest.raises(ConsentError, match="too old"):
        registry.renew(permit, now=now + late)


def test_renewing_does_not_go_on_for_more_than_a_day(registry, grant_synthetic, now):
    permit = registry.authorize(grant_synthetic().subject_id, purpose=Purpose.SPEAK, now=now)
    renewed = 0
    with pytest.raises(ConsentError, match="too old"):
        for hour in range(1, 30):
            permit = registry.renew(permit, now=now + timedelta(hours=hour))
            renewed = hour
    assert renewed == 23


def test_authorisations_and_refusals_are_logged(registry, grant_synthetic, now):
    record = grant_synthetic(purposes=[Purpose.SPEAK])
    registry.authorize(record.subject_id, purpose=Purpose.SPEAK, now=now)
    with pytest.raises(ConsentError):
        registry.authorize(record.subject_id, purpose=Purpose.EXPORT, now=now)
    with registry.core.log.reading() as view:
        kinds = [entry.kind for entry in view.entries(subject_id=record.subject_id)]
    assert kinds == ["grant", "permit", "refused"]
