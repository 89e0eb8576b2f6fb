"""What a recording shows, as figures: whose face, and which words. Decides nothing.

`consent` holds the limits; `avatar.evidence_checks` hands these figures over.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from capture.evidence.faces import FaceEvidence as FaceEvidence
    from capture.evidence.faces import compare as compare
    from capture.evidence.faces import describe_faces as describe_faces
    from capture.evidence.faces import describe_video as describe_video
    from capture.evidence.same_face import SameFace as SameFace
    from capture.evidence.same_face import same_face_throughout as same_face_throughout
    from capture.evidence.speech import SpokenWord as SpokenWord
    from capture.evidence.speech import SpokenWords as SpokenWords
    from capture.evidence.speech import spoken_words as spoken_words
    from capture.evidence.speech_activity import SpeechActivity as SpeechActivity
    from capture.evidence.speech_activity import speech_activity as speech_activity

_HOMES = {
    "FaceEvidence": "faces",
    "SameFace": "same_face",
    "SpeechActivity": "speech_activity",
    "SpokenWord": "speech",
    "SpokenWords": "speech",
    "compare": "faces",
    "describe_faces": "faces",
    "describe_video": "faces",
    "same_face_throughout": "same_face",
    "speech_activity": "speech_activity",
    "spoken_words": "speech",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> object:
    """Import a public name where it lives, when it is first asked for (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"capture.evidence.{_HOMES[name]}"), name)
