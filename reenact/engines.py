"""What an engine is, and which there are."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar, get_args

from reenact.engine import RenderedHead
from reenact.errors import ControlError
from weights import WeightsError, require

if TYPE_CHECKING:
    from reenact.fomm.session import FommSession

Driving = TypeVar("Driving")
Driving_contra = TypeVar("Driving_contra", contravariant=True)
Device = Literal["auto", "cpu", "cuda"]


class EngineName(StrEnum):
    """The engines there are; docs/engines.md compares them."""

    FIRST_ORDER = "first-order"
    """Geometric keypoints from the tracked face, the person's own references; needs no network."""
    FOMM = "fomm"
    """The published first-order motion model; needs torch and a checkpoint that the user has."""


class Engine(Protocol[Driving_contra]):
    """Draws one person. What drives a frame differs: a placed face, or a picture of one.

    Frames come in the order of time, one at a time, so that a live source can drive as well.
    """

    @property
    def device(self) -> str:
        """What the frames are computed on."""
        ...

    def render(self, driving: Driving_contra) -> RenderedHead:
        """Draw the head crop of the next frame."""
        ...


def open_fomm(checkpoint: Path | None, *, device: Device | str = "auto") -> "FommSession":
    """Open the published first-order motion model with a checkpoint that the user brings.

    Args:
        checkpoint: Such as `vox-cpk.pth.tar`; none ships with the toolkit.
        device: "auto" takes CUDA where there is any.

    Raises:
        ControlError: There is no such device name.
        WeightsError: None was given, or it is not of this model.
        MissingBackendError: PyTorch, or the device, is not there.
    """
    if device not in get_args(Device):
        raise ControlError(f"device {device!r} is unknown", hint="Use auto, cpu or cuda.")
    if checkpoint is None or not checkpoint.is_file():
        what = "none was given" if checkpoint is None else f"{checkpoint} is no file"
        raise WeightsError(
            f"the engine fomm needs a checkpoint of the first-order motion model; {what}",
            hint="Give --checkpoint vox-cpk.pth.tar (or vox-adv-cpk.pth.tar), which the authors of "
            "the model publish with their code. This toolkit neither ships nor licenses it: "
            "whether your use, a commercial one above all, is allowed is for you to settle.",
        )
    require("torch", extra="torch", used_for="the engine fomm")
    from reenact.fomm.session import FommSession

    return FommSession.open(checkpoint, device=device)
