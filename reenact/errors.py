"""Errors of the reenact package."""


class ReenactError(Exception):
    """A video cannot be rendered.

    Attributes:
        exit_code: What the command line returns.
        hint: What the person can do, one sentence.
    """

    exit_code = 4

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
