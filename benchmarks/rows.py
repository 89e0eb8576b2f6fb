"""The engine settings that are compared, as keyword arguments of the public functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

STILL, SIMILARITY = "still source frame", "similarity-warped face"
WARP, ENGINE = "geometric warp", "first-order engine"


@dataclass(frozen=True, slots=True)
class Row:
    """One way to render a person who is enrolled once."""

    name: str
    options: Mapping[str, bool] = field(default_factory=dict)
    """Keyword arguments of `reenact.reenact`."""
    flags: tuple[str, ...] = ()
    """The same on the command line."""


ROWS = (
    Row(WARP, {"personal": False}, ("--plain",)),
    Row(ENGINE),
)
"""The last is the engine as it comes, with what it learnt about the person."""


def chosen_rows(names: Sequence[str] = (), *, minutes: float) -> tuple[Row, ...]:
    """The rows of these names, or all; the engine as it comes is always among them.

    Args:
        names: Of rows.
        minutes: Of personalisation; without any, all rows are the same.
    """
    wanted = (*names, ENGINE) if names else [row.name for row in ROWS]
    return tuple(row for row in ROWS if row.name == ENGINE or (minutes and row.name in wanted))
