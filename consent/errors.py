"""Errors of the consent package: what was refused or found damaged, and what to do about it."""


class ConsentError(Exception):
    """No consent allows what was asked: unknown, expired, revoked or out of scope.

    Attributes:
        exit_code: What the command line returns.
        hint: What the person can do, one sentence.
    """

    exit_code = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ConsentRefused(ConsentError):
    """The evidence given is not enough for a consent to be recorded."""


class RegistryError(ConsentError):
    """The registry cannot be used: missing, locked, on a full or read-only disk."""

    exit_code = 4


class RegistryDamaged(ConsentError):
    """The registry does not verify: something was changed, removed or put back."""


class ProvenanceError(ConsentError):
    """An output cannot be signed or its proof cannot be written."""

    exit_code = 4


class MissingBackendError(ConsentError):
    """A package that is needed for what was asked is not installed."""

    exit_code = 6
