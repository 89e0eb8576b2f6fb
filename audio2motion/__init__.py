"""Speech to motion: `predict(AudioClip) -> MotionSequence`. Knows sounds, not whose face it is."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audio2motion.errors import AudioMotionError, GainError, ModelFileError
    from audio2motion.gains import Gains
    from audio2motion.prediction import predict

_PUBLIC = {
    "AudioMotionError": "audio2motion.errors",
    "GainError": "audio2motion.errors",
    "Gains": "audio2motion.gains",
    "ModelFileError": "audio2motion.errors",
    "predict": "audio2motion.prediction",
}

__all__ = ["AudioMotionError", "GainError", "Gains", "ModelFileError", "predict"]


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
