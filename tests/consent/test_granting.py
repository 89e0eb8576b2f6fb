from dataclasses import replace
from datetime import timedelta

import pytest

from consent import challenge as challenges
from consent.challenge import Challenge
from consent.decision import CODE_WORDS, ONE_FACE
from consent.errors import ConsentRefused, RegistryError
from consent.record import Check, Kind, Purpose
from consent.registry import Registry


def test_a_recorded_consent_says_what_was_and_was_not_checked(grant_recorded, registry):
    record = grant_recorded()
    status = {check.name: check.status for check in record.checks}
    assert status[CODE_WORDS] == status[ONE_FACE] == "passed"
    assert status["liveness"] == status["screen_replay"] == "not_checked"
    assert record.verified_by(registry.core.keys)
    assert registry.show(record.subject_id).statement.endswith(".")


def test_the_statement_holds_name_purposes_and_code_words_in_order(registry, now):
    challenge = registry.issue_challenge("  Zoë   Ångström ", purposes=[Purpose.SPEAK], now=now)
    assert "My name is Zoë Ångström." in challenge.statement
    assert challenge.statement.endswith(", ".join(challenge.code_words) + ".")
    assert "speak" in challenge.statement
    assert "hand out" not in challenge.statement


def test_two_challenges_never_share_their_words(registry, now):
    drawn = {registry.issue_challenge("Ann", now=now).code_words for _ in range(8)}
    assert len(drawn) == 8


def test_a_challenge_survives_its_file_and_the_file_is_private(registry, tmp_path, now):
    challenge = registry.issue_challenge("Ann", now=now)
    path = tmp_path / "challenge.json"
    challenge.save(path)
    assert Challenge.load(path) == challenge
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"\xff\xfe", b"[1]", b'{"statement":"x"}', b"x" * 70_000]
)
def test_a_file_that_is_no_challenge_is_told_so(tmp_path, content):
    path = tmp_path / "challenge.json"
    path.write_bytes(content)
    with pytest.raises(RegistryError) as caught:
        Challenge.load(path)
    assert caught.value.exit_code == 4


def test_a_challenge_works_once(grant_recorded, registry, digest, now):
    challenge = registry.issue_challenge("Quillon Vantersby", now=now)
    grant_recorded(challenge=challenge, recording_sha256=digest("first"))
    with pytest.raises(ConsentRefused, match="has been used"):
        grant_recorded(challenge=challenge, recording_sha256=digest("second"))


def test_a_recording_works_once_even_with_a_new_challenge(grant_recorded, grant_synthetic):
    grant_recorded(recording_sha256="c" * 64)
    with pytest.raises(ConsentRefused, match="given a consent before"):
        grant_recorded(recording_sha256="c" * 64)
    with pytest.raises(ConsentRefused, match="given a consent before"):
        grant_synthetic(recording_sha256="C" * 64)  # nor relabelled, nor in capitals


def test_a_challenge_ends_after_an_hour(grant_recorded, registry, now):
    challenge = registry.issue_challenge("Quillon Vantersby", now=now)
    late = now + challenges.LIFETIME
    with pytest.raises(ConsentRefused, match="ended at"):
        grant_recorded(challenge=challenge, now=late)
    assert grant_recorded(challenge=challenge, now=late - timedelta(seconds=1))


def test_a_challenge_of_another_registry_is_refused(grant_recorded, tmp_path, now):
    foreign = Registry.open(tmp_path / "elsewhere", now=now).issue_challenge(
        "Quillon Vantersby", now=now
    )
    with pytest.raises(ConsentRefused, match="did not issue"):
        grant_recorded(challenge=foreign)


