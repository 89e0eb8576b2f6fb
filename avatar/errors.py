"""Errors of the avatar package."""


class AvatarError(Exception):
    """An avatar cannot be made or opened.

    Attributes:
        exit_code: What the command line returns.
        hint: What the person can do, one sentence.
    """

    exit_code = 4

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint
