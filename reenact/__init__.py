"""Driving an avatar: the only place where frames of a face are made, and never without a permit.

Names are loaded when they are first used, so that `import reenact` stays cheap.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reenact.batch import run_batch as run_batch
    from reenact.controls import Controls as Controls
    from reenact.demo import run_demo as run_demo
    from reenact.enrolling import enroll as enroll
    from reenact.following import reenact as reenact
    from reenact.idling import idle as idle
    from reenact.personalising import personalize as personalize
    from reenact.picture import Picture as Picture
    from reenact.previewing import preview as preview
    from reenact.regions import Region as Region
    from reenact.result import RenderResult as RenderResult
    from reenact.speaking import speak as speak
    from reenact.studio import Studio as Studio
    from reenact.transfer import Motion as Motion
    from reenact.view import View as View

_PUBLIC = {
    "Controls": "reenact.controls",
    "Motion": "reenact.transfer",
    "Region": "reenact.regions",
    "RenderResult": "reenact.result",
    "Studio": "reenact.studio",
    "View": "reenact.view",
    "enroll": "reenact.enrolling",
    "idle": "reenact.idling",
    "personalize": "reenact.personalising",
    "preview": "reenact.previewing",
    "reenact": "reenact.following",
    "Picture": "reenact.picture",
    "run_batch": "reenact.batch",
    "run_demo": "reenact.demo",
    "speak": "reenact.speaking",
}

__all__ = sorted(_PUBLIC)


def __getattr__(name: str) -> object:
    if name in _PUBLIC:
        return getattr(import_module(_PUBLIC[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
