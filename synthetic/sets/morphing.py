"""People between two people."""

from dataclasses import fields, is_dataclass, replace
from typing import Any

from synthetic.person import Person

_BLENDED = ("skin", "eyes", "teeth")


def between(one: Person, other: Person, share: float) -> Person:
    """A person whose face lies between two; hair, clothes and all that is worn are the first's.

    Args:
        one: At share 0.
        other: Whose shape and colours there are at share 1.
        share: 0 to 1.
    """
    names = sorted(set(one.identity) | set(other.identity))
    identity = {
        name: (1 - share) * one.identity.get(name, 0.0) + share * other.identity.get(name, 0.0)
        for name in names
    }
    return replace(
        one,
        identity=identity,
        free_form_m=one.free_form_m * (1 - share),
        **{part: _mixed(getattr(one, part), getattr(other, part), share) for part in _BLENDED},
    )


def _mixed(one: Any, other: Any, share: float) -> Any:
    """Numbers, colours and dataclasses of them between two; other values change half-way."""
    if is_dataclass(one) and not isinstance(one, type):
        names = [each.name for each in fields(one)]
        values = {n: _mixed(getattr(one, n), getattr(other, n), share) for n in names}
        return replace(one, **values)
    if isinstance(one, tuple) and len(one) == len(other):
        return tuple(_mixed(a, b, share) for a, b in zip(one, other, strict=True))
    if isinstance(one, float) and isinstance(other, float):
        return (1 - share) * one + share * other
    return one if share < 0.5 else other
