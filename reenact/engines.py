"""What an engine is: something that draws one person's head, frame by frame."""

from enum import StrEnum
from typing import Protocol, TypeVar

from reenact.engine import RenderedHead

Driving = TypeVar("Driving")
Driving_contra = TypeVar("Driving_contra", contravariant=True)


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
