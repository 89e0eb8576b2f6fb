"""Enrolment: from footage of a consenting person to a sealed avatar, and its 3D head.

Names are loaded when they are first used, so that `import avatar` stays cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from avatar.asset import AvatarAsset as AvatarAsset
    from avatar.coverage import Coverage as Coverage
    from avatar.enrolling import Enrolled as Enrolled
    from avatar.enrolling import enroll as enroll
    from avatar.errors import AvatarError as AvatarError
    from avatar.exporting import export as export
    from avatar.gltf import export_glb as export_glb

_PUBLIC = {
    "AvatarAsset": "avatar.asset",
    "AvatarError": "avatar.errors",
    "Coverage": "avatar.coverage",
    "Enrolled": "avatar.enrolling",
    "enroll": "avatar.enrolling",
    "export": "avatar.exporting",
    "export_glb": "avatar.gltf",
}

__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