@pytest.mark.parametrize(
    "change",
    [
        {"code_words": ("zebra", "zebra", "zebra", "zebra")},
        {"name": "Someone Else"},
        {"purposes": frozenset(Purpose)},
        {"salt": "00" * 32},
        {"challenge_id": "challenge_" + "0" * 32},
    ],
)
def test_a_challenge_that_was_edited_is_refused(grant_recorded, registry, now, change):
    challenge = replace(registry.issue_challenge("Quillon Vantersby", now=now), **change)
    with pytest.raises(ConsentRefused, match="did not issue"):
        grant_recorded(challenge=challenge, name=challenge.name)


def test_a_longer_life_written_into_a_challenge_does_not_help(grant_recorded, registry, now):
    challenge = registry.issue_challenge("Quillon Vantersby", now=now)
    late = now + timedelta(days=1)
    with pytest.raises(ConsentRefused, match="did not issue"):
        grant_recorded(challenge=replace(challenge, expires_at=late + timedelta(days=1)), now=late)


def test_a_challenge_for_another_name_is_refused(grant_recorded, registry, now):
    challenge = registry.issue_challenge("Someone Else", now=now)
    with pytest.raises(ConsentRefused, match="another name"):
        grant_recorded(challenge=challenge)


def test_purposes_that_were_not_spoken_are_refused(grant_recorded, registry, now):
    challenge = registry.issue_challenge("Quillon Vantersby", purposes=[Purpose.SPEAK], now=now)
    with pytest.raises(ConsentRefused, match="does not allow: reenact"):
        grant_recorded(challenge=challenge)


def test_a_challenge_is_spent_after_five_refused_recordings(
    grant_recorded, registry, good_checks, digest, now
):
    challenge = registry.issue_challenge("Quillon Vantersby", now=now)
    bad = [Check(CODE_WORDS, "failed", 0.5), good_checks[1]]
    for attempt in range(challenges.ATTEMPTS):
        with pytest.raises(ConsentRefused, match=CODE_WORDS):
            grant_recorded(challenge=challenge, checks=bad, recording_sha256=digest(f"{attempt}"))
    with pytest.raises(ConsentRefused, match="failed 5 times"):
        grant_recorded(challenge=challenge)


def test_a_refused_recording_may_be_recorded_again_with_the_same_challenge(
    grant_recorded, registry, good_checks, digest, now
):
    challenge = registry.issue_challenge("Quillon Vantersby", now=now)
    with pytest.raises(ConsentRefused):
        grant_recorded(challenge=challenge, checks=good_checks[:1])
    assert grant_recorded(challenge=challenge, recording_sha256=digest("again"))


@pytest.mark.parametrize(
    "checks",
    [
        [],
        [Check(CODE_WORDS, "passed", 1.0)],
        [Check(CODE_WORDS, "passed", 1.0), Check(ONE_FACE, "not_checked")],
        [Check(CODE_WORDS, "passed", 1.0), Check(ONE_FACE, "passed")],  # no figure
        [Check(CODE_WORDS, "passed", 0.75), Check(ONE_FACE, "passed", 0.3)],
        [Check(CODE_WORDS, "passed", 1.0), Check(ONE_FACE, "passed", 0.501)],
        [Check(CODE_WORDS, "passed", 1.0), Check(ONE_FACE, "passed", 0.9, 1.0)],  # own limit
        [Check(CODE_WORDS, "failed", 1.0), Check(ONE_FACE, "passed", 0.3)],
        [
            Check(CODE_WORDS, "passed", 1.0),
            Check(ONE_FACE, "passed", 0.3),
            Check("liveness", "failed"),
        ],
        [
            Check(CODE_WORDS, "passed", 0.0),
            Check(CODE_WORDS, "passed", 1.0),
            Check(ONE_FACE, "passed", 0.3),
        ],
    ],
)
def test_evidence_that_does_not_suffice_is_refused_whatever_it_calls_itself(
    grant_recorded, registry, checks
):
    with pytest.raises(ConsentRefused) as caught:
        grant_recorded(checks=checks)
    assert caught.value.exit_code == 3
    assert caught.value.hint
    assert registry.records() == []
    assert list((registry.home / "vault").iterdir()) == []


