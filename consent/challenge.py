"""Challenges: a statement with random code words, to be spoken once and soon."""

import secrets
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from consent import clock, files
from consent.canonical import canonical_json, parse_json
from consent.errors import ConsentRefused, RegistryError
from consent.ids import is_id, new_id
from consent.keys import KeyRing
from consent.record import Purpose, commit
from consent.words import CODE_WORDS, WORDS_PER_CHALLENGE

LIFETIME = timedelta(hours=1)
ATTEMPTS = 5  # refused recordings before a challenge is spent

_SCHEMA = 1
_CONTEXT = "challenge"
_FILE_LIMIT_BYTES = 64 * 1024
_LONGEST_NAME = 120
_SPOKEN_PURPOSES = {
    Purpose.SPEAK: "make my likeness speak",
    Purpose.REENACT: "make my likeness follow the movements of other videos",
    Purpose.EXPORT: "hand out a model of my head",
}


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a person is asked to say on camera. The file names the person: keep it private."""

    challenge_id: str
    name: str
    purposes: frozenset[Purpose]
    code_words: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    salt: str
    key_id: str
    signature: str = ""

    @property
    def statement(self) -> str:
        """The full text to speak."""
        return statement_text(self.name, self.purposes, self.code_words)

    @property
    def commitment(self) -> str:
        """A commitment to the statement that shows neither name nor words."""
        return commit(bytes.fromhex(self.salt), self.statement)

    def payload(self) -> dict[str, object]:
        """Return everything but the signature as plain data."""
        return {
            "schema": _SCHEMA,
            "challenge_id": self.challenge_id,
            "name": self.name,
            "purposes": sorted(purpose.value for purpose in self.purposes),
            "code_words": list(self.code_words),
            "issued_at": clock.to_text(self.issued_at),
            "expires_at": clock.to_text(self.expires_at),
            "salt": self.salt,
            "key_id": self.key_id,
            "statement": self.statement,
        }

    def sign(self, keys: KeyRing) -> str:
        """Make the signature of the challenge."""
        return keys.sign(_CONTEXT, canonical_json(self.payload()))

    def verified_by(self, keys: KeyRing) -> bool:
        """Whether this home's key signed exactly this challenge."""
        return keys.verify(_CONTEXT, canonical_json(self.payload()), self.signature)

    def save(self, path: Path) -> None:
        """Write the challenge as JSON that only its owner can read.

        Raises:
            RegistryError: The file cannot be written.
        """
        files.write_private(
            path, canonical_json({**self.payload(), "signature": self.signature}) + b"\n"
        )

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a challenge file. Whether it is genuine is decided when it is used.

        Raises:
            RegistryError: The file is missing, too large, or not a challenge.
        """
        data = files.read_limited(path, _FILE_LIMIT_BYTES)
        try:
            fields = dict(parse_json(data))
            written_statement = fields.pop("statement")
            if fields.pop("schema") != _SCHEMA:
                raise ValueError("unknown schema")
            if not is_id(fields["challenge_id"], "challenge"):
                raise ValueError("malformed challenge_id")
            fields["purposes"] = frozenset(map(Purpose, fields["purposes"]))
            fields["code_words"] = tuple(map(str, fields["code_words"]))
            fields["issued_at"] = clock.from_text(fields["issued_at"])
            fields["expires_at"] = clock.from_text(fields["expires_at"])
            bytes.fromhex(fields["salt"])
            challenge = cls(**fields)
            if written_statement != challenge.statement:
                raise ValueError("the statement differs from its parts")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise RegistryError(
                f"{path} is not a challenge: {error}",
                hint="Make one with: avatar consent challenge --name NAME -o challenge.json",
            ) from error
        return challenge


def new_challenge(
    name: str, purposes: Iterable[Purpose], keys: KeyRing, *, now: datetime
) -> Challenge:
    """Draw code words and sign a challenge for `name`.

    Raises:
        ConsentRefused: The name is empty or not plain text, or no purpose is named.
    """
    draw = secrets.SystemRandom()
    unsigned = Challenge(
        challenge_id=new_id("challenge"),
        name=cleaned_name(name),
        purposes=checked_purposes(purposes),
        code_words=tuple(draw.sample(CODE_WORDS, WORDS_PER_CHALLENGE)),
        issued_at=now,
        expires_at=now + LIFETIME,
        salt=secrets.token_hex(32),
        key_id=keys.key_id,
    )
    fields = {name: getattr(unsigned, name) for name in unsigned.__dataclass_fields__}
    return Challenge(**{**fields, "signature": unsigned.sign(keys)})


def statement_text(name: str, purposes: Iterable[Purpose], code_words: Iterable[str]) -> str:
    """Write the statement a person speaks: who, what for, and the code words in order."""
    granted = frozenset(purposes)
    uses = [_SPOKEN_PURPOSES[purpose] for purpose in Purpose if purpose in granted]
    return (
        f"My name is {name}. I agree that software makes a moving likeness of my face. "
        f"It may be used to {' and to '.join(uses)}. I can withdraw this at any time. "
        f"My code words are {', '.join(code_words)}."
    )


def cleaned_name(name: str) -> str:
    """Normalise a name (NFC, single spaces).

    Raises:
        ConsentRefused: Empty, too long, or with control characters.
    """
    cleaned = " ".join(unicodedata.normalize("NFC", name).split())
    if not cleaned or len(cleaned) > _LONGEST_NAME:
        raise ConsentRefused(
            f"A name has 1 to {_LONGEST_NAME} characters, this one has {len(cleaned)}",
            hint="Give the person's name with --name.",
        )
    if any(unicodedata.category(character).startswith("C") for character in cleaned):
        raise ConsentRefused(
            "The name holds a control character", hint="Write it as plain text with --name."
        )
    return cleaned


def checked_purposes(purposes: Iterable[Purpose]) -> frozenset[Purpose]:
    """Return the purposes as a set.

    Raises:
        ConsentRefused: None is named, or one does not exist.
    """
    known = ", ".join(Purpose)
    try:
        checked = frozenset(map(Purpose, purposes))
    except ValueError as error:
        raise ConsentRefused(str(error), hint=f"Purposes are: {known}.") from error
    if not checked:
        raise ConsentRefused("No purpose is named", hint=f"Name one or more of: {known}.")
    return checked
