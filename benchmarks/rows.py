"""The engine settings that are compared, as keyword arguments of the public functions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

STILL, SIMILARITY = "still source frame", "similarity-warped face"
WARP, GENERIC, ENGINE = "geometric warp", "generic generator", "first-order engine"


@dataclass(frozen=True, slots=True)
class Row:
    """One way to render a person who is enrolled once."""

    name: str
    options: Mapping[str, str] = field(default_factory=dict)
    """Keyword arguments of `reenact.reenact`, by which the command line knows them as well."""

    @property
    def flags(self) -> tuple[str, ...]:
        """The options as the command line has them."""
        return tuple(part for name, value in self.options.items() for part in (f"--{name}", value))


ROWS = (
    Row(WARP, {"generator": "off"}),
    Row(GENERIC, {"generator": "generic"}),
    Row(ENGINE),
)
"""The last is the engine as it comes, with what is best for the avatar."""


def chosen_rows(names: Sequence[str] = ()) -> tuple[Row, ...]:
    """The rows of these names, or all; the engine as it comes is always among them."""
    return tuple(row for row in ROWS if not names or row.name in (*names, ENGINE))