def test_a_check_given_twice_is_refused_even_if_both_pass(grant_recorded, good_checks):
    with pytest.raises(ConsentRefused, match="given twice"):
        grant_recorded(checks=[*good_checks, good_checks[0]])


def test_a_check_with_no_number_or_an_invented_status_cannot_be_made():
    with pytest.raises(ValueError):
        Check(ONE_FACE, "passed", float("nan"))
    with pytest.raises(ValueError):
        Check(ONE_FACE, "surely")


def test_releases_are_refused_until_the_policy_allows_them(grant_synthetic, registry, now):
    release = {"kind": Kind.DOCUMENTED, "attestation": None, "release_sha256": "d" * 64}
    with pytest.raises(ConsentRefused) as caught:
        grant_synthetic(**release)
    assert "avatar consent policy --allow documented" in caught.value.hint
    registry.set_policy(allow_documented=True, now=now)
    record = grant_synthetic(**release)
    assert {check.status for check in record.checks} == {"not_checked"}


def test_a_withdrawn_persons_footage_and_release_do_not_come_back(
    grant_synthetic, registry, now, digest
):
    registry.set_policy(allow_documented=True, now=now)
    release = {"kind": Kind.DOCUMENTED, "attestation": None, "release_sha256": digest("release")}
    record = grant_synthetic(**release, recording_sha256=digest("footage"))
    registry.revoke(record.subject_id, now=now)
    with pytest.raises(ConsentRefused, match="withdrawn"):
        grant_synthetic(**release, recording_sha256=digest("other footage"))
    with pytest.raises(ConsentRefused, match="withdrawn"):
        grant_synthetic(recording_sha256=digest("footage"))
    assert grant_synthetic(recording_sha256=digest("someone else's"))


@pytest.mark.parametrize(
    "change",
    [
        {"attestation": None},
        {"attestation": "  \n "},
        {"attestation": "x" * 5000},
        {"release_sha256": "d" * 64},
        {"kind": Kind.RECORDED},
        {"kind": Kind.DOCUMENTED},
        {"name": " "},
        {"name": "a\u202eb"},
        {"name": "x" * 121},
        {"purposes": []},
        {"purposes": ["rule the world"]},
        {"recording_sha256": "short"},
        {"recording_sha256": "../../../../etc/passwd"},
    ],
)
def test_what_does_not_make_a_consent_is_refused(grant_synthetic, registry, change):
    with pytest.raises(ConsentRefused):
        grant_synthetic(**change)
    assert registry.records() == []


@pytest.mark.parametrize("days", [-1, 0, 3 * 365 + 1])
def test_a_consent_must_end_and_not_too_late(grant_synthetic, now, days):
    with pytest.raises(ConsentRefused, match="ends at"):
        grant_synthetic(expires_at=now + timedelta(days=days))


def test_without_a_date_a_consent_ends_after_a_year(grant_synthetic, now):
    assert grant_synthetic().expires_at == now + timedelta(days=365)


def test_a_naive_moment_is_refused(grant_synthetic, now):
    with pytest.raises(ValueError, match="time zone"):
        grant_synthetic(now=now.replace(tzinfo=None))


def test_what_was_considered_is_refused_if_the_policy_changed_meanwhile(registry, digest):
    registry.set_policy(allow_documented=True)
    wanted = registry.consider(
        name="Quillon Vantersby",
        kind=Kind.DOCUMENTED,
        purposes=[Purpose.SPEAK],
        recording_sha256=digest("footage"),
        release_sha256=digest("release"),
        checks=[],
    )
    assert registry.records() == []  # considering records nothing
    registry.set_policy(allow_documented=False)
    with pytest.raises(ConsentRefused):
        registry.grant_considered(wanted)
    registry.set_policy(allow_documented=True)
    assert registry.grant_considered(wanted).kind is Kind.DOCUMENTED
