"""The registry: the one door to consents, permits and identity assets."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from consent import assets, clock, files, granting, permitting
from consent.core import Core, Event, Policy, Status, policy_of, standing_of
from consent.errors import ConsentRefused, RegistryDamaged, RegistryError
from consent.keys import KeyRing
from consent.log import Log
from consent.record import DEFAULT_PURPOSES, Check, ConsentRecord, Kind, Purpose
from consent.store import Store
from consent.vault import Vault

if TYPE_CHECKING:
    from consent.audit import Finding
    from consent.challenge import Challenge
    from consent.granting import Application
    from consent.permit import Permit

DATABASE = "registry.db"
HEAD = "registry.head"


@dataclass(frozen=True, slots=True)
class Subject:
    """What the registry knows about a subject; name and statement are None once erased."""

    record: ConsentRecord
    status: Status
    revoked_at: datetime | None
    name: str | None
    statement: str | None


class Registry:
    """Consents of one home folder. Safe to use from several threads and processes."""

    def __init__(self, core: Core) -> None:
        """Wrap opened parts; use `Registry.open`."""
        self.core = core

    @classmethod
    def exists(cls, home: Path) -> bool:
        """Whether a folder holds a registry, or what is left of one."""
        home = Path(home)
        parts = (home / DATABASE, home / HEAD)
        return any(path.exists() for path in parts) or KeyRing.exists(home / "keys")

    @classmethod
    def open(cls, home: Path, *, create: bool = True, now: datetime | None = None) -> Self:
        """Open the registry of a home folder, making a new one where there is none.

        Args:
            home: The folder of registry, keys and sealed assets.
            create: False to fail where there is no registry yet.
            now: The moment a new registry is dated.

        Raises:
            RegistryError: There is none and `create` is False, or it cannot be written.
            RegistryDamaged: Parts of it are missing or were changed.
        """
        home = Path(home)
        keys_folder = home / "keys"
        if not (home / HEAD).exists():
            _may_be_created(home, create=create)
            files.private_folder(home)
            KeyRing.create(keys_folder)
        if not (home / DATABASE).exists() and (home / HEAD).exists():
            raise RegistryDamaged(
                f"{home / DATABASE} was removed",
                hint="Put back a copy of the whole home folder, or choose another with --home.",
            )
        keys = KeyRing.load(keys_folder)
        vault = Vault(home, keys)
        store = Store.at(f"sqlite:///{home / DATABASE}")
        log = Log(store, keys, home / HEAD)
        core = Core(home, keys, log, vault)
        if not (home / HEAD).exists():
            vault.make_folders()
            store.create()
            _begin(core, clock.resolve(now))
        return cls(core)

    def __enter__(self) -> Self:
        """Return the registry."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Do nothing: no file stays open between two calls."""

    @property
    def home(self) -> Path:
        """The folder the registry lives in."""
        return self.core.home

    @property
    def policy(self) -> Policy:
        """What this registry accepts."""
        with self.core.log.reading() as view:
            return policy_of(view)

    def set_policy(self, *, allow_documented: bool, now: datetime | None = None) -> None:
        """Choose whether documented releases are accepted; logged."""
        with self.core.log.appending() as log:
            payload = {"allow_documented": bool(allow_documented)}
            log.append(Event.POLICY, payload, now=clock.resolve(now))

    def issue_challenge(
        self,
        name: str,
        *,
        purposes: Iterable[Purpose] = DEFAULT_PURPOSES,
        now: datetime | None = None,
    ) -> "Challenge":
        """Make a one-time statement for a person to speak within the hour.

        Raises:
            ConsentRefused: The name or the purposes are not usable.
        """
        return granting.issue_challenge(self.core, name, purposes=purposes, now=clock.resolve(now))

    def consider(
        self,
        *,
        name: str,
        kind: Kind,
        purposes: Iterable[Purpose],
        recording_sha256: str,
        checks: Sequence[Check],
        challenge: "Challenge | None" = None,
        release_sha256: str | None = None,
        attestation: str | None = None,
        expires_at: datetime | None = None,
        now: datetime | None = None,
    ) -> "Application":
        """Decide on evidence before the work that a consent would allow is done.

        A recorded consent needs a challenge of this registry and the checks
        `consent.decision.REQUIRED`; a documented one a release and the policy; all others an
        attestation. Without `expires_at` it ends after a year; at most three are possible.

        Returns:
            What `grant_considered` records. Until then nothing is, and no challenge is used up.

        Raises:
            ConsentRefused: Something does not suffice. Logged, and counted against the challenge.
        """
        moment = clock.resolve(now)
        try:
            wanted = granting.application(
                name=name,
                kind=kind,
                purposes=purposes,
                recording_sha256=recording_sha256,
                checks=checks,
                challenge=challenge,
                release_sha256=release_sha256,
                attestation=attestation,
                expires_at=expires_at,
                now=moment,
            )
            granting.consider(self.core, wanted)
        except ConsentRefused:
            granting.note_refusal(self.core, challenge, now=moment)
            raise
        return wanted

    def grant_considered(
        self, wanted: "Application", *, now: datetime | None = None
    ) -> ConsentRecord:
        """Record a consent for a new subject, if what was considered still holds.

        Raises:
            ConsentRefused: Meanwhile something changed: a challenge was used, a policy set.
        """
        moment = clock.resolve(now)
        try:
            return granting.grant(self.core, replace(wanted, granted_at=moment))
        except ConsentRefused:
            granting.note_refusal(self.core, wanted.challenge, now=moment)
            raise

    def grant(
        self,
        *,
        name: str,
        kind: Kind,
        purposes: Iterable[Purpose],
        recording_sha256: str,
        checks: Sequence[Check],
        challenge: "Challenge | None" = None,
        release_sha256: str | None = None,
        attestation: str | None = None,
        expires_at: datetime | None = None,
        now: datetime | None = None,
    ) -> ConsentRecord:
        """`consider` and `grant_considered` in one step.

        Raises:
            ConsentRefused: Something does not suffice. Logged, and counted against the challenge.
        """
        wanted = self.consider(
            name=name,
            kind=kind,
            purposes=purposes,
            recording_sha256=recording_sha256,
            checks=checks,
            challenge=challenge,
            release_sha256=release_sha256,
            attestation=attestation,
            expires_at=expires_at,
            now=now,
        )
        return self.grant_considered(wanted, now=now)

    def authorize(
        self, subject_id: str, *, purpose: Purpose, now: datetime | None = None
    ) -> "Permit":
        """Make a permit of ten minutes for one subject and one purpose. Logged either way.

        Raises:
            ConsentError: Unknown, withdrawn, ended, or not granted for this purpose.
        """
        return permitting.authorize(self.core, subject_id, purpose=purpose, now=clock.resolve(now))

    def renew(self, permit: "Permit", *, now: datetime | None = None) -> "Permit":
        """Follow a permit with a fresh one while its job runs; the consent is checked again.

        Raises:
            ConsentError: Not a permit of this registry, too old, or the consent has ended.
        """
        return permitting.renew(self.core, permit, now=clock.resolve(now))

    def verify(
        self,
        permit: "Permit",
        *,
        subject_id: str,
        purpose: Purpose,
        now: datetime | None = None,
    ) -> None:
        """Check a permit, and the consent behind it, at the moment of use.

        Raises:
            ConsentError: Forged, for something else, over, or the consent no longer stands.
        """
        permitting.verify(
            self.core, permit, subject_id=subject_id, purpose=purpose, now=clock.resolve(now)
        )

    def seal(self, record: ConsentRecord, data: bytes, *, now: datetime | None = None) -> None:
        """Store the identity asset of a record, encrypted under the record's own key.

        Raises:
            ConsentError: The record is not this registry's, or its consent has ended.
        """
        assets.seal(self.core, record, data, now=clock.resolve(now))

    def unseal(self, permit: "Permit", *, now: datetime | None = None) -> bytes:
        """Open the identity asset a permit is for: the only way to read one.

        Raises:
            ConsentError: The permit does not hold, or nothing is stored.
            RegistryDamaged: What is stored was changed or put back from earlier.
        """
        return assets.unseal(self.core, permit, now=clock.resolve(now))

    def revoke(self, subject_id: str, *, reason: str = "", now: datetime | None = None) -> None:
        """Withdraw a consent: stop its use and destroy key, asset and personal data for good.

        Raises:
            ConsentError: No such subject.
        """
        assets.revoke(self.core, subject_id, reason=reason, now=clock.resolve(now))

    def erase_expired(self, *, now: datetime | None = None) -> list[str]:
        """Destroy what belongs to consents that have ended; returns their subjects."""
        return assets.erase_expired(self.core, now=clock.resolve(now))

    def records(self) -> list[ConsentRecord]:
        """List all records, oldest first, whatever their standing."""
        with self.core.log.reading() as view:
            grants = view.entries(kind=Event.GRANT)
            return [
                standing_of(view, self.core.keys, entry.subject_id or "").record for entry in grants
            ]

    def show(self, subject_id: str, *, now: datetime | None = None) -> Subject:
        """Tell all about one subject.

        Raises:
            ConsentError: No such subject.
        """
        with self.core.log.reading() as view:
            standing = standing_of(view, self.core.keys, subject_id)
        person = assets.person_of(self.core, standing.record) or {}
        return Subject(
            standing.record,
            standing.status(clock.resolve(now)),
            standing.revoked_at,
            person.get("name"),
            person.get("statement"),
        )

    def audit(self) -> "list[Finding]":
        """Check everything again from the first entry on; an empty list means all holds."""
        from consent.audit import audit

        return audit(self.core)


def _may_be_created(home: Path, *, create: bool) -> None:
    """Tell an unfinished or absent registry, which may be made, from one that lost its head."""
    if not create and not Registry.exists(home):
        raise RegistryError(
            f"There is no registry in {home}",
            hint="The first challenge or enrolment makes one; or choose another with --home.",
        )
    if (home / DATABASE).exists() and not KeyRing.exists(home / "keys"):
        raise RegistryDamaged(
            f"The keys in {home / 'keys'} are missing",
            hint="Put back a copy of the whole home folder.",
        )


def _begin(core: Core, now: datetime) -> None:
    """Write the first entry, unless another process just did."""
    with core.log.appending() as log:
        if log.last() is None:
            payload = {"schema": 1, "public_key": core.keys.public_key}
            log.append(Event.CREATED, payload, now=now)
