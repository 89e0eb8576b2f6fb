"""The engine settings that are compared, as keyword arguments of the public functions."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

STILL, SIMILARITY = "still source frame", "similarity-warped face"
WARP, GENERIC, ENGINE = "geometric warp", "generic generator", "first-order engine"


@dataclass(frozen=True, slots=True)
class Row:
    """One way to render a person who is enrolled once."""

    name: str
    options: Mapping[str, object] = field(default_factory=dict)
    """Keyword arguments of `reenact.reenact`, by which the command line knows them as well."""


ROWS = (
    Row(WARP, {"generator": "off"}),
    Row(GENERIC, {"generator": "generic"}),
    Row(ENGINE),
)
"""The last is the engine as it comes, with the best that the avatar has."""


def accepted(function: Callable[..., object], options: Mapping[str, object]) -> dict[str, object]:
    """Those of some keyword arguments that a function knows."""
    known = inspect.signature(function).parameters
    return {name: value for name, value in options.items() if name in known}


def chosen_rows(function: Callable[..., object], names: Sequence[str] = ()) -> tuple[Row, ...]:
    """The rows that a function can render, of those named; the engine's own is always among them.

    Args:
        function: Renders.
        names: All if empty.
    """
    return tuple(
        row
        for row in ROWS
        if len(accepted(function, row.options)) == len(row.options)
        and (not names or row.name in (*names, ENGINE))
    )
