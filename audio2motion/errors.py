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


class TextError(AudioMotionError, ValueError):
    """A text cannot be said as it is written."""

    exit_code = 2


class UnknownSoundError(AudioMotionError, ValueError):
    """A symbol stands for no known speech sound."""

    exit_code = 2


class MannerError(AudioMotionError, ValueError):
    """There is no such emotion, gesture or behaviour, or it is out of its range."""

    exit_code = 2
