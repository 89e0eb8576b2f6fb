"""Media in and out, face tracking, and the types of media and motion.

Names are loaded when they are first used, so that `import capture` stays cheap.
"""

from importlib import import_module

_PUBLIC = {
    "ARKIT_52": "capture.arkit",
    "AudioClip": "capture.audio",
    "CaptureError": "capture.errors",
    "FaceTrack": "capture.track",
    "LandmarkScheme": "capture.track",
    "MediaError": "capture.errors",
    "MissingBackendError": "capture.errors",
    "MotionSequence": "capture.motion",
    "NoFaceError": "capture.errors",
    "VideoInfo": "capture.video",
    "probe": "capture.video",
    "read_frames": "capture.video",
    "staged_output": "capture.staging",
    "write_mp4": "capture.video",
}

__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
