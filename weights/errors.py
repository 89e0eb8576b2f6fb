"""Errors of the weights package."""


class WeightsError(Exception):
    """A model file is not listed, missing, or not the listed one.

    Attributes:
        exit_code: What the command line returns.
        hint: The one command that mends it.
    """

    exit_code = 5

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class MissingBackendError(WeightsError):
    """An optional package is needed for what was asked, and is not installed."""

    exit_code = 6
