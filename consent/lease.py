"""Keeps a permit alive while a long job runs."""

from dataclasses import dataclass
from datetime import datetime

from consent import clock
from consent.permit import LIFETIME, Permit
from consent.registry import Registry


@dataclass(slots=True)
class PermitLease:
    """A permit in use: `check` before every chunk of work.

    A withdrawal stops the job at its next check; a permit that runs low is renewed, which reads
    the consent anew and is logged.
    """

    registry: Registry
    permit: Permit

    def check(self, *, now: datetime | None = None) -> Permit:
        """Return a permit that holds now, renewed if half of its time is over.

        Raises:
            ConsentError: The consent was withdrawn, has ended, or the job ran for over a day.
        """
        moment = clock.resolve(now)
        if moment >= self.permit.issued_at + LIFETIME / 2:
            self.permit = self.registry.renew(self.permit, now=moment)
        self.registry.verify(
            self.permit,
            subject_id=self.permit.subject_id,
            purpose=self.permit.purpose,
            now=moment,
        )
        return self.permit
