"""Speech to motion: `predict` for recordings, `Stream` for live sound. Knows sounds, not faces."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from audio2motion.errors import AudioMotionError, GainError, ModelFileError
    from audio2motion.gains import Gains
    from audio2motion.opening import Opening
    from audio2motion.prediction import predict, predict_pieces
    from audio2motion.stream import Stream

_PUBLIC = {
    "AudioMotionError": "audio2motion.errors",
    "GainError": "audio2motion.errors",
    "Gains": "audio2motion.gains",
    "ModelFileError": "audio2motion.errors",
    "Opening": "audio2motion.opening",
    "Stream": "audio2motion.stream",
    "predict": "audio2motion.prediction",
    "predict_pieces": "audio2motion.prediction",
}

__all__ = [
    "AudioMotionError",
    "GainError",
    "Gains",
    "ModelFileError",
    "Opening",
    "Stream",
    "predict",
    "predict_pieces",
]


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
