"""Challenges that nobody issued, for recordings that need one."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from consent.challenge import Challenge
from consent.record import Purpose
from consent.words import CODE_WORDS, WORDS_PER_CHALLENGE

_ISSUED = datetime(2026, 1, 1, 12, tzinfo=UTC)
_LIFETIME = timedelta(hours=1)


def draw_challenge(name: str, rng: np.random.Generator) -> Challenge:
    """A challenge to measure a recording against. Nobody signed it, so no registry accepts it.

    Args:
        name: Who is asked.
        rng: Of the code words and numbers.
    """
    return Challenge(
        challenge_id=f"challenge_{rng.bytes(16).hex()}",
        name=name,
        purposes=frozenset({Purpose.SPEAK, Purpose.REENACT}),
        code_words=draw_words(rng),
        issued_at=_ISSUED,
        expires_at=_ISSUED + _LIFETIME,
        salt=rng.bytes(32).hex(),
        key_id="unsigned",
    )


def draw_words(rng: np.random.Generator, *, but: Sequence[str] = ()) -> tuple[str, ...]:
    """As many code words as a challenge has, none of them among `but`."""
    left = [word for word in CODE_WORDS if word not in but]
    return tuple(str(word) for word in rng.choice(left, WORDS_PER_CHALLENGE, replace=False))
