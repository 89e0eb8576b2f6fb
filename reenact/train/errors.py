"""Errors of training."""


class TrainingError(Exception):
    """Training cannot start or go on.

    Attributes:
        exit_code: What the command line returns.
        hint: What mends it.
    """

    exit_code = 4

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
