"""Moments in time: always aware UTC, whole seconds, one text form."""

from datetime import UTC, datetime, timedelta

_FORMAT = "%Y-%m-%dT%H:%M:%SZ"

# Two machines' clocks, or one machine's before and after it asked a time server.
TOLERANCE = timedelta(minutes=5)


def resolve(now: datetime | None) -> datetime:
    """Return `now` (the system clock's when None) as UTC in whole seconds.

    Raises:
        ValueError: `now` has no time zone.
    """
    moment = datetime.now(UTC) if now is None else now
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no time zone; pass an aware datetime")
    return moment.astimezone(UTC).replace(microsecond=0)


def to_text(moment: datetime) -> str:
    """Write a moment as 2026-01-31T12:00:00Z."""
    return resolve(moment).strftime(_FORMAT)


def from_text(text: str) -> datetime:
    """Read what `to_text` wrote.

    Raises:
        ValueError: The text has another form.
    """
    return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)
