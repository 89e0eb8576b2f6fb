"""Media in and out, face tracking, and the types of media and motion.

Names are loaded when they are first used, so that `import capture` stays cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from capture.arkit import ARKIT_52
    from capture.audio import AudioClip
    from capture.errors import CaptureError, MediaError, MissingBackendError, NoFaceError
    from capture.motion import MotionSequence
    from capture.staging import staged_output
    from capture.track import FaceTrack, LandmarkScheme
    from capture.video import VideoInfo, probe, read_frames, write_mp4

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

__all__ = [
    "ARKIT_52",
    "AudioClip",
    "CaptureError",
    "FaceTrack",
    "LandmarkScheme",
    "MediaError",
    "MissingBackendError",
    "MotionSequence",
    "NoFaceError",
    "VideoInfo",
    "probe",
    "read_frames",
    "staged_output",
    "write_mp4",
]


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
