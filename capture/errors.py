"""Errors of the capture package: the input cannot be used, and what to do about it."""


class CaptureError(Exception):
    """An input file or a frame cannot be used.

    Attributes:
        exit_code: What the command line returns.
        hint: What the person can do, one sentence.
    """

    exit_code = 4

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class MediaError(CaptureError):
    """A media file cannot be read, or an output cannot be written."""


class NoFaceError(CaptureError):
    """No usable face where one is needed."""


class MissingBackendError(CaptureError):
    """An optional package is needed for what was asked, and is not installed."""

    exit_code = 6
