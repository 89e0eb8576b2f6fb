"""Errors of the audio2motion package."""


class AudioMotionError(Exception):
    """Motion cannot be made from what was given.

    Attributes:
        exit_code: What the command line returns.
        hint: What the person can do, one sentence.
    """

    exit_code = 4

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class GainError(AudioMotionError, ValueError):
    """A gain lies outside its range."""

    exit_code = 2


class ModelFileError(AudioMotionError):
    """A model file is not in the format that its name promises."""

    exit_code = 5
