"""Errors of the reenact package."""


class ReenactError(Exception):
    """Frames cannot be made as asked.

    Attributes:
        exit_code: What the command line returns.
        hint: What the person can do, one sentence.
    """

    exit_code = 4

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class ControlError(ReenactError):
    """A control is set to something it cannot be."""

    exit_code = 2
